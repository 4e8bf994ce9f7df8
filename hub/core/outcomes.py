"""What became of messages after they were taken, where the other side is asked (GOV.UK Notify)."""

from datetime import timedelta

from flask import current_app
from sqlalchemy import select

from . import clock
from .addressees import HARD, SOFT, Failure, note_failure
from .carrying import heartbeat
from .database import db, unit_of_work
from .delivery import NotAccepted, delivery
from .jobs import job, scheduled
from .mail import FAILED, SENT, Mail
from .mail_days import BOUNCED, count
from .notify import Notify, Outcome

DELIVERED = "delivered"
# What each failure says of the address; a technical one says nothing of it.
FAILURES = {"permanent-failure": HARD, "temporary-failure": SOFT, "technical-failure": ""}
# It tries for three days.
ASKED_FOR = timedelta(days=4)
LOT = 500


@job("mail.ask_outcomes", long=True)
def ask_outcomes() -> None:
    """Each outcome counts once, however often it is read. What cannot be asked now is asked in an hour."""
    line = delivery(current_app)
    if not isinstance(line, Notify):
        return
    try:
        for status in (*FAILURES, DELIVERED):
            lot: list[Outcome] = []
            for outcome in line.outcomes(status):
                lot.append(outcome)
                if len(lot) == LOT:
                    _note(lot)
                    lot = []
            _note(lot)
    except NotAccepted:
        return


def _note(outcomes: list[Outcome]) -> None:
    by_token = {outcome.token: outcome.status for outcome in outcomes if outcome.token}
    heartbeat()
    with unit_of_work():
        waiting = db.session.scalars(
            select(Mail)
            .where(Mail.token.in_(by_token), Mail.state == SENT, Mail.delivered_at.is_(None))
            .where(Mail.settled_at > clock.now() - ASKED_FOR)
            .order_by(Mail.id)
            .with_for_update()
        )
        for mail in waiting:
            _became(mail, by_token[mail.token])


def _became(mail: Mail, status: str) -> None:
    if status == DELIVERED:
        mail.delivered_at = clock.now()
        return
    mail.state, mail.problem = FAILED, f"GOV.UK Notify: {status}"
    count(BOUNCED, mail.to_address)
    if kind := FAILURES[status]:
        note_failure(mail.to_address, Failure(kind, mail.problem))


scheduled("mail.ask_outcomes", timedelta(hours=1))
