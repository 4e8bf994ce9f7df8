"""Counting, versions and news: what every action on the spine shares."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm.attributes import set_committed_value

from hub.content.models import Activity, Item, Numbering, Post
from hub.core import clock, search
from hub.core.database import db
from hub.core.outbox import emit
from hub.core.policy import Actor

# Documents that one message to the index names.
TOLD_AT_ONCE = 500


def change_item(item: Item, *criteria: Any, **values: Any) -> bool:
    """Change an item's row in one statement, raise its version, and bring `item` up to date.

    Values may be SQL expressions, so that counters are right however many write at once. False, and nothing
    changed, if the row no longer meets the criteria.
    """
    names = [*values, "version"]
    changed = db.session.execute(
        update(Item.__table__)
        .where(Item.id == item.id, *criteria)
        .values(**values, version=Item.version + 1)
        .returning(*(Item.__table__.c[name] for name in names))
    ).one_or_none()
    if changed is None:
        return False
    for name, value in zip(names, changed, strict=True):
        set_committed_value(item, name, value)
    return True


def hold_item(item: Item) -> None:
    """Whoever else changes the item, or adds to it, waits until this transaction ends. Posts of the item that
    are to be changed are held before it, always in this order."""
    db.session.execute(select(Item.id).where(Item.id == item.id).with_for_update(key_share=True))


def hold_numbering() -> Numbering:
    """The last number that an activity got, held until this transaction ends: nobody numbers beside it."""
    numbering = db.session.scalars(select(Numbering).with_for_update()).one_or_none()
    if numbering is None:
        numbering = Numbering(id=1, last_number=0)
        db.session.add(numbering)
        db.session.flush()
    return numbering


def touch(item: Item) -> None:
    """Something that the item's page shows has changed: what was cached of it is out of date."""
    change_item(item)


def add_once(model: type, **values: Any) -> Row[Any] | None:
    """Insert a row unless it is there already. Its primary key, if it was inserted."""
    dialect = postgresql if db.session.get_bind().dialect.name == "postgresql" else sqlite
    values = {"created_at": clock.now(), **values} if hasattr(model, "created_at") else values
    table = model.__table__  # type: ignore[attr-defined]
    insert = dialect.insert(table).values(values).on_conflict_do_nothing()
    return db.session.execute(insert.returning(*table.primary_key)).first()


def happened(kind: str, actor: Actor, item: Item, post: Post | None = None) -> Activity:
    """Tell that something happened: the worker numbers it, digests and notices follow."""
    return _told(
        Activity(
            kind=kind,
            group_id=item.group_id,
            item_id=item.id,
            post_id=post.id if post is not None else None,
            person_id=actor.person_id,
        )
    )


def happened_in(kind: str, group_id: int, person_id: int | None) -> Activity:
    """The same of a group, rather than of an item in it."""
    return _told(Activity(kind=kind, group_id=group_id, person_id=person_id))


def happened_again(kind: str, actor: Actor, item: Item, post: Post, at: datetime) -> Activity:
    """The same of what happened at a moment before, and was out of sight meanwhile."""
    activity = happened(kind, actor, item, post)
    activity.happened_at = at
    return activity


def _told(activity: Activity) -> Activity:
    db.session.add(activity)
    db.session.flush()
    emit("activity", activity_id=activity.id)
    return activity


def changed(item: Item, post: Post | None = None) -> None:
    """What can be found of the item (or of one post in it) is no longer what it was."""
    if post is not None:
        search.changed(f"post:{post.id}")
        return
    ids = db.session.scalars(select(Post.id).where(Post.item_id == item.id).order_by(Post.id)).all()
    for start in range(0, len(ids), TOLD_AT_ONCE):
        search.changed(*(f"post:{post_id}" for post_id in ids[start : start + TOLD_AT_ONCE]))
