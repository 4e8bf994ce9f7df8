"""Jobs as they are written down: rows of work, in the transaction that causes them.

Who carries them out, and how, is `carrying`: each registers here what it does (`job`), and when (`scheduled`,
`at_start`).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, Index, String, Text, and_, event, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from . import clock
from .database import Base, UtcDateTime, db, unit_of_work

# Long enough for any transactional job, short enough that a dead worker's work is soon taken up.
LEASE = timedelta(seconds=60)
# Done jobs are kept a week, to answer "did it run?".
KEPT = timedelta(days=7)

# For ranks: somebody may wait for it; nobody does.
FIRST, AFTERWARDS = 0, 1


class Job(Base):
    __tablename__ = "job"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(80))
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    key: Mapped[str | None] = mapped_column(String(200))
    serial: Mapped[str | None] = mapped_column(String(120))
    # Of what is due now, a lower rank goes first: whoever waits for a link does not stand behind a digest.
    rank: Mapped[int] = mapped_column(default=FIRST)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    run_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    attempts: Mapped[int] = mapped_column(default=0)
    leased_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    leased_by: Mapped[str | None] = mapped_column(String(80))
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    error: Mapped[str | None] = mapped_column(Text)

    @property
    def open(self) -> bool:
        return self.finished_at is None and self.failed_at is None


is_open = and_(Job.finished_at.is_(None), Job.failed_at.is_(None))
Index("ix_job_open", Job.rank, Job.run_at, Job.id, sqlite_where=is_open, postgresql_where=is_open)
# One open job a key: asking twice for the same work is asking once.
Index("uq_job_open_key", Job.key, unique=True, sqlite_where=is_open, postgresql_where=is_open)
Index("ix_job_finished_at", Job.finished_at)


@dataclass(frozen=True)
class Handler:
    run: Callable[..., None]
    long: bool
    given_up: Callable[..., None] | None = None
    lot: int = 1


@dataclass(frozen=True)
class Schedule:
    kind: str
    every: timedelta


handlers: dict[str, Handler] = {}
_schedules: list[Schedule] = []


def job(
    kind: str, *, long: bool = False, given_up: Callable[..., None] | None = None, lot: int = 1
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Register what carries out jobs of a kind; the payload arrives as keyword arguments.

    given_up: called with the same, in the transaction in which such a job is marked failed for good.
    lot: as many as are taken up together, to be carried out one after another: of small jobs, of which there
    are many.
    """

    def register(run: Callable[..., None]) -> Callable[..., None]:
        known = handlers.get(kind)
        if known and known.run.__qualname__ != run.__qualname__:
            raise RuntimeError(f"Jobs of kind {kind!r} have a handler already.")
        handlers[kind] = Handler(run, long, given_up, lot)
        return run

    return register


def scheduled(kind: str, every: timedelta) -> None:
    """Enqueue a job of that kind (without payload) once in each period."""
    schedule = Schedule(kind, every)
    if schedule not in _schedules:
        _schedules.append(schedule)


def enqueue(
    kind: str,
    *,
    key: str | None = None,
    serial: str | None = None,
    run_at: datetime | None = None,
    rank: int = FIRST,
    **payload: Any,
) -> None:
    """Write a job in the current transaction.

    key: while a job of this key is open, another is not made. serial: jobs of one serial run one at a time.
    rank: whether others that are due go first.
    """
    enqueue_all(kind, [(key, payload)], serial=serial, run_at=run_at, rank=rank)


def enqueue_all(
    kind: str,
    jobs: Iterable[tuple[str | None, dict[str, Any]]],
    *,
    serial: str | None = None,
    run_at: datetime | None = None,
    rank: int = FIRST,
) -> None:
    """The same for many jobs of one kind, each with its key and payload, in one statement."""
    now = clock.now()
    rows = [
        {
            "kind": kind,
            "payload": payload,
            "key": key,
            "serial": serial,
            "rank": rank,
            "created_at": now,
            "run_at": run_at or now,
            "attempts": 0,
        }
        for key, payload in jobs
    ]
    if rows:
        dialect = postgresql if db.engine.dialect.name == "postgresql" else sqlite
        db.session.execute(dialect.insert(Job.__table__).on_conflict_do_nothing(), rows)
        db.session.info["wake"] = True


def bring_forward(kind: str, latest: datetime) -> None:
    """Open jobs of a kind that were put off beyond what can be, by a clock that was wrong, are due now."""
    late = (Job.kind == kind, is_open, Job.run_at > latest)
    db.session.execute(update(Job).where(*late).values(run_at=clock.now()))


def enqueue_due() -> None:
    """Write the scheduled jobs whose period has begun. Safe to call as often as one likes."""
    with unit_of_work() as session:
        for schedule in _schedules:
            period = int(clock.now().timestamp() // schedule.every.total_seconds())
            key = f"schedule:{schedule.kind}:{period}"
            if session.scalar(select(Job.id).where(Job.key == key).limit(1)) is None:
                enqueue(schedule.kind, key=key)
        session.execute(
            Job.__table__.delete().where(Job.finished_at < clock.now() - KEPT)  # type: ignore[attr-defined]
        )


_at_start: list[str] = []


def at_start(kind: str) -> None:
    """Have a job of that kind (without payload) done whenever a worker starts."""
    if kind not in _at_start:
        _at_start.append(kind)


def enqueue_at_start() -> None:
    """Write the jobs of a worker that starts."""
    with unit_of_work():
        for kind in _at_start:
            enqueue(kind, key=f"start:{kind}")


_wakers: list[Callable[[], None]] = []


def wake_with(waker: Callable[[], None]) -> None:
    """What to call after a commit that wrote jobs (the worker's bell)."""
    _wakers[:] = [waker]


@event.listens_for(Session, "after_commit")
def _ring(session: Session) -> None:
    if session.info.pop("wake", False):
        for waker in _wakers:
            waker()


@event.listens_for(Session, "after_rollback")
def _do_not_ring(session: Session) -> None:
    session.info.pop("wake", None)
