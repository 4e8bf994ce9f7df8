"""Mail as it is written down: every message is a row first, and composed at the moment of sending
(`mail_sending`), when access is checked again.

States: queued, sending, sent, failed, dropped (its composer found nothing that may be sent), uncertain
(the other side may have accepted it just as we died: shown, never sent again blindly).

Mail *to many* (digests, notices) is paced, leaves after what somebody waits for, and its bytes are kept for
two weeks. Of other mail nothing is kept: it may hold links that let somebody in.
"""

import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import JSON, ForeignKey, LargeBinary, String, Text, delete, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from . import clock
from .addressees import forget_old
from .audit import record
from .database import Base, UtcDateTime, db, new_token
from .delivery import Folder
from .jobs import AFTERWARDS, FIRST, bring_forward, enqueue_all, job, scheduled
from .mail_days import forget_days
from .message import Email
from .pacing import MOST_AHEAD, forget_paces
from .policy import Actor

__all__ = [
    "Email",
    "Mail",
    "composer",
    "keeps_mail",
    "post_mail",
    "post_mails",
    "send_again",
    "when_not_sent",
]

QUEUED, SENDING, SENT = "queued", "sending", "sent"
FAILED, DROPPED, UNCERTAIN = "failed", "dropped", "uncertain"

# Rows of settled mail name people's addresses: they are kept as long as somebody may ask what became of it.
KEPT = timedelta(days=90)
# The bytes of mail to many: as long as somebody asks what exactly they were sent.
BYTES_KEPT = timedelta(days=14)

# What comes back, comes to an address that is signed for its message alone.
RETURN_PATH = "bounce"

# The job that sends one message.
SEND = "mail.send"


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
    # How often it was refused for now.
    tries: Mapped[int] = mapped_column(default=0)
    # The turn that it was given, when it came too soon.
    turn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Of the very bytes that were handed over, in hexadecimal; the bytes themselves, compressed.
    sha256: Mapped[str] = mapped_column(String(64), default="")
    kept: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    # When the other side said that it had arrived, where it says so.
    delivered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    # When a report said that it was not delivered after all.
    came_back_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def raw(self) -> bytes | None:
        """The bytes that were handed over; None when they are not kept, or no longer."""
        return zlib.decompress(self.kept) if self.kept is not None else None


Composer = Callable[[Mail], Email | None]
NotSent = Callable[[Mail], None]
_composers: dict[str, Composer] = {}
_not_sent: dict[str, NotSent] = {}
_to_many: set[str] = set()


def composer(purpose: str, *, to_many: bool = False) -> Callable[[Composer], Composer]:
    """Register what writes messages of a purpose. It only reads, and returns None when nothing may be sent
    any more. to_many: nobody waits for one, and none holds a secret."""

    def register(compose: Composer) -> Composer:
        _composers[purpose] = compose
        if to_many:
            _to_many.add(purpose)
        return compose

    return register


def compose(mail: Mail) -> Email | None:
    """The message of a row as it may be sent now; None when nothing may."""
    return _composers[mail.purpose](mail)


def is_to_many(purpose: str) -> bool:
    return purpose in _to_many


def purposes_to_many() -> frozenset[str]:
    return frozenset(_to_many)


def when_not_sent(purpose: str) -> Callable[[NotSent], NotSent]:
    """Register what must follow, in the same transaction, when a message of a purpose has failed or was
    dropped."""

    def register(follow: NotSent) -> NotSent:
        _not_sent[purpose] = follow
        return follow

    return register


def was_not_sent(mail: Mail) -> None:
    """What was registered follows."""
    if (follow := _not_sent.get(mail.purpose)) is not None:
        follow(mail)


@dataclass(frozen=True)
class Posting:
    """A message to be queued. A key that was ever used sends nothing again."""

    to_address: str
    key: str
    person_id: int | None = None
    payload: Mapping[str, Any] = field(default_factory=dict)


def post_mail(
    purpose: str, to_address: str, *, key: str, person_id: int | None = None, **payload: Any
) -> int | None:
    """Queue a message in the current transaction; its id, or None where its key was used."""
    return post_mails(purpose, [Posting(to_address, key, person_id, payload)]).get(key)


def post_mails(purpose: str, postings: Iterable[Posting]) -> dict[str, int]:
    """Queue messages in the current transaction, in as many statements for many as for one; the ids of those
    whose keys were not used before, by their keys."""
    rows = [
        {
            "token": new_token(),
            "purpose": purpose,
            "key": posting.key,
            "to_address": posting.to_address,
            "person_id": posting.person_id,
            "payload": posting.payload,
            "state": QUEUED,
            "queued_at": clock.now(),
            "problem": "",
            "tries": 0,
            "sha256": "",
        }
        for posting in postings
    ]
    if not rows:
        return {}
    dialect = postgresql if db.engine.dialect.name == "postgresql" else sqlite
    table = Mail.__table__
    insert = dialect.insert(table).on_conflict_do_nothing().returning(table.c.id, table.c.key)
    made = {row.key: row.id for row in db.session.execute(insert, rows)}
    enqueue_mails(purpose, made.values())
    return made


def send_again(actor: Actor, mail: Mail) -> bool:
    """An administrator decides that an uncertain message goes out once more. Others never do."""
    again = db.session.execute(
        update(Mail.__table__)  # type: ignore[arg-type]
        .where(Mail.id == mail.id, Mail.state == UNCERTAIN)
        .values(state=QUEUED, settled_at=None, problem="", tries=0)
    )
    if again.rowcount != 1:  # type: ignore[attr-defined]
        return False
    enqueue_mails(mail.purpose, [mail.id])
    record(actor, "mail.sent_again", mail)
    return True


def enqueue_mails(purpose: str, ids: Iterable[int]) -> None:
    """Have them sent, unless that is to be done already."""
    rank = AFTERWARDS if is_to_many(purpose) else FIRST
    enqueue_all(SEND, [(f"mail:{mail_id}", {"mail_id": mail_id}) for mail_id in ids], rank=rank)


@job("mail.forget")
def forget() -> None:
    """Forget what was settled long ago, what was kept in the hub of it, and turns that a wrong clock gave."""
    forget_paces(clock.now())
    bring_forward(SEND, clock.now() + MOST_AHEAD)
    db.session.execute(
        update(Mail)
        .where(Mail.kept.is_not(None), Mail.settled_at < clock.now() - BYTES_KEPT)
        .values(kept=None)
    )
    forget_days()
    forget_old()
    Folder(current_app.extensions["settings"].folder("mail")).forget(clock.now() - KEPT)
    db.session.execute(delete(Mail.__table__).where(Mail.settled_at < clock.now() - KEPT))  # type: ignore[arg-type]


scheduled("mail.forget", timedelta(days=1))
