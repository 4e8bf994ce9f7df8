"""What a digest says, gathered at the moment of sending: everything in its ranges that this person may see
now, each thing once, by groups and by worth."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from sqlalchemy import Row, select
from sqlalchemy.orm import aliased, contains_eager

from hub.content.models import GUIDANCE, QUESTION, Activity, Item, Post
from hub.core.database import db
from hub.core.markup import excerpt, own_words
from hub.core.policy import Actor
from hub.groups.models import Group

from .examples import NO_EXAMPLES, ExamplesOfItem, examples_in
from .ranges import Ranges, may_be_told

# Enough to know whether to go and read it.
LINE = 220
# Of a section this many items are told whole; of the rest the titles. Mail programs cut what is longer than
# 100 kB, and people what is longer than their coffee.
WHOLE = 6

# The order of worth within a group.
YOURS, WAITING, GUIDANCE_PAGES, ANSWERED, DISCUSSED = "yours", "waiting", "guidance", "answered", "discussed"
SECTIONS = (YOURS, WAITING, GUIDANCE_PAGES, ANSWERED, DISCUSSED)


@dataclass(frozen=True)
class Event:
    """One thing that happened: an activity, and what was written, if something was."""

    number: int
    kind: str
    name: str = ""
    organisation: str = ""
    line: str = ""
    position: int = 0


@dataclass
class Entry:
    """An item with what happened to it in the range, oldest first."""

    item: Item
    events: list[Event] = field(default_factory=list)
    examples: ExamplesOfItem = NO_EXAMPLES

    def of_kind(self, *kinds: str) -> list[Event]:
        return [event for event in self.events if event.kind in kinds]

    @property
    def is_new(self) -> bool:
        return bool(self.of_kind("published"))

    @property
    def opening(self) -> str:
        """Its first words, when it is new; a summary where it has one."""
        first = self.of_kind("published", "revised")
        return self.item.summary or (first[-1].line if first else "")


@dataclass
class GroupNews:
    group: Group
    sections: dict[str, list[Entry]] = field(default_factory=dict)
    # What happened in the group itself (somebody joined), not to an item.
    others: list[Event] = field(default_factory=list)


@dataclass
class Edition:
    groups: list[GroupNews] = field(default_factory=list)

    @property
    def entries(self) -> list[Entry]:
        return [entry for news in self.groups for part in news.sections.values() for entry in part]

    @property
    def told_whole(self) -> list[Entry]:
        return [entry for news in self.groups for part in news.sections.values() for entry in part[:WHOLE]]

    @property
    def events(self) -> list[Event]:
        return [event for entry in self.entries for event in entry.events] + [
            event for news in self.groups for event in news.others
        ]


def has_news(actor: Actor, ranges: Ranges, told: Collection[int] = (), *, alone: bool = False) -> bool:
    """Whether the actor may see anything in the ranges now that was not told. Who joined is told beside
    something else; whether that waits is asked with `alone`."""
    numbers = select(Activity.number).where(may_be_told(actor, ranges))
    if not alone:
        numbers = numbers.where(Activity.item_id.is_not(None))
    # One more than was told: whatever is in the ranges besides must be among them.
    return not set(db.session.scalars(numbers.limit(len(told) + 1))) <= set(told)


def gather(actor: Actor, ranges: Ranges, told: Collection[int] = ()) -> Edition:
    """Everything in the ranges that the actor may see now, in words of the present language, besides what
    was told before. As many queries for much as for little."""
    entries: dict[int, Entry] = {}
    others: dict[int, list[Event]] = {}
    for activity, item, post in _rows(actor, ranges):
        if activity.number in told:
            continue
        if item is None:
            others.setdefault(activity.group_id, []).append(Event(activity.number, activity.kind))
        else:
            entries.setdefault(item.id, Entry(item)).events.append(_event(activity, item, post))
    edition = _arranged(actor, entries.values(), others)
    _add_examples(actor, ranges, edition.told_whole)
    return edition


def _rows(actor: Actor, ranges: Ranges) -> list[Row[tuple[Activity, Item | None, Post | None]]]:
    item, post = aliased(Item), aliased(Post)  # the conditions ask for items and posts of their own
    return list(
        db.session.execute(
            select(Activity, item, post)
            .outerjoin(item, item.id == Activity.item_id)
            .outerjoin(item.group)
            .outerjoin(post, post.id == Activity.post_id)
            .options(contains_eager(item.group))
            .where(may_be_told(actor, ranges))
            .order_by(Activity.number)
        )
    )


def _event(activity: Activity, item: Item, post: Post | None) -> Event:
    if post is None:
        return Event(activity.number, activity.kind)
    return Event(
        number=activity.number,
        kind=activity.kind,
        name=post.byline.get("name", ""),
        organisation=post.byline.get("organisation", ""),
        line="" if item.summary and post.position == 1 else excerpt(own_words(post.html), LINE),
        position=post.position,
    )


def _arranged(actor: Actor, entries: Collection[Entry], others: Mapping[int, list[Event]]) -> Edition:
    by_group: dict[int, GroupNews] = {}
    for entry in entries:
        news = by_group.setdefault(entry.item.group_id, GroupNews(entry.item.group))
        news.sections.setdefault(_section(actor, entry), []).append(entry)
    if others:
        for group in db.session.scalars(select(Group).where(Group.id.in_(others))):
            by_group.setdefault(group.id, GroupNews(group)).others = others[group.id]
    for news in by_group.values():
        news.sections = {name: news.sections[name] for name in SECTIONS if name in news.sections}
    return Edition(sorted(by_group.values(), key=lambda news: news.group.name))


def _add_examples(actor: Actor, ranges: Ranges, entries: Collection[Entry]) -> None:
    if not entries:
        return
    found = examples_in(actor, ranges, [entry.item.id for entry in entries])
    for entry in entries:
        entry.examples = found.get(entry.item.id, entry.examples)


def _section(actor: Actor, entry: Entry) -> str:
    item = entry.item
    if item.kind == GUIDANCE:
        return GUIDANCE_PAGES
    if item.kind != QUESTION:
        return DISCUSSED
    if item.author_id is not None and item.author_id == actor.person_id and entry.of_kind("answered"):
        return YOURS
    return WAITING if item.reply_count == 0 else ANSWERED
