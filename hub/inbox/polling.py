"""Reading the mailbox, once a minute where one is set."""

import structlog
from flask import current_app
from imapclient.exceptions import IMAPClientError
from sqlalchemy import select

from hub.core import clock
from hub.core.carrying import heartbeat
from hub.core.database import unit_of_work
from hub.core.jobs import job

from .mailbox import Mailbox, opened
from .models import IMAP, MailboxReading
from .receiving import keep, largest, note_too_large

log = structlog.get_logger(__name__)

POLL = "inbox.poll"


@job(POLL, long=True)
def poll() -> None:
    """Keep what waits in the mailbox, and put it away there. One that cannot be read is tried again in a
    minute, and its problem is shown; so is a message that cannot be kept, and those behind it go on."""
    url = current_app.extensions["settings"].mail_in_url.get_secret_value()
    if not url:
        return
    problem = ""
    try:
        with opened(url) as mailbox:
            for uid in mailbox.waiting():
                heartbeat()
                problem = _problem_with(mailbox, uid) or problem
    except (OSError, IMAPClientError) as failed:
        problem = f"{type(failed).__name__}: {failed}"
        log.warning("inbox.mailbox_not_read", problem=problem)
    note_reading(problem)


def _problem_with(mailbox: Mailbox, uid: int) -> str:
    """Take one message; why it stays in the mailbox, if it does. Raises what a broken line raises."""
    try:
        take(mailbox, uid)
    except (OSError, IMAPClientError):
        raise
    except Exception as failed:  # whatever is wrong with one must not keep all others out
        log.exception("inbox.not_kept", how=IMAP, uid=uid)
        return f"A message that cannot be kept stays there: {type(failed).__name__}."
    return ""


def take(mailbox: Mailbox, uid: int) -> None:
    """Keep one message, then put it away. A message that is gone meanwhile was taken by another worker."""
    size = mailbox.size(uid)
    if size is None:
        return
    if size > largest():
        if (headers := mailbox.headers(uid)) is not None:
            note_too_large(headers, size, IMAP)
    elif (raw := mailbox.message(uid)) is not None:
        keep(raw, IMAP)
    mailbox.put_away(uid)


def note_reading(problem: str) -> None:
    """Whether the mailbox could be read."""
    with unit_of_work() as session:
        reading = session.scalars(select(MailboxReading)).first()
        if reading is None:
            reading = MailboxReading()
            session.add(reading)
        reading.problem = problem[:2000]
        if problem:
            reading.failing_since = reading.failing_since or clock.now()
        else:
            reading.read_at, reading.failing_since = clock.now(), None
