"""A month of somebody's mail: two groups, a topic and a search, what happens there, and what they chose.

What they should have been told is worked out here by rules of its own, from what happened: beside the queries
and watermarks by which the hub finds it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, func, select

from hub.content import actions as content
from hub.content.models import GUIDANCE, JOINED, SHOWN, Activity, Item, Post, Topic
from hub.core import clock
from hub.core.carrying import drain
from hub.core.database import db, new_token, unit_of_work
from hub.core.outbox import emit
from hub.core.policy import MODERATOR, Actor
from hub.groups.actions import add_member, change_group, join, leave
from hub.groups.models import Membership
from hub.subscriptions.actions import choose, choose_times, choose_zone, newest_number, own_subscriber
from hub.subscriptions.models import AT_ONCE, EVERYTHING, GUIDANCE_ONLY, IN_DIGESTS, Subscriber, Subscription
from hub.subscriptions.searches import save_search
from tests.digests.listening import Line, Listener
from tests.digests.telling import again, sent, visitor
from tests.factories.groups import group as a_group
from tests.factories.groups import member
from tests.factories.people import person

# Summer time ends within the first month. Each further one begins where the one before it ended: the pace of
# mail goes by the clock, so that must not go back.
BEGIN = datetime(2026, 10, 20, 12, tzinfo=UTC)

# (group, kind, whether it is filed under the topic) of the items. Nobody hears of the last.
ITEMS = (
    (0, "question", False),
    (0, "guidance", True),
    (1, "question", True),
    (1, "guidance", False),
    (1, "discussion", False),
)
UNHEARD = (1, "question", False)
WRITES = {"question": ("answered", "answer"), "discussion": ("replied", "reply")}

# What they hear of: a group, the guidance of the other, the topic, and a search for discussions.
GROUP, GUIDANCE_THERE, TOPIC, SEARCH = range(4)
# What follows at once when somebody comes, goes, or opens a group; nothing is numbered by it.
COMING_AND_GOING = (
    "group.joined>content.tasks.tell_who_joined",
    "group.joined>subscriptions.tasks.tell_new_members",
    "group.left>subscriptions.tasks.tell_no_more",
    "group.opened>content.tasks.tell_that_it_is_open",
)

# What one chose: a column of `Subscription`, its value, and what of it is told.
Key = tuple[str, int, str]


@dataclass(frozen=True)
class Heard:
    """They heard of something: of what was numbered after one number, up to another (None: still)."""

    key: Key
    after: int
    upto: int | None = None


class Month:
    """chosen: how often they hear of each thing in the beginning. is_member: a person, who is in the first
    group; else an address whose owner confirmed it."""

    ended = BEGIN

    def __init__(self, zone: str, line: Line, chosen: Sequence[str], *, is_member: bool) -> None:
        self.now = self.begun = Month.ended + timedelta(days=1)
        self.line = line
        line.behaves = "takes"
        self.hidden = [False, False]
        self.restored: set[int] = set()
        self.passed_unseen: set[int] = set()
        self.running: dict[Key, int] = {}
        self.heard: list[Heard] = []
        with unit_of_work() as session:
            session.execute(delete(Subscriber))  # those of earlier months hear nothing of this one
        with clock.at(self.now):
            self._begin(zone, chosen, is_member)
        self._note_choices()

    def _begin(self, zone: str, chosen: Sequence[str], is_member: bool) -> None:
        self.groups = [a_group(), a_group()]
        self.moderator = Actor(person().id, {group.id: MODERATOR for group in self.groups})
        with unit_of_work():
            self.topic = Topic(slug=new_token(), name="A topic")
            self.items = [self._item(number, *about) for number, about in enumerate((*ITEMS, UNHEARD), 1)]
            db.session.add_all(self.items)
            db.session.flush()
            db.session.add_all(self._post(item, "opening") for item in self.items)
        self.person = member(person(time_zone=zone), self.groups[0]) if is_member else None
        self.subscriber = self._subscriber()
        self.listener = Listener(self.line, self.subscriber.sent_to)
        with unit_of_work():
            subscriber = again(self.subscriber)
            choose_zone(subscriber, zone)
            self.search = save_search(subscriber, "Talks", {"kind": "discussion"}, "daily").search
        for which, frequency in enumerate(chosen):
            self._choose(which, frequency)

    def _subscriber(self) -> Subscriber:
        if self.person is None:
            return visitor(self.groups[0], "daily", f"{self.groups[0].slug}@example.org")
        with unit_of_work():
            return own_subscriber(again(self.person))

    def _item(self, number: int, group: int, kind: str, filed: bool) -> Item:
        return Item(
            group_id=self.groups[group].id,
            number=number,
            kind=kind,
            title=kind,
            last_activity_at=self.begun,
            published_at=self.begun,
            topics=[self.topic] if filed else [],
        )

    def _post(self, item: Item, kind: str, by: int | None = None) -> Post:
        item.last_position += 1
        return Post(
            item_id=item.id,
            position=item.last_position,
            kind=kind,
            source="Words",
            html="<p>Words</p>",
            author_id=by,
            created_at=clock.now(),
        )

    # What happens

    def take(self, step: str, number: int) -> None:
        with clock.at(self.now):
            getattr(self, f"_{step.lower().replace(' ', '_')}")(number)
        self._note_choices()

    def _happens(self, number: int, *, numbered: bool = True, by: int | None = None) -> None:
        """Something is written: a post, or guidance is published anew."""
        with unit_of_work():
            item = again(self.items[number])
            kind, writes = WRITES.get(item.kind, ("revised", ""))
            post = self._post(item, writes, by) if writes else self._opening(item)
            db.session.add(post)
            db.session.flush()
            self._tell(kind, item, post.id, numbered=numbered, by=by)

    def _is_late(self, number: int) -> None:
        """The same, committed; the next run numbers it."""
        self._happens(number, numbered=False)

    def _i_write(self, number: int) -> None:
        if self.person is not None:
            self._happens(number, by=self.person.id)

    def _is_found_right(self, number: int) -> None:
        """What no post comes with, and is not mailed at once."""
        with unit_of_work():
            self._tell("checked", again(self.items[number]), None, numbered=True)

    def _tell(
        self, kind: str, item: Item, post_id: int | None, *, numbered: bool, by: int | None = None
    ) -> None:
        activity = Activity(kind=kind, group_id=item.group_id, item_id=item.id, post_id=post_id, person_id=by)
        db.session.add(activity)
        db.session.flush()
        if numbered:
            emit("activity", activity_id=activity.id)

    def _opening(self, item: Item) -> Post:
        return db.session.scalars(select(Post).where(Post.item_id == item.id, Post.position == 1)).one()

    def _hours(self, number: int) -> None:
        self.now += timedelta(hours=number)

    def _hides(self, number: int) -> None:
        self._shown(number, "hidden")

    def _shows(self, number: int) -> None:
        self._shown(number, "public")

    def _shown(self, number: int, visibility: str) -> None:
        self.hidden[number] = visibility == "hidden"
        with unit_of_work():
            group = again(self.groups[number])
            change_group(
                self.moderator,
                group,
                name=group.name,
                summary="",
                welcome="",
                visibility=visibility,
                joining="open",
            )
        self._follow()

    def _withdraws(self, number: int) -> None:
        with unit_of_work():
            content.withdraw(self.moderator, again(self.items[number]))

    def _restores(self, number: int) -> None:
        self.restored.add(self.items[number].id)
        with unit_of_work():
            content.restore(self.moderator, again(self.items[number]))

    def _somebody_joins(self, number: int) -> None:
        newcomer = person()
        with unit_of_work():
            add_member(again(self.groups[number]), newcomer.id)
        self._follow()

    def _joins(self, number: int) -> None:
        if self.person is not None and not self._is_in(number):
            with unit_of_work():
                join(again(self.person).as_actor(), again(self.groups[number]))
            self._follow()

    def _leaves(self, number: int) -> None:
        if self.person is not None and self._is_in(number):
            with unit_of_work():
                leave(again(self.person).as_actor(), again(self.groups[number]))
            self._follow()

    def _is_in(self, number: int) -> bool:
        if self.person is None:
            return False
        found = db.session.get(Membership, (self.person.id, self.groups[number].id)) is not None
        db.session.rollback()
        return found

    def _follow(self) -> None:
        drain(kinds=COMING_AND_GOING)

    # What they choose

    def _choose(self, which: int, frequency: str) -> None:
        subjects = {
            GROUP: self.groups[0],
            GUIDANCE_THERE: self.groups[1],
            TOPIC: self.topic,
            SEARCH: self.search,
        }
        told = GUIDANCE_ONLY if which == GUIDANCE_THERE else EVERYTHING
        with unit_of_work():
            choose(again(self.subscriber), again(subjects[which]), frequency, told)

    def _at_once(self, which: int) -> None:
        self._choose(which, "at_once")

    def _daily(self, which: int) -> None:
        self._choose(which, "daily")

    def _weekly(self, which: int) -> None:
        self._choose(which, "weekly")

    def _never(self, which: int) -> None:
        self._choose(which, "never")

    def _choose_times(self, **chosen: object) -> None:
        with unit_of_work():
            choose_times(db.session.get_one(Subscriber, self.subscriber.id), **chosen)

    def _away(self, days: int) -> None:
        self._choose_times(away_until=self.now.date() + timedelta(days=days))

    def _hour(self, hour: int) -> None:
        self._choose_times(digest_hour=hour)

    def _separate(self, number: int) -> None:
        self._choose_times(separate=bool(number))

    # What the hub does

    def _line(self, number: int) -> None:
        self.line.behaves = ("takes", "refuses", "breaks")[number]

    def _works(self, _number: int) -> None:
        """The worker does what waits; what is told at once goes out."""
        drain()

    def _run(self, _number: int) -> None:
        """Digests that are due go out."""
        sent()
        db.session.rollback()
        reached = db.session.scalar(
            select(func.max(Subscription.last_number)).where(
                Subscription.subscriber_id == self.subscriber.id, Subscription.frequency.in_(IN_DIGESTS)
            )
        )
        gone_by = db.session.scalars(select(Activity).where(Activity.number <= (reached or 0)))
        self.passed_unseen |= {one.number for one in gone_by if not self._is_seen(one)}
        db.session.rollback()

    def _is_seen(self, activity: Activity) -> bool:
        number = next((n for n, group in enumerate(self.groups) if group.id == activity.group_id), None)
        if number is None:
            return False
        if activity.kind == JOINED:
            return self._is_in_now(number) and activity.person_id != self.person.id
        return not self.hidden[number] or self._is_in_now(number)

    def _is_in_now(self, number: int) -> bool:
        if self.person is None:
            return False
        return db.session.get(Membership, (self.person.id, self.groups[number].id)) is not None

    # What they should have been told

    def _note_choices(self) -> None:
        """From when on they hear of each thing, and until when."""
        db.session.rollback()
        chosen = db.session.scalars(
            select(Subscription).where(
                Subscription.subscriber_id == self.subscriber.id, Subscription.frequency.in_(IN_DIGESTS)
            )
        )
        now = {self._key(one) for one in chosen}
        newest = newest_number()
        for key in now - self.running.keys():
            self.running[key] = newest
        for key in self.running.keys() - now:
            self.heard.append(Heard(key, self.running.pop(key), newest))
        db.session.rollback()

    @staticmethod
    def _key(chosen: Subscription) -> Key:
        for column in ("group_id", "topic_id", "search_id"):
            if (value := getattr(chosen, column)) is not None:
                return (column, value, chosen.told)
        raise AssertionError("of nothing")

    def _is_about(self, key: Key, activity: Activity) -> bool:
        column, value, told = key
        item = next((one for one in self.items if one.id == activity.item_id), None)
        if told == GUIDANCE_ONLY and (item is None or item.kind != GUIDANCE):
            return False
        if column == "group_id":
            return activity.group_id == value
        if column == "topic_id":
            return item is not None and bool(item.topics)
        return item is not None and item.kind == "discussion"

    def outcome(self) -> "Outcome":
        db.session.rollback()
        self.items = [db.session.get_one(Item, item.id) for item in self.items]
        here = [group.id for group in self.groups]
        happened = db.session.scalars(
            select(Activity).where(Activity.group_id.in_(here), Activity.number.is_not(None))
        ).all()
        still = [Heard(key, after) for key, after in self.running.items()]
        must, may = set(), set()
        for one in happened:
            if one.kind == SHOWN:
                continue
            if any(self._falls_under(heard, one) for heard in still) and not self._may_wait(one):
                must.add(one.number)
            if one.item_id in self.restored or any(
                self._falls_under(heard, one) for heard in [*still, *self.heard]
            ):
                may.add(one.number)
        db.session.rollback()
        return Outcome(self.listener.told, must - self.passed_unseen, may)

    def _falls_under(self, heard: Heard, activity: Activity) -> bool:
        return heard.after < activity.number <= (
            heard.upto if heard.upto is not None else activity.number
        ) and self._is_about(heard.key, activity)

    def _may_wait(self, activity: Activity) -> bool:
        """What they did themselves need not be told; who joined is told beside something else, which is a
        mail of its own where that is told at once."""
        if self.person is not None and activity.person_id == self.person.id:
            return True
        if activity.kind != JOINED:
            return False
        frequencies = db.session.scalars(
            select(Subscription.frequency).where(Subscription.subscriber_id == self.subscriber.id)
        )
        return AT_ONCE in set(frequencies) or not self._is_seen(activity)


@dataclass(frozen=True)
class Outcome:
    """Numbers: of what was told, in that order; of what had to be; and of all that could be."""

    told: list[int]
    must: set[int]
    may: set[int]
