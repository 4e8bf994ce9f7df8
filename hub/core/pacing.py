"""The pace of mail to many: so much a minute in all, and so much to any one provider (the domain of an
address).

Each message that comes too soon is given the turn that it has then, and waits for it: messages are spread
over the minutes, and none asks again and again. A provider, or our own mail server, that asks for patience is
left alone for a while. Mail that somebody waits for (a link, an invitation) is not paced.
"""

from datetime import datetime, timedelta

from sqlalchemy import String, bindparam, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from .database import Base, UtcDateTime, db

# How much of its pace may be used up at once.
AT_ONCE = timedelta(minutes=1)
# How long who asked for patience is left alone.
LEFT_ALONE = timedelta(minutes=5)
# No turn lies further ahead than this, however much waits: one that does was given by a clock that was wrong.
MOST_AHEAD = timedelta(days=7)
# The scope of all mail; others are domains.
ALL = ""


class MailPace(Base):
    """How far the pace of one scope has been used up, and until when it is left alone."""

    __tablename__ = "mail_pace"

    scope: Mapped[str] = mapped_column(String(255), primary_key=True)
    used_up_to: Mapped[datetime] = mapped_column(UtcDateTime)
    left_alone_until: Mapped[datetime | None] = mapped_column(UtcDateTime)


# Made once: every message to many asks it.
_LEFT_ALONE = select(MailPace.left_alone_until).where(
    or_(MailPace.scope == ALL, MailPace.scope == bindparam("domain")),
    MailPace.left_alone_until > bindparam("at"),
)


def domain_of(address: str) -> str:
    return address.rpartition("@")[2].strip().lower()[:255]


def take_turn(address: str, at: datetime, *, in_all: int, to_a_domain: int) -> datetime:
    """The turn of one more message: not after `at` when it may go at once. In the current transaction.

    in_all, to_a_domain: messages a minute; 0 for as many as there are.
    """
    turns = [_use_up(ALL, at, in_all), _use_up(domain_of(address), at, to_a_domain)]
    return max(turn - AT_ONCE for turn in turns)


def free_from(address: str, at: datetime) -> datetime:
    """From when its provider, and our mail server, take mail again; `at` when they do."""
    waits = db.session.scalars(_LEFT_ALONE, {"domain": domain_of(address), "at": at})
    possible = (wait for wait in waits if wait is not None and wait <= at + LEFT_ALONE)
    return max(possible, default=at)


def leave_alone(scope: str, at: datetime) -> None:
    """No mail to many for a while, to one domain or (`ALL`) at all. In the current transaction."""
    _know(scope, at)
    db.session.execute(
        update(MailPace).where(MailPace.scope == scope).values(left_alone_until=at + LEFT_ALONE)
    )


def forget_paces(at: datetime) -> None:
    """What nobody waits for any more."""
    db.session.execute(MailPace.__table__.delete().where(MailPace.used_up_to < at - LEFT_ALONE))  # type: ignore[attr-defined]


def _use_up(scope: str, at: datetime, a_minute: int) -> datetime:
    """Up to when the pace is used up with this message."""
    if not a_minute:
        return at
    _know(scope, at)
    pace = db.session.get_one(MailPace, scope, with_for_update=True, populate_existing=True)
    used_up_to = at if pace.used_up_to > at + MOST_AHEAD else max(pace.used_up_to, at)
    pace.used_up_to = used_up_to + timedelta(minutes=1) / a_minute
    return pace.used_up_to


def _know(scope: str, at: datetime) -> None:
    dialect = postgresql if db.engine.dialect.name == "postgresql" else sqlite
    db.session.execute(dialect.insert(MailPace).values(scope=scope, used_up_to=at).on_conflict_do_nothing())
