"""Tables of holds."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.accounts.models import Person
from hub.archive.models import Collection
from hub.core import clock
from hub.core.database import Base, UtcDateTime, new_token

THE_COLLECTION, SOME_POSTS = "collection", "posts"


class Hold(Base):
    """A stop on disposal and deletion, from the moment it is placed until it is released."""

    __tablename__ = "hold"
    __table_args__ = (
        CheckConstraint("covers IN ('collection', 'posts')", name="covers"),
        Index("ix_hold_in_force", "collection_id", "released_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(24), unique=True, default=new_token)
    collection_id: Mapped[int] = mapped_column(ForeignKey("collection.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(160))
    reason: Mapped[str] = mapped_column(Text)
    # Everything in the collection, what comes in later included; or the posts that `hold_post` names.
    covers: Mapped[str] = mapped_column(String(12))
    # How the posts were chosen, in words: a search as it was on that day.
    chosen: Mapped[str] = mapped_column(String(300), default="")
    number: Mapped[int] = mapped_column(default=0)
    placed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    placed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    released_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    released_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id", ondelete="SET NULL"), index=True
    )
    release_reason: Mapped[str] = mapped_column(Text, default="")
    # The last post into whose history it is written that it is held; and that it is released.
    told_held: Mapped[int] = mapped_column(default=0)
    told_released: Mapped[int] = mapped_column(default=0)

    collection: Mapped[Collection] = relationship(lazy="joined", innerjoin="unnested")
    placed_by: Mapped[Person | None] = relationship(foreign_keys=placed_by_id)
    released_by: Mapped[Person | None] = relationship(foreign_keys=released_by_id)

    @property
    def path(self) -> str:
        return f"{self.collection.path}/holds/{self.token}"

    @property
    def in_force(self) -> bool:
        return self.released_at is None


class HoldPost(Base):
    """A post that a hold names."""

    __tablename__ = "hold_post"

    hold_id: Mapped[int] = mapped_column(ForeignKey("hold.id", ondelete="CASCADE"), primary_key=True)
    post_id: Mapped[int] = mapped_column(
        ForeignKey("archived_post.id", ondelete="CASCADE"), primary_key=True, index=True
    )
