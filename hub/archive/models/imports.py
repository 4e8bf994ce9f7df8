"""Imports, of this hub and of those that bags came from. Of an upload only name, size and hash stay."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.accounts.models import Person
from hub.archive.platforms import LONGEST_ID
from hub.core import clock
from hub.core.database import Base, UtcDateTime, new_token

from .collections import Collection

IMPORT, CAPTURE = "import", "capture"

WAITING, READING, DONE, FAILED, CANCELLED = "waiting", "reading", "done", "failed", "cancelled"
# A table: a keeper is asked what its columns are, and nothing is read until they have said.
ASKS = "asks"
UNFINISHED = (WAITING, READING)


class Import(Base):
    """One upload, from its arrival to its report. Of the upload itself only name, size and hash stay."""

    __tablename__ = "archive_import"
    __table_args__ = (
        UniqueConstraint("collection_id", "number"),
        CheckConstraint(
            "state IN ('waiting', 'reading', 'asks', 'done', 'failed', 'cancelled')", name="state"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(24), unique=True, default=new_token)
    collection_id: Mapped[int] = mapped_column(ForeignKey("collection.id", ondelete="CASCADE"), index=True)
    number: Mapped[int]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    file_name: Mapped[str] = mapped_column(String(255))
    file_size: Mapped[int] = mapped_column(BigInteger)
    file_sha256: Mapped[str] = mapped_column(String(64))
    uploaded_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    # The upload's name in the uploads folder; empty once it has been deleted.
    upload: Mapped[str] = mapped_column(String(24), default="")

    state: Mapped[str] = mapped_column(String(12), default=WAITING, index=True)
    adapter: Mapped[str] = mapped_column(String(30), default="")
    evidence: Mapped[str] = mapped_column(String(8), default="")
    # What the export says of itself; empty for captures.
    account_id: Mapped[str] = mapped_column(String(LONGEST_ID), default="")
    made_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    whole: Mapped[bool] = mapped_column(default=False)

    # Whoever reads it now, and until when nobody else may.
    reader: Mapped[str] = mapped_column(String(80), default="")
    leased_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    cancel_asked: Mapped[bool] = mapped_column(default=False)
    # Records of the adapter that are written; the next reader begins behind them.
    done_records: Mapped[int] = mapped_column(default=0)
    # What the first pass counted, to show progress against; None for formats that are read in one pass.
    expected: Mapped[int | None]

    read: Mapped[int] = mapped_column(default=0)
    new: Mapped[int] = mapped_column(default=0)
    versions: Mapped[int] = mapped_column(default=0)
    sightings: Mapped[int] = mapped_column(default=0)
    events: Mapped[int] = mapped_column(default=0)
    # Posts that the collection knows as another account's.
    unplaced: Mapped[int] = mapped_column(default=0)
    # {"left_out": {reason: {"count": n, "files": {name: n}}}, "counted": [[file, declared, found], ...],
    #  "became": {"first": n, "later": n, "deletions": n, "another": n, "known": n}: see `reckoning`,
    #  "noted": [[code of reasons.NOTED, file, fact], ...]}
    report: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    # What a keeper said of a table's columns (see adapters.table_mapping); None for every other format.
    mapping: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    problem: Mapped[str] = mapped_column(String(40), default="")
    problem_detail: Mapped[str] = mapped_column(String(200), default="")
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # From this moment its rows count. None: nobody sees them.
    revealed_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    # When the last of its events had its place in the log (see `proof`).
    sealed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    collection: Mapped[Collection] = relationship(lazy="joined", innerjoin="unnested")
    person: Mapped[Person | None] = relationship()

    @property
    def path(self) -> str:
        return f"{self.collection.path}/imports/{self.token}"

    @property
    def unfinished(self) -> bool:
        return self.state in UNFINISHED


class KeptMapping(Base):
    """What a keeper last said of tables of these columns: offered for the next one."""

    __tablename__ = "kept_mapping"
    __table_args__ = (UniqueConstraint("collection_id", "header"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    collection_id: Mapped[int] = mapped_column(ForeignKey("collection.id", ondelete="CASCADE"))
    # SHA-256 of the columns' names, in their order.
    header: Mapped[str] = mapped_column(String(64))
    mapping: Mapped[dict[str, Any]] = mapped_column(JSON)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    kept_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)

    person: Mapped[Person | None] = relationship()


class EarlierImport(Base):
    """An import of another hub, whose records came here in a bag; `import_id` is the bag's. What it says is
    what the other hub said of it."""

    __tablename__ = "earlier_import"
    __table_args__ = (UniqueConstraint("import_id", "place"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    collection_id: Mapped[int] = mapped_column(ForeignKey("collection.id", ondelete="CASCADE"), index=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("archive_import.id", ondelete="CASCADE"))
    # Where it stands in the bag, from 1: rows that it told of name it by this.
    place: Mapped[int]
    number: Mapped[int]
    file_name: Mapped[str] = mapped_column(String(255))
    file_size: Mapped[int] = mapped_column(BigInteger)
    file_sha256: Mapped[str] = mapped_column(String(64))
    uploaded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    adapter: Mapped[str] = mapped_column(String(30), default="")
    evidence: Mapped[str] = mapped_column(String(8), default="")
    account_id: Mapped[str] = mapped_column(String(LONGEST_ID), default="")
    made_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    whole: Mapped[bool] = mapped_column(default=False)
    report: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


class FormerLog(Base):
    """The log of another hub, as it came with a bag and was verified: evidence, not continued."""

    __tablename__ = "former_log"
    __table_args__ = (UniqueConstraint("collection_id", "sha256"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    collection_id: Mapped[int] = mapped_column(ForeignKey("collection.id", ondelete="CASCADE"))
    import_id: Mapped[int] = mapped_column(ForeignKey("archive_import.id", ondelete="CASCADE"), index=True)
    # The checkpoint that its entries were shown to be under, and the keys that it may be signed with.
    note: Mapped[str] = mapped_column(Text)
    keys: Mapped[str] = mapped_column(Text)
    # Lines of JSON, compressed (zlib), and the hash of the lines.
    entries: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    sha256: Mapped[str] = mapped_column(String(64))
