"""What a guidance page has beyond the spine: who answers for it, when it was checked, what waits."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.accounts.models import Person
from hub.content.models import Item, Revision
from hub.core import clock
from hub.core.database import Base, UtcDateTime

DRAFT, IN_REVIEW, PUBLISHED = "draft", "in_review", "published"
NEEDS_REVIEW, SUPERSEDED = "needs_review", "superseded"

# What is told of a page besides: its day has come; somebody said that it is not to be relied on any more.
DUE, DOUBTED = "due", "doubted"

# What a page grew from, and what a credit is for.
BECAME, SOURCE, SUPERSEDES = "became", "source", "supersedes"
ASKED, ANSWERED, WROTE = "asked", "answered", "wrote"


class Guidance(Base):
    """One row for each item of kind guidance. The item's state is the page's."""

    __tablename__ = "guidance"

    item_id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), primary_key=True)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    review_by: Mapped[date | None] = mapped_column(index=True)
    checked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    checked_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id", ondelete="SET NULL"), index=True
    )
    # Their profile as it was when they checked.
    checked_byline: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    newest_number: Mapped[int] = mapped_column(default=1)
    # The revision that readers see: the item and its opening post hold a copy of its wording.
    published_number: Mapped[int | None]
    # The newest revision that somebody asked to have published, and has had no answer.
    asked_number: Mapped[int | None]
    asked_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    # Why it is not to be relied on, in the words of whoever said so; shown above the text.
    doubt: Mapped[str] = mapped_column(String(1000), default="")
    superseded_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("item.id", ondelete="SET NULL"), index=True
    )

    item: Mapped[Item] = relationship(foreign_keys=item_id, lazy="joined", innerjoin="unnested")
    owner: Mapped[Person | None] = relationship(foreign_keys=owner_id, lazy="joined")

    def overdue(self, today: date | None = None) -> bool:
        """Whether the day by which it should have been checked has passed."""
        today = today or clock.now().date()
        return self.review_by is not None and self.review_by < today and self.item.state != SUPERSEDED

    @property
    def waiting(self) -> bool:
        """Whether editors have written what readers do not see yet."""
        return self.published_number != self.newest_number


class Filing(Base):
    """What a revision says of where it applies, its topics and its sources; its text is the revision's."""

    __tablename__ = "guidance_filing"

    revision_id: Mapped[int] = mapped_column(ForeignKey("revision.id", ondelete="CASCADE"), primary_key=True)
    applies_to: Mapped[str] = mapped_column(String(20), default="")
    law_date: Mapped[date | None]
    topic_ids: Mapped[list[int]] = mapped_column(JSON, default=list)
    # [{"title": ..., "url": ...}]; a source on paper has no url.
    sources: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)

    revision: Mapped[Revision] = relationship(lazy="joined", innerjoin="unnested")


class Credit(Base):
    """Somebody whose question, answer or words a page grew from, with their profile as it was then."""

    __tablename__ = "guidance_credit"

    item_id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), primary_key=True)
    handle: Mapped[str] = mapped_column(String(40), primary_key=True)
    part: Mapped[str] = mapped_column(String(12))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    byline: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
