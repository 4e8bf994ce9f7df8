"""Whoever carries jobs out: takes up one after another (`leases`), and finishes or puts back.

huey only schedules and wakes. A job is finished in the same transaction as what it did, so it does nothing
twice. A *long* job manages its own short transactions, must be able to begin again, and keeps its lease by
`heartbeat`.
"""

import threading
import time
import traceback
from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog
from flask import Flask, current_app
from sqlalchemy import or_, select, update

from . import clock, leases
from .database import unit_of_work
from .jobs import LEASE, Job, handlers, is_open
from .leases import LeaseLost

log = structlog.get_logger(__name__)

# Patience with what fails: 43 hours in all, then it is marked failed and shown.
ATTEMPTS = 17
FIRST_PAUSE = timedelta(seconds=10)
# For so long, in seconds, a lot of jobs is carried out before others are looked for.
LOT_LASTS = 2.0
LONGEST_PAUSE = timedelta(hours=8)
_running = threading.local()


class NotYet(Exception):
    """The job cannot go on before `until` (aware), for a reason that is no failure of its own: it is put back
    until then, and that counts as no try."""

    def __init__(self, until: datetime, why: str = "") -> None:
        super().__init__(why)
        self.until = until


_at_rest: list[Callable[[], None]] = []


def at_rest(put_down: Callable[[], None]) -> None:
    """Register what is called when a worker finds no more work (connections that it kept are ended)."""
    _at_rest.append(put_down)


def drain(limit: int | None = None, *, kinds: Collection[str] | None = None) -> int:
    """Carry out open jobs that are due, one after another, until none is left; how many were done.

    kinds: only jobs of these kinds.
    """
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    worker = leases.worker_name()
    done = 0
    try:
        while limit is None or done < limit:
            claimed = leases.claim(worker, kinds)
            if claimed is None:
                break
            lot = [claimed, *leases.claim_more(claimed, worker, None if limit is None else limit - done - 1)]
            done += _carry_out_lot(app, lot, worker)
    finally:
        for put_down in _at_rest:
            put_down()
    return done


def heartbeat(lease: timedelta = LEASE) -> None:
    """Keep the lease of the long job that this thread runs. Raises LeaseLost when another has it."""
    with unit_of_work():
        keep_lease(lease)


def keep_lease(lease: timedelta) -> None:
    """The same, in the current transaction."""
    leases.keep(*_running.lease, lease)


def finish_with_this() -> None:
    """The current transaction is the last that the running long job makes: it ends with it, in one commit. It
    stands also when another worker has taken the job up meanwhile."""
    leases.finish(*_running.lease)
    _running.finished = True


def companions(most: int) -> dict[int, dict[str, Any]]:
    """Other jobs of the running job's kind that could be done now, the oldest first: payloads by id.

    For long jobs of a serial kind that do many as cheaply as one. They are still open until
    `finish_companions`, so that whatever happens meanwhile, none is lost.
    """
    job_id, _ = _running.lease
    with unit_of_work() as session:
        kind = select(Job.kind).where(Job.id == job_id).scalar_subquery()
        waiting = or_(Job.leased_until.is_(None), Job.leased_until <= clock.now())
        found = session.execute(
            select(Job.id, Job.payload)
            .where(is_open, Job.kind == kind, Job.id != job_id, Job.run_at <= clock.now(), waiting)
            .order_by(Job.id)
            .limit(most)
        )
        return {row.id: row.payload for row in found}


def finish_companions(ids: Collection[int]) -> None:
    """The running job did the work of these too."""
    with unit_of_work() as session:
        session.execute(
            update(Job).where(Job.id.in_(list(ids)), is_open).values(finished_at=clock.now(), error=None)
        )


def _carry_out_lot(app: Flask, lot: Sequence[Job], worker: str) -> int:
    """How many were carried out. What there is no time for is put back: something else may be waited for, and
    the leases of all began together."""
    begun = time.monotonic()
    with app.app_context():
        for place, claimed in enumerate(lot):
            if place and time.monotonic() - begun > LOT_LASTS:
                leases.give_back([one.id for one in lot[place:]], worker)
                return place
            _carry_out(claimed, worker)
    return len(lot)


def _carry_out(claimed: Job, worker: str) -> None:
    handler = handlers.get(claimed.kind)
    _running.lease, _running.finished = (claimed.id, worker), False
    try:
        if handler is None:
            raise LookupError(f"Nothing carries out jobs of kind {claimed.kind!r}.")
        if handler.long:
            handler.run(**claimed.payload)
            if not _running.finished:
                with unit_of_work():
                    _finish(claimed.id, worker)
        else:
            with unit_of_work():
                handler.run(**claimed.payload)
                _finish(claimed.id, worker)
    except LeaseLost:
        log.warning("job.lease_lost", job=claimed.id, kind=claimed.kind)
    except NotYet as reason:
        _put_off(claimed, worker, reason)
    except Exception as problem:
        log.exception("job.failed", job=claimed.id, kind=claimed.kind, attempt=claimed.attempts)
        _put_back(claimed, worker, problem)


def _finish(job_id: int, worker: str) -> None:
    """In the transaction of the work itself: whoever lost the lease must not commit it."""
    if not leases.finish(job_id, worker):
        raise LeaseLost(f"Job {job_id} was taken up by another worker.")


def _put_off(claimed: Job, worker: str, reason: NotYet) -> None:
    with unit_of_work() as session:
        session.execute(
            update(Job)
            .where(Job.id == claimed.id, Job.leased_by == worker)
            .values(
                leased_until=None,
                run_at=reason.until,
                attempts=claimed.attempts - 1,
                error=str(reason)[:2000] or None,
            )
        )


def _put_back(claimed: Job, worker: str, problem: Exception) -> None:
    pause = min(FIRST_PAUSE * 2 ** (claimed.attempts - 1), LONGEST_PAUSE)
    given_up = claimed.attempts >= ATTEMPTS
    with unit_of_work() as session:
        session.execute(
            update(Job)
            .where(Job.id == claimed.id, Job.leased_by == worker)
            .values(
                leased_until=None,
                run_at=clock.now() + pause,
                failed_at=clock.now() if given_up else None,
                error="".join(traceback.format_exception_only(problem))[:2000],
            )
        )
        handler = handlers.get(claimed.kind)
        if given_up and handler is not None and handler.given_up is not None:
            handler.given_up(**claimed.payload)
