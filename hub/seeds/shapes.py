"""What the founding content is made of: one dataclass for each kind of thing that the files describe."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property

_AGO = re.compile(r"(\d+) days? ago, (\d\d):(\d\d)")


class ContentError(ValueError):
    """The content cannot be used; says which file and what is wrong with it."""


@dataclass(frozen=True, order=True)
class Ago:
    """A moment given backwards from the day of installation, so that a new hub looks alive. UTC."""

    days: int
    hour: int
    minute: int

    @classmethod
    def parse(cls, text: str) -> "Ago":
        """From "12 days ago, 09:30"; ValueError otherwise. Day 0 is refused: it may lie ahead."""
        match = _AGO.fullmatch(text)
        if match is None:
            raise ValueError(f'"{text}" is not a moment like "12 days ago, 09:30"')
        days, hour, minute = (int(part) for part in match.groups())
        if days < 1 or hour > 23 or minute > 59:
            raise ValueError(f'"{text}" is not a time on an earlier day')
        return cls(days, hour, minute)

    def seen_from(self, now: datetime) -> datetime:
        day = now.astimezone(UTC).date() - timedelta(days=self.days)
        return datetime(day.year, day.month, day.day, self.hour, self.minute, tzinfo=UTC)

    @property
    def age(self) -> int:
        """Minutes before the end of the day of installation: the greater, the earlier."""
        return self.days * 1440 - self.hour * 60 - self.minute


@dataclass(frozen=True)
class Organisation:
    slug: str
    name: str
    sector: str
    domain: str


@dataclass(frozen=True)
class Person:
    handle: str
    name: str
    email: str
    sector: str
    profession: str
    confirmed: str
    joined: Ago
    about: str
    organisation: str = ""
    administrator: bool = False


@dataclass(frozen=True)
class Topic:
    slug: str
    name: str
    about: str


@dataclass(frozen=True)
class Group:
    slug: str
    name: str
    visibility: str
    joining: str
    purpose: str
    welcome: str
    facilitators: tuple[str, ...]
    members: tuple[str, ...]
    topics: tuple[str, ...]


@dataclass(frozen=True)
class RetentionClass:
    """An entry of the schedule, for all posts of the collection or for those of some days."""

    reference: str
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class Schedule:
    """A retention schedule: a spreadsheet beside the content, and the classes that it gives."""

    by: str
    when: Ago
    name: str
    version: str
    file: str
    classes: tuple[RetentionClass, ...]


@dataclass(frozen=True)
class Hold:
    """A hold on the posts of some days."""

    by: str
    when: Ago
    name: str
    reason: str
    since: date
    until: date


@dataclass(frozen=True)
class Approver:
    """Without whom nothing leaves the collection; by: the keeper who named them."""

    handle: str
    by: str
    when: Ago


@dataclass(frozen=True)
class Asked:
    """What the approver is asked for: a post to be shown under an item's opening. Waits if not decided."""

    by: str
    when: Ago
    item: str
    post: str
    caption: str
    passages: tuple[str, ...] = ()
    decided: Ago | None = None
    reason: str = ""


@dataclass(frozen=True)
class Collection:
    """when: the day on which it is made and the files are brought in, in their order."""

    slug: str
    when: Ago
    name: str
    about: str
    organisation: str
    keepers: tuple[str, ...]
    files: tuple[str, ...]
    schedule: Schedule | None = None
    holds: tuple[Hold, ...] = ()
    approver: Approver | None = None
    asked: tuple[Asked, ...] = ()


@dataclass(frozen=True)
class Example:
    """An archived post (by its key in channel.toml), what it shows, and which words of it are marked."""

    post: str
    caption: str
    passages: tuple[str, ...] = ()


@dataclass(frozen=True)
class Bar:
    """One bar of a chart."""

    name: str
    number: int


@dataclass(frozen=True)
class File:
    """A file of a post: lines of text, or a chart that is drawn, with what it shows."""

    name: str
    lines: tuple[str, ...] = ()
    shows: str = ""
    title: str = ""
    bars: tuple[Bar, ...] = ()


@dataclass(frozen=True)
class Source:
    title: str
    url: str


@dataclass(frozen=True)
class Accepted:
    when: Ago
    reason: str


@dataclass(frozen=True)
class Revision:
    """A later text of a guidance page."""

    by: str
    when: Ago
    note: str
    text: str = ""


@dataclass(frozen=True)
class Post:
    """A reply, answer or comment. under: the name of the answer that a comment belongs to."""

    kind: str
    by: str
    when: Ago
    text: str = ""
    name: str = ""
    under: str = ""
    votes: tuple[str, ...] = ()
    accepted: Accepted | None = None
    examples: tuple[Example, ...] = ()
    files: tuple[File, ...] = ()


@dataclass(frozen=True)
class Item:
    """A question, discussion or guidance page with all that is written under it.

    address: "group/questions/name-of-file". came_from: "questions/name-of-file" in the same group.
    review_in_days, replies_in_days (of a consultation): from the day of installation; negative is overdue.
    """

    address: str
    kind: str
    group: str
    title: str
    by: str
    when: Ago
    text: str = ""
    topics: tuple[str, ...] = ()
    applies_to: str = ""
    law_date: date | None = None
    replies_in_days: int | None = None
    votes: tuple[str, ...] = ()
    examples: tuple[Example, ...] = ()
    files: tuple[File, ...] = ()
    posts: tuple[Post, ...] = ()
    summary: str = ""
    owner: str = ""
    reviewer: str = ""
    state: str = ""
    published: Ago | None = None
    review_in_days: int | None = None
    came_from: str = ""
    credits: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    revisions: tuple[Revision, ...] = ()

    @property
    def attached_by(self) -> str:
        """Who adds the item's examples: its owner, where it has one, else its author."""
        return self.owner or self.by

    @property
    def every_example(self) -> tuple[Example, ...]:
        return self.examples + tuple(example for post in self.posts for example in post.examples)


@dataclass(frozen=True)
class Founding:
    """Everything a seeded hub begins with, read and checked."""

    organisations: tuple[Organisation, ...]
    people: tuple[Person, ...]
    topics: tuple[Topic, ...]
    groups: tuple[Group, ...]
    collections: tuple[Collection, ...]
    items: tuple[Item, ...]

    @cached_property
    def people_by_handle(self) -> dict[str, Person]:
        return {person.handle: person for person in self.people}

    def of_kind(self, kind: str) -> tuple[Item, ...]:
        return tuple(item for item in self.items if item.kind == kind)
