"""Holds one entry against what it seals: its commitment, its statement, and the rows as they are now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from hub.archive.models import ERASED, ArchiveEvent
from hub.core.database import db

from . import hashing, statements
from .faults import Fault
from .models import LogEntry
from .statements import Facts

TABLES = (
    (0, "archive_event"), (40, "archived_post"), (8, "post_version"), (9, "sighting"), (15, "social_account"),
    (7, "archive_import"),
)  # fmt: skip


class Erasures:
    """Which entries of a collection were lawfully erased, and under what authority."""

    def __init__(self, collection_id: int):
        self._authority: dict[int, str] = {}
        for details in db.session.scalars(
            select(ArchiveEvent.details).where(
                ArchiveEvent.collection_id == collection_id,
                ArchiveEvent.kind == ERASED,
                ArchiveEvent.import_id.is_(None),  # a bag's tell of entries of another log
            )
        ):
            for seq in details.get("entries", ()):
                self._authority[seq] = details.get("authority", "")

    def authority(self, seq: int) -> str | None:
        """The authority under which an entry was erased; None: it was not."""
        return self._authority.get(seq)


def against_rows(
    entry: Any, row: Sequence[Any], facts: Facts, path: str, erasures: Erasures
) -> Iterator[Fault]:
    """Faults of one entry (seq, event_id, statement, salt, commitment) beside its event's row.

    row: `reading.COLUMNS`; all None when the event is not there. path: of the collection.
    """
    seq, event_id, statement, salt, committed = entry
    post = f"{path}/posts/{row[12]}" if row[12] else ""
    if statement is None or salt is None:
        if erasures.authority(seq) is None:
            yield Fault("statement_gone", {"seq": seq, "post": post})
        return
    if not commits_to(statement, salt, committed):
        yield Fault("commitment", {"seq": seq, "post": post})
        return
    if row[0] is None:
        yield Fault("event_gone", {"seq": seq, "event": event_id})
        return
    made = as_rows_say(row, facts)
    if made != statement:
        yield Fault(
            "rows",
            {
                "seq": seq,
                "kind": row[1],
                "post": post,
                "fields": differing(statement, made),
                "rows": [[table, row[place]] for place, table in TABLES if row[place] is not None],
            },
        )


def as_rows_say(row: Sequence[Any], facts: Facts) -> str:
    try:
        return statements.write(row, facts)
    except (TypeError, ValueError, AttributeError):
        return ""  # a damaged row may hold anything


def commits_to(statement: str, salt: bytes, committed: bytes) -> bool:
    try:
        return hashing.commitment(statement, salt) == committed
    except (KeyError, TypeError, ValueError, AttributeError):
        return False  # it names a part that no statement has, or is no text


def differing(sealed: str, made: str) -> list[str]:
    """Where two statements differ: "part" or "part.field"."""
    before = statements.parts_of(sealed)
    try:
        after = statements.parts_of(made)
    except ValueError:
        return ["unreadable"]
    found = []
    for name in sorted({*before, *after}):
        one, other = before.get(name), after.get(name)
        if one == other:
            continue
        if isinstance(one, Mapping) and isinstance(other, Mapping) and name != "act":
            fields = sorted({*one, *other})
            found += [f"{name}.{field}" for field in fields if one.get(field) != other.get(field)]
        else:
            found.append(name)
    return found


ENTRY = (LogEntry.seq, LogEntry.event_id, LogEntry.statement, LogEntry.salt, LogEntry.commitment)
