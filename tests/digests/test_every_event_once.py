"""For any activity, choices and runs: what a subscriber may see is told exactly once."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from hub.content.models import Activity, Item
from hub.core import clock
from hub.core.database import db, unit_of_work
from hub.core.outbox import emit
from hub.digests import composing
from tests.conftest import DATABASES
from tests.digests.telling import again, chosen, sent, visitor, watermark
from tests.factories.groups import group as a_group

BEGIN = datetime(2026, 11, 1, 12, tzinfo=UTC)

STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("happens"), st.integers(0, 1)),
        st.tuples(st.just("is late"), st.integers(0, 1)),  # committed; numbered by the next run
        st.tuples(st.just("hours"), st.integers(1, 200)),
        st.tuples(st.just("run"), st.just(0)),
        st.tuples(st.just("hides"), st.integers(0, 1)),
        st.tuples(st.just("shows"), st.integers(0, 1)),
        st.tuples(st.just("daily"), st.integers(0, 1)),
        st.tuples(st.just("weekly"), st.integers(0, 1)),
    ),
    min_size=5,
    max_size=40,
)


class Month:
    """Two groups and one subscriber, and what they were told."""

    def __init__(self) -> None:
        self.now = BEGIN
        self.groups = [a_group(), a_group()]
        with unit_of_work():
            self.items = [
                Item(
                    group_id=group.id,
                    number=1,
                    kind="question",
                    title=f"In {group.slug}",
                    last_activity_at=BEGIN,
                    published_at=BEGIN,
                )
                for group in self.groups
            ]
            db.session.add_all(self.items)
        with clock.at(self.now):
            address = f"{self.groups[0].slug}@example.org"
            self.subscriber = visitor(self.groups[0], "daily", address)
            visitor(self.groups[1], "weekly", address)
        self.hidden = {0: False, 1: False}
        self.passed_unseen: set[int] = set()
        self.told: list[int] = []

    def take(self, step: str, number: int) -> None:
        with clock.at(self.now):
            if step in {"happens", "is late"}:
                self._happens(number, told_at_once=step == "happens")
            elif step == "hours":
                self.now += timedelta(hours=number)
            elif step == "run":
                self.run()
            elif step in {"hides", "shows"}:
                self.hidden[number] = step == "hides"
                with unit_of_work():
                    again(self.groups[number]).visibility = "hidden" if step == "hides" else "public"
            else:
                chosen(self.subscriber, self.groups[number], step)

    def _happens(self, number: int, told_at_once: bool) -> None:
        with unit_of_work():
            item = self.items[number]
            activity = Activity(kind="answered", group_id=item.group_id, item_id=item.id)
            db.session.add(activity)
            db.session.flush()
            if told_at_once:
                emit("activity", activity_id=activity.id)

    def run(self) -> None:
        sent()
        for number, group in enumerate(self.groups):
            if self.hidden[number]:
                reached = watermark(self.subscriber, group)
                passed = self._numbers(number, Activity.number <= reached)
                self.passed_unseen |= passed - set(self.told)

    def _numbers(self, number: int, *criteria) -> set[int]:
        return set(
            db.session.scalars(
                select(Activity.number).where(Activity.group_id == self.groups[number].id, *criteria)
            )
        )

    def everything(self) -> set[int]:
        db.session.rollback()
        return self._numbers(0) | self._numbers(1)


@pytest.mark.parametrize("app", DATABASES, indirect=True)
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], database=None
)
@given(steps=STEPS)
def test_every_visible_event_is_told_exactly_once(app, folder, steps):
    month = Month()
    real = composing.gather

    def listened(actor, ranges, told):
        edition = real(actor, ranges, told)
        month.told.extend(event.number for event in edition.events)
        return edition

    composing.gather = listened
    try:
        for step, number in steps:
            month.take(step, number)
        for step in (("shows", 0), ("shows", 1), ("happens", 0), ("hours", 9 * 24), ("run", 0)):
            month.take(*step)
    finally:
        composing.gather = real
    assert len(month.told) == len(set(month.told))
    assert month.everything() - set(month.told) <= month.passed_unseen
    assert not set(month.told) & month.passed_unseen
