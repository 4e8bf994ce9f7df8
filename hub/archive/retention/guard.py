"""Nothing of an archived post is deleted by anybody who has not asked whether it is held.

The session itself refuses it: a statement that deletes such rows, or what they hang on, outside of a `with`
of `holds` is a developer's mistake, and nothing is deleted.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState, Session

from hub.archive.models import (
    AccountName,
    ArchivedPost,
    ArchiveEvent,
    Citation,
    Collection,
    Import,
    Media,
    PostMedia,
    PostVersion,
    Sighting,
    SocialAccount,
    SourceSlice,
)
from hub.core.database import db

# The evidence itself, and the rows whose deletion takes evidence along.
GUARDED = (
    ArchivedPost, PostVersion, Sighting, Citation, SourceSlice, Media, PostMedia, ArchiveEvent, SocialAccount,
    AccountName, Import, Collection,
)  # fmt: skip
_TABLES = frozenset(model.__tablename__ for model in GUARDED)

_asked: ContextVar[bool] = ContextVar("asked", default=False)


class NotAsked(RuntimeError):
    """Something would delete evidence without asking for holds. A developer's mistake: nothing is deleted."""

    def __init__(self, table: str) -> None:
        super().__init__(
            f"Rows of {table} are deleted only within hub.archive.retention.holds.deleting(posts) or "
            "unseen(import), which ask whether anything is held."
        )


@contextmanager
def asked() -> Iterator[None]:
    """What follows may delete: `holds` has looked."""
    token = _asked.set(True)
    try:
        yield
        db.session.flush()  # what was deleted as a loaded row is deleted here, not at the commit
    finally:
        _asked.reset(token)


@event.listens_for(Session, "do_orm_execute")
def _no_statement_unasked(state: ORMExecuteState) -> None:
    if state.is_delete and not _asked.get():
        table = getattr(state.statement, "table", None)
        if table is not None and table.name in _TABLES:
            raise NotAsked(table.name)


@event.listens_for(Session, "before_flush")
def _no_row_unasked(session: Session, _context: Any, _instances: Any) -> None:
    if _asked.get():
        return
    for row in session.deleted:
        if isinstance(row, GUARDED):
            raise NotAsked(row.__tablename__)
