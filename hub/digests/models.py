"""Tables of the windows that were claimed, and of what each digest told."""

from datetime import date, datetime
from typing import Any

from markupsafe import Markup
from sqlalchemy import JSON, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.core import clock
from hub.core.database import Base, UtcDateTime, new_token
from hub.core.markup import mail_html, mail_text
from hub.groups.models import Group
from hub.subscriptions.models import Subscriber, Subscription


def window_name(subscriber_token: str, due_on: date, part_of: str) -> str:
    """What a window is called, for good: whose it is, the day it fell due, and what it is a part of."""
    return ":".join(part for part in (subscriber_token, due_on.isoformat(), part_of) if part)


class Digest(Base):
    """A window that was claimed for a subscriber: there is one mail for it, and never a second."""

    __tablename__ = "digest"
    __table_args__ = (UniqueConstraint("subscriber_id", "due_on", "part_of"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    # What the digest's own page is called.
    token: Mapped[str] = mapped_column(String(24), unique=True, default=new_token)
    subscriber_id: Mapped[int] = mapped_column(ForeignKey("subscriber.id", ondelete="CASCADE"))
    due_on: Mapped[date]
    # Empty: everything that was due together. Else the one subscription that it is about.
    part_of: Mapped[str] = mapped_column(String(20), default="")
    mail_id: Mapped[int | None] = mapped_column(ForeignKey("mail.id", ondelete="SET NULL"), index=True)
    claimed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    # The numbers of the activities that it told, from the instant in which it was handed over.
    told: Mapped[list[int]] = mapped_column(JSON, default=list)

    # How it was arranged, for its page: {"place", "item", "level", "numbers"} for each entry, in order.
    entries: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)

    subscriber: Mapped[Subscriber] = relationship(innerjoin="unnested")
    parts: Mapped[list["DigestPart"]] = relationship(cascade="all, delete-orphan", passive_deletes=True)

    @property
    def window(self) -> str:
        return window_name(self.subscriber.token, self.due_on, self.part_of)


class DigestNote(Base):
    """What a group's moderators say at the top of the next digest of everybody who hears of the group. It is
    told as its activity is."""

    __tablename__ = "digest_note"

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(24), unique=True, default=new_token)
    group_id: Mapped[int] = mapped_column(ForeignKey("community.id", ondelete="CASCADE"), index=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey("activity.id", ondelete="CASCADE"), unique=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    byline: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    source: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    written_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    # Whoever was not mailed it until then is not mailed it any more.
    taken_back_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    group: Mapped[Group] = relationship(lazy="joined", innerjoin="unnested")

    @property
    def text(self) -> Markup:
        """Made safe when it was written."""
        return Markup(self.html)

    def in_mail(self, hub: str) -> Markup:
        """Its HTML where a path alone leads nowhere, and nothing is loaded."""
        return mail_html(self.html, f"{hub}{self.group.path}")

    def in_words(self, hub: str) -> str:
        return mail_text(self.html, f"{hub}{self.group.path}")


class DigestPart(Base):
    """What a digest covers of one subscription: the activities after `after`, up to and with `upto`."""

    __tablename__ = "digest_part"

    digest_id: Mapped[int] = mapped_column(ForeignKey("digest.id", ondelete="CASCADE"), primary_key=True)
    subscription_id: Mapped[int] = mapped_column(
        ForeignKey("subscription.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    after: Mapped[int]
    upto: Mapped[int]

    subscription: Mapped[Subscription] = relationship(innerjoin="unnested")
