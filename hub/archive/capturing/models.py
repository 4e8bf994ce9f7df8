"""Tables of watched addresses, and of the posts that each was last seen to list."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.accounts.models import Person
from hub.archive.models import LONGEST_ID, Collection, Import
from hub.core import clock
from hub.core.database import Base, UtcDateTime, new_token

FEED, ACTIVITYPUB, BLUESKY = "feed", "activitypub", "bluesky"
ON, PAUSED = "on", "paused"


class WatchedAddress(Base):
    """An address that the hub looks at again and again, for a collection."""

    __tablename__ = "archive_watch"
    __table_args__ = (
        UniqueConstraint("collection_id", "address"),
        CheckConstraint("state IN ('on', 'paused')", name="state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(24), unique=True, default=new_token)
    collection_id: Mapped[int] = mapped_column(ForeignKey("collection.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    # As the keeper wrote it; then what lies behind it, found at the first look: of which kind, and where.
    address: Mapped[str] = mapped_column(String(500))
    kind: Mapped[str] = mapped_column(String(12), default="")
    target: Mapped[str] = mapped_column(String(2_000), default="")
    every_hours: Mapped[int] = mapped_column(default=24)
    state: Mapped[str] = mapped_column(String(8), default=ON)
    next_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now, index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    # The last look that was answered; the last that showed something new.
    looked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # What the last answer said, as a hash over its posts' versions; and its validators, sent back next time.
    fingerprint: Mapped[str] = mapped_column(String(64), default="")
    etag: Mapped[str] = mapped_column(String(200), default="")
    last_modified: Mapped[str] = mapped_column(String(200), default="")
    # Looks in a row that came to nothing, and why the last one did: a reason of the fetching or of `looking`.
    failures: Mapped[int] = mapped_column(default=0)
    problem: Mapped[str] = mapped_column(String(40), default="")
    problem_detail: Mapped[str] = mapped_column(String(200), default="")

    collection: Mapped[Collection] = relationship(innerjoin="unnested")
    person: Mapped[Person | None] = relationship()

    @property
    def path(self) -> str:
        return f"{self.collection.path}/watches/{self.token}"


class WatchedPost(Base):
    """A post that a watched address listed. `present`: the last look showed it."""

    __tablename__ = "archive_watched_post"

    watch_id: Mapped[int] = mapped_column(
        ForeignKey("archive_watch.id", ondelete="CASCADE"), primary_key=True
    )
    platform: Mapped[str] = mapped_column(String(20), primary_key=True)
    platform_id: Mapped[str] = mapped_column(String(LONGEST_ID), primary_key=True)
    address: Mapped[str] = mapped_column(String(500), default="")
    posted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    present: Mapped[bool] = mapped_column(default=True)


class WatchImport(Base):
    """Which imports a watch led to."""

    __tablename__ = "archive_watch_import"

    import_id: Mapped[int] = mapped_column(
        ForeignKey("archive_import.id", ondelete="CASCADE"), primary_key=True
    )
    watch_id: Mapped[int] = mapped_column(ForeignKey("archive_watch.id", ondelete="CASCADE"), index=True)

    imported: Mapped[Import] = relationship(innerjoin="unnested")
    watch: Mapped[WatchedAddress] = relationship(innerjoin="unnested")
