"""Tables of people and organisations."""

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from flask_security.core import UserMixin
from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.core import clock
from hub.core.database import Base, UtcDateTime
from hub.core.policy import Actor, known_actor

if TYPE_CHECKING:
    from hub.groups.models import Membership, RecordedAccess

# The two gaps that matter to this community run between these (product.md).
SECTORS = (
    "central_government",
    "local_government",
    "health",
    "police_fire",
    "politics",
    "university",
    "third_sector",
    "supplier",
    "public",
)
PROFESSIONS = (
    "records",
    "information_governance",
    "archives",
    "digital",
    "communications",
    "technology",
    "other",
)

# How an organisation was confirmed.
BY_ADDRESS, BY_MODERATOR, ONLY_SAID = "address", "moderator", "said"


class Organisation(Base):
    __tablename__ = "organisation"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(160), unique=True)
    sector: Mapped[str] = mapped_column(String(30), default="")
    # Addresses at this domain confirm that somebody belongs to it.
    mail_domain: Mapped[str] = mapped_column(String(160), default="", index=True)


class Person(UserMixin, Base):
    """Somebody with an account. Flask-Security calls this the user model; its column names are fixed."""

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(320), unique=True)
    password: Mapped[str | None] = mapped_column(String(255))
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True, default=lambda: uuid4().hex)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    handle: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    about: Mapped[str] = mapped_column(String(600), default="")
    sector: Mapped[str] = mapped_column(String(30), default="")
    profession: Mapped[str] = mapped_column(String(30), default="")
    organisation_id: Mapped[int | None] = mapped_column(
        ForeignKey("organisation.id", ondelete="SET NULL"), index=True
    )
    organisation_confirmed: Mapped[str] = mapped_column(String(12), default=ONLY_SAID)
    time_zone: Mapped[str] = mapped_column(String(60), default="Europe/London")
    locale: Mapped[str] = mapped_column(String(12), default="en_GB")
    administrator: Mapped[bool] = mapped_column(default=False)
    is_sample: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)

    organisation: Mapped[Organisation | None] = relationship(lazy="joined")
    memberships: Mapped[list["Membership"]] = relationship(
        back_populates="person", cascade="all, delete-orphan", passive_deletes=True
    )

    recorded_accesses: Mapped[list["RecordedAccess"]] = relationship(passive_deletes=True)

    # Flask-Security asks for roles; the hub's own are per group (see core.policy), so there are none.
    roles: tuple[Any, ...] = ()

    # Whether mail to them stops. Known of whoever makes the request (sign_in.load_person), of nobody else.
    mail_comes_back: bool = False

    @property
    def path(self) -> str:
        return f"/people/{self.handle}"

    def as_actor(self) -> Actor:
        """This person as the policy knows them."""
        roles = sorted((membership.group_id, membership.role) for membership in self.memberships)
        return known_actor(self.id, tuple(roles), bool(self.administrator), self._reads())

    def _reads(self) -> frozenset[int]:
        """What an administrator may read for the moment. Nobody else is asked for it: it costs a query."""
        if not self.administrator:
            return frozenset()
        return frozenset(access.group_id for access in self.recorded_accesses if access.lasts)

    def byline(self) -> dict[str, str]:
        """The profile as it is now, to be kept with what the person writes."""
        return {
            "handle": self.handle,
            "name": self.name,
            "sector": self.sector,
            "profession": self.profession,
            "organisation": self.organisation.name if self.organisation else "",
            "confirmed": self.organisation_confirmed if self.organisation else "",
        }


class FormerHandle(Base):
    """A handle that somebody had: links to it lead on to them, and nobody else gets it."""

    __tablename__ = "former_handle"

    handle: Mapped[str] = mapped_column(String(40), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
