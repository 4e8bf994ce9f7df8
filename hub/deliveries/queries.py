"""Reads: what became of the hub's mail, and where something is wrong."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from hub.accounts.models import Person
from hub.core import clock
from hub.core.addressees import MailAddress
from hub.core.database import db
from hub.core.mail import QUEUED, SENDING, Mail, purposes_to_many
from hub.core.paging import Page, page

# Mail that was queued within this time counts as one run.
RUN_LASTS = timedelta(days=1)


def deliveries(state: str | None, cursor: str | None) -> Page[Mail]:
    """The hub's mail, newest first; only what is in a state, if one is asked for."""
    statement = select(Mail) if state is None else select(Mail).where(Mail.state == state)
    return page(statement, (Mail.queued_at, Mail.token), lambda mail: (mail.queued_at, mail.token), cursor)


def delivery_counts() -> dict[str, int]:
    """How many messages are in each state."""
    rows = db.session.execute(select(Mail.state, func.count().label("messages")).group_by(Mail.state))
    return {row.state: row.messages for row in rows}


@dataclass
class Run:
    """Mail of one purpose to many that was queued within a day: how much of it is done. last_turn: when the
    last one goes, as far as turns are given."""

    purpose: str
    total: int = 0
    done: int = 0
    last_turn: datetime | None = None

    @property
    def waiting(self) -> int:
        return self.total - self.done


def runs_under_way() -> Sequence[Run]:
    """What goes out to many at the moment."""
    rows = db.session.execute(
        select(Mail.purpose, Mail.state, func.count().label("messages"), func.max(Mail.turn_at).label("turn"))
        .where(Mail.purpose.in_(purposes_to_many()), Mail.queued_at > clock.now() - RUN_LASTS)
        .group_by(Mail.purpose, Mail.state)
        .order_by(Mail.purpose)
    )
    runs: dict[str, Run] = {}
    for row in rows:
        run = runs.setdefault(row.purpose, Run(row.purpose))
        run.total += row.messages
        if row.state in {QUEUED, SENDING}:
            run.last_turn = row.turn
        else:
            run.done += row.messages
    return [run for run in runs.values() if run.waiting]


def mail_with(token: str) -> Mail | None:
    return db.session.scalar(select(Mail).where(Mail.token == token))


def addresses_with_problems(cursor: str | None) -> Page[MailAddress]:
    """Those of which something is known, the latest first."""
    keys = (MailAddress.changed_at, MailAddress.token)
    return page(select(MailAddress), keys, lambda known: (known.changed_at, known.token), cursor)


def address_with(token: str) -> MailAddress | None:
    return db.session.scalar(select(MailAddress).where(MailAddress.token == token))


def owners_of(addresses: Iterable[str]) -> dict[str, Person]:
    """Whoever has an account with one of these addresses, by address in small letters."""
    found = db.session.scalars(select(Person).where(Person.email.in_(list(addresses)), Person.active))
    return {person.email: person for person in found}
