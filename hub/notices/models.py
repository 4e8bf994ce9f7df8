"""Tables of notices, and of what people want told by e-mail."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.content.models import Item, Post
from hub.core import clock
from hub.core.database import Base, UtcDateTime, new_token

ANSWERED, MENTIONED, ACCEPTED, POSTED = "answered", "mentioned", "accepted", "posted"


class Notice(Base):
    """One person is told of one post, once, for the best of the reasons there are."""

    __tablename__ = "notice"
    __table_args__ = (
        UniqueConstraint("person_id", "post_id"),
        CheckConstraint("kind IN ('answered', 'mentioned', 'accepted', 'posted')", name="kind"),
        Index("ix_notice_newest", "person_id", "created_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(24), unique=True, default=new_token)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), index=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    # When it happened, not when the worker came to tell of it.
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    item: Mapped[Item] = relationship(innerjoin="unnested")
    post: Mapped[Post] = relationship(innerjoin="unnested")


class NoticePreference(Base):
    """What a person wants by e-mail at once. No row: everything that can be."""

    __tablename__ = "notice_preference"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    answers: Mapped[bool] = mapped_column(default=True)
    mentions: Mapped[bool] = mapped_column(default=True)
    watched: Mapped[bool] = mapped_column(default=True)
