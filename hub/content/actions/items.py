"""Starting, filing, closing and linking items."""

from collections.abc import Iterable, Sequence
from datetime import date
from secrets import randbelow

from sqlalchemy import select, update

from hub.content.models import JURISDICTIONS, OPENING, Item, Link, Post, StoredFile, Topic
from hub.content.rules import DRAWN_NUMBERS, LONGEST_SUMMARY, LONGEST_TITLE
from hub.core import clock
from hub.core.audit import record
from hub.core.database import db
from hub.core.policy import Actor
from hub.groups.models import Group

from .following import watch
from .permitting import acting_person, permit
from .posts import write_post
from .rendering import first_words
from .spine import add_once, change_item, changed, happened


def start_item(
    actor: Actor,
    group: Group,
    kind: str,
    title: str,
    source: str,
    *,
    topics: Iterable[Topic] = (),
    applies_to: str = "",
    law_date: date | None = None,
    replies_by: date | None = None,
    summary: str = "",
    state: str = "open",
    published: bool = True,
    files: Sequence[StoredFile] = (),
) -> Item:
    """A new item with its opening post, in the group's next number. files: the actor's own, that wait.

    Unpublished, it is its author's draft, and its number is drawn: a gap in the count would tell others that
    something exists which they may not see.
    """
    permit(actor, "group.write", group)
    now = clock.now()
    item = Item(
        group=group,
        group_id=group.id,
        number=_next_number(group) if published else _unguessable_number(group),
        kind=kind,
        state=state,
        author_id=actor.person_id,
        byline=acting_person(actor).byline(),
        title=_title(title),
        summary=summary.strip()[:LONGEST_SUMMARY],
        applies_to=applies_to if applies_to in JURISDICTIONS else "",
        law_date=law_date,
        replies_by=replies_by,
        created_at=now,
        published_at=now if published else None,
        last_activity_at=now,
        last_position=1,
        topics=list(topics),
    )
    db.session.add(item)
    db.session.flush()
    post = write_post(actor, item, OPENING, source, position=1, files=files)
    if not item.summary:
        item.summary = first_words(post.html)
    watch(actor, item)
    if published:
        happened("published", actor, item, post)
    changed(item)
    return item


def _next_number(group: Group) -> int:
    """Counted in one statement: two who start at once get two numbers."""
    number: int = db.session.execute(
        update(Group.__table__)
        .where(Group.id == group.id)
        .values(last_number=Group.last_number + 1)
        .returning(Group.__table__.c.last_number)
    ).scalar_one()
    return number


def _unguessable_number(group: Group) -> int:
    taken = True
    while taken:
        number = DRAWN_NUMBERS.start + randbelow(len(DRAWN_NUMBERS))
        taken = (
            db.session.scalar(select(Item.id).where(Item.group_id == group.id, Item.number == number))
            is not None
        )
    return number


def edit_item(
    actor: Actor,
    item: Item,
    *,
    title: str,
    topics: Iterable[Topic],
    applies_to: str = "",
    law_date: date | None = None,
    replies_by: date | None = None,
) -> Item:
    """Change an item's title, topics, where it applies, and until when a discussion asks for replies."""
    permit(actor, "item.edit", item)
    before = item.title
    item.topics = list(topics)
    change_item(
        item,
        title=_title(title),
        applies_to=applies_to if applies_to in JURISDICTIONS else "",
        law_date=law_date,
        replies_by=replies_by,
    )
    if before != item.title:
        record(actor, "item.retitled", item, before=before, after=item.title)
    changed(item)
    return item


def close_item(actor: Actor, item: Item, reason: str = "") -> None:
    """No new posts from now on. Readers see that it is closed."""
    permit(actor, "item.moderate", item)
    if change_item(item, Item.closed_at.is_(None), closed_at=clock.now()):
        record(actor, "item.closed", item, reason=reason)


def reopen_item(actor: Actor, item: Item) -> None:
    permit(actor, "item.moderate", item)
    if change_item(item, Item.closed_at.is_not(None), closed_at=None):
        record(actor, "item.reopened", item)


def link_items(actor: Actor, source: Item, target: Item, kind: str, post: Post | None = None) -> None:
    """Let one item lead to another. Who may do so is the asking room's to judge; twice is once."""
    values = {"from_item_id": source.id, "to_item_id": target.id, "kind": kind}
    if add_once(Link, **values, from_post_id=post.id if post is not None else None):
        change_item(source)
        change_item(target)


def _title(title: str) -> str:
    return " ".join(title.split())[:LONGEST_TITLE]
