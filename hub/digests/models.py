"""Tables of subscribers, their choices, and the windows that were claimed."""

from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.accounts.models import Person
from hub.core import clock
from hub.core.database import Base, UtcDateTime, new_token
from hub.core.language import HUB_ZONE
from hub.core.policy import ANYBODY, Actor
from hub.groups.models import Group

DAILY, WEEKLY, NEVER = "daily", "weekly", "never"
FREQUENCIES = (DAILY, WEEKLY, NEVER)


class Subscriber(Base):
    """Who gets digests: a person, or an address whose owner confirmed it."""

    __tablename__ = "subscriber"
    __table_args__ = (CheckConstraint("person_id IS NOT NULL OR address IS NOT NULL", name="somebody"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    # What signed links name. A new one makes every link that was mailed before useless.
    token: Mapped[str] = mapped_column(String(24), unique=True, default=new_token)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), unique=True)
    address: Mapped[str | None] = mapped_column(String(320), unique=True)
    time_zone: Mapped[str] = mapped_column(String(60), default=HUB_ZONE)
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

    def as_actor(self) -> Actor:
        """Whose eyes decide what may be sent, with their memberships as they are now. What an administrator
        reads by a recorded act is read on the site, never mailed."""
        return replace(self.person.as_actor(), reads=frozenset()) if self.person is not None else ANYBODY


class Subscription(Base):
    """One subscriber's choice for one group, and how far it has been covered."""

    __tablename__ = "subscription"
    __table_args__ = (
        CheckConstraint("frequency IN ('daily', 'weekly', 'never')", name="frequency"),
        Index("ix_subscription_due", "frequency", "last_window"),
    )

    subscriber_id: Mapped[int] = mapped_column(
        ForeignKey("subscriber.id", ondelete="CASCADE"), primary_key=True
    )
    group_id: Mapped[int] = mapped_column(
        ForeignKey("community.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    frequency: Mapped[str] = mapped_column(String(8))
    # Everything up to this activity number has been covered.
    last_number: Mapped[int] = mapped_column(default=0)
    # The day of the last window that fell due, by the subscriber's clock.
    last_window: Mapped[date]
    chosen_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)

    subscriber: Mapped[Subscriber] = relationship(back_populates="subscriptions", innerjoin="unnested")
    group: Mapped[Group] = relationship(lazy="joined", innerjoin="unnested")


class Digest(Base):
    """A window that was claimed for a subscriber: there is one mail for it, and never a second."""

    __tablename__ = "digest"
    __table_args__ = (UniqueConstraint("subscriber_id", "due_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    subscriber_id: Mapped[int] = mapped_column(ForeignKey("subscriber.id", ondelete="CASCADE"))
    due_on: Mapped[date]
    mail_id: Mapped[int | None] = mapped_column(ForeignKey("mail.id", ondelete="SET NULL"), index=True)
    claimed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)

    subscriber: Mapped[Subscriber] = relationship(innerjoin="unnested")
    parts: Mapped[list["DigestPart"]] = relationship(cascade="all, delete-orphan", passive_deletes=True)


class DigestPart(Base):
    """What a digest covers of one group: the activities after `after`, up to and with `upto`."""

    __tablename__ = "digest_part"

    digest_id: Mapped[int] = mapped_column(ForeignKey("digest.id", ondelete="CASCADE"), primary_key=True)
    group_id: Mapped[int] = mapped_column(
        ForeignKey("community.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    after: Mapped[int]
    upto: Mapped[int]
