"""Verifies with two processes: one follows the log while the other reads the bytes."""

from __future__ import annotations

import multiprocessing
import threading
from collections.abc import Sequence
from multiprocessing.connection import Connection
from typing import Any

from sqlalchemy import select

from hub.core.database import db

from .log import Log
from .models import LogHead
from .notes import Note
from .verifying import Tell
from .whole import Result, the_log, the_rest, verify

# Less than this is done before a second process has begun.
WORTH_IT = 20_000


def verify_on_both(log: Log, given: Sequence[Note], tell: Tell) -> Result:
    """`whole.verify`, on two cores where that is worth it. For commands: what has threads must not fork."""
    size = db.session.scalar(select(LogHead.size).where(LogHead.collection_id == log.id)) or 0
    db.session.rollback()
    if size < WORTH_IT or threading.active_count() > 1:
        return verify(log, given, tell)
    db.session.remove()
    db.engine.dispose()  # connections are not shared with the other process
    context: Any = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe(duplex=False)
    other = context.Process(target=_rest, args=(theirs, log))
    other.start()
    theirs.close()
    result = the_log(log, given, tell)
    rest = ours.recv()  # raises EOFError when the other died
    other.join()
    if isinstance(rest, BaseException):
        raise rest
    result.join(rest)
    return result


def _rest(answer: Connection, log: Log) -> None:
    try:
        answer.send(the_rest(log))
    except Exception as problem:
        answer.send(RuntimeError(repr(problem)))
    finally:
        db.session.remove()
