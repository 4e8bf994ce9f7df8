"""The table of what is told at once."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.core.database import Base, UtcDateTime


class Instant(Base):
    """An activity that a subscriber is mailed at once: there is one message for it, and never a second."""

    __tablename__ = "instant"
    __table_args__ = (
        UniqueConstraint("subscriber_id", "number"),
        Index("ix_instant_told_at", "told_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    subscriber_id: Mapped[int] = mapped_column(ForeignKey("subscriber.id", ondelete="CASCADE"))
    # Of the activity.
    number: Mapped[int]
    mail_id: Mapped[int | None] = mapped_column(ForeignKey("mail.id", ondelete="SET NULL"), index=True)
    # When handing it over began: from then on no digest tells it. No default: None says that the message
    # waits.
    told_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
