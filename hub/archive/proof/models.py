"""Tables of the log. Entries name their event by its id without pointing at it: the log outlives what it
tells of."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.core import clock
from hub.core.database import Base, UtcDateTime


class LogHead(Base):
    """How far a collection's log goes. Its row is the lock: whoever appends holds it."""

    __tablename__ = "log_head"

    collection_id: Mapped[int] = mapped_column(
        ForeignKey("collection.id", ondelete="CASCADE"), primary_key=True
    )
    size: Mapped[int] = mapped_column(BigInteger, default=0)
    # Of the import that is being sealed, up to which event.
    import_id: Mapped[int | None]
    event_id: Mapped[int] = mapped_column(BigInteger, default=0)
    # Every act with a lower id is sealed, and none can appear any more.
    acts_to: Mapped[int] = mapped_column(BigInteger, default=0)
    # Rises with each erasure: what was read for sealing before one is read anew.
    erasures: Mapped[int] = mapped_column(default=0)


class LogEntry(Base):
    """One sealed event. `seq` counts from 0 in the collection."""

    __tablename__ = "log_entry"

    collection_id: Mapped[int] = mapped_column(
        ForeignKey("collection.id", ondelete="CASCADE"), primary_key=True
    )
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    event_id: Mapped[int] = mapped_column(BigInteger, unique=True)
    # Both None once the post was lawfully erased: the commitment stays.
    statement: Mapped[str | None] = mapped_column(Text)
    salt: Mapped[bytes | None] = mapped_column(LargeBinary(16))
    commitment: Mapped[bytes] = mapped_column(LargeBinary(32))
    link: Mapped[bytes] = mapped_column(LargeBinary(32))


class LogTile(Base):
    """The hash over 256 ** level entries from index * 256 ** level on; level 1 and up, whole ones only."""

    __tablename__ = "log_tile"

    collection_id: Mapped[int] = mapped_column(
        ForeignKey("collection.id", ondelete="CASCADE"), primary_key=True
    )
    level: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    index: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    hash: Mapped[bytes] = mapped_column(LargeBinary(32))


class LogKey(Base):
    """A key that checkpoints are signed with, from when on. The latest is in use."""

    __tablename__ = "log_key"

    id: Mapped[int] = mapped_column(primary_key=True)
    public: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    name: Mapped[str] = mapped_column(String(255))
    since: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)


class LogCheckpoint(Base):
    """The head of a collection's tree, signed: to be held outside of the hub."""

    __tablename__ = "log_checkpoint"
    __table_args__ = (UniqueConstraint("collection_id", "size"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    collection_id: Mapped[int] = mapped_column(ForeignKey("collection.id", ondelete="CASCADE"))
    size: Mapped[int] = mapped_column(BigInteger)
    root: Mapped[bytes] = mapped_column(LargeBinary(32))
    # The signed note, exactly as it is handed out.
    note: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    # When it was given to witnesses and to the time-stamping authority, where there are any.
    handed_out_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    # What a time-stamping authority answered (RFC 3161), and the time that it vouches for.
    timestamp: Mapped[bytes | None] = mapped_column(LargeBinary)
    stamped_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class LogCheck(Base):
    """A collection's last verification: how far it is, or how it ended."""

    __tablename__ = "log_check"

    collection_id: Mapped[int] = mapped_column(
        ForeignKey("collection.id", ondelete="CASCADE"), primary_key=True
    )
    started_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Entries looked at, and entries there were when it began.
    done: Mapped[int] = mapped_column(BigInteger, default=0)
    size: Mapped[int] = mapped_column(BigInteger, default=0)
    # When it ended: entries under a checkpoint, entries erased lawfully, events not sealed yet.
    anchored: Mapped[int] = mapped_column(BigInteger, default=0)
    erased: Mapped[int] = mapped_column(BigInteger, default=0)
    waiting: Mapped[int] = mapped_column(BigInteger, default=0)
    # How many faults were found; the first of them as [code, {what it is about}] (see `faults`).
    fault_count: Mapped[int] = mapped_column(BigInteger, default=0)
    faults: Mapped[list[Any]] = mapped_column(JSON, default=list)
