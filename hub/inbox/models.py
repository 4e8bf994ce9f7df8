"""Tables of mail that came in, and of how reading the mailbox goes."""

import zlib
from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, LargeBinary, String, Text
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
