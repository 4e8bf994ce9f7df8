"""Jobs: what was committed is done, once, whatever happens to the worker."""

import os
import subprocess
import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from hub.core import carrying, clock, jobs, leases
from hub.core.carrying import drain
from hub.core.database import db, unit_of_work
from hub.core.jobs import Job, enqueue, job
from hub.core.site import Site
from tests.conftest import DATABASES

both = pytest.mark.parametrize("app", DATABASES, indirect=True)


@job("test.found")
def _found(name: str) -> None:
    """Leaves a row behind, so that doing it twice would show."""
    db.session.add(Site(name=name, tagline="", texts={}))


@job("test.fail")
def _fail(name: str) -> None:
    _found(name)
    db.session.flush()
    raise RuntimeError("halfway")


@job("test.small", lot=3)
def _small(name: str) -> None:
    _found(name)


def _sites() -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(select(Site.name).order_by(Site.name)))


@both
def test_a_job_is_done_once(app):
    with unit_of_work():
        enqueue("test.found", name="one")
    assert drain() == 1
    assert drain() == 0
    assert _sites() == ["one"]


@both
def test_a_job_exists_only_if_what_caused_it_was_committed(app):
    with pytest.raises(ZeroDivisionError), unit_of_work():
        enqueue("test.found", name="one")
        _ = 1 / 0
    assert drain() == 0


@both
def test_asking_twice_for_the_same_work_is_asking_once(app):
    with unit_of_work():
        enqueue("test.found", key="same", name="one")
        enqueue("test.found", key="same", name="two")
    drain()
    assert _sites() == ["one"]
    with unit_of_work():
        enqueue("test.found", key="same", name="later")  # the first is finished: this is new work
    drain()
    assert _sites() == ["later", "one"]


@both
def test_a_job_that_fails_leaves_nothing_and_is_tried_again_later(app):
    with unit_of_work():
        enqueue("test.fail", name="half")
    drain()
    assert _sites() == []
    left = db.session.scalars(select(Job)).one()
    assert left.open
    assert left.run_at > clock.now()
    assert "halfway" in left.error


@both
def test_what_keeps_failing_is_given_up_and_shown(app):
    with unit_of_work():
        enqueue("test.fail", name="half")
    moment = clock.now()
    for _ in range(carrying.ATTEMPTS + 3):
        moment += carrying.LONGEST_PAUSE + timedelta(minutes=1)
        with clock.at(moment):
            drain()
    db.session.rollback()
    left = db.session.scalars(select(Job)).one()
    assert left.failed_at is not None
    assert left.attempts == carrying.ATTEMPTS


@both
def test_work_whose_worker_died_is_taken_up_when_its_lease_ends(app):
    with unit_of_work():
        enqueue("test.found", name="one")
    assert leases.claim("a worker that dies now") is not None
    assert drain() == 0
    with clock.at(clock.now() + jobs.LEASE + timedelta(seconds=1)):
        assert drain() == 1
    assert _sites() == ["one"]


def _lot(worker: str) -> list[Job]:
    claimed = leases.claim(worker)
    return [claimed, *leases.claim_more(claimed, worker, None)]


@both
def test_small_jobs_are_taken_up_in_lots_and_each_is_done_once(app):
    with unit_of_work():
        for name in "abcd":
            enqueue("test.small", name=name)
        enqueue("test.found", name="another kind")
    lot = _lot("first")
    assert [one.payload["name"] for one in lot] == ["a", "b", "c"]
    assert drain() == 2  # nobody else takes up what is held
    assert carrying._carry_out_lot(app, lot, "first") == 3
    assert _sites() == ["a", "another kind", "b", "c", "d"]
    assert drain() == 0


@both
def test_of_a_lot_that_takes_long_the_rest_is_put_back_and_has_not_been_tried(app, monkeypatch):
    with unit_of_work():
        for name in "abc":
            enqueue("test.small", name=name)
    with monkeypatch.context() as patch:
        patch.setattr(carrying, "LOT_LASTS", -1.0)
        assert carrying._carry_out_lot(app, _lot("slow"), "slow") == 1
    db.session.rollback()
    left = db.session.scalars(select(Job).where(Job.finished_at.is_(None))).all()
    assert [(one.attempts, one.leased_until) for one in left] == [(0, None), (0, None)]
    assert drain(1) == 1
    assert drain() == 1
    assert _sites() == ["a", "b", "c"]


@both
def test_a_worker_that_lost_its_lease_commits_nothing(app):
    with unit_of_work():
        enqueue("test.found", name="one")
    slow = leases.claim("slow")
    with clock.at(clock.now() + jobs.LEASE + timedelta(seconds=1)):
        drain()
    carrying._carry_out_lot(app, [slow], "slow")
    assert _sites() == ["one"]


@both
def test_jobs_of_one_serial_run_one_at_a_time(app):
    with unit_of_work():
        enqueue("test.found", serial="index", name="one")
        enqueue("test.found", serial="index", name="two")
        enqueue("test.found", name="other")
    first = leases.claim("first")
    second = leases.claim("second")
    assert first.payload == {"name": "one"}
    assert second.payload == {"name": "other"}
    assert leases.claim("third") is None


@both
def test_a_job_is_not_run_before_its_time(app):
    with unit_of_work():
        enqueue("test.found", run_at=clock.now() + timedelta(hours=1), name="later")
    assert drain() == 0
    with clock.at(clock.now() + timedelta(hours=2)):
        assert drain() == 1


@both
def test_scheduled_jobs_are_written_once_a_period(app, monkeypatch):
    monkeypatch.setattr(jobs, "_schedules", [jobs.Schedule("test.found", timedelta(hours=1))])
    jobs.enqueue_due()
    jobs.enqueue_due()
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(Job)) == 1


@both
def test_reading_never_writes(app):
    from hub.core.database import WriteWhileReading

    db.session.add(Site(name="x", tagline="", texts={}))
    with pytest.raises(WriteWhileReading):
        db.session.flush()
    db.session.rollback()


@both
def test_a_worker_that_starts_takes_up_what_a_dead_one_on_its_machine_held(app):
    with unit_of_work():
        enqueue("test.found", name="one")
    dead = subprocess.Popen(["true"])
    dead.wait()
    assert leases.claim(f"{leases._HOST}:{dead.pid}:x") is not None
    assert leases.release_what_the_dead_held() == 1
    assert drain() == 1


@both
@pytest.mark.parametrize(
    "worker",
    [f"{leases._HOST}:{os.getpid()}:x", "elsewhere:1:x", "nobody"],
    ids=["alive", "elsewhere", "unnamed"],
)
def test_what_a_living_worker_or_another_machine_holds_is_left_to_it(app, worker):
    with unit_of_work():
        enqueue("test.found", name="one")
    leases.claim(worker)
    assert leases.release_what_the_dead_held() == 0
    assert drain() == 0


@pytest.mark.parametrize("app", ["postgresql"], indirect=True)
def test_two_workers_that_look_at_one_instant_do_not_both_take_a_serial(app, monkeypatch):
    """The second looked before the first took its job, and gets the lock after the first has let go of it."""
    with unit_of_work():
        enqueue("test.found", serial="index", name="one")
        enqueue("test.found", serial="index", name="two")
    real = leases._take_serial
    first: list[Job | None] = []

    def while_another_takes_one(session, found):
        monkeypatch.setattr(leases, "_take_serial", real)
        thread = threading.Thread(target=lambda: _claim_in(app, first))
        thread.start()
        thread.join()
        return real(session, found)

    monkeypatch.setattr(leases, "_take_serial", while_another_takes_one)
    second = leases.claim("second")
    assert [job.payload["name"] for job in (*first, second) if job is not None] == ["two"]


def _claim_in(app, claimed: list) -> None:
    with app.app_context():
        claimed.append(leases.claim("first"))
