"""What happened, as digests tell it: plain values, read in one statement that asks at once what may be told.

They are values, so that what is made of them can be kept by what it is made of (`texts`), and never by who
reads it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, false, select
from sqlalchemy.orm import aliased

from hub.content.models import Activity, Item, Mention, Post, path_of
from hub.content.rules import words_may_be_mailed
from hub.core.database import db
from hub.core.policy import Actor
from hub.groups.models import Group

from .ranges import Ranges, Span, in_spans, may_be_told, spans_of
from .readers import made_for, reader_of


@dataclass(frozen=True)
class ToldGroup:
    id: int
    slug: str
    name: str
    visibility: str
    mails_words: bool

    @property
    def path(self) -> str:
        return f"/groups/{self.slug}"


@dataclass(frozen=True)
class ToldItem:
    """Of an item that is out what digests say of it, and arrange it by."""

    id: int
    group: ToldGroup
    kind: str
    number: int
    title: str
    summary: str
    author_id: int | None
    reply_count: int
    is_open: bool
    is_out: bool = True

    @property
    def path(self) -> str:
        return path_of(self.group.slug, self.kind, self.number)

    @property
    def words_may_be_mailed(self) -> bool:
        return words_may_be_mailed(self)  # type: ignore[arg-type]


@dataclass(frozen=True)
class ToldPost:
    id: int
    position: int
    name: str
    organisation: str
    html: str
    file_count: int


@dataclass(frozen=True)
class Happening:
    """One activity, with its item and its post, if it has them."""

    number: int
    activity_id: int
    kind: str
    group_id: int
    item_id: int | None
    post_id: int | None
    person_id: int | None
    happened_at: datetime
    item: ToldItem | None
    post: ToldPost | None
    # Whether what was written mentions the reader.
    mentions: bool


def happened_in(actor: Actor, ranges: Ranges, beside: Actor | None = None) -> list[Happening]:
    """What happened in the ranges and may be told to the actor now, in order. beside: see `may_be_told`."""
    spans = spans_of(ranges)
    if beside is None:
        statement = made_for(actor, _in_spans, tuple(span.shape for span in spans))
    else:
        statement = _happenings(actor, in_spans(Activity, spans), beside)
    given = {name: value for place, span in enumerate(spans) for name, value in span.given(place).items()}
    return _read(statement, actor, given)


def happened_where(
    actor: Actor, condition: ColumnElement[bool], beside: Actor | None = None
) -> list[Happening]:
    """The same of what meets a condition on `Activity`."""
    return _read(_happenings(actor, condition, beside), actor, {})


def _in_spans(reader: Actor, shapes: Sequence[tuple[str, bool]]) -> Select:
    spans = [Span(kind, guidance_only=guidance_only) for kind, guidance_only in shapes]
    return _happenings(reader, in_spans(Activity, spans), None)


def _happenings(reader: Actor, condition: ColumnElement[bool], beside: Actor | None) -> Select:
    item, post = aliased(Item), aliased(Post)  # the conditions ask for items and posts of their own
    mentions = false()
    if reader.signed_in:
        mentions = (
            select(Mention.post_id)
            .where(Mention.post_id == Activity.post_id, Mention.person_id == reader.person_id)
            .correlate(Activity)
            .exists()
        )
    return (
        select(
            Activity.number,
            Activity.id,
            Activity.kind,
            Activity.group_id,
            Activity.item_id,
            Activity.post_id,
            Activity.person_id,
            Activity.happened_at,
            mentions.label("mentions"),
            Group.slug,
            Group.name.label("group_name"),
            Group.visibility,
            Group.mails_words,
            item.kind.label("item_kind"),
            item.number.label("item_number"),
            item.title,
            item.summary,
            item.author_id,
            item.reply_count,
            item.is_open,
            item.group_id.label("item_group_id"),
            post.position,
            post.byline,
            post.html,
            post.file_count,
        )
        .outerjoin(item, item.id == Activity.item_id)
        .outerjoin(Group, Group.id == item.group_id)
        .outerjoin(post, post.id == Activity.post_id)
        .where(may_be_told(reader, condition, beside))
        .order_by(Activity.number)
    )


def _read(statement: Select, actor: Actor, given: dict[str, object]) -> list[Happening]:
    items: dict[int, ToldItem] = {}
    return [_happening(row, items) for row in db.session.execute(statement, {**given, **reader_of(actor)})]


def _happening(row, items: dict[int, ToldItem]) -> Happening:
    if row.item_id is not None and row.item_id not in items:
        group = ToldGroup(row.item_group_id, row.slug, row.group_name, row.visibility, row.mails_words)
        items[row.item_id] = ToldItem(
            id=row.item_id,
            group=group,
            kind=row.item_kind,
            number=row.item_number,
            title=row.title,
            summary=row.summary,
            author_id=row.author_id,
            reply_count=row.reply_count,
            is_open=row.is_open,
        )
    byline = row.byline or {}
    return Happening(
        number=row.number or 0,
        activity_id=row.id,
        kind=row.kind,
        group_id=row.group_id,
        item_id=row.item_id,
        post_id=row.post_id,
        person_id=row.person_id,
        happened_at=row.happened_at,
        item=items[row.item_id] if row.item_id is not None else None,
        post=None
        if row.post_id is None
        else ToldPost(
            row.post_id,
            row.position,
            str(byline.get("name", "")),
            str(byline.get("organisation", "")),
            row.html,
            row.file_count,
        ),
        mentions=bool(row.mentions),
    )
