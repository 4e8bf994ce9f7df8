"""Tables of webhooks and of what was sent to them."""

import base64
import secrets
from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.accounts.models import Person
from hub.core import clock
from hub.core.database import Base, UtcDateTime, new_token
from hub.groups.models import Group

WAITING, TAKEN, FAILED, DROPPED = "waiting", "taken", "failed", "dropped"

# Why a webhook is paused.
BY_HAND, FAILING, GONE, MAKER = "by_hand", "failing", "gone", "maker"


def new_secret() -> str:
    """What both sides sign with, as the specification writes it."""
    return f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}"


class Webhook(Base):
    __tablename__ = "webhook"
    __table_args__ = (
        CheckConstraint("paused IN ('', 'by_hand', 'failing', 'gone', 'maker')", name="paused"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(24), unique=True, default=new_token)
    group_id: Mapped[int] = mapped_column(ForeignKey("community.id", ondelete="CASCADE"), index=True)
    # With whose eyes it looks, and who is told when it is paused.
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    address: Mapped[str] = mapped_column(String(2000))
    secret: Mapped[str] = mapped_column(String(80), default=new_secret)
    # Kinds of items that it is told of.
    kinds: Mapped[list[str]] = mapped_column(JSON)
    # Empty: at work.
    paused: Mapped[str] = mapped_column(String(12), default="")
    # Since when nothing was taken there; None: the last delivery was.
    failing_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)

    group: Mapped[Group] = relationship(lazy="joined", innerjoin="unnested")
    person: Mapped[Person | None] = relationship(lazy="joined")

    @property
    def path(self) -> str:
        """Needs `group` loaded."""
        return f"{self.group.path}/webhooks/{self.token}"


class WebhookDelivery(Base):
    """One thing that happened, for one webhook; a test has no activity."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        UniqueConstraint("webhook_id", "activity_id"),
        CheckConstraint("state IN ('waiting', 'taken', 'failed', 'dropped')", name="state"),
        Index("ix_webhook_delivery_newest", "webhook_id", "created_at"),
        Index("ix_webhook_delivery_created_at", "created_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    # The message's id: the same at each try, so that the other side can tell a repetition.
    token: Mapped[str] = mapped_column(String(24), unique=True, default=new_token)
    webhook_id: Mapped[int] = mapped_column(ForeignKey("webhook.id", ondelete="CASCADE"))
    activity_id: Mapped[int | None] = mapped_column(ForeignKey("activity.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(12), default=WAITING)
    tries: Mapped[int] = mapped_column(default=0)
    # What was answered last: a status of HTTP, or why there was none.
    status: Mapped[int | None]
    problem: Mapped[str] = mapped_column(String(300), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    tried_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    webhook: Mapped[Webhook] = relationship(innerjoin="unnested")
