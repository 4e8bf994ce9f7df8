"""What a watched address answered: `hub.archive.capturing.watching` makes the file.

It holds each answer as it came, when it came and from where, and what was asked about posts that the address
no longer lists. The answers themselves are read by the adapters of their own formats.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, BinaryIO

from flask_babel import lazy_gettext as _l

from hub.archive.adapters.base import (
    Account,
    Adapter,
    CapturedPost,
    Deletion,
    LeftOut,
    Record,
    Slice,
)
from hub.archive.adapters.fields import as_dict, as_word, dicts, iso_time
from hub.archive.sources import Broken, Member, Source, Unreadable
from hub.archive.sources.json_stream import line_rows, single_value

LOOK, ASKED, MARK = "look.json", "asked.jsonl", "Knowledge Hub look at a watched address"
KEPT = (Account, CapturedPost, LeftOut)

Recognise = Callable[[Source], Adapter]


class OneMember:
    """One file of a source, as if it had been uploaded by itself."""

    holds_files = False
    refused: tuple = ()

    def __init__(self, source: Source, name: str):
        self._source, self._name = source, name

    def members(self) -> Iterator[Member]:
        return (member for member in self._source.members() if member.name == self._name)

    def has(self, name: str) -> bool:
        return name == self._name

    def open(self, name: str) -> BinaryIO:
        return self._source.open(name)

    def close(self) -> None:
        return None


class Watched:
    """`recognise`: finds the adapter of an answer's own format."""

    name = "watched"
    label = _l("Watched address")
    evidence = "capture"
    how = _l("An address that the hub looks at again and again: choose “Watch an address”.")

    def __init__(self, recognise: Recognise):
        self._recognise = recognise

    def recognises(self, source: Source) -> bool:
        return source.holds_files and source.has(LOOK) and _look(source).get("made_as") == MARK

    def read(self, source: Source) -> Iterator[Record]:
        look = _look(source)
        looked_at = iso_time(look.get("looked_at"))
        for answer in dicts(look.get("answers")):
            name = as_word(answer.get("file")) or ""
            if source.has(name):
                yield from read_answer(OneMember(source, name), looked_at, self._recognise)
        if source.has(ASKED):
            yield from _asked(source)


def read_answer(answer: Source, looked_at: datetime | None, recognise: Recognise) -> Iterator[Record]:
    """The accounts and posts of an answer, seen at that moment."""
    for record in recognise(answer).read(answer):
        if isinstance(record, CapturedPost):
            record.evidence = "capture"
            record.captured_at = record.captured_at or looked_at
        if isinstance(record, KEPT):
            yield record


def _look(source: Source) -> dict[str, Any]:
    try:
        with source.open(LOOK) as stream:
            return as_dict(single_value(stream))
    except (Broken, Unreadable):
        return {}


def _asked(source: Source) -> Iterator[Record]:
    """Posts that were asked for at their own address, and were not there."""
    with source.open(ASKED) as stream:
        for row in line_rows(stream):
            told = {} if isinstance(row, Broken) else as_dict(row.value)
            platform, post_id = as_word(told.get("platform")), as_word(told.get("post_id"), 500)
            if platform and post_id and told.get("gone") is True:
                yield Deletion(
                    platform=platform,
                    post_id=post_id,
                    told_by="watch",
                    source=Slice(row.raw, ASKED, row.number),
                    # An address may fail for many reasons; a platform that says "gone" means it.
                    cause="deleted" if told.get("says_so") is True else "unknown",
                    posted_at=iso_time(told.get("posted_at")),
                    known_at=iso_time(told.get("asked_at")),
                )
