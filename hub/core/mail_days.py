"""How mail goes, counted by day and by provider (the domain of an address): so many rows a day as there are
domains, however much is sent."""

from datetime import date, timedelta
from functools import cache
from typing import Any

from sqlalchemy import String, delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from . import clock
from .database import Base, db
from .pacing import domain_of

DELIVERED, DEFERRED, REFUSED = "delivered", "deferred", "refused"
BOUNCED, COMPLAINED, ENDED = "bounced", "complained", "ended"
COUNTED = (DELIVERED, DEFERRED, REFUSED, BOUNCED, COMPLAINED, ENDED)

# A year and the one before, side by side.
KEPT = timedelta(days=800)


class MailDay(Base):
    """One day (UTC) and one domain."""

    __tablename__ = "mail_day"

    day: Mapped[date] = mapped_column(primary_key=True)
    domain: Mapped[str] = mapped_column(String(255), primary_key=True)
    # Taken by the next mail server.
    delivered: Mapped[int] = mapped_column(default=0)
    # Refused for now, or said to be late: each time.
    deferred: Mapped[int] = mapped_column(default=0)
    # Refused for good while it was handed over.
    refused: Mapped[int] = mapped_column(default=0)
    # Came back later.
    bounced: Mapped[int] = mapped_column(default=0)
    complained: Mapped[int] = mapped_column(default=0)
    # Subscriptions to digests that their owners ended.
    ended: Mapped[int] = mapped_column(default=0)


def count(what: str, address: str, number: int = 1) -> None:
    """So many more of it today, in the current transaction."""
    told = {
        "day": clock.now().date(),
        "domain": domain_of(address),
        **dict.fromkeys(COUNTED, 0),
        what: number,
    }
    db.session.execute(_counting(what, db.engine.dialect.name), told)


@cache
def _counting(what: str, dialect: str) -> Any:
    """Made once: every message is counted."""
    table = MailDay.__table__
    insert = (postgresql if dialect == "postgresql" else sqlite).insert(table)
    more = {what: table.c[what] + insert.excluded[what]}
    return insert.on_conflict_do_update(index_elements=["day", "domain"], set_=more)


def forget_days() -> None:
    db.session.execute(delete(MailDay).where(MailDay.day < (clock.now() - KEPT).date()))
