"""Finds the records of a WARC one after another, each with its exact bytes, in bounded memory.

What is kept of a record is its uncompressed form, from "WARC/1.0" to the two line breaks that end it: it is
the same whether the file was gzipped record by record, as a whole, or not at all; the record's own checksums
are of it; and such records laid end to end are a WARC again. It is found again by the file and its number in
it, counted from 1.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from hub.archive.sources import Source, Unreadable, limits
from hub.archive.sources.gunzip import gunzipped

GZIP_MAGIC = b"\x1f\x8b"
MARK = b"WARC/"

# One record is held in memory, and some copies of it. Pages and their pictures are smaller; films are not.
MAX_RECORD = 16 * limits.MB
# A record's own headers; true ones have a few hundred bytes, those of one-page lists some kilobytes.
MAX_HEAD = 64 * limits.KB

_LENGTH = re.compile(rb"^content-length:[ \t]*(\d{1,18})[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)


@dataclass(slots=True)
class Framed:
    """A record's bytes and number; or, where `trouble` is a code of `hub.archive.reasons`, none."""

    number: int
    raw: bytes = b""
    trouble: str = ""


def starts_like_warc(stream: BinaryIO) -> bool:
    return stream.read(len(MARK)) == MARK


def open_unpacked(source: Source, name: str, size: int) -> BinaryIO:
    """A member's bytes, also where it is gzipped. Raises Unreadable, at once or while reading."""
    if not source.holds_files:
        return source.open(name)
    with source.open(name) as stream:
        gzipped = stream.read(len(GZIP_MAGIC)) == GZIP_MAGIC
    stream = source.open(name)
    return gunzipped(stream, size) if gzipped else io.BufferedReader(stream, limits.CHUNK)  # type: ignore[type-var]


def framed(stream: BinaryIO) -> Iterator[Framed]:
    """The records of a stream in order. Damage costs what it reaches: where a record's length is wrong, the
    search goes on at the next line that begins one; what ends too early is the last."""
    number = 0
    lines = _Lines(stream)
    try:
        while lines.find_mark():
            number += 1
            yield _one(lines, number)
    except Unreadable as error:
        yield Framed(number + 1, trouble="cut_short" if error.reason == "damaged" else error.reason)


class _Lines:
    """A stream of which one line may be looked at before it is taken."""

    def __init__(self, stream: BinaryIO):
        self._stream = stream
        self._ahead: bytes | None = None

    def line(self) -> bytes:
        line, self._ahead = self._ahead, None
        return self._stream.readline(MAX_HEAD) if line is None else line

    def back(self, line: bytes) -> None:
        self._ahead = line

    def find_mark(self) -> bool:
        """Go on to the next line that begins a record; False at the end."""
        while line := self.line():
            if line.startswith(MARK):
                self.back(line)
                return True
        return False

    def read(self, count: int) -> bytes:
        return self._stream.read(count)

    def pass_over(self, count: int) -> bool:
        """Whether there were so many bytes to pass over."""
        while count and (part := self._stream.read(min(count, limits.CHUNK))):
            count -= len(part)
        return not count


def _one(lines: _Lines, number: int) -> Framed:
    head, whole = _head(lines)
    found = _LENGTH.search(head)
    if not whole or not found:
        return Framed(number, trouble="unreadable_record" if whole or len(head) > MAX_HEAD else "cut_short")
    length = int(found[1])
    if length > MAX_RECORD:
        return Framed(number, trouble="record_too_large" if lines.pass_over(length) else "cut_short")
    block = lines.read(length)
    if len(block) < length:
        return Framed(number, trouble="cut_short")
    end = lines.line()
    if not end.strip():
        second = lines.line()
        if not second.strip():
            return Framed(number, head + block + end + second)
        end = second
    lines.back(end)
    if end.startswith(MARK):  # written without the line breaks that belong between
        return Framed(number, head + block)
    return Framed(number, trouble="wrong_length")


def _head(lines: _Lines) -> tuple[bytes, bool]:
    """A record's headers with the empty line behind them, and whether that came: else they are too long, or
    the file ends."""
    head = b""
    while line := lines.line():
        head += line
        if not line.strip():
            return head, True
        if len(head) > MAX_HEAD:
            break
    return head, False
