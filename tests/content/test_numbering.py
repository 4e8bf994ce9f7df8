"""Activities are numbered in order of commit, without a gap, by one worker at a time."""

import threading

import pytest
from sqlalchemy import delete, select

from hub.content.models import Activity
from hub.content.tasks import number_activities
from hub.core import jobs
from hub.core.carrying import drain
from hub.core.database import db, unit_of_work
from hub.core.outbox import emit
from tests.conftest import DATABASES

both = pytest.mark.parametrize("app", DATABASES, indirect=True)


def _happened(group, told: bool = True) -> int:
    activity = Activity(kind="joined", group_id=group.id)
    db.session.add(activity)
    db.session.flush()
    if told:
        emit("activity", activity_id=activity.id)
    return activity.id


def _numbers() -> list[int | None]:
    db.session.rollback()
    return list(db.session.scalars(select(Activity.number).order_by(Activity.id)))


@pytest.mark.parametrize("app", ["postgresql"], indirect=True)
def test_numbers_follow_the_order_of_commit_not_of_beginning(app, world):
    """The first to begin commits last: what was numbered meanwhile keeps the lower number. (Writers of SQLite
    commit in the order in which they begin.)"""
    slow_began, may_commit = threading.Event(), threading.Event()

    def slow():
        with app.app_context(), unit_of_work():
            _happened(world.group)
            slow_began.set()
            may_commit.wait(5)

    thread = threading.Thread(target=slow)
    thread.start()
    slow_began.wait(5)
    with unit_of_work():
        _happened(world.group)
    drain()
    assert _numbers() == [1]
    may_commit.set()
    thread.join()
    drain()
    assert _numbers() == [2, 1]


@both
def test_many_writers_and_workers_leave_no_gap_and_give_no_number_twice(app, world):
    def write_and_work():
        with app.app_context():
            for _ in range(5):
                with unit_of_work():
                    _happened(world.group)
                drain()

    threads = [threading.Thread(target=write_and_work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    drain()
    assert sorted(_numbers()) == list(range(1, 21))
    assert not db.session.scalars(select(jobs.Job).where(jobs.Job.finished_at.is_(None))).all()


@both
def test_one_whose_job_was_lost_is_numbered_with_the_next(app, world):
    with unit_of_work():
        _happened(world.group, told=False)
        _happened(world.group)
    drain()
    assert _numbers() == [1, 2]


@both
def test_a_number_is_never_given_again_after_a_deletion(app, world):
    with unit_of_work():
        last = [_happened(world.group) for _ in range(3)][-1]
        number_activities(last)
    with unit_of_work():
        db.session.execute(delete(Activity).where(Activity.id == last))
        _happened(world.group)
        number_activities(last)
    assert _numbers() == [1, 2, 4]
