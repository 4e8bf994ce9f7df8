"""How mail goes, counted by day and by provider (the domain of an address): so many rows a day as there are
domains, however much is sent."""

from datetime import date, timedelta

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
    dialect = postgresql if db.engine.dialect.name == "postgresql" else sqlite
    zeros = dict.fromkeys(COUNTED, 0)
    values = {"day": clock.now().date(), "domain": domain_of(address), **zeros, what: number}
    statement = dialect.insert(MailDay).values(values)
    one_more = {what: getattr(MailDay, what) + number}
    db.session.execute(
        statement.on_conflict_do_update(index_elements=[MailDay.day, MailDay.domain], set_=one_more)
    )


def forget_days() -> None:
    db.session.execute(delete(MailDay).where(MailDay.day < (clock.now() - KEPT).date()))
