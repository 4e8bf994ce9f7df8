"""Tables of hand-overs."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.accounts.models import Person
from hub.archive.models import Collection
from hub.archive.retention.disposal_models import Disposal
from hub.core import clock
from hub.core.database import Base, UtcDateTime, new_token

BAG, ACTIVITYSTREAMS, TABLES = "bag", "activitystreams", "tables"
DISCLOSURE, CERTIFICATE = "disclosure", "certificate"
PAPERS = (DISCLOSURE, CERTIFICATE)
FORMATS = (BAG, ACTIVITYSTREAMS, TABLES, DISCLOSURE, CERTIFICATE)

# A disclosure is a draft until its redactions are decided; where a collection has an approver, what is asked
# for waits for them.
DRAFT, ASKED, WAITING, MAKING = "draft", "asked", "waiting", "making"
DONE, FAILED, STOPPED, GONE = "done", "failed", "stopped", "gone"
STATES = (DRAFT, ASKED, WAITING, MAKING, DONE, FAILED, STOPPED, GONE)
UNDER_WAY = (WAITING, MAKING)

PASSAGE, PICTURE, POST = "passage", "picture", "post"
REDACTED = (PASSAGE, PICTURE, POST)


class HandOver(Base):
    """One hand-over, from the choice of its posts to its files, which lie in the data folder for some
    days."""

    __tablename__ = "hand_over"
    __table_args__ = (
        CheckConstraint(f"format IN {FORMATS}", name="format"),
        CheckConstraint(f"state IN {STATES}", name="state"),
        Index("ix_hand_over_collection", "collection_id", "asked_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(24), unique=True, default=new_token)
    collection_id: Mapped[int] = mapped_column(ForeignKey("collection.id", ondelete="CASCADE"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    format: Mapped[str] = mapped_column(String(16))
    # {} for the whole collection, {"query": "q=..."} for what a search finds, {"posts": [tokens]} for some.
    # Of a paper, whose posts are read before it is made, always with "posts".
    scope: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    # Of a transfer: the disposal that follows once the archive has it; scope {"transfer": its token}.
    disposal_id: Mapped[int | None] = mapped_column(
        ForeignKey("disposal.id", ondelete="SET NULL"), index=True
    )
    # Who gets it, and why: for the audit, and in the bag.
    recipient: Mapped[str] = mapped_column(String(200), default="")
    reason: Mapped[str] = mapped_column(String(600), default="")
    # Of a certificate: whether private people are named. Of a disclosure, the exemption for leaving them out.
    names_shown: Mapped[bool] = mapped_column(default=False)
    exemption: Mapped[str] = mapped_column(String(200), default="")
    state: Mapped[str] = mapped_column(String(8), default=WAITING, index=True)
    stop_asked: Mapped[bool] = mapped_column(default=False)
    posts: Mapped[int | None]
    done: Mapped[int] = mapped_column(default=0)
    # [{"name", "size", "sha256"}, ...], in the folder of its token.
    files: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    problem: Mapped[str] = mapped_column(String(40), default="")
    problem_detail: Mapped[str] = mapped_column(String(200), default="")
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    collection: Mapped[Collection] = relationship(lazy="joined", innerjoin="unnested")
    person: Mapped[Person | None] = relationship()
    disposal: Mapped[Disposal | None] = relationship()
    redactions: Mapped[list["Redaction"]] = relationship(
        order_by="Redaction.id", cascade="all, delete-orphan", passive_deletes=True
    )

    @property
    def path(self) -> str:
        return f"{self.collection.path}/hand-overs/{self.token}"

    @property
    def under_way(self) -> bool:
        return self.state in UNDER_WAY


class Redaction(Base):
    """Something that a disclosure leaves out wherever it stands, and the exemption that is relied on. What
    private people are called is left out by itself and is not listed here."""

    __tablename__ = "redaction"
    __table_args__ = (CheckConstraint(f"kind IN {REDACTED}", name="kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(24), unique=True, default=new_token)
    hand_over_id: Mapped[int] = mapped_column(ForeignKey("hand_over.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(8))
    # Of a passage, its words; of a picture, its SHA-256; of a post, its token.
    what: Mapped[str] = mapped_column(String(2000))
    exemption: Mapped[str] = mapped_column(String(200))
