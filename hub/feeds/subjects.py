"""What feeds are of, and from addresses to that and back.

The address of a feed is that of the page that it is of, with "/feed.atom" (or another format) behind it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit

from sqlalchemy import select

from hub.content.addresses import KINDS, LARGEST
from hub.content.models import JURISDICTIONS, PLACES, Item, Topic
from hub.content.queries import item_statement
from hub.core.database import db
from hub.core.markup import tidy
from hub.core.policy import Actor, visible
from hub.groups.models import Group

EVERYTHING, QUESTIONS, UNANSWERED, DISCUSSIONS = "everything", "questions", "unanswered", "discussions"
GUIDANCE, EXAMPLES, CALENDAR = "guidance", "examples", "calendar"
ITEM, SEARCH = "item", "search"

# Behind the address of the site or of a group.
PATHS = {
    EVERYTHING: "",
    QUESTIONS: "/questions",
    UNANSWERED: "/questions/unanswered",
    DISCUSSIONS: "/discussions",
    GUIDANCE: "/guidance",
    EXAMPLES: "/examples",
    CALENDAR: "/calendar",
}
# Pages that are called otherwise than their feeds.
PAGES = {UNANSWERED: "/questions?state=waiting", CALENDAR: ""}

ATOM, RSS, JSON, ICS = "atom", "rss", "json", "ics"
READ = (ATOM, RSS, JSON)

LONGEST_WORDS = 300
_ADDRESS = re.compile(r"(?:/groups/(?P<slug>[^/]+))?(?P<path>(?:/[^/]*)*)")
_OF_ITEM = re.compile(r"/(?P<place>questions|discussions|guidance)/(?P<number>[1-9]\d{0,9})")


@dataclass(frozen=True)
class Wanted:
    """What a search asks for; "" is anything. topic and group are slugs."""

    words: str = ""
    kind: str = ""
    topic: str = ""
    group: str = ""
    place: str = ""
    any_word: bool = False

    @classmethod
    def of(cls, arguments: Mapping[str, str]) -> Wanted | None:
        """As the search page's address says it; None where that asks for nothing a feed could hold."""
        words = tidy(arguments.get("q", "")).strip()[:LONGEST_WORDS]
        kind, place = arguments.get("kind", ""), arguments.get("place", "")
        topic, group = arguments.get("topic", ""), arguments.get("group", "")
        if kind not in ("", *PLACES) or not (words or kind or topic or group):
            return None
        known_place = place if words and place in JURISDICTIONS else ""
        return cls(words, kind, topic, group, known_place, bool(words) and arguments.get("any") == "1")

    @property
    def asked(self) -> dict[str, str]:
        """As the search page's address says it."""
        named = {
            "q": self.words,
            "kind": self.kind,
            "topic": self.topic,
            "group": self.group,
            "place": self.place,
            "any": "1" if self.any_word else "",
        }
        return {name: value for name, value in named.items() if value}


@dataclass(frozen=True)
class Subject:
    """What a feed is of."""

    kind: str
    group: Group | None = None
    item: Item | None = None
    topic: Topic | None = None
    wanted: Wanted = Wanted()

    @property
    def base(self) -> str:
        """The path before the feed's name."""
        if self.item is not None:
            return self.item.path
        if self.kind == SEARCH:
            return "/search"
        return f"{self.group.path if self.group else ''}{PATHS[self.kind]}"

    @property
    def address(self) -> str:
        """What names this subject: the path before the feed's name, with what a search asks for."""
        return f"{self.base}{self._query}" or "/"

    @property
    def page(self) -> str:
        """The page that people read."""
        if self.kind in PAGES:
            return f"{self.group.path if self.group else ''}{PAGES[self.kind]}"
        return self.address

    @property
    def formats(self) -> tuple[str, ...]:
        return (ICS,) if self.kind == CALENDAR else READ

    def feed(self, written: str) -> str:
        """The path of its open feed in a format."""
        return f"{self.base}/feed.{written}{self._query}" if written != ICS else f"{self.base}.ics"

    @property
    def _query(self) -> str:
        return f"?{urlencode(self.wanted.asked)}" if self.kind == SEARCH else ""


def kind_at(path: str) -> str | None:
    """Of which kind the feed of a page would be, by its path alone; None where pages like it have none."""
    found = _ADDRESS.fullmatch(path.rstrip("/"))
    if found is None:
        return None
    if found["slug"] and _OF_ITEM.fullmatch(found["path"]):
        return ITEM
    return next((kind for kind, behind in PATHS.items() if behind == found["path"]), None)


def subject_at(address: str, actor: Actor) -> Subject | None:
    """What an address names ("/groups/x/questions", "/search?q=retention"), if the actor sees it."""
    try:
        split = urlsplit(address)
    except ValueError:
        return None
    path = split.path.rstrip("/")
    if path == "/search":
        return of_search(Wanted.of(dict(parse_qsl(split.query))), actor)
    found = _ADDRESS.fullmatch(path)
    if found is None:
        return None
    slug, rest = found["slug"], found["path"]
    of_item = _OF_ITEM.fullmatch(rest)
    if slug and of_item:
        return _of_item(slug, KINDS[of_item["place"]], int(of_item["number"]), actor)
    kind = kind_at(path)
    if kind in (None, ITEM):
        return None
    return _of_group(kind, slug, actor) if slug else Subject(kind)


def of_search(wanted: Wanted | None, actor: Actor) -> Subject | None:
    """A search, where the actor sees the topic and the group that it names."""
    if wanted is None:
        return None
    topic = group = None
    if wanted.topic:
        topic = db.session.scalar(select(Topic).where(Topic.slug == wanted.topic, visible(Topic, actor)))
    if wanted.group:
        group = _group(wanted.group, actor)
    known = (topic is not None) == bool(wanted.topic) and (group is not None) == bool(wanted.group)
    return Subject(SEARCH, group=group, topic=topic, wanted=wanted) if known else None


def _group(slug: str, actor: Actor) -> Group | None:
    return db.session.scalar(select(Group).where(Group.slug == slug, visible(Group, actor)))


def _of_group(kind: str, slug: str, actor: Actor) -> Subject | None:
    group = _group(slug, actor)
    return Subject(kind, group=group) if group is not None else None


def _of_item(slug: str, kind: str, number: int, actor: Actor) -> Subject | None:
    if number > LARGEST:
        return None
    given = {"kind": kind, "slug": slug, "number": number}
    item = db.session.scalars(item_statement(actor), given).one_or_none()
    return Subject(ITEM, group=item.group, item=item) if item is not None and item.is_out else None
