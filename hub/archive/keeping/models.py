"""Tables of handing over."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.accounts.models import Person
from hub.archive.models import Collection
from hub.core import clock
from hub.core.database import Base, UtcDateTime, new_token


class Handover(Base):
    """A collection offered to somebody who is to keep it. Gone once it is accepted or declined."""

    __tablename__ = "handover"
    __table_args__ = (UniqueConstraint("collection_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(24), unique=True, default=new_token)
    collection_id: Mapped[int] = mapped_column(ForeignKey("collection.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    offered_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id", ondelete="SET NULL"), index=True
    )
    # Whoever offers it no longer keeps it once it is accepted.
    leaves: Mapped[bool] = mapped_column(default=False)
    note: Mapped[str] = mapped_column(Text, default="")
    offered_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)

    collection: Mapped[Collection] = relationship(lazy="joined", innerjoin="unnested")
    person: Mapped[Person] = relationship(foreign_keys=person_id, innerjoin="unnested")
    offered_by: Mapped[Person | None] = relationship(foreign_keys=offered_by_id)
