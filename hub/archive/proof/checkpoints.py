"""Checkpoints: the head of each collection's tree, signed once a day, for whoever holds them outside."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from flask import current_app
from sqlalchemy import func, select

from hub.archive.models import Collection
from hub.core import clock
from hub.core.database import db, unit_of_work

from . import log_keys, notes
from .models import LogCheckpoint, LogHead
from .tree import tree_of


def make(collection_id: int) -> LogCheckpoint | None:
    """Sign the head of a collection's tree as it is now; None when nothing is new since the last."""
    with unit_of_work() as session:
        size = session.scalar(select(LogHead.size).where(LogHead.collection_id == collection_id)) or 0
        last = last_of(collection_id)
        if not size or (last is not None and last.size >= size):
            return None
        collection = session.get_one(Collection, collection_id)
        root = tree_of(collection_id).root(size)
        origin = log_keys.origin_of(collection)
        log_keys.record_key(origin.partition("/")[0])
        made = LogCheckpoint(
            collection_id=collection_id,
            size=size,
            root=root,
            note=notes.write(origin, size, root, log_keys.signing_key()),
            made_at=clock.now(),
        )
        session.add(made)
        return made


def collections_with_news() -> Sequence[int]:
    """Collections whose log has grown since their last checkpoint."""
    last = (
        select(func.max(LogCheckpoint.size))
        .where(LogCheckpoint.collection_id == LogHead.collection_id)
        .scalar_subquery()
    )
    return db.session.scalars(
        select(LogHead.collection_id)
        .where(LogHead.size > func.coalesce(last, 0))
        .order_by(LogHead.collection_id)
    ).all()


def last_of(collection_id: int) -> LogCheckpoint | None:
    return db.session.scalar(
        select(LogCheckpoint)
        .where(LogCheckpoint.collection_id == collection_id)
        .order_by(LogCheckpoint.size.desc())
        .limit(1)
    )


def first_to_hold(collection_id: int, seq: int) -> LogCheckpoint | None:
    """The earliest checkpoint that an entry is under: since then it could not be changed unnoticed."""
    return db.session.scalar(
        select(LogCheckpoint)
        .where(LogCheckpoint.collection_id == collection_id, LogCheckpoint.size > seq)
        .order_by(LogCheckpoint.size)
        .limit(1)
    )


def all_of(collection_ids: Iterable[int] | None = None) -> Sequence[LogCheckpoint]:
    """Every checkpoint, of some collections or of all, in the order in which they were made."""
    statement = select(LogCheckpoint).order_by(LogCheckpoint.collection_id, LogCheckpoint.size)
    if collection_ids is not None:
        statement = statement.where(LogCheckpoint.collection_id.in_(list(collection_ids)))
    return db.session.scalars(statement).all()


def some(ids: Iterable[int]) -> Sequence[LogCheckpoint]:
    """Checkpoints by their ids."""
    return db.session.scalars(
        select(LogCheckpoint).where(LogCheckpoint.id.in_(list(ids))).order_by(LogCheckpoint.id)
    ).all()


def in_one_file(checkpoints: Iterable[LogCheckpoint]) -> str:
    """As they are exported: one after another, each a whole signed note."""
    return "\n".join(one.note for one in checkpoints)


def witnesses() -> list[str]:
    """The addresses that get each day's checkpoints."""
    said = current_app.extensions["settings"].witnesses
    return [address.strip() for address in said.split(",") if address.strip()]
