"""What a keeper says of a table, and what is kept of it. Actor first; nothing commits here."""

from __future__ import annotations

from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import select, update

from hub.archive.actions import queue_import
from hub.archive.adapters.base import content_hash
from hub.archive.adapters.table_mapping import Mapping
from hub.archive.models import ASKS, CANCELLED, WAITING, Collection, Import, KeptMapping
from hub.archive.sources.csv_rows import plain_name
from hub.core import audit, clock
from hub.core.database import db
from hub.core.errors import Refused
from hub.core.policy import Actor

# A file that nobody says anything of is not kept for ever: it may hold what was never to be kept.
ASKED_FOR = timedelta(days=30)


def name_columns(actor: Actor, found: Import, mapping: Mapping) -> None:
    """Say what the columns of a table are; it is read then, and offered for the next table like it."""
    _only_once(found, WAITING, mapping=mapping.as_json())
    kept = kept_mapping(found.collection, mapping.names)
    if kept is None and any(mapping.names):
        kept = KeptMapping(collection_id=found.collection_id, header=_header(mapping.names))
        db.session.add(kept)
    if kept is not None:
        kept.mapping, kept.person_id, kept.kept_at = mapping.as_json(), actor.person_id, clock.now()
    audit.record(actor, "collection.name_columns", found, mapping=mapping.as_json())
    queue_import(found, after="columns")


def give_up(actor: Actor, found: Import) -> None:
    """The table is not to be read after all: nothing of it stays but its name, size and hash."""
    _only_once(found, CANCELLED, finished_at=clock.now())
    audit.record(actor, "collection.cancel_import", found)
    queue_import(found, after="columns")  # the reader deletes the file of an import that has ended


def give_up_overdue() -> None:
    """Tables of which nobody said anything in time are given up."""
    overdue = db.session.scalars(
        select(Import).where(Import.state == ASKS, Import.uploaded_at < clock.now() - ASKED_FOR)
    ).all()
    for found in overdue:
        _only_once(found, CANCELLED, finished_at=clock.now())
        queue_import(found, after="columns")


def kept_mapping(collection: Collection, names: tuple[str, ...]) -> KeptMapping | None:
    """What was last said of tables of these columns in the collection."""
    if not any(names):
        return None
    return db.session.scalar(
        select(KeptMapping).where(
            KeptMapping.collection_id == collection.id, KeptMapping.header == _header(names)
        )
    )


def _header(names: tuple[str, ...]) -> str:
    return content_hash([plain_name(name) for name in names])


def _only_once(found: Import, state: str, **values: object) -> None:
    """Of two keepers who decide at the same moment, one does."""
    changed = db.session.execute(
        update(Import).where(Import.id == found.id, Import.state == ASKS).values(state=state, **values)
    )
    if changed.rowcount != 1:
        raise Refused(_("Somebody has decided about this file already. Nothing was changed."))
    db.session.refresh(found)
