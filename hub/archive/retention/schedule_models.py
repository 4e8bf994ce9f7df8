"""Tables of schedules and classes."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.accounts.models import Person
from hub.archive.models import Collection
from hub.core import clock
from hub.core.database import Base, UtcDateTime, new_token

# What starts the time: a date of the post, the end of the year that it is of, or a date that somebody gives.
POSTED, YEAR, FINANCIAL_YEAR = "posted", "year", "financial_year"
KEPT, GONE, GIVEN = "kept", "gone", "given"
TRIGGERS = (POSTED, YEAR, FINANCIAL_YEAR, KEPT, GONE, GIVEN)

# What then.
DISPOSE, REVIEW, KEEP, TRANSFER = "dispose", "review", "keep", "transfer"
ACTIONS = (DISPOSE, REVIEW, KEEP, TRANSFER)


class Schedule(Base):
    """One version of a retention schedule, as a collection uses it."""

    __tablename__ = "schedule"
    __table_args__ = (Index("ix_schedule_current", "collection_id", "superseded_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(24), unique=True, default=new_token)
    collection_id: Mapped[int] = mapped_column(ForeignKey("collection.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(160))
    version: Mapped[str] = mapped_column(String(40), default="")
    file_name: Mapped[str] = mapped_column(String(255), default="")
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    loaded_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    superseded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # The version that this one took the place of.
    before_id: Mapped[int | None] = mapped_column(ForeignKey("schedule.id", ondelete="SET NULL"), index=True)

    collection: Mapped[Collection] = relationship(lazy="joined", innerjoin="unnested")
    person: Mapped[Person | None] = relationship()
    before: Mapped[Schedule | None] = relationship(remote_side=[id])

    @property
    def path(self) -> str:
        return f"{self.collection.path}/schedules/{self.token}"


class ScheduleEntry(Base):
    """A class of records: what starts its time, how long that is, what then, and on whose authority."""

    __tablename__ = "schedule_entry"
    __table_args__ = (
        UniqueConstraint("schedule_id", "reference"),
        CheckConstraint(f"starts IN {TRIGGERS}", name="starts"),
        CheckConstraint(f"action IN {ACTIONS}", name="action"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    schedule_id: Mapped[int] = mapped_column(ForeignKey("schedule.id", ondelete="CASCADE"))
    position: Mapped[int] = mapped_column(default=0)
    reference: Mapped[str] = mapped_column(String(60))
    # The function and activity that it stands under.
    section: Mapped[str] = mapped_column(String(400), default="")
    title: Mapped[str] = mapped_column(String(400))
    starts: Mapped[str] = mapped_column(String(16))
    # Trigger and period in the schedule's own words.
    words: Mapped[str] = mapped_column(String(600), default="")
    # None: for good.
    months: Mapped[int | None]
    action: Mapped[str] = mapped_column(String(10))
    authority: Mapped[str] = mapped_column(Text, default="")

    schedule: Mapped[Schedule] = relationship(lazy="joined", innerjoin="unnested")


class ScheduleDraft(Base):
    """A spreadsheet between its upload and the decision that it is read rightly."""

    __tablename__ = "schedule_draft"

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(24), unique=True, default=new_token)
    collection_id: Mapped[int] = mapped_column(ForeignKey("collection.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(160))
    version: Mapped[str] = mapped_column(String(40), default="")
    file_name: Mapped[str] = mapped_column(String(255))
    # Its rows as texts, from the first; and which column holds what: {"reference": 0, "title": 2, ...}.
    rows: Mapped[list[list[str]]] = mapped_column(JSON)
    columns: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now, index=True)

    collection: Mapped[Collection] = relationship(lazy="joined", innerjoin="unnested")

    @property
    def path(self) -> str:
        return f"{self.collection.path}/schedules/drafts/{self.token}"


class CollectionClass(Base):
    """The class of a collection's posts that have none of their own."""

    __tablename__ = "collection_class"

    collection_id: Mapped[int] = mapped_column(
        ForeignKey("collection.id", ondelete="CASCADE"), primary_key=True
    )
    entry_id: Mapped[int] = mapped_column(ForeignKey("schedule_entry.id"), index=True)
    # When the time begins, where a given date starts it.
    given: Mapped[date | None]

    entry: Mapped[ScheduleEntry] = relationship(lazy="joined", innerjoin="unnested")


class PostClass(Base):
    """The class of a single post."""

    __tablename__ = "post_class"

    post_id: Mapped[int] = mapped_column(ForeignKey("archived_post.id", ondelete="CASCADE"), primary_key=True)
    collection_id: Mapped[int] = mapped_column(ForeignKey("collection.id", ondelete="CASCADE"), index=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("schedule_entry.id"), index=True)
    given: Mapped[date | None]

    entry: Mapped[ScheduleEntry] = relationship(innerjoin="unnested")


class KeptOn(Base):
    """A keeper looked at a post that was due, and keeps it longer."""

    __tablename__ = "kept_on"

    post_id: Mapped[int] = mapped_column(ForeignKey("archived_post.id", ondelete="CASCADE"), primary_key=True)
    until: Mapped[date]
    reason: Mapped[str] = mapped_column(Text)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    decided_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
