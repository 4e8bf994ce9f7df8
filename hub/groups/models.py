"""Tables of groups and memberships."""

from datetime import datetime, timedelta

from markupsafe import Markup
from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.accounts.models import Person
from hub.core import clock
from hub.core.database import Base, UtcDateTime, new_token
from hub.core.policy import MEMBER

PUBLIC, PART_OPEN, LISTED, HIDDEN = "public", "part_open", "listed", "hidden"
VISIBILITIES = (PUBLIC, PART_OPEN, LISTED, HIDDEN)

OPEN, ON_REQUEST, BY_INVITATION = "open", "on_request", "by_invitation"
# An invitation that nobody took up is forgotten; a new one can be sent.
INVITATION_LASTS = timedelta(days=30)

JOINING = (OPEN, ON_REQUEST, BY_INVITATION)


class Group(Base):
    __tablename__ = "community"  # "group" is a reserved word in SQL
    __table_args__ = (
        CheckConstraint("visibility IN ('public', 'part_open', 'listed', 'hidden')", name="visibility"),
        CheckConstraint("joining IN ('open', 'on_request', 'by_invitation')", name="joining"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    summary: Mapped[str] = mapped_column(String(300), default="")
    welcome_source: Mapped[str] = mapped_column(Text, default="")
    welcome_html: Mapped[str] = mapped_column(Text, default="")
    visibility: Mapped[str] = mapped_column(String(12), default=PUBLIC)
    joining: Mapped[str] = mapped_column(String(16), default=OPEN)
    # Where not everybody reads, mail tells titles only, unless its owners decide that it may tell words, too.
    mails_words: Mapped[bool] = mapped_column(default=False)
    # Item numbers count within the group, so that no site-wide sequence tells of what cannot be seen.
    last_number: Mapped[int] = mapped_column(default=0)
    member_count: Mapped[int] = mapped_column(default=0)
    is_sample: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)

    memberships: Mapped[list["Membership"]] = relationship(
        back_populates="group", cascade="all, delete-orphan", passive_deletes=True
    )

    @property
    def path(self) -> str:
        return f"/groups/{self.slug}"

    @property
    def welcome(self) -> Markup:
        """What newcomers read first; made safe when it was written."""
        return Markup(self.welcome_html)


class Membership(Base):
    __tablename__ = "membership"
    __table_args__ = (CheckConstraint("role IN ('member', 'moderator', 'owner')", name="role"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    group_id: Mapped[int] = mapped_column(
        ForeignKey("community.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    role: Mapped[str] = mapped_column(String(12), default=MEMBER)
    joined_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)

    person: Mapped[Person] = relationship(back_populates="memberships", innerjoin="unnested")
    group: Mapped[Group] = relationship(back_populates="memberships", innerjoin="unnested")


class JoinRequest(Base):
    """Somebody asks to join. It goes when it is answered."""

    __tablename__ = "join_request"

    group_id: Mapped[int] = mapped_column(ForeignKey("community.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    message: Mapped[str] = mapped_column(String(600), default="")
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)

    person: Mapped[Person] = relationship(innerjoin="unnested")


class Invitation(Base):
    """A moderator invites an address; whoever opens the mailed link may join."""

    __tablename__ = "invitation"

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(24), unique=True, default=new_token)
    group_id: Mapped[int] = mapped_column(ForeignKey("community.id", ondelete="CASCADE"), index=True)
    to_address: Mapped[str] = mapped_column(String(320))
    invited_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id", ondelete="SET NULL"), index=True
    )
    invited_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    accepted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    group: Mapped[Group] = relationship(lazy="joined", innerjoin="unnested")
    invited_by: Mapped[Person | None] = relationship()

    @property
    def path(self) -> str:
        return f"/invitations/{self.token}"

    @property
    def stands(self) -> bool:
        """Whether it can still be taken up."""
        return self.accepted_at is None and clock.now() < self.invited_at + INVITATION_LASTS


class RecordedAccess(Base):
    """An administrator reads a group that is not theirs for a while; its members see who and why."""

    __tablename__ = "recorded_access"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("community.id", ondelete="CASCADE"), index=True)
    reason: Mapped[str] = mapped_column(String(600))
    began_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    until: Mapped[datetime] = mapped_column(UtcDateTime)

    group: Mapped[Group] = relationship(innerjoin="unnested")
    person: Mapped[Person] = relationship(overlaps="recorded_accesses", innerjoin="unnested")

    @property
    def lasts(self) -> bool:
        return clock.now() < self.until
