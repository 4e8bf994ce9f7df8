"""What a question has beyond the spine: the accepted answer."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.content.models import Item, Post
from hub.core.database import Base, UtcDateTime

WAITING, ANSWERED = "open", "answered"


class Question(Base):
    """One row for each item of kind question. The item's state says the same in a word, for lists."""

    __tablename__ = "question"

    item_id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), primary_key=True)
    accepted_post_id: Mapped[int | None] = mapped_column(
        ForeignKey("post.id", ondelete="SET NULL"), index=True
    )
    accepted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Why the asker trusts it, in their words; may be empty.
    reason: Mapped[str] = mapped_column(String(300), default="")

    item: Mapped[Item] = relationship(innerjoin="unnested")
    accepted: Mapped[Post | None] = relationship()
