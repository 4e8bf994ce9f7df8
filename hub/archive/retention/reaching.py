"""Where else words of an erased post stand: quotes, captions, revisions, drafts, reports, requests, mail.

They are taken out of every table but the evidence itself (another collection's copy is another's decision),
in the transaction of the erasure: afterwards nobody knows any more what to look for.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import JSON, Column, String, Table, Text, cast, or_, select, update

from hub.core.database import Base, db
from hub.core.outbox import emit

# Shorter texts ("Thank you all") are anybody's words: nothing of theirs is changed for them.
FEWEST_WORDS, FEWEST_CHARACTERS = 4, 20

# Evidence and its log, and what holds no words of people.
LEFT_ALONE = frozenset(
    {
        "archived_post", "post_version", "sighting", "source_slice", "post_media", "archive_media",
        "archive_event", "archive_import", "account_name", "social_account", "citation", "log_entry",
        "log_head", "log_tile", "log_key", "log_checkpoint", "log_check", "disposal", "disposal_post", "hold",
        "person", "organisation", "community", "schedule", "schedule_entry", "schedule_draft",
    }
)  # fmt: skip

Further = Callable[[Callable[[str], bool]], int]
_further: list[tuple[str, Further]] = []


def also_in(name: str) -> Callable[[Further], Further]:
    """Register what looks beside the tables: it gets what tells whether a text holds the words, takes such
    texts away, and returns how many."""

    def register(further: Further) -> Further:
        _further.append((name, further))
        return further

    return register


def reach(texts: Sequence[str]) -> dict[str, int]:
    """Take the words out; in how many rows of which table they stood. Rooms above hear `words.taken_out`."""
    wanted = [one for one in (_Wanted.of(text) for text in texts) if one is not None]
    found: Counter[str] = Counter()
    for table in Base.metadata.sorted_tables:
        if table.name not in LEFT_ALONE and wanted:
            ids = _take_out(table, wanted)
            if ids:
                found[table.name] = len(ids)
                emit("words.taken_out", table=table.name, ids=ids)
    if wanted:
        for name, further in _further:
            if number := further(lambda text: any(one.stands_in(text) for one in wanted)):
                found[name] = number
    return dict(found)


class _Wanted:
    """A text to look for: however its white space is, quoted or not, in Markdown or in HTML."""

    def __init__(self, words: Sequence[str]) -> None:
        self.longest = max((word for word in words if "@" not in word), key=len)
        plain = r"(?:\s|>)+".join(_one(word) for word in words)
        marked = r"(?:\s|<[^<>]*>|&gt;)+".join(_one(html.escape(word, quote=False)) for word in words)
        self._pattern = re.compile(f"{plain}|{marked}")

    @classmethod
    def of(cls, text: str) -> _Wanted | None:
        # Addresses at its end were put there by the platform; whoever repeats a text leaves them out.
        words = re.sub(r"(\s*https?://\S+)+\s*\Z", "", text).split()
        own = [word for word in words if "@" not in word]
        if len(own) < FEWEST_WORDS or len(" ".join(words)) < FEWEST_CHARACTERS:
            return None
        return cls(words)

    def stands_in(self, text: str) -> bool:
        return self._pattern.search(text) is not None

    def out_of(self, text: str) -> str:
        return self._pattern.sub(_("[erased]"), text)


def _one(word: str) -> str:
    """Whoever is mentioned may be masked where the words are repeated."""
    return r"\S.{0,60}?" if "@" in word else re.escape(word)


def _take_out(table: Table, wanted: Sequence[_Wanted]) -> list[int]:
    """Ids of the rows that were changed (of a table without ids, as many zeros)."""
    columns = [column for column in table.columns if _holds_text(column)]
    if not columns:
        return []
    keys = list(table.primary_key)
    asked = [
        cast(column, Text).contains(one.longest, autoescape=True) for column in columns for one in wanted
    ]
    changed = []
    for row in db.session.execute(select(*keys, *columns).where(or_(*asked))).all():
        values = dict(_changes(columns, row[len(keys) :], wanted))
        if values:
            which = [key == value for key, value in zip(keys, row, strict=False)]
            db.session.execute(update(table).where(*which).values(values))
            changed.append(row[0] if isinstance(row[0], int) else 0)
    return changed


def _holds_text(column: Column[Any]) -> bool:
    if column.primary_key or column.foreign_keys:
        return False
    kind = column.type
    return isinstance(kind, JSON) or (isinstance(kind, String) and (kind.length or 1000) > 60)


def _changes(
    columns: Sequence[Column[Any]], values: Sequence[Any], wanted: Sequence[_Wanted]
) -> Iterator[tuple[Column[Any], Any]]:
    for column, value in zip(columns, values, strict=True):
        after = _without(value, wanted)
        if after != value:
            yield column, after


def _without(value: Any, wanted: Sequence[_Wanted]) -> Any:
    if isinstance(value, str):
        for one in wanted:
            value = one.out_of(value)
        return value
    if isinstance(value, list):
        return [_without(each, wanted) for each in value]
    if isinstance(value, dict):
        return {key: _without(each, wanted) for key, each in value.items()}
    return value
