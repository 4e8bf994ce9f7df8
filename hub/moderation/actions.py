"""Reporting, taking out of sight at once, deciding, answering. Actor first; nothing commits."""

from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import select

from hub.accounts.models import Person
from hub.content import actions as content
from hub.content.actions.permitting import permit
from hub.content.models import Item, Post
from hub.core import clock
from hub.core.audit import record
from hub.core.database import db
from hub.core.errors import Refused
from hub.core.mail import post_mail
from hub.core.outbox import emit
from hub.core.policy import Actor
from hub.examples import actions as examples
from hub.examples.models import Example

from .models import KEPT, REMOVED, WHYS, Report
from .rules import LONGEST_REASON, LONGEST_REPORT
from .subjects import find

# Purposes of mail.
ANSWER, WITHDRAWN, DECIDED = "report.answer", "report.withdrawn", "report.decided"


def report(actor: Actor, address: str, why: str, text: str, email: str = "") -> Report:
    """Keep a report about whatever `address` shows to the actor; about the address when it shows nothing.

    email: where a visitor wants the answer; a member is answered at their own address.
    """
    permit(actor, "report.make", None)
    subject = find(actor, address)
    made = Report(
        about=subject.address,
        group_id=subject.group_id,
        item_id=subject.item.id if subject.item else None,
        post_id=subject.post.id if subject.post else None,
        example_id=subject.example.id if subject.example else None,
        person_id=subject.person.id if subject.person else None,
        why=why if why in WHYS else WHYS[-1],
        text=text.strip()[:LONGEST_REPORT],
        reporter_id=actor.person_id,
        reporter_address="" if actor.signed_in else email.strip(),
    )
    db.session.add(made)
    db.session.flush()
    emit("report.made", report_id=made.id, group_id=made.group_id)
    return made


def withdraw_reported(actor: Actor, made: Report) -> None:
    """Take what was reported out of sight at once, until it is decided. Its author is told."""
    made = _hold(actor, made)
    if made.subject is None:
        raise Refused(_("There is nothing here that can be withdrawn. You can decide about the report."))
    if not made.withdrawn:
        _withdraw(actor, made.subject, _("Reported"))
        tell_author(actor, made, WITHDRAWN)


def put_back(actor: Actor, made: Report) -> None:
    """Undo a withdrawal while nothing has been decided."""
    made = _hold(actor, made)
    if made.subject is not None and made.withdrawn:
        _restore(actor, made.subject, _("Put back before a decision"))


def decide(actor: Actor, made: Report, decision: str, reason: str) -> None:
    """Settle the report, and everything else that was reported of the same address, with one reason."""
    if decision not in {KEPT, REMOVED}:
        raise ValueError(decision)
    made = _hold(actor, made)
    reason = reason.strip()[:LONGEST_REASON]
    was_withdrawn = made.withdrawn
    if made.takedown and made.example is not None:
        examples.set_withdrawn(actor, made.example, reason, withdrawn=decision == REMOVED)
    elif made.subject is not None:
        (_restore if decision == KEPT else _withdraw)(actor, made.subject, reason)
    settled = _same(made)
    for one in settled:
        one.decision, one.reason = decision, reason
        one.decided_at, one.decided_by_id = clock.now(), actor.person_id
        _answer(one)
    record(
        actor,
        f"report.{decision}",
        made,
        group_id=made.group_id,
        reason=reason,
        about=made.about,
        reports=len(settled),
    )
    if decision == REMOVED or was_withdrawn:
        tell_author(actor, made, DECIDED)
    emit("report.decided", report_id=made.id, decision=decision)


def _withdraw(actor: Actor, subject: Item | Post | Example, reason: str) -> None:
    if isinstance(subject, Example):
        examples.withdraw(actor, subject, reason)
    else:
        content.withdraw(actor, subject, reason)


def _restore(actor: Actor, subject: Item | Post | Example, reason: str) -> None:
    if isinstance(subject, Example):
        examples.restore(actor, subject, reason)
    else:
        content.restore(actor, subject, reason)


def _hold(actor: Actor, made: Report) -> Report:
    """The report as it is now, still waiting; another moderator who acts on it at the same time waits."""
    permit(actor, "report.decide", made)
    held = db.session.scalars(
        select(Report)
        .where(Report.id == made.id)
        .with_for_update(of=Report)
        .execution_options(populate_existing=True)
    ).one()
    if not held.waiting:
        raise Refused(_("Another moderator has decided about this just now. The log has what they decided."))
    return held


def _same(made: Report) -> Sequence[Report]:
    return db.session.scalars(
        select(Report)
        .where(
            Report.about == made.about,
            Report.group_id.is_not_distinct_from(made.group_id),
            Report.decided_at.is_(None),
        )
        .order_by(Report.id)
    ).all()


def _answer(made: Report) -> None:
    """Tell whoever reported it, if they left an address or have one."""
    person = db.session.get(Person, made.reporter_id) if made.reporter_id else None
    address = person.email if person else made.reporter_address
    if address:
        post_mail(
            ANSWER,
            address,
            key=f"{ANSWER}:{made.id}",
            person_id=person.id if person else None,
            report_id=made.id,
        )


def tell_author(actor: Actor, made: Report, purpose: str) -> None:
    """The author (of an example: who attached it) learns what happened and why; not who reported it."""
    author = db.session.get(Person, made.author_id) if made.author_id else None
    if author is not None and author.id != actor.person_id:
        post_mail(purpose, author.email, key=f"{purpose}:{made.id}", person_id=author.id, report_id=made.id)


def withdraw_now(actor: Actor, address: str) -> Report | None:
    """A moderator withdraws what they came across; it waits on the desk for their reason. None if there is
    nothing at the address that they moderate."""
    subject = find(actor, address)
    if not subject.can_be_withdrawn or not actor.moderates(subject.group_id):
        return None
    made = db.session.scalars(
        select(Report)
        .where(
            Report.about == subject.address,
            Report.group_id == subject.group_id,
            Report.decided_at.is_(None),
        )
        .order_by(Report.id)
        .limit(1)
    ).one_or_none() or report(actor, address, WHYS[-1], "")
    withdraw_reported(actor, made)
    return made
