"""Asking for a sealed collection."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.accounts.models import Organisation, Person
from hub.archive.models import Collection
from hub.core import clock
from hub.core.database import Base, UtcDateTime, new_token

WAITING, ALLOWED, REFUSED = "waiting", "allowed", "refused"


class SealedRequest(Base):
    """Who asked, for what, why; and what an administrator decided. It stays as the record of both."""

    __tablename__ = "sealed_request"
    __table_args__ = (CheckConstraint("state IN ('waiting', 'allowed', 'refused')", name="state"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(24), unique=True, default=new_token)
    name: Mapped[str] = mapped_column(String(120))
    reason: Mapped[str] = mapped_column(Text)
    organisation_id: Mapped[int | None] = mapped_column(
        ForeignKey("organisation.id", ondelete="SET NULL"), index=True
    )
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)

    state: Mapped[str] = mapped_column(String(8), default=WAITING, index=True)
    decided_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id", ondelete="SET NULL"), index=True
    )
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_reason: Mapped[str] = mapped_column(Text, default="")
    collection_id: Mapped[int | None] = mapped_column(
        ForeignKey("collection.id", ondelete="SET NULL"), index=True
    )

    organisation: Mapped[Organisation | None] = relationship()
    asked_by: Mapped[Person | None] = relationship(foreign_keys=asked_by_id)
    decided_by: Mapped[Person | None] = relationship(foreign_keys=decided_by_id)
    collection: Mapped[Collection | None] = relationship()

    @property
    def path(self) -> str:
        return f"/admin/sealed/{self.token}"

    @property
    def waiting(self) -> bool:
        return self.state == WAITING
