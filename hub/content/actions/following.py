"""Watching items, and how far one has read."""

from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite

from hub.content.models import Item, ReadMark, Watch
from hub.core import clock
from hub.core.database import db
from hub.core.policy import Actor

from .permitting import permit
from .spine import add_once


def watch(actor: Actor, item: Item) -> None:
    """Be told what happens to the item."""
    permit(actor, "item.watch", item)
    add_once(Watch, person_id=actor.person_id, item_id=item.id)


def unwatch(actor: Actor, item: Item) -> None:
    permit(actor, "item.watch", item)
    db.session.execute(
        delete(Watch.__table__).where(Watch.person_id == actor.person_id, Watch.item_id == item.id)
    )


def mark_read(actor: Actor, item: Item, position: int) -> None:
    """The actor has read the item up to a position. Marks only move on."""
    if actor.person_id is not None:
        write_marks({(actor.person_id, item.id): position})


def write_marks(marks: dict[tuple[int, int], int]) -> None:
    """Several marks in one statement: (person id, item id) -> position."""
    dialect = postgresql if db.session.get_bind().dialect.name == "postgresql" else sqlite
    now = clock.now()
    insert = dialect.insert(ReadMark).values(
        [
            {"person_id": person_id, "item_id": item_id, "position": position, "read_at": now}
            for (person_id, item_id), position in sorted(marks.items())
        ]
    )
    db.session.execute(
        insert.on_conflict_do_update(
            index_elements=["person_id", "item_id"],
            set_={"position": insert.excluded.position, "read_at": insert.excluded.read_at},
            where=ReadMark.position < insert.excluded.position,
        )
    )
