"""Whoever carries jobs out: claims one after another under a lease, and finishes or puts back.

huey only schedules and wakes: a job whose worker died is taken up by another when its lease ends. A job
is finished in the same transaction as what it did, so it does nothing twice. A *long* job manages its own
short transactions, must be able to begin again, and keeps its lease by `heartbeat`.
"""

import os
import secrets
import socket
import threading
import time
import traceback
from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import structlog
from flask import Flask, current_app
from sqlalchemy import Select, bindparam, func, or_, select, true, update
from sqlalchemy.orm import Session, aliased

from . import clock
from .database import db, unit_of_work
from .jobs import LEASE, Job, handlers, is_open

log = structlog.get_logger(__name__)

# Patience with what fails: 43 hours in all, then it is marked failed and shown.
ATTEMPTS = 17
FIRST_PAUSE = timedelta(seconds=10)
# For so long, in seconds, a lot of jobs is carried out before others are looked for.
LOT_LASTS = 2.0
LONGEST_PAUSE = timedelta(hours=8)
# Colons separate the parts of a worker's name.
_HOST = socket.gethostname().replace(":", "-")[:40]
_running = threading.local()


# Statements are made once: every job sends them.
_table = Job.__table__
_held = (_table.c.id == bindparam("job_id"), _table.c.leased_by == bindparam("worker"))
_KEEP = update(_table).where(*_held).values(leased_until=bindparam("until"))  # type: ignore[arg-type]
_FINISH = (
    update(_table)  # type: ignore[arg-type]
    .where(*_held, _table.c.finished_at.is_(None))
    .values(finished_at=bindparam("now"), leased_until=None, error=None)
)


class LeaseLost(RuntimeError):
    """Another worker has taken this job up; whoever holds it no longer may go on."""


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
    worker = f"{_HOST}:{os.getpid()}:{secrets.token_hex(6)}"
    done = 0
    try:
        while limit is None or done < limit:
            claimed = _claim(worker, kinds)
            if claimed is None:
                break
            lot = [claimed, *_claim_more(claimed, worker, None if limit is None else limit - done - 1)]
            done += _carry_out_lot(app, lot, worker)
    finally:
        for put_down in _at_rest:
            put_down()
    return done


def under_way(kind: str) -> bool:
    """Whether some worker holds a job of that kind at this moment."""
    with unit_of_work() as session:
        held = select(Job.id).where(is_open, Job.kind == kind, Job.leased_until > clock.now())
        return session.scalar(held.limit(1)) is not None


def release_what_the_dead_held() -> int:
    """Give back the leases of workers of this machine that are no more, without waiting for them to end.

    Called when a worker starts; how many were given back. Where a process number was given out anew, the
    lease simply runs out.
    """
    released = 0
    with unit_of_work() as session:
        held = session.execute(select(Job.id, Job.leased_by).where(is_open, Job.leased_until > clock.now()))
        for job_id, worker in held.all():
            host, pid, _ = (worker or "").split(":", 2) if (worker or "").count(":") == 2 else ("", "0", "")
            if host == _HOST and not _alive(int(pid)):
                session.execute(update(Job).where(Job.id == job_id).values(leased_until=None))
                released += 1
        session.info["wake"] = True
    return released


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def heartbeat(lease: timedelta = LEASE) -> None:
    """Keep the lease of the long job that this thread runs. Raises LeaseLost when another has it."""
    with unit_of_work():
        keep_lease(lease)


def keep_lease(lease: timedelta) -> None:
    """The same, in the current transaction."""
    job_id, worker = _running.lease
    kept = db.session.execute(_KEEP, {"job_id": job_id, "worker": worker, "until": clock.now() + lease})
    if kept.rowcount != 1:  # type: ignore[attr-defined]
        raise LeaseLost(f"Job {job_id} was taken up by another worker.")


def finish_with_this() -> None:
    """The current transaction is the last that the running long job makes: it ends with it, in one commit. It
    stands also when another worker has taken the job up meanwhile."""
    job_id, worker = _running.lease
    db.session.execute(_FINISH, {"job_id": job_id, "worker": worker, "now": clock.now()})
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


@cache
def _next_job(*, of_kinds: bool) -> Select[tuple[Job]]:
    """The next that is due and that nobody carries out. Made once, when all tables are known."""
    other = aliased(Job)
    held = (
        select(other.id)
        .where(
            other.serial == Job.serial,
            other.id != Job.id,
            other.finished_at.is_(None),
            other.failed_at.is_(None),
            other.leased_until > bindparam("now"),
        )
        .exists()
    )
    return (
        select(Job)
        .where(
            is_open,
            Job.run_at <= bindparam("now"),
            or_(Job.leased_until.is_(None), Job.leased_until <= bindparam("now")),
            or_(Job.serial.is_(None), ~held),
            Job.kind.in_(bindparam("kinds", expanding=True)) if of_kinds else true(),
        )
        .order_by(Job.rank, Job.run_at, Job.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )


def _claim(worker: str, kinds: Collection[str] | None = None) -> Job | None:
    with unit_of_work() as session:
        asked = {"now": clock.now(), **({} if kinds is None else {"kinds": list(kinds)})}
        found = session.scalars(_next_job(of_kinds=kinds is not None), asked).one_or_none()
        if found is None:
            return None
        if found.serial and not _take_serial(session, found):
            return None
        found.leased_until = clock.now() + LEASE
        found.leased_by = worker
        found.attempts += 1
        session.flush()
        session.expunge(found)
        return found


@cache
def _others_like_it() -> Select[tuple[Job]]:
    return (
        select(Job)
        .where(
            is_open,
            Job.kind == bindparam("kind"),
            Job.rank == bindparam("rank"),
            Job.serial.is_(None),
            Job.run_at <= bindparam("now"),
            or_(Job.leased_until.is_(None), Job.leased_until <= bindparam("now")),
        )
        .order_by(Job.run_at, Job.id)
        .limit(bindparam("most"))
        .with_for_update(skip_locked=True)
    )


def _claim_more(claimed: Job, worker: str, left: int | None) -> list[Job]:
    """Others of its kind and rank, where that kind is taken up in lots; `left` at most."""
    handler = handlers.get(claimed.kind)
    most = (handler.lot if handler is not None else 1) - 1
    most = most if left is None else min(most, left)
    if most < 1 or claimed.serial is not None:
        return []
    with unit_of_work() as session:
        now = clock.now()
        asked = {"kind": claimed.kind, "rank": claimed.rank, "now": now, "most": most}
        found = list(session.scalars(_others_like_it(), asked))
        lease = {"leased_until": now + LEASE, "leased_by": worker, "attempts": _table.c.attempts + 1}
        session.execute(update(_table).where(_table.c.id.in_([one.id for one in found])).values(lease))  # type: ignore[arg-type]
        for one in found:
            session.expunge(one)
            one.attempts += 1
        return found


def _carry_out_lot(app: Flask, lot: Sequence[Job], worker: str) -> int:
    """How many were carried out. What there is no time for is put back: something else may be waited for, and
    the leases of all began together."""
    begun = time.monotonic()
    with app.app_context():
        for place, claimed in enumerate(lot):
            if place and time.monotonic() - begun > LOT_LASTS:
                _give_back([one.id for one in lot[place:]], worker)
                return place
            _carry_out(claimed, worker)
    return len(lot)


def _give_back(ids: Sequence[int], worker: str) -> None:
    """They were not begun."""
    with unit_of_work() as session:
        session.execute(
            update(_table)  # type: ignore[arg-type]
            .where(_table.c.id.in_(ids), _table.c.leased_by == worker)
            .values(leased_until=None, attempts=_table.c.attempts - 1)
        )


def _take_serial(session: Session, found: Job) -> bool:
    """PostgreSQL claims side by side: two jobs of one serial must not both be taken. SQLite cannot.

    Whoever has the lock looks again: another may have taken one between our look and our lock.
    """
    if session.get_bind().dialect.name != "postgresql":
        return True
    if not session.scalar(select(func.pg_try_advisory_xact_lock(func.hashtext(found.serial)))):
        return False
    taken = select(Job.id).where(
        Job.serial == found.serial, Job.id != found.id, is_open, Job.leased_until > clock.now()
    )
    return session.scalar(taken.limit(1)) is None


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
                    _finish(claimed, worker)
        else:
            with unit_of_work():
                handler.run(**claimed.payload)
                _finish(claimed, worker)
    except LeaseLost:
        log.warning("job.lease_lost", job=claimed.id, kind=claimed.kind)
    except NotYet as reason:
        _put_off(claimed, worker, reason)
    except Exception as problem:
        log.exception("job.failed", job=claimed.id, kind=claimed.kind, attempt=claimed.attempts)
        _put_back(claimed, worker, problem)


def _finish(claimed: Job, worker: str) -> None:
    """In the transaction of the work itself: whoever lost the lease must not commit it."""
    told = {"job_id": claimed.id, "worker": worker, "now": clock.now()}
    finished = db.session.execute(_FINISH, told)
    if finished.rowcount != 1:  # type: ignore[attr-defined]
        raise LeaseLost(f"Job {claimed.id} was taken up by another worker.")


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
