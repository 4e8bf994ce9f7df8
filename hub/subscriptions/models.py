"""Tables of subscribers, of what they chose, and of searches that they saved."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.accounts.models import Person
from hub.content.models import Topic
from hub.core import clock
from hub.core.database import Base, UtcDateTime, new_token
from hub.core.language import HUB_ZONE
from hub.core.policy import ANYBODY, Actor
from hub.groups.models import Group

AT_ONCE, DAILY, WEEKLY, MENTIONS, NEVER = "at_once", "daily", "weekly", "mentions", "never"
FREQUENCIES = (AT_ONCE, DAILY, WEEKLY, MENTIONS, NEVER)
# Those that come as digests. What could not be told at once (one was away) comes in one, too.
IN_DIGESTS = (AT_ONCE, DAILY, WEEKLY)

# What of a group or a topic is told.
EVERYTHING, GUIDANCE_ONLY = "everything", "guidance"

# How much of each thing a digest tells.
TITLES, OPENINGS, WHOLE = "titles", "openings", "whole"
LENGTHS = (TITLES, OPENINGS, WHOLE)

# In the mailbox when people sit down to work, by their own clock.
DUE_HOUR = 7
# The weekly one comes on Monday: a week's reading at the beginning of the week.
WEEKLY_ON = 0
# Of an address without an account nobody knows another language.
DEFAULT_LOCALE = "en_GB"


class Subscriber(Base):
    """Who gets mail: a person, or an address whose owner confirmed it; and how they want it."""

    __tablename__ = "subscriber"
    __table_args__ = (
        CheckConstraint("person_id IS NOT NULL OR address IS NOT NULL", name="somebody"),
        CheckConstraint("digest_hour BETWEEN 0 AND 23", name="digest_hour"),
        CheckConstraint("weekly_on BETWEEN 0 AND 6", name="weekly_on"),
        CheckConstraint("length IN ('titles', 'openings', 'whole')", name="length"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    # What signed links name. A new one makes every link that was mailed before useless.
    token: Mapped[str] = mapped_column(String(24), unique=True, default=new_token)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), unique=True)
    address: Mapped[str | None] = mapped_column(String(320), unique=True)
    time_zone: Mapped[str] = mapped_column(String(60), default=HUB_ZONE)
    # The hour (0 to 23) and, for weekly ones, the day (0 is Monday) on which digests fall due.
    digest_hour: Mapped[int] = mapped_column(default=DUE_HOUR)
    weekly_on: Mapped[int] = mapped_column(default=WEEKLY_ON)
    # One message for all that is due together, or one for each subscription.
    separate: Mapped[bool] = mapped_column(default=False)
    length: Mapped[str] = mapped_column(String(12), default=OPENINGS)
    # No mail before this day; what happens meanwhile is told then.
    away_until: Mapped[date | None]
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)

    person: Mapped[Person | None] = relationship(lazy="joined")
    subscriptions: Mapped[list["Subscription"]] = relationship(
        back_populates="subscriber", cascade="all, delete-orphan", passive_deletes=True
    )

    @property
    def zone(self) -> str:
        return self.person.time_zone if self.person is not None else self.time_zone

    @property
    def sent_to(self) -> str:
        return self.person.email if self.person is not None else (self.address or "")

    @property
    def may_be_mailed(self) -> bool:
        """An account that was closed or never confirmed gets nothing."""
        if self.person is not None:
            return self.person.active and self.person.confirmed_at is not None
        return self.confirmed_at is not None

    @property
    def locale(self) -> str:
        """The language of their mail; the hub's own where there is no account that says so."""
        return self.person.locale if self.person is not None else DEFAULT_LOCALE

    def as_actor(self) -> Actor:
        """Whose eyes decide what may be sent, with their memberships as they are now. What an administrator
        reads by a recorded act is read on the site, never mailed."""
        return replace(self.person.as_actor(), reads=frozenset()) if self.person is not None else ANYBODY


class SavedSearch(Base):
    """A search that somebody wants to hear of: what they asked, as the search page's address says it."""

    __tablename__ = "saved_search"

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(24), unique=True, default=new_token)
    subscriber_id: Mapped[int] = mapped_column(ForeignKey("subscriber.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    # {"q": "retention", "kind": "question", ...}: only what the search page knows.
    asked: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)

    @property
    def query(self) -> str:
        return urlencode(self.asked)

    @property
    def path(self) -> str:
        return f"/search?{self.query}"


class Subscription(Base):
    """One subscriber's choice for one subject, and how far it has been covered."""

    __tablename__ = "subscription"
    __table_args__ = (
        CheckConstraint("frequency IN ('at_once', 'daily', 'weekly', 'mentions', 'never')", name="frequency"),
        CheckConstraint("told IN ('everything', 'guidance')", name="told"),
        CheckConstraint(
            "CASE WHEN group_id IS NOT NULL THEN 1 ELSE 0 END"
            " + CASE WHEN topic_id IS NOT NULL THEN 1 ELSE 0 END"
            " + CASE WHEN search_id IS NOT NULL THEN 1 ELSE 0 END = 1",
            name="one_subject",
        ),
        Index("uq_subscription_group", "subscriber_id", "group_id", "told", unique=True),
        Index("uq_subscription_topic", "subscriber_id", "topic_id", "told", unique=True),
        Index("uq_subscription_search", "subscriber_id", "search_id", unique=True),
        Index("ix_subscription_due", "next_due_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    subscriber_id: Mapped[int] = mapped_column(ForeignKey("subscriber.id", ondelete="CASCADE"))
    group_id: Mapped[int | None] = mapped_column(ForeignKey("community.id", ondelete="CASCADE"), index=True)
    topic_id: Mapped[int | None] = mapped_column(ForeignKey("topic.id", ondelete="CASCADE"), index=True)
    search_id: Mapped[int | None] = mapped_column(
        ForeignKey("saved_search.id", ondelete="CASCADE"), index=True
    )
    told: Mapped[str] = mapped_column(String(12), default=EVERYTHING)
    frequency: Mapped[str] = mapped_column(String(8))
    # Everything up to this activity number has been covered.
    last_number: Mapped[int] = mapped_column(default=0)
    # When the next window opens; None: never, as things are chosen.
    next_due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    chosen_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)

    subscriber: Mapped[Subscriber] = relationship(back_populates="subscriptions", innerjoin="unnested")
    group: Mapped[Group | None] = relationship(lazy="joined")
    topic: Mapped[Topic | None] = relationship(lazy="joined")
    search: Mapped[SavedSearch | None] = relationship(lazy="joined")

    @property
    def subject(self) -> Group | Topic | SavedSearch:
        found = self.group or self.topic or self.search
        assert found is not None, "a CHECK says that there is one"
        return found
