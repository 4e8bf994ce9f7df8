"""For any activity, choices, clocks and runs: what a subscriber may see is told exactly once."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from hub.content import actions as content
from hub.content.models import SHOWN, Activity, Item, Topic
from hub.core import clock
from hub.core.database import db, new_token, unit_of_work
from hub.core.outbox import emit
from hub.core.policy import MODERATOR, Actor
from hub.digests import composing
from hub.subscriptions.actions import choose, choose_times
from hub.subscriptions.models import EVERYTHING, GUIDANCE_ONLY, Subscriber, Subscription
from tests.conftest import DATABASES
from tests.digests.telling import again, sent, visitor
from tests.factories.groups import group as a_group
from tests.factories.people import person

# Summer time ends within the first month. Each further one begins where the one before it ended: the pace of
# mail goes by the clock, so that must not go back.
BEGIN = datetime(2026, 10, 20, 12, tzinfo=UTC)
ZONES = ("Europe/London", "Pacific/Auckland", "America/St_Johns", "Asia/Kathmandu")

# (group, kind, whether it is filed under the topic) of the items. Nobody hears of the last.
ITEMS = ((0, "question", False), (0, "guidance", True), (1, "question", True), (1, "guidance", False))
UNHEARD = (1, "discussion", False)

STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("happens"), st.integers(0, len(ITEMS))),
        st.tuples(st.just("is late"), st.integers(0, len(ITEMS))),  # committed; numbered by the next run
        st.tuples(st.just("hours"), st.integers(1, 200)),
        st.tuples(st.just("run"), st.just(0)),
        st.tuples(st.sampled_from(["hides", "shows"]), st.integers(0, 1)),
        st.tuples(st.sampled_from(["withdraws", "restores"]), st.integers(0, len(ITEMS) - 1)),
        st.tuples(st.sampled_from(["daily", "weekly"]), st.integers(0, 2)),
        st.tuples(st.just("away"), st.integers(1, 14)),
        st.tuples(st.just("hour"), st.integers(0, 23)),
        st.tuples(st.just("separate"), st.integers(0, 1)),
    ),
    min_size=5,
    max_size=40,
)


class Month:
    """Two groups and a topic in both; one subscriber, who hears of one group, of the other's guidance and of
    the topic; and what they were told."""

    ended = BEGIN

    def __init__(self, zone: str) -> None:
        self.now = self.begun = Month.ended + timedelta(days=1)
        self.groups = [a_group(), a_group()]
        self.moderator = Actor(person().id, {group.id: MODERATOR for group in self.groups})
        with unit_of_work():
            self.topic = Topic(slug=new_token(), name="A topic")
            self.items = [self._item(*about) for about in (*ITEMS, UNHEARD)]
            db.session.add_all(self.items)
        with clock.at(self.now):
            self.subscriber = visitor(self.groups[0], "daily", f"{self.groups[0].slug}@example.org")
            self._choose_times(time_zone=zone)
            for which, frequency in ((1, "weekly"), (2, "daily")):
                self._choose(which, frequency)
        self.hidden = {0: False, 1: False}
        self.passed_unseen: set[int] = set()
        self.told: list[int] = []
        self.covered: set[int] = set()

    def _item(self, group: int, kind: str, filed: bool) -> Item:
        return Item(
            group_id=self.groups[group].id,
            number=["question", "guidance", "discussion"].index(kind) + 1,
            kind=kind,
            title=kind,
            last_activity_at=self.begun,
            published_at=self.begun,
            topics=[self.topic] if filed else [],
        )

    def take(self, step: str, number: int) -> None:
        with clock.at(self.now):
            if step in {"happens", "is late"}:
                self._happens(number, numbered=step == "happens")
            elif step == "hours":
                self.now += timedelta(hours=number)
            elif step == "run":
                self.run()
            elif step in {"hides", "shows"}:
                self.hidden[number] = step == "hides"
                with unit_of_work():
                    again(self.groups[number]).visibility = "hidden" if step == "hides" else "public"
            elif step in {"withdraws", "restores"}:
                act = content.withdraw if step == "withdraws" else content.restore
                with unit_of_work():
                    act(self.moderator, again(self.items[number]))
            elif step == "away":
                self._choose_times(away_until=self.now.date() + timedelta(days=number))
            elif step == "hour":
                self._choose_times(digest_hour=number)
            elif step == "separate":
                self._choose_times(separate=bool(number))
            else:
                self._choose(number, step)

    def _choose(self, which: int, frequency: str) -> None:
        """Of the first group, of the second's guidance, or of the topic."""
        subjects = [*self.groups, self.topic]
        told = GUIDANCE_ONLY if which == 1 else EVERYTHING
        with unit_of_work():
            choose(again(self.subscriber), again(subjects[which]), frequency, told)

    def _choose_times(self, **chosen: object) -> None:
        with unit_of_work():
            choose_times(db.session.get(Subscriber, self.subscriber.id), **chosen)

    def _happens(self, number: int, numbered: bool) -> None:
        with unit_of_work():
            item = self.items[number]
            activity = Activity(kind="answered", group_id=item.group_id, item_id=item.id)
            db.session.add(activity)
            db.session.flush()
            if numbered:
                emit("activity", activity_id=activity.id)

    def run(self) -> None:
        sent()
        db.session.rollback()
        reached = db.session.scalar(
            select(Subscription.last_number)
            .where(Subscription.subscriber_id == self.subscriber.id)
            .order_by(Subscription.last_number.desc())
            .limit(1)
        )
        for number, group in enumerate(self.groups):
            if self.hidden[number]:
                gone_by = select(Activity.number).where(
                    Activity.group_id == group.id, Activity.number <= reached
                )
                self.passed_unseen |= set(db.session.scalars(gone_by)) - self.covered

    def heard_of(self) -> set[int]:
        """The numbers of everything that happened to what they hear of."""
        db.session.rollback()
        ids = [item.id for item in self.items[: len(ITEMS)]]
        happened = select(Activity.number).where(Activity.item_id.in_(ids), Activity.kind != SHOWN)
        return set(db.session.scalars(happened))

    def listen(self, edition) -> None:
        if edition.is_news:
            self.told.extend(event.number for event in edition.events if event.kind != SHOWN)
            self.covered |= edition.covered


@pytest.mark.parametrize("app", DATABASES, indirect=True)
@settings(
    phases=[Phase.explicit, Phase.generate],  # a failing month is short enough to be read as it is
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    database=None,
)
@given(steps=STEPS, zone=st.sampled_from(ZONES))
def test_every_visible_event_is_told_exactly_once(app, folder, steps, zone):
    month = Month(zone)
    real = composing.gather

    def listened(*args, **more):
        edition = real(*args, **more)
        month.listen(edition)
        return edition

    composing.gather = listened
    try:
        for step, number in steps:
            month.take(step, number)
        everything_in_sight = [("shows", 0), ("shows", 1), *(("restores", number) for number in range(4))]
        for step, number in (*everything_in_sight, ("happens", 0), ("hours", 25 * 24), ("run", 0)):
            month.take(step, number)
    finally:
        composing.gather = real
        Month.ended = month.now
    assert len(month.told) == len(set(month.told))
    assert month.heard_of() - set(month.told) <= month.passed_unseen
    assert set(month.told) <= month.heard_of()
