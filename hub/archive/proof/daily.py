"""Verifications that the worker carries out, with how far they are and how they ended: each day, and when a
keeper asks."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite

from hub.archive.changes import posts_look_different
from hub.archive.models import Collection
from hub.core import clock
from hub.core.database import db, unit_of_work
from hub.core.jobs import enqueue

from .faults import Fault
from .log import log_of
from .models import LogCheck, LogHead
from .whole import Result, verify

SECONDS_BETWEEN_SIGNS = 5.0
# Faults that the page lists; the command lists more.
FAULTS_SHOWN = 50
# One that shows nothing for so long was carried out by a worker that is no more.
SILENT = timedelta(minutes=10)


def ask_for(collection_id: int) -> None:
    """In the current transaction: have a collection verified, and say that it is under way."""
    size = db.session.scalar(select(LogHead.size).where(LogHead.collection_id == collection_id)) or 0
    dialect = postgresql if db.engine.dialect.name == "postgresql" else sqlite
    values: dict[str, Any] = {"started_at": clock.now(), "done": 0, "size": size}
    asked = dialect.insert(LogCheck).values(
        collection_id=collection_id, anchored=0, erased=0, waiting=0, fault_count=0, faults=[], **values
    )
    db.session.execute(asked.on_conflict_do_update(index_elements=["collection_id"], set_=values))
    key = f"archive.verify:{collection_id}"
    enqueue("archive.verify", key=key, serial="archive.verify", collection_id=collection_id)


def carry_out(collection_id: int, sign_of_life: Callable[[], None]) -> None:
    """Verify, and keep how it ended. Where that changed, what examples show is made anew."""
    collection = db.session.get(Collection, collection_id)
    if collection is None:
        return
    log = log_of(collection)
    told = _Telling(collection_id, sign_of_life)
    result = verify(log, tell=told)
    with unit_of_work() as session:
        before = session.scalar(select(LogCheck.fault_count).where(LogCheck.collection_id == collection_id))
        _keep(collection_id, result)
        if result.count or before:
            posts_look_different(collection_id)


def _keep(collection_id: int, result: Result) -> None:
    db.session.execute(
        update(LogCheck)
        .where(LogCheck.collection_id == collection_id)
        .values(
            finished_at=clock.now(),
            done=result.size,
            size=result.size,
            anchored=result.anchored,
            erased=result.erased,
            waiting=result.waiting,
            fault_count=result.count,
            faults=[[fault.code, fault.about] for fault in result.faults[:FAULTS_SHOWN]],
        )
    )


class _Telling:
    """Says how far a verification is, and that somebody is at it, every few seconds."""

    def __init__(self, collection_id: int, sign_of_life: Callable[[], None]):
        self._collection_id, self._sign_of_life = collection_id, sign_of_life
        self._last = time.monotonic()

    def __call__(self, done: int | None) -> None:
        if time.monotonic() - self._last < SECONDS_BETWEEN_SIGNS:
            return
        self._last = time.monotonic()
        self._sign_of_life()
        if done is not None:
            with unit_of_work() as session:
                session.execute(
                    update(LogCheck).where(LogCheck.collection_id == self._collection_id).values(done=done)
                )


def last_check(collection_id: int) -> LogCheck | None:
    return db.session.get(LogCheck, collection_id)


def under_way(found: LogCheck | None) -> bool:
    if found is None or (found.finished_at is not None and found.finished_at >= found.started_at):
        return False
    return found.started_at > clock.now() - SILENT or found.done > 0


def in_words(found: LogCheck) -> list[str]:
    """The faults of a verification, as sentences."""
    return [str(Fault(code, about)) for code, about in found.faults]
