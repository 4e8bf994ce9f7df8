"""Collections and who keeps them."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.accounts.models import Organisation, Person
from hub.core import clock
from hub.core.database import Base, UtcDateTime, new_token


class Collection(Base):
    """Archived posts held for an organisation, or for a person when it names none."""

    __tablename__ = "collection"

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(24), unique=True, default=new_token)
    name: Mapped[str] = mapped_column(String(120))
    about: Mapped[str] = mapped_column(String(600), default="")
    organisation_id: Mapped[int | None] = mapped_column(
        ForeignKey("organisation.id", ondelete="SET NULL"), index=True
    )
    # Nothing leaves the collection without them, where one is named: see `leaving`. While somebody is, their
    # account cannot be deleted: the gate must not open because nobody stands at it.
    approver_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    is_sample: Mapped[bool] = mapped_column(default=False)
    # Of private messages in which official business was done: searched by its keepers only, never attached,
    # published or fed. Set when it is made, by an administrator's recorded act, and never changed.
    sealed: Mapped[bool] = mapped_column(default=False)
    # Imports count within the collection: "not found in import 3".
    last_number: Mapped[int] = mapped_column(default=0)
    # Rises with whatever changes how its posts are shown (see `changes`): cards are kept by it.
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    # Closed: nothing more comes in. Ended: everything was disposed of, and this is the stub that says so; see
    # `keeping.ending`. Names as they were: it outlives accounts.
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_by: Mapped[str] = mapped_column(String(160), default="", server_default="")
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_by: Mapped[str] = mapped_column(String(160), default="", server_default="")

    organisation: Mapped[Organisation | None] = relationship(lazy="joined")
    approver: Mapped[Person | None] = relationship(foreign_keys=approver_id)
    keepers: Mapped[list["Keeper"]] = relationship(
        back_populates="collection", cascade="all, delete-orphan", passive_deletes=True
    )

    @property
    def path(self) -> str:
        return f"/collections/{self.token}"


class Keeper(Base):
    """A person who holds a collection."""

    __tablename__ = "keeper"

    collection_id: Mapped[int] = mapped_column(
        ForeignKey("collection.id", ondelete="CASCADE"), primary_key=True
    )
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    since: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)

    collection: Mapped[Collection] = relationship(back_populates="keepers", innerjoin="unnested")
    person: Mapped[Person] = relationship(lazy="joined", innerjoin="unnested")
