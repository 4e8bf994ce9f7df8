"""The library of examples: by topic, by what they show, by words, and where else the same posts stand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import contains_eager

from hub.accounts.models import SECTORS, Organisation
from hub.archive.models import DELETED, EDITED, ArchivedPost, ArchiveEvent, Collection
from hub.archive.platforms import PLATFORMS
from hub.archive.rules import event_counts
from hub.content.models import Item, Post, Topic, item_topic
from hub.core import search
from hub.core.database import db
from hub.core.markup import tidy
from hub.core.paging import Page, page
from hub.core.policy import Actor, visible
from hub.core.search import CannotSearch, Query, SearchUnavailable, audiences_of_actor
from hub.groups.models import Group

from .cards import with_all_that_cards_show
from .models import Example, ExamplePost

DELETION, EDIT, REPLY = "deleted", "edited", "reply"
SHOWS = (DELETION, EDIT, REPLY)
LONGEST_WORDS = 200
# Examples with the words, of which a page is chosen: the newest. A library is read, not mined.
MOST_FOUND = 1_000


@dataclass(frozen=True)
class Wanted:
    """What somebody looks for; "" and None: anything."""

    words: str = ""
    shows: str = ""
    platform: str = ""
    # Of the organisation that keeps it.
    sector: str = ""
    topic: Topic | None = None

    @classmethod
    def of(cls, arguments, topic: Topic | None) -> Wanted:
        shows, platform = arguments.get("shows", ""), arguments.get("platform", "")
        sector = arguments.get("sector", "")
        return cls(
            words=tidy(arguments.get("q", ""))[:LONGEST_WORDS].strip(),
            shows=shows if shows in SHOWS else "",
            platform=platform if platform in PLATFORMS or platform == "web" else "",
            sector=sector if sector in SECTORS else "",
            topic=topic,
        )

    @property
    def narrowed(self) -> bool:
        return self != Wanted()

    def but(self, **changes: object) -> Wanted:
        return replace(self, **changes)  # type: ignore[arg-type]

    def query(self, after: str | None = None) -> str:
        """What follows the path, with its "?"; "" where nothing is asked for."""
        asked = {
            "q": self.words,
            "shows": self.shows,
            "platform": self.platform,
            "sector": self.sector,
            "topic": self.topic.slug if self.topic else "",
            "after": after or "",
        }
        chosen = {name: value for name, value in asked.items() if value}
        return f"?{urlencode(chosen)}" if chosen else ""


def library(
    actor: Actor,
    *,
    group: Group | None = None,
    wanted: Wanted = Wanted(),
    cursor: str | None = None,
    size: int = 10,
) -> Page[Example]:
    """The examples that the actor sees, newest first, with where each stands."""
    statement = (
        select(Example)
        .join(Example.post)
        .join(Post.item)
        .join(Item.group)
        .where(visible(Example, actor), Example.withdrawn_at.is_(None), *_fits(wanted))
        .options(
            *with_all_that_cards_show(),
            contains_eager(Example.post).contains_eager(Post.item).contains_eager(Item.group),
            contains_eager(Example.post).contains_eager(Post.item).selectinload(Item.topics),
        )
    )
    if group is not None:
        statement = statement.where(Item.group_id == group.id)
    if wanted.words:
        statement = statement.where(_saying(actor, wanted.words))
    keys = (Example.attached_at, Example.token)
    return page(statement, keys, lambda row: (row.attached_at, row.token), cursor, size)


def _fits(wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    if wanted.topic is not None:
        filed = select(item_topic.c.item_id).where(item_topic.c.topic_id == wanted.topic.id)
        yield Item.id.in_(filed)
    shown = select(ExamplePost.example_id).join(ArchivedPost, ArchivedPost.id == ExamplePost.archived_post_id)
    if wanted.platform:
        yield Example.id.in_(shown.where(ArchivedPost.platform == wanted.platform))
    if wanted.sector:
        kept = shown.join(Collection, Collection.id == ArchivedPost.collection_id).join(Organisation)
        yield Example.id.in_(kept.where(Organisation.sector == wanted.sector))
    if wanted.shows == REPLY:
        answers = or_(ArchivedPost.reply_to_id.is_not(None), ArchivedPost.reply_to_account.is_not(None))
        yield Example.id.in_(shown.where(answers))
    elif wanted.shows:
        kind = DELETED if wanted.shows == DELETION else EDITED
        happened = select(ArchiveEvent.post_id).where(ArchiveEvent.kind == kind, event_counts())
        yield Example.id.in_(shown.where(ArchivedPost.id.in_(happened.correlate(None))))


def _saying(actor: Actor, words: str) -> ColumnElement[bool]:
    """Examples that the index finds by these words; the captions alone, where it cannot answer."""
    query = Query(words, audiences=audiences_of_actor(actor), kinds=frozenset({"example"}))
    try:
        found = search.newest(query, None, MOST_FOUND)
    except (CannotSearch, SearchUnavailable):
        return Example.caption.icontains(words, autoescape=True)
    return Example.id.in_([int(key.partition(":")[2]) for key in found.keys])


def platforms_of(actor: Actor, group: Group | None) -> list[str]:
    """The platforms from which the examples are that the actor sees."""
    statement = (
        select(ArchivedPost.platform)
        .join(ExamplePost, ExamplePost.archived_post_id == ArchivedPost.id)
        .join(Example, Example.id == ExamplePost.example_id)
        .where(visible(Example, actor), Example.withdrawn_at.is_(None))
        .distinct()
        .order_by(ArchivedPost.platform)
    )
    if group is not None:
        theirs = select(Post.id).join(Post.item).where(Item.group_id == group.id)
        statement = statement.where(Example.post_id.in_(theirs))
    return list(db.session.scalars(statement))


def sectors_of(actor: Actor, group: Group | None) -> list[str]:
    """The sectors of the organisations that keep the examples that the actor sees, in the order of all."""
    statement = (
        select(Organisation.sector)
        .join(Collection, Collection.organisation_id == Organisation.id)
        .join(ArchivedPost, ArchivedPost.collection_id == Collection.id)
        .join(ExamplePost, ExamplePost.archived_post_id == ArchivedPost.id)
        .join(Example, Example.id == ExamplePost.example_id)
        .where(visible(Example, actor), Example.withdrawn_at.is_(None))
        .distinct()
    )
    if group is not None:
        theirs = select(Post.id).join(Post.item).where(Item.group_id == group.id)
        statement = statement.where(Example.post_id.in_(theirs))
    found = set(db.session.scalars(statement))
    return [sector for sector in SECTORS if sector in found]


def also_shown(actor: Actor, examples: Sequence[Example]) -> dict[int, list[Item]]:
    """For each example, the other pages on which the actor sees one of the same posts. One query."""
    of_post: dict[int, list[Example]] = defaultdict(list)
    for example in examples:
        for part in example.shows:
            of_post[part.archived_post_id].append(example)
    if not of_post:
        return {}
    found = db.session.execute(
        select(ExamplePost.archived_post_id, Item)
        .join(Example, Example.id == ExamplePost.example_id)
        .join(Post, Post.id == Example.post_id)
        .join(Item, Item.id == Post.item_id)
        .join(Item.group)
        .where(ExamplePost.archived_post_id.in_(of_post), visible(Example, actor))
        .where(Example.withdrawn_at.is_(None))
        .options(contains_eager(Item.group))
        .order_by(Item.last_activity_at.desc(), Item.id)
    )
    shown: dict[int, dict[int, Item]] = defaultdict(dict)
    for post_id, item in found:
        for example in of_post[post_id]:
            if item.id != example.post.item_id:
                shown[example.id][item.id] = item
    return {example_id: list(items.values()) for example_id, items in shown.items()}
