"""Reads: what came in and is not settled."""

from sqlalchemy import func, select

from hub.core.database import db

from .models import HELD, WAITING, Incoming, MailboxReading


def last_reading() -> MailboxReading | None:
    """How reading the mailbox goes; None before it was tried."""
    return db.session.scalars(select(MailboxReading).limit(1)).one_or_none()


def unsettled() -> dict[str, int]:
    """How many messages wait to be sorted, and how many are held for a person, by state."""
    rows = db.session.execute(
        select(Incoming.state, func.count().label("messages"))
        .where(Incoming.state.in_((WAITING, HELD)))
        .group_by(Incoming.state)
    )
    return {row.state: row.messages for row in rows}
