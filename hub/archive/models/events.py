"""What happens to archived posts."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.accounts.models import Person
from hub.archive.event_kinds import EVENT_KINDS
from hub.core import clock
from hub.core.database import Base, UtcDateTime

from .imports import Import
from .posts import SourceSlice


class ArchiveEvent(Base):
    """One thing that happened to a post, and how it came to be known. Append-only: together they are all that
    ever happened, and each is sealed in the log of its collection (see `proof`)."""

    __tablename__ = "archive_event"
    __table_args__ = (
        Index("ix_archive_event_kind", "collection_id", "kind", "post_id"),
        CheckConstraint(f"kind IN {EVENT_KINDS}", name="kind"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    collection_id: Mapped[int] = mapped_column(ForeignKey("collection.id", ondelete="CASCADE"))
    post_id: Mapped[int] = mapped_column(ForeignKey("archived_post.id", ondelete="CASCADE"), index=True)
    # The import that told of it; None: somebody's act, which counts at once (see `rules.event_counts`).
    import_id: Mapped[int | None] = mapped_column(
        ForeignKey("archive_import.id", ondelete="CASCADE"), index=True
    )
    kind: Mapped[str] = mapped_column(String(12))
    # When it happened on the platform, if that is known; when the source said so; when we wrote it down.
    at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    known_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    # own_export, compliance, stream, import, capture; person, hub.
    told_by: Mapped[str] = mapped_column(String(12))
    # Of a deletion: deleted, deactivated, protected, suspended, unknown.
    cause: Mapped[str] = mapped_column(String(12), default="")
    version_id: Mapped[int | None] = mapped_column(
        ForeignKey("post_version.id", ondelete="CASCADE"), index=True
    )
    sighting_id: Mapped[int | None] = mapped_column(ForeignKey("sighting.id", ondelete="CASCADE"), index=True)
    slice_id: Mapped[int | None] = mapped_column(
        ForeignKey("source_slice.id", ondelete="SET NULL"), index=True
    )
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    # Of an act: whatever it says of itself, and under "by" the handle of whoever did it, as it was then.
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    earlier: Mapped[int] = mapped_column(default=0)

    imported: Mapped[Import | None] = relationship(viewonly=True)
    source: Mapped[SourceSlice | None] = relationship(viewonly=True)
    person: Mapped[Person | None] = relationship(viewonly=True)
