"""ActivityStreams 2.0 as somebody captured it: one object, a list, lines, or a collection with its items."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

from flask_babel import lazy_gettext as _l

from hub.archive.adapters.activity import COLLECTIONS, CONTEXT, TYPES, Reading, read_activity, type_of
from hub.archive.adapters.activity_fields import as_list
from hub.archive.adapters.base import ROWS_BETWEEN_SIGNS, Counted, Record, StillReading
from hub.archive.adapters.capture_file import first_values, read_capture
from hub.archive.adapters.fields import as_count, as_dict
from hub.archive.sources import Broken, Source, Unreadable
from hub.archive.sources.json_lists import member_rows
from hub.archive.sources.json_spans import Part
from hub.archive.sources.json_stream import Row, stream_rows

ITEMS = ("orderedItems", "items")
# A collection may hold its first page whole.
PAGES = ("first",)
# Beside @context and type, one of these makes sure that it is not something else with a type.
TELLING = frozenset({"actor", "attributedTo", "object", "inReplyTo", "published", *ITEMS})
OPENING = b"\xef\xbb\xbf \t\r\n"


class ActivityStreams:
    name = "activitystreams"
    label = "ActivityStreams file"
    evidence = "capture"
    how = _l(
        "Posts of Mastodon and other Fediverse servers as their servers give them to one another: objects, "
        "activities or whole collections, in JSON."
    )

    def recognises(self, source: Source) -> bool:
        if source.holds_files:
            return False
        head = _head(source)
        return _is_ours(head) if head else any(_is_ours(value) for value in first_values(source))

    def read(self, source: Source) -> Iterator[Record]:
        head = _head(source)
        if type_of(head) in COLLECTIONS:
            yield from _collection(source)
        elif head:
            yield from _single(source)
        else:
            yield from read_capture(source, _read)


def _read(row: Row, file: str) -> Iterator[Record]:
    return read_activity(Part(row.value, row.raw), row.number, Reading("capture", file))


def _is_ours(value: Any) -> bool:
    value = as_dict(value)
    if CONTEXT in as_list(value.get("@context")):
        return True
    return bool(type_of(value)) and not TELLING.isdisjoint(value) and type_of(value) in TYPES


def _head(source: Source) -> dict[str, Any]:
    """What an object that is a whole file says before its first item; {} when there is no such object."""
    name = _file(source)
    head: dict[str, Any] = {}
    try:
        with source.open(name) as stream:
            if not stream.read(1_000).lstrip(OPENING).startswith(b"{"):
                return {}
        with source.open(name) as stream:
            if any(True for _ in itertools.islice(member_rows(stream, ITEMS, PAGES, head), 1)):
                head.setdefault("items", [])
    except (Broken, Unreadable):
        return {}
    return head


def _single(source: Source) -> Iterator[Record]:
    name = _file(source)
    try:
        with source.open(name) as stream:
            rows = list(stream_rows(stream))
    except Broken as error:
        raise Unreadable(error.reason, str(error.row)) from error
    for row in rows:
        yield from _read(row, name)


def _collection(source: Source) -> Iterator[Record]:
    """The items of a collection: read to their end once, so that a broken file is left out whole."""
    name = _file(source)
    head: dict[str, Any] = {}
    found = 0
    try:
        with source.open(name) as stream:
            for found, _ in enumerate(member_rows(stream, ITEMS, PAGES, head), 1):
                if found % ROWS_BETWEEN_SIGNS == 0:
                    yield StillReading()
    except Broken as error:
        raise Unreadable(error.reason, str(error.row)) from error
    yield Counted(name, as_count(head.get("totalItems")), found)
    with source.open(name) as stream:
        for row in member_rows(stream, ITEMS, PAGES):
            yield from _read(row, name)


def _file(source: Source) -> str:
    return next(iter(source.members())).name
