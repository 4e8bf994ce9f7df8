"""Tables of approvals."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.accounts.models import Person
from hub.archive.models import Collection
from hub.core import clock
from hub.core.database import Base, UtcDateTime, new_token

WAITING, APPROVED, REFUSED, LAPSED, TAKEN_BACK = "waiting", "approved", "refused", "lapsed", "taken_back"


class Approval(Base):
    """Something that one person asked for and another decides."""

    __tablename__ = "approval"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'approved', 'refused', 'lapsed', 'taken_back')", name="state"),
        Index("ix_approval_collection", "collection_id", "state", "asked_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(24), unique=True, default=new_token)
    collection_id: Mapped[int] = mapped_column(ForeignKey("collection.id", ondelete="CASCADE"))
    # A code of `kinds`.
    kind: Mapped[str] = mapped_column(String(24))
    # What the kind needs to carry it out: ids and codes, none of a post's words, which may be erased later.
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    reason: Mapped[str] = mapped_column(Text)
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    lapses_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    # Named where nobody else of the collection could decide: its only keeper asked.
    second_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)

    state: Mapped[str] = mapped_column(String(12), default=WAITING)
    decided_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id", ondelete="SET NULL"), index=True
    )
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_reason: Mapped[str] = mapped_column(Text, default="")
    # Why what was approved could not be done; empty when it was.
    problem: Mapped[str] = mapped_column(Text, default="")
    # Where what was done can be seen.
    led_to: Mapped[str] = mapped_column(String(500), default="")

    collection: Mapped[Collection] = relationship(lazy="joined", innerjoin="unnested")
    asked_by: Mapped[Person | None] = relationship(foreign_keys=asked_by_id)
    second: Mapped[Person | None] = relationship(foreign_keys=second_id)
    decided_by: Mapped[Person | None] = relationship(foreign_keys=decided_by_id)
    posts: Mapped[list["ApprovalPost"]] = relationship(
        order_by="ApprovalPost.post_id", cascade="all, delete-orphan", passive_deletes=True
    )

    @property
    def path(self) -> str:
        return f"/approvals/{self.token}"

    @property
    def waiting(self) -> bool:
        return self.state == WAITING


class ApprovalPost(Base):
    """An archived post that an approval is about."""

    __tablename__ = "approval_post"

    approval_id: Mapped[int] = mapped_column(ForeignKey("approval.id", ondelete="CASCADE"), primary_key=True)
    post_id: Mapped[int] = mapped_column(
        ForeignKey("archived_post.id", ondelete="CASCADE"), primary_key=True, index=True
    )
