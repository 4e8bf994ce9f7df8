"""Who holds which job, and until when: jobs are claimed in the database under a lease, kept, given back, and
finished in one transaction with what they did.

A worker's name is its machine, its process and something drawn. A job whose worker died is taken up by
another when its lease ends. SQLite claims one after another by itself; PostgreSQL side by side.
"""

import os
import secrets
import socket
from collections.abc import Collection, Sequence
from datetime import timedelta
from functools import cache

from sqlalchemy import Select, bindparam, func, or_, select, true, update
from sqlalchemy.orm import Session, aliased

from . import clock
from .database import db, unit_of_work
from .jobs import LEASE, Job, handlers, is_open

# Colons separate the parts of a worker's name.
_HOST = socket.gethostname().replace(":", "-")[:40]

# Statements are made once: every job sends them.
_table = Job.__table__
_held = (_table.c.id == bindparam("job_id"), _table.c.leased_by == bindparam("worker"))
# Due, and nobody carries it out.
_is_free = (
    is_open,
    Job.run_at <= bindparam("now"),
    or_(Job.leased_until.is_(None), Job.leased_until <= bindparam("now")),
)
_KEEP = update(_table).where(*_held).values(leased_until=bindparam("until"))  # type: ignore[arg-type]
_FINISH = (
    update(_table)  # type: ignore[arg-type]
    .where(*_held, _table.c.finished_at.is_(None))
    .values(finished_at=bindparam("now"), leased_until=None, error=None)
)


class LeaseLost(RuntimeError):
    """Another worker has taken this job up; whoever holds it no longer may go on."""


def worker_name() -> str:
    """A name for a worker of this process."""
    return f"{_HOST}:{os.getpid()}:{secrets.token_hex(6)}"


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
            *_is_free,
            or_(Job.serial.is_(None), ~held),
            Job.kind.in_(bindparam("kinds", expanding=True)) if of_kinds else true(),
        )
        .order_by(Job.rank, Job.run_at, Job.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )


def claim(worker: str, kinds: Collection[str] | None = None) -> Job | None:
    """The next job that is due, of these kinds; None where there is none."""
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
            *_is_free,
            Job.kind == bindparam("kind"),
            Job.rank == bindparam("rank"),
            Job.serial.is_(None),
        )
        .order_by(Job.run_at, Job.id)
        .limit(bindparam("most"))
        .with_for_update(skip_locked=True)
    )


def claim_more(claimed: Job, worker: str, left: int | None) -> list[Job]:
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


def keep(job_id: int, worker: str, lease: timedelta) -> None:
    """The lease lasts so long from now, in the current transaction. Raises LeaseLost when another has it."""
    kept = db.session.execute(_KEEP, {"job_id": job_id, "worker": worker, "until": clock.now() + lease})
    if kept.rowcount != 1:  # type: ignore[attr-defined]
        raise LeaseLost(f"Job {job_id} was taken up by another worker.")


def finish(job_id: int, worker: str) -> bool:
    """The job ends with the current transaction. Whether it was still this worker's, and open."""
    told = {"job_id": job_id, "worker": worker, "now": clock.now()}
    return db.session.execute(_FINISH, told).rowcount == 1  # type: ignore[attr-defined]


def give_back(ids: Sequence[int], worker: str) -> None:
    """They were not begun: that counts as no try."""
    with unit_of_work() as session:
        session.execute(
            update(_table)  # type: ignore[arg-type]
            .where(_table.c.id.in_(ids), _table.c.leased_by == worker)
            .values(leased_until=None, attempts=_table.c.attempts - 1)
        )


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


def under_way(kind: str) -> bool:
    """Whether some worker holds a job of that kind at this moment."""
    with unit_of_work() as session:
        held = select(Job.id).where(is_open, Job.kind == kind, Job.leased_until > clock.now())
        return session.scalar(held.limit(1)) is not None


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
