"""Reports and what was decided about them."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.accounts.models import Person
from hub.content.models import Item, Post
from hub.core import clock
from hub.core.database import Base, UtcDateTime, new_token
from hub.examples.models import Example
from hub.groups.models import Group

KEPT, REMOVED = "kept", "removed"

# What whoever asks for an example to be taken down has to do with it.
RELATIONS = ("shown", "acts_for", "other")

# Why something is reported, in the order in which a form offers it.
WHYS = ("private", "unlawful", "abuse", "wrong", "spam", "other")


class Report(Base):
    __tablename__ = "report"
    __table_args__ = (
        CheckConstraint("decision IN ('kept', 'removed')", name="decision"),
        Index("ix_report_waiting", "group_id", "decided_at", "created_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(24), unique=True, default=new_token)
    # As the reporter gave it; made the subject's own address where there is one.
    about: Mapped[str] = mapped_column(String(500), index=True)
    # Whose moderators it waits for; nobody's: the administrators'.
    group_id: Mapped[int | None] = mapped_column(ForeignKey("community.id", ondelete="SET NULL"))
    item_id: Mapped[int | None] = mapped_column(ForeignKey("item.id", ondelete="SET NULL"), index=True)
    post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id", ondelete="SET NULL"), index=True)
    # An example stands alone: were its item named too, a decision could reach that when the example is gone.
    example_id: Mapped[int | None] = mapped_column(ForeignKey("example.id", ondelete="SET NULL"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    why: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(Text, default="")
    # Of a request that an example be taken down: what whoever asks has to do with it (see RELATIONS).
    takedown: Mapped[str] = mapped_column(String(12), default="")
    # The request took the example out of sight by itself.
    withdrew: Mapped[bool] = mapped_column(default=False)
    # Never shown to moderators: people must be able to report without fear.
    reporter_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    reporter_address: Mapped[str] = mapped_column(String(320), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    decision: Mapped[str | None] = mapped_column(String(12))
    reason: Mapped[str] = mapped_column(Text, default="")
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id", ondelete="SET NULL"), index=True
    )

    group: Mapped[Group | None] = relationship(lazy="joined")
    item: Mapped[Item | None] = relationship(lazy="joined")
    post: Mapped[Post | None] = relationship(lazy="joined")
    example: Mapped[Example | None] = relationship(lazy="joined")
    person: Mapped[Person | None] = relationship(foreign_keys=person_id, lazy="joined")

    @property
    def waiting(self) -> bool:
        return self.decided_at is None

    @property
    def subject(self) -> Item | Post | Example | None:
        """What can be withdrawn; a person or an address cannot."""
        return self.example or self.post or self.item

    @property
    def author_id(self) -> int | None:
        """Whose it is: who wrote it, or who attached the example."""
        if self.example is not None:
            return self.example.person_id
        written = self.post or self.item
        return written.author_id if written is not None else None

    @property
    def withdrawn(self) -> bool:
        return self.subject is not None and self.subject.withdrawn_at is not None
