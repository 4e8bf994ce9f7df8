"""Mail: every message is a row first, and composed at the moment of sending, when access is checked again.

States: queued, sending, sent, failed, dropped (its composer found nothing that may be sent), uncertain
(the other side may have accepted it just as we died: shown, never sent again blindly).

A message is *sending* only from the instant before the byte that hands it over until its answer is kept. A
worker that dies before that leaves it queued, and it is sent later; two workers that meet over one message
cannot both pass that instant.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any

from flask import current_app
from sqlalchemy import JSON, ForeignKey, String, Text, delete, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from . import clock
from .audit import record
from .carrying import heartbeat
from .database import Base, UtcDateTime, begin_reading, db, new_token, unit_of_work
from .delivery import PATIENCE_AFTER_TEXT, Delivery, Folder, NotAccepted, Unknown, delivery
from .jobs import LEASE, enqueue, job, scheduled
from .message import CannotBeWritten, Email, address
from .message import build as build_message
from .policy import Actor

__all__ = ["Email", "Mail", "composer", "keeps_mail", "post_mail", "send_again", "when_settled"]

QUEUED, SENDING, SENT = "queued", "sending", "sent"
FAILED, DROPPED, UNCERTAIN = "failed", "dropped", "uncertain"

# Rows of settled mail name people's addresses: they are kept as long as somebody may ask what became of it.
KEPT = timedelta(days=90)


def keeps_mail() -> bool:
    """Whether no mail server is set, so that messages stay in the hub, where an administrator reads them."""
    return not current_app.extensions["settings"].mail_url.get_secret_value()


class Mail(Base):
    __tablename__ = "mail"

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(24), unique=True, default=new_token)
    purpose: Mapped[str] = mapped_column(String(60), index=True)
    key: Mapped[str] = mapped_column(String(200), unique=True)
    to_address: Mapped[str] = mapped_column(String(320))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(12), default=QUEUED, index=True)
    queued_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    problem: Mapped[str] = mapped_column(Text, default="")


Composer = Callable[[Mail], Email | None]
Settled = Callable[[Mail], None]
_composers: dict[str, Composer] = {}
_settled: dict[str, Settled] = {}


def composer(purpose: str) -> Callable[[Composer], Composer]:
    """Register what writes messages of a purpose. It only reads, and returns None when nothing may be sent
    any more."""

    def register(compose: Composer) -> Composer:
        _composers[purpose] = compose
        return compose

    return register


def when_settled(purpose: str) -> Callable[[Settled], Settled]:
    """Register what must follow, in the same transaction, when a message of a purpose is sent, failed,
    dropped or uncertain."""

    def register(follow: Settled) -> Settled:
        _settled[purpose] = follow
        return follow

    return register


def post_mail(
    purpose: str, to_address: str, *, key: str, person_id: int | None = None, **payload: Any
) -> int | None:
    """Queue a message in the current transaction; its id. A key that was ever used sends nothing again."""
    dialect = postgresql if db.engine.dialect.name == "postgresql" else sqlite
    values = {
        "token": new_token(),
        "purpose": purpose,
        "key": key,
        "to_address": to_address,
        "person_id": person_id,
        "payload": payload,
        "state": QUEUED,
        "queued_at": clock.now(),
        "problem": "",
    }
    made: int | None = db.session.execute(
        dialect.insert(Mail).values(values).on_conflict_do_nothing().returning(Mail.id)
    ).scalar_one_or_none()
    if made is not None:
        _enqueue(made)
    return made


def send_again(actor: Actor, mail: Mail) -> bool:
    """An administrator decides that an uncertain message goes out once more. Others never do."""
    again = db.session.execute(
        update(Mail.__table__)  # type: ignore[arg-type]
        .where(Mail.id == mail.id, Mail.state == UNCERTAIN)
        .values(state=QUEUED, settled_at=None, problem="")
    )
    if again.rowcount != 1:  # type: ignore[attr-defined]
        return False
    _enqueue(mail.id)
    record(actor, "mail.sent_again", mail)
    return True


def _enqueue(mail_id: int) -> None:
    enqueue("mail.send", key=f"mail:{mail_id}", mail_id=mail_id)


def _give_up(mail_id: int) -> None:
    """Its job was tried as often as jobs are."""
    mail = db.session.get(Mail, mail_id)
    if mail is not None and mail.state in {QUEUED, SENDING}:
        _settle_in_place(mail, FAILED if mail.state == QUEUED else UNCERTAIN, mail.problem)


@job("mail.send", long=True, given_up=_give_up)
def send(mail_id: int) -> None:
    """Send one queued message: never twice, whatever dies in between."""
    line = delivery(current_app)
    if not _is_to_be_sent(mail_id, line):
        return
    try:
        line.connect()
        heartbeat()
        _hand_over(mail_id, line)
    except CannotBeWritten as problem:
        _settle(mail_id, FAILED, str(problem))
    except NotAccepted as problem:
        _settle(mail_id, FAILED if problem.permanent else QUEUED, str(problem))
        if not problem.permanent:
            raise
    except Unknown as problem:
        _settle(mail_id, UNCERTAIN, str(problem))


def _is_to_be_sent(mail_id: int, line: Delivery) -> bool:
    with unit_of_work() as session:
        mail = session.get(Mail, mail_id, with_for_update=True)
        if mail is None or mail.state not in {QUEUED, SENDING}:
            return False
        if mail.state == QUEUED:
            return True
        # Somebody died while sending it.
        known = line.accepted(mail.token)
        if known is False:
            mail.state = QUEUED
            return True
        stopped = "The hub stopped while this was being sent."
        _settle_in_place(mail, SENT if known else UNCERTAIN, "" if known else stopped)
        return False


def _hand_over(mail_id: int, line: Delivery) -> None:
    begin_reading()
    db.session.rollback()
    mail = db.session.get(Mail, mail_id)
    email = _composers[mail.purpose](mail) if mail is not None and mail.state == QUEUED else None
    if mail is None or email is None:
        db.session.rollback()
        _settle(mail_id, DROPPED, only=QUEUED)
        return
    message = build(mail, email)
    db.session.rollback()  # nothing of the database is held while the other side takes its time
    if line.deliver(message, mail.token, lambda: _begin_sending(mail_id, email)):
        _settle(mail_id, SENT)


def _begin_sending(mail_id: int, email: Email) -> bool:
    """The instant before it is handed over: whoever changes the state from queued goes on, alone."""
    heartbeat(LEASE + timedelta(seconds=PATIENCE_AFTER_TEXT))
    with unit_of_work() as session:
        begun = session.execute(
            update(Mail.__table__)  # type: ignore[arg-type]
            .where(Mail.id == mail_id, Mail.state == QUEUED)
            .values(state=SENDING)
        )
        alone = bool(begun.rowcount == 1)  # type: ignore[attr-defined]
        if alone and email.begun is not None:
            email.begun()
        return alone


def _settle(mail_id: int, state: str, problem: str = "", *, only: str | None = None) -> None:
    with unit_of_work() as session:
        mail = session.get(Mail, mail_id, with_for_update=True)
        if mail is None or (only and mail.state != only) or mail.state in {SENT, FAILED, DROPPED}:
            return
        if state == QUEUED:
            mail.state, mail.problem, mail.settled_at = QUEUED, problem[:2000], None
            _enqueue(mail_id)  # unless its job is open still, which is the rule
        else:
            _settle_in_place(mail, state, problem)


def _settle_in_place(mail: Mail, state: str, problem: str) -> None:
    mail.state, mail.problem, mail.settled_at = state, problem[:2000], clock.now()
    if (follow := _settled.get(mail.purpose)) is not None:
        follow(mail)
    if state != UNCERTAIN:
        mail.payload = {}  # links that let somebody in are not kept longer than needed


def build(mail: Mail, email: Email) -> EmailMessage:
    """The message of a row as it travels. Raises CannotBeWritten."""
    app = current_app
    name = email.sender_name or app.extensions["hub_name"]()
    sender = address(app.extensions["settings"].mail_from, name)
    return build_message(email, sender=sender, to=mail.to_address, token=mail.token, at=clock.now())


@job("mail.forget")
def forget() -> None:
    """Forget what was settled long ago, and what was kept in the hub of it."""
    Folder(current_app.extensions["settings"].folder("mail")).forget(clock.now() - KEPT)
    db.session.execute(delete(Mail.__table__).where(Mail.settled_at < clock.now() - KEPT))  # type: ignore[arg-type]


scheduled("mail.forget", timedelta(days=1))
