"""The worker's part: reading the mailbox, sorting, and forgetting."""

from datetime import timedelta

from flask import Flask
from sqlalchemy import delete, update

from hub.core import clock
from hub.core.database import db
from hub.core.jobs import job, scheduled
from hub.core.mail import Email, Mail, composer

from . import addresses, asking, automatic, bounces, leaving, not_taken, polling, posting, replying, sorting
from .answering import PURPOSE, compose
from .models import HELD, WAITING, Incoming

__all__ = [
    "addresses",
    "asking",
    "automatic",
    "bounces",
    "forget",
    "install",
    "leaving",
    "not_taken",
    "polling",
    "replying",
    "sorting",
]

POLLED = timedelta(minutes=1)

# Long enough to look into what somebody misses; what it says is then where its sorter put it, or nowhere.
BYTES_KEPT = timedelta(days=14)
# That something came, and what became of it: as long as of mail that goes out.
KEPT = timedelta(days=90)


def install(app: Flask) -> None:
    if app.extensions["settings"].mail_in_url.get_secret_value():
        scheduled(polling.POLL, POLLED)


@job("inbox.forget")
def forget() -> None:
    """Forget what came in long ago: what waits stays, and the bytes of what is held as long as its row, since
    it may be sorted again."""
    rows, now = Incoming.__table__, clock.now()
    old = rows.c.state.not_in((WAITING, HELD)) & (rows.c.settled_at < now - BYTES_KEPT)  # type: ignore[attr-defined]
    db.session.execute(update(rows).where(old).values(compressed=None))  # type: ignore[arg-type]
    gone = (rows.c.state != WAITING) & (rows.c.settled_at < now - KEPT)
    db.session.execute(delete(rows).where(gone))  # type: ignore[arg-type]


scheduled("inbox.forget", timedelta(days=1))


@composer(PURPOSE)
def compose_answer(mail: Mail) -> Email | None:
    return compose(mail)


@job("inbox.forget_held")
def forget_held() -> None:
    posting.forget()


scheduled("inbox.forget_held", timedelta(days=1))
