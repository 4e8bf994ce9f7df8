"""What the captures of the Twitter API have in common: a file of JSON values, however they are laid out."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from hub.archive.adapters.base import ROWS_BETWEEN_SIGNS, LeftOut, Record, StillReading
from hub.archive.sources import Broken, Source, Unreadable
from hub.archive.sources.json_stream import Row, array_rows, line_rows, stream_rows

# A capture may begin with a message of the service, or a damaged line.
LOOKED_AT = 20


def capture_rows(source: Source) -> Iterator[Row | LeftOut | StillReading]:
    """The values of a capture: one a line, all in one array, or one after another over several lines.

    An unreadable line costs itself. An array or a value that goes on over lines cannot be taken up again
    behind damage, so an unreadable file of that kind is left out whole: it is read to its end once before
    anything is given.
    """
    name = _file(source)
    framing = _framing(source, name)
    if framing is line_rows:
        yield from _lines(source, name)
        return
    try:
        with source.open(name) as stream:
            for row in framing(stream):
                if row.number % ROWS_BETWEEN_SIGNS == 0:
                    yield StillReading()
    except (Broken, Unreadable) as error:
        yield LeftOut(error.reason, name, detail=str(getattr(error, "row", "")))
        return
    with source.open(name) as stream:
        yield from framing(stream)


def read_capture(source: Source, read: Callable[[Row, str], Iterable[Record]]) -> Iterator[Record]:
    """The records of a capture: those that `read` makes of each row (given with the file's name), and what
    `capture_rows` says between them."""
    file = _file(source)
    for row in capture_rows(source):
        if isinstance(row, Row):
            yield from read(row, file)
        else:
            yield row


def first_values(source: Source) -> list[Any]:
    """The first few values that can be read, to recognise a format by."""
    if source.holds_files:
        return []
    try:
        name = _file(source)
        with source.open(name) as stream:
            rows = itertools.islice(_framing(source, name)(stream), LOOKED_AT)
            return [row.value for row in _until_broken(rows) if isinstance(row, Row)]
    except (Broken, Unreadable):
        return []


def _until_broken(rows: Iterator[Row | Broken]) -> Iterator[Row | Broken]:
    try:
        yield from rows
    except Broken:
        return


def _lines(source: Source, name: str) -> Iterator[Row | LeftOut]:
    with source.open(name) as stream:
        try:
            for row in line_rows(stream):
                yield LeftOut(row.reason, name, detail=str(row.row)) if isinstance(row, Broken) else row
        except Unreadable as error:
            yield LeftOut(error.reason, name, detail=error.detail)


def _file(source: Source) -> str:
    return next(iter(source.members())).name


def _framing(source: Source, name: str):
    """Which of the three readers fits: an array by its bracket, lines by a first line that stands alone."""
    with source.open(name) as stream:
        start = stream.read(1_000).lstrip(b"\xef\xbb\xbf \r\n\t")
    if start.startswith(b"["):
        return array_rows
    with source.open(name) as stream:
        tried = list(itertools.islice(line_rows(stream), LOOKED_AT))
    return line_rows if any(isinstance(row, Row) and _stands_alone(row) for row in tried) else stream_rows


def _stands_alone(row: Row) -> bool:
    """A line of a value that goes on over lines can be JSON by accident ("{}" , "1"), but not a message."""
    return isinstance(row.value, dict) and bool(row.value)
