"""Tables of the windows that were claimed, and of what each digest told."""

from datetime import date, datetime

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.core import clock
from hub.core.database import Base, UtcDateTime, new_token
from hub.subscriptions.models import Subscriber, Subscription


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

    subscriber: Mapped[Subscriber] = relationship(innerjoin="unnested")
    parts: Mapped[list["DigestPart"]] = relationship(cascade="all, delete-orphan", passive_deletes=True)


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
