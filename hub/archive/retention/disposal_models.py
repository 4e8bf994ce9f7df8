"""Tables of disposals and erasures: what was asked, what was done, and what is left to say of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.archive.approvals.models import Approval
from hub.archive.models import Collection
from hub.core import clock
from hub.core.database import Base, UtcDateTime, new_token

DISPOSAL, ERASURE = "disposal", "erasure"
# Of each post: not yet; done; held when its turn came; of a transfer, not as it was handed over any more.
TO_DO, DONE, HELD, NEWER = "to_do", "done", "held", "newer"


class Disposal(Base):
    """Posts whose time is over, disposed of; or erased by law. Its page becomes the certificate.

    A *transfer* is a disposal whose posts are handed over first: nothing is asked of a second person before
    the bag is made and a keeper has written down what the archive answered.
    """

    __tablename__ = "disposal"
    __table_args__ = (CheckConstraint("kind IN ('disposal', 'erasure')", name="kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(24), unique=True, default=new_token)
    collection_id: Mapped[int] = mapped_column(ForeignKey("collection.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    # The law, order or schedule entry that it is done under, in words.
    authority: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    # The class as it was then: {"reference", "title", "schedule", "version"}; empty for an erasure.
    entry: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    number: Mapped[int] = mapped_column(default=0)
    approval_id: Mapped[int | None] = mapped_column(
        ForeignKey("approval.id", ondelete="SET NULL"), index=True
    )
    # Names as they were: the certificate outlives accounts.
    asked_by: Mapped[str] = mapped_column(String(160))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    approved_by: Mapped[str] = mapped_column(String(160), default="")
    approved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Where else words of the posts stood and were taken out: {table: how many rows}.
    reached: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    # Of a transfer: to whom; its bag's files ({"name", "size", "sha256"}) and when they were made; what the
    # archive answered, and the name of whoever wrote that down; or when it was given up.
    transferred_to: Mapped[str] = mapped_column(String(200), default="")
    bag: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    handed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    receipt: Mapped[str] = mapped_column(String(300), default="")
    received_by: Mapped[str] = mapped_column(String(160), default="")
    received_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    given_up_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    collection: Mapped[Collection] = relationship(lazy="joined", innerjoin="unnested")
    approval: Mapped[Approval | None] = relationship()

    @property
    def path(self) -> str:
        return f"{self.collection.path}/disposals/{self.token}"

    @property
    def awaits_receipt(self) -> bool:
        """A transfer that was handed over, and of which no receipt waits for a second person's word."""
        asked = self.approval is not None and self.approval.waiting
        return self.handed_at is not None and not (asked or self.approved_at or self.given_up_at)


class DisposalPost(Base):
    """One post of a disposal. Its row stays with the post's tombstone."""

    __tablename__ = "disposal_post"
    __table_args__ = (Index("ix_disposal_post_state", "disposal_id", "state"),)

    disposal_id: Mapped[int] = mapped_column(ForeignKey("disposal.id", ondelete="CASCADE"), primary_key=True)
    post_id: Mapped[int] = mapped_column(
        ForeignKey("archived_post.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    post_token: Mapped[str] = mapped_column(String(24))
    state: Mapped[str] = mapped_column(String(6), default=TO_DO)
    # Of its events in the collection's log, as hexadecimal: they tell nothing, and prove that it was there.
    commitments: Mapped[list[str]] = mapped_column(JSON, default=list)
    # Of a transfer: how many events of the post the bag holds (see `transferring.counts_for_a_transfer`).
    events: Mapped[int] = mapped_column(default=0)
