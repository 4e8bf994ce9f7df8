"""What the address of a search asks for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from unicodedata import category
from urllib.parse import parse_qsl, urlencode, urlsplit

from sqlalchemy import select

from hub.content.models import DISCUSSION, GUIDANCE, JURISDICTIONS, QUESTION, Topic
from hub.core.database import db
from hub.core.policy import Actor, visible
from hub.core.search import Query
from hub.groups.models import Group

from .parsing import LONGEST_QUERY

EXAMPLE, ARCHIVED = "example", "archived"
ITEM_KINDS = (QUESTION, DISCUSSION, GUIDANCE)
KINDS = (*ITEM_KINDS, EXAMPLE)
KINDS_OF_MEMBERS = (*KINDS, ARCHIVED)  # archived posts are found by their keepers
HITS_A_PAGE = 20
MOST_GROUPS = 30  # to choose from; a reader of more narrows by topic


@dataclass(frozen=True)
class Asked:
    """Words and filters; a filter is "" when nothing was chosen or the choice is not there for the reader."""

    words: str = ""
    kind: str = ""
    topic: str = ""
    group: str = ""
    place: str = ""
    any_word: bool = False
    after: str = ""

    @classmethod
    def of(cls, arguments: Mapping[str, str]) -> Asked:
        """From an address; what nobody could have chosen is as if it were not there."""
        words = _showable(arguments.get("q", "")).strip()[:LONGEST_QUERY]
        kind, place = arguments.get("kind", ""), arguments.get("place", "")
        return cls(
            words=words,
            kind=kind if kind in (KINDS_OF_MEMBERS if words else ITEM_KINDS) else "",
            topic=arguments.get("topic", ""),
            group=arguments.get("group", ""),
            place=place if place in JURISDICTIONS else "",
            any_word=arguments.get("any") == "1",
            after=arguments.get("after", ""),
        )

    def within(self, topics: Sequence[Topic], groups: Sequence[Group]) -> Asked:
        """With only those choices that the reader has: a group that they do not see is as if unknown."""
        return replace(
            self,
            topic=self.topic if any(topic.slug == self.topic for topic in topics) else "",
            group=self.group if any(group.slug == self.group for group in groups) else "",
        )

    def path(self, **changes: str | bool) -> str:
        """The address of this search with something changed, from its first page on."""
        asked = replace(self, **{"after": "", **changes})  # type: ignore[arg-type]
        arguments = {
            "q": asked.words,
            "kind": asked.kind,
            "topic": asked.topic,
            "group": asked.group,
            "place": asked.place,
            "any": "1" if asked.any_word else "",
            "after": asked.after,
        }
        chosen = {name: value for name, value in arguments.items() if value}
        return f"/search?{urlencode(chosen)}" if chosen else "/search"

    def query(self) -> Query:
        """What the words and filters ask of the index."""
        return Query(
            self.words,
            kinds=_set(self.kind),
            topics=_set(self.topic),
            groups=_set(self.group),
            applies_to=_set(self.place),
            any_word=self.any_word,
            limit=HITS_A_PAGE,
            cursor=self.after,
        )

    def to_save(self) -> dict[str, str]:
        """What is kept of it, as its address says it; empty where there is nothing to hear of."""
        if self.kind == ARCHIVED or not (self.words or self.narrowed):
            return {}
        return dict(parse_qsl(urlsplit(self.path()).query))

    @property
    def narrowed(self) -> bool:
        return bool(self.kind or self.topic or self.group or self.place)


def _set(value: str) -> frozenset[str]:
    return frozenset({value} if value else ())


def _showable(typed: str) -> str:
    """Without what no page may hold: control characters, lone surrogates, code points that are none."""
    return "".join(" " if category(letter) in {"Cc", "Cs", "Cn"} else letter for letter in typed)


def groups_to_choose(actor: Actor) -> Sequence[Group]:
    """Groups that the actor may narrow a search to, the largest first."""
    statement = select(Group).where(visible(Group, actor))
    return db.session.scalars(
        statement.order_by(Group.member_count.desc(), Group.slug).limit(MOST_GROUPS)
    ).all()
