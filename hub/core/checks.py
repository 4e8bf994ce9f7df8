"""Checks: what `hub check` asks of every room. A check yields one sentence for each thing that is wrong."""

from collections.abc import Callable, Iterator

from sqlalchemy import func, select

from . import clock
from .database import db
from .jobs import LEASE, Job

Check = Callable[[], Iterator[str]]

_checks: dict[str, Check] = {}

# A job that is due and untouched for this many leases has no worker that would take it.
LEASES_OVERDUE = 3


def check(name: str) -> Callable[[Check], Check]:
    """Register a check under a short name in plain words ("counters of items")."""

    def register(run: Check) -> Check:
        _checks[name] = run
        return run

    return register


def run_checks() -> dict[str, list[str]]:
    """The problems that each check found, by its name; empty lists where all is well. Only reads."""
    found = {}
    for name, run in sorted(_checks.items()):
        found[name] = list(run())
        db.session.rollback()
    return found


@check("jobs")
def _jobs() -> Iterator[str]:
    """Nothing has been given up, and nothing lies about undone."""
    given_up = db.session.execute(
        select(Job.kind, func.count()).where(Job.failed_at.is_not(None)).group_by(Job.kind)
    )
    for kind, count in given_up:
        yield f"{count} job(s) of kind {kind} were given up after many tries."
    overdue = clock.now() - LEASE * LEASES_OVERDUE
    waiting = db.session.scalar(
        select(func.count())
        .select_from(Job)
        .where(Job.finished_at.is_(None), Job.failed_at.is_(None), Job.run_at < overdue)
        .where((Job.leased_until.is_(None)) | (Job.leased_until < clock.now()))
    )
    if waiting:
        yield f"{waiting} job(s) are overdue: is the worker running? Start it with `hub worker`."
