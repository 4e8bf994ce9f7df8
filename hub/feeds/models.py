"""The table of private feeds."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.accounts.models import Person
from hub.content.models import Item
from hub.core import clock
from hub.core.database import Base, UtcDateTime, new_token
from hub.groups.models import Group


class PrivateFeed(Base):
    """A feed of what one person sees of one subject. Revoked, it is deleted: its key opens nothing then."""

    __tablename__ = "private_feed"

    id: Mapped[int] = mapped_column(primary_key=True)
    # Names it on its owner's page; it opens nothing.
    token: Mapped[str] = mapped_column(String(24), unique=True, default=new_token)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    # Of the key in its address; the key itself is kept nowhere.
    key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    kind: Mapped[str] = mapped_column(String(12))
    group_id: Mapped[int | None] = mapped_column(ForeignKey("community.id", ondelete="CASCADE"), index=True)
    item_id: Mapped[int | None] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), index=True)
    # {"q": "retention", "kind": "question", ...} of a search; else empty.
    asked: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)

    person: Mapped[Person] = relationship(innerjoin="unnested")
    group: Mapped[Group | None] = relationship()
    item: Mapped[Item | None] = relationship()
