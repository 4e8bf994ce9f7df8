"""Tables of mail that came in, of what became of it, and of how reading the mailbox goes."""

import zlib
from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from hub.core import clock
from hub.core.database import Base, UtcDateTime, new_token

WAITING, DONE, REFUSED, HELD = "waiting", "done", "refused", "held"
PIPE, IMAP, LMTP = "pipe", "imap", "lmtp"


class Incoming(Base):
    """One message for one of the hub's addresses (or several, when nobody said for which it was brought)."""

    __tablename__ = "incoming"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'done', 'refused', 'held')", name="state"),
        CheckConstraint("how IN ('pipe', 'imap', 'lmtp')", name="how"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(24), unique=True, default=new_token)
    # Of Message-ID, recipients and text: whatever is brought twice is kept once.
    fingerprint: Mapped[str] = mapped_column(String(64), unique=True)
    message_id: Mapped[str] = mapped_column(String(300), default="", index=True)
    how: Mapped[str] = mapped_column(String(8))
    # Which addresses of the hub it is for, in small letters.
    recipients: Mapped[list[str]] = mapped_column(JSON, default=list)
    # The envelope's return path; empty is nobody (bounces), None is not known.
    sender: Mapped[str | None] = mapped_column(String(320))
    state: Mapped[str] = mapped_column(String(8), default=WAITING, index=True)
    # What its sorter took it for: "bounce", "reply" ...
    kind: Mapped[str] = mapped_column(String(30), default="")
    problem: Mapped[str] = mapped_column(Text, default="")
    received_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    # The exact bytes, compressed; None when they were forgotten.
    compressed: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)

    @property
    def raw(self) -> bytes | None:
        """The message exactly as it came, until it is forgotten."""
        return zlib.decompress(self.compressed) if self.compressed is not None else None

    def settle(self, state: str, kind: str, problem: str = "") -> None:
        self.state, self.kind, self.problem = state, kind[:30], problem.replace("\0", "")[:2000]
        self.settled_at = clock.now()


class MailboxReading(Base):
    """How reading the mailbox over IMAP goes: one row, once it was tried."""

    __tablename__ = "mailbox_reading"

    id: Mapped[int] = mapped_column(primary_key=True)
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    problem: Mapped[str] = mapped_column(Text, default="")
    failing_since: Mapped[datetime | None] = mapped_column(UtcDateTime)


class WritesByMail(Base):
    """A group whose members may ask and start discussions by mail to its address. No row: they may not."""

    __tablename__ = "writes_by_mail"

    group_id: Mapped[int] = mapped_column(ForeignKey("community.id", ondelete="CASCADE"), primary_key=True)
    allowed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)


class MailedPost(Base):
    """A post that came by mail: the same message makes no second one, whatever way it comes again."""

    __tablename__ = "mailed_post"

    id: Mapped[int] = mapped_column(primary_key=True)
    # Of the person, the Message-ID and what it answers.
    fingerprint: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"), index=True)
    posted_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)


class HeldMessage(Base):
    """What somebody wrote by mail, until they say themselves that it is to be posted: it answers a post, or
    begins something in a group."""

    __tablename__ = "held_message"
    __table_args__ = (
        CheckConstraint("why IN ('marked', 'unproven')", name="why"),
        CheckConstraint("(post_id IS NULL) <> (group_id IS NULL)", name="one_place"),
        CheckConstraint("item_kind IN ('', 'question', 'discussion')", name="item_kind"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(24), unique=True, default=new_token)
    fingerprint: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"), index=True)
    group_id: Mapped[int | None] = mapped_column(ForeignKey("community.id", ondelete="CASCADE"), index=True)
    item_kind: Mapped[str] = mapped_column(String(12), default="")
    why: Mapped[str] = mapped_column(String(8))
    # The marking as it stands in the message.
    marking: Mapped[str] = mapped_column(String(80), default="")
    title: Mapped[str] = mapped_column(String(200), default="")
    source: Mapped[str] = mapped_column(Text)
    held_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now, index=True)

    @property
    def path(self) -> str:
        return f"/me/held-mail/{self.token}"
