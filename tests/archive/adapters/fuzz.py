"""Puts something else in the place of every value of a fixture, one at a time."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from hub.archive.adapters.base import Account, CapturedPost, Deletion, LeftOut
from hub.archive.reasons import LEFT_OUT

#: What no field expects: nothing, numbers, the wrong shape, text that is too long or that no database takes.
ODDITIES: tuple[Any, ...] = (
    None, True, -1, 1.5, 10**400, "", "x" * 100_000, "\ud83d\x00", "2024-99-99", "https://[",
    [], [None], [[]], {}, {"id": 7}, {"": ""},
)  # fmt: skip


def with_one_odd_value(value: Any) -> Iterator[Any]:
    """The value again and again, each time with one of its parts replaced by one oddity, deepest included."""
    for path in _paths(value):
        for oddity in ODDITIES:
            changed = copy.deepcopy(value)
            holder = changed
            for key in path[:-1]:
                holder = holder[key]
            holder[path[-1]] = copy.deepcopy(oddity)
            yield changed


def odd_values(value: Any) -> Iterator[Any]:
    """The same, and oddities in the place of the whole value."""
    return (odd for (odd,) in with_one_odd_value([value]))


def _paths(value: Any, before: tuple = ()) -> Iterator[tuple]:
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in parts:
        yield (*before, key)
        yield from _paths(part, (*before, key))


def assert_sound(records: list[Any]) -> None:
    """Every record is such that the archive's tables take it, whatever it was made from."""
    for record in records:
        if isinstance(record, CapturedPost):
            parent = record.reply_to
            ids = [record.post_id, record.version_id, record.account_id, *record.chain]
            others = [record.quotes, record.reposts, parent and parent.post_id, parent and parent.account_id]
            assert all(_is_id(one) for one in ids)
            assert all(_is_id(one) for one in others if one is not None)
            assert isinstance(record.text, str)
            assert len(record.url or "") <= 500
            assert len(record.language or "") <= 10
            assert len(record.stated_at or "") <= 200
            assert record.source.raw
            assert all(len(one.key) <= 500 and one.kind in MEDIA_KINDS for one in record.media)
            assert all(isinstance(one.shown, str) and isinstance(one.expanded, str) for one in record.links)
            assert all(_is_moment(one) for one in (record.posted_at, record.written_at, record.captured_at))
        elif isinstance(record, Account):
            assert _is_id(record.account_id)
            assert len(record.handle or "") <= 200
            assert len(record.name or "") <= 200
        elif isinstance(record, Deletion):
            assert _is_id(record.post_id)
            assert record.account_id is None or _is_id(record.account_id)
            assert all(_is_moment(one) for one in (record.posted_at, record.deleted_at, record.known_at))
        elif isinstance(record, LeftOut):
            assert record.reason in LEFT_OUT
            assert isinstance(record.file, str)


MEDIA_KINDS = {"photo", "video", "animation", "other"}


def _is_id(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= 500 and value.isprintable()


def _is_moment(value: Any) -> bool:
    return value is None or value.tzinfo is not None
