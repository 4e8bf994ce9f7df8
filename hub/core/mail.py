"""Mail: every message is a row first, and composed at the moment of sending, when access is checked again.

States: queued, sending, sent, failed, dropped (its composer found nothing that may be sent), uncertain
(the other side may have accepted it just as we died: shown, never sent again blindly).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any

from flask import current_app
from sqlalchemy import JSON, ForeignKey, String, Text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from . import clock
from .database import Base, UtcDateTime, db, new_token, unit_of_work
from .delivery import NotAccepted, Unknown, delivery
from .jobs import enqueue, job

QUEUED, SENDING, SENT = "queued", "sending", "sent"
FAILED, DROPPED, UNCERTAIN = "failed", "dropped", "uncertain"


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
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    problem: Mapped[str] = mapped_column(Text, default="")


@dataclass(frozen=True)
class Email:
    """A composed message, without its recipient."""

    subject: str
    text: str
    html: str | None = None
    headers: dict[str, str] = field(default_factory=dict)


Composer = Callable[[Mail], Email | None]
_composers: dict[str, Composer] = {}


def composer(purpose: str) -> Callable[[Composer], Composer]:
    """Register what writes messages of a purpose. It returns None when nothing may be sent any more."""

    def register(compose: Composer) -> Composer:
        _composers[purpose] = compose
        return compose

    return register


def post_mail(
    purpose: str, to_address: str, *, key: str, person_id: int | None = None, **payload: Any
) -> None:
    """Queue a message in the current transaction. A key that was ever used sends nothing again."""
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
    made = db.session.execute(
        dialect.insert(Mail).values(values).on_conflict_do_nothing().returning(Mail.id)
    ).scalar_one_or_none()
    if made is not None:
        enqueue("mail.send", key=f"mail:{made}", mail_id=made)


@job("mail.send", long=True)
def send(mail_id: int) -> None:
    """Send one queued message: never twice, whatever dies in between."""
    email = _begin_sending(mail_id)
    if email is None:
        return
    mail = db.session.get_one(Mail, mail_id)
    message = build(mail, email)
    db.session.rollback()  # nothing of the database is held while the other side takes its time
    try:
        delivery(current_app).deliver(message, mail.token)
    except NotAccepted as problem:
        _settle(mail_id, FAILED if problem.permanent else QUEUED, str(problem))
        if not problem.permanent:
            raise
    except Unknown as problem:
        _settle(mail_id, UNCERTAIN, str(problem))
    else:
        _settle(mail_id, SENT)


def _begin_sending(mail_id: int) -> Email | None:
    with unit_of_work() as session:
        mail = session.get(Mail, mail_id, with_for_update=True)
        if mail is None or mail.state not in {QUEUED, SENDING}:
            return None
        if mail.state == SENDING:  # somebody died while sending it
            known = delivery(current_app).accepted(mail.token)
            if known is not False:
                mail.state = SENT if known else UNCERTAIN
                mail.settled_at = clock.now()
                mail.problem = "" if known else "The hub stopped while this was being sent."
                return None
        email = _composers[mail.purpose](mail)
        mail.state = SENDING if email else DROPPED
        if email is None:
            mail.settled_at = clock.now()
        return email


def _settle(mail_id: int, state: str, problem: str = "") -> None:
    with unit_of_work() as session:
        mail = session.get_one(Mail, mail_id)
        mail.state = state
        mail.problem = problem[:2000]
        mail.settled_at = None if state == QUEUED else clock.now()
        if state == SENT:
            mail.payload = {}  # links that let somebody in are not kept longer than needed


def build(mail: Mail, email: Email) -> EmailMessage:
    """The message as it travels. Header injection is refused by the standard library's policy."""
    settings = current_app.extensions["settings"]
    name, _, domain = settings.mail_from.rpartition("@")
    message = EmailMessage()
    message["From"] = Address(current_app.extensions["hub_name"](), name, domain)
    message["To"] = mail.to_address
    message["Subject"] = " ".join(email.subject.split())
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = f"<{mail.token}@{domain}>"
    message["Auto-Submitted"] = "auto-generated"
    for header, value in email.headers.items():
        message[header] = value
    message.set_content(email.text)
    if email.html:
        message.add_alternative(email.html, subtype="html")
    return message
