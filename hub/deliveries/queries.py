"""Reads: what became of the hub's mail."""

from sqlalchemy import func, select

from hub.core.database import db
from hub.core.mail import Mail
from hub.core.paging import Page, page


def deliveries(state: str | None, cursor: str | None) -> Page[Mail]:
    """The hub's mail, newest first; only what is in a state, if one is asked for."""
    statement = select(Mail) if state is None else select(Mail).where(Mail.state == state)
    return page(statement, (Mail.queued_at, Mail.token), lambda mail: (mail.queued_at, mail.token), cursor)


def delivery_counts() -> dict[str, int]:
    """How many messages are in each state."""
    rows = db.session.execute(select(Mail.state, func.count().label("messages")).group_by(Mail.state))
    return {row.state: row.messages for row in rows}


def mail_with(token: str) -> Mail | None:
    return db.session.scalar(select(Mail).where(Mail.token == token))
