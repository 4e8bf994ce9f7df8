"""Reads the records of a CSV file one after another, in constant memory, each with its exact bytes.

A record is what Excel and Python's own reader take for one: fields between delimiters; a field in quotes may
hold delimiters, line breaks and doubled quotes. Structure is found in a text that gives back its very bytes,
whatever they were, and only then are the fields decoded.
"""

from __future__ import annotations

import codecs
import itertools
import re
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import BinaryIO

from hub.archive.sources import limits
from hub.archive.sources.json_stream import Broken

UTF_8, UTF_16_LE, UTF_16_BE, WINDOWS_1252 = "utf-8", "utf-16-le", "utf-16-be", "windows-1252"
BOMS = (
    (codecs.BOM_UTF8, UTF_8),
    (codecs.BOM_UTF16_LE, UTF_16_LE),
    (codecs.BOM_UTF16_BE, UTF_16_BE),
)
DELIMITERS = (",", ";", "\t")
# A table of more columns than this is not one of posts; a hostile line of commas is not worth its cells.
MOST_CELLS = 1_000
# To choose the delimiter, and to see what a file is.
LOOKED_AT_BYTES = 64 * limits.KB
LOOKED_AT_ROWS = 50
# Excel's own first line, which names the delimiter and is no record.
SEPARATOR_LINE = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)

# How many rows are checked between two signs of life.
ROWS_BETWEEN_SIGNS = 5_000

Open = Callable[[], BinaryIO]


@dataclass(slots=True)
class CsvRow:
    """A record: its cells, its number in the file (from 1, blank lines not counted) and its exact bytes."""

    cells: list[str]
    raw: bytes
    number: int


@dataclass(frozen=True, slots=True)
class Look:
    """How a file is written. `skip`: bytes before its first record (a byte order mark, Excel's "sep=" line).
    `escaped`: a quote within quotes is written \\" instead of doubled."""

    encoding: str
    delimiter: str
    skip: int = 0
    escaped: bool = False

    @property
    def wide(self) -> bool:
        """Whether a character takes two bytes."""
        return self.encoding in (UTF_16_LE, UTF_16_BE)


def look_at(open_file: Open, *, whole: bool = True) -> Look:
    """How a file is written. `whole`: read it to its end to know that it is UTF-8; else judge by its start.

    Raises Broken("encoding") for what is no text.
    """
    with open_file() as stream:
        start = _read_full(stream, LOOKED_AT_BYTES)
    encoding, skip = _marked(start)
    if not encoding:
        encoding = _unmarked(start)
    if not encoding:
        encoding = UTF_8 if _is_utf_8(open_file, whole=whole) else WINDOWS_1252
    text = _structure(start[skip:], encoding)
    named = SEPARATOR_LINE.match(text)
    if named and named[1] in DELIMITERS:
        width = 2 if encoding in (UTF_16_LE, UTF_16_BE) else 1
        return Look(encoding, named[1], skip + len(named[0]) * width)
    return Look(encoding, _delimiter(text), skip)


def csv_rows(stream: BinaryIO, look: Look) -> Iterator[CsvRow]:
    """The records of a file, blank lines left out.

    Raises Broken: "cut_short" when a quote is never closed, "value_too_large" when a record is larger than we
    read. What was given before it stays good; a caller that must not keep halves reads the file twice.
    """
    window = _Window(stream, look)
    number = 0
    while (found := window.record(number + 1)) is not None:
        cells, raw = found
        if len(cells) > 1 or cells[0].strip():
            number += 1
            yield CsvRow(cells, raw, number)


def settled(open_file: Open, look: Look, width: int) -> Generator[None, None, tuple[Look, int]]:
    """Returns the look under which most records have `width` cells, and how many records there are under it.

    Reads the whole file, so that nothing of one that breaks off is ever kept by halves, and yields now and
    then meanwhile. Raises Broken.
    """
    tried: list[tuple[int, int, Look]] = []
    broken: Broken | None = None
    for one in (look, replace(look, escaped=True)):
        try:
            odd, count = yield from _odd_rows(open_file, one, width)
        except Broken as error:
            broken = broken or error
            continue
        if not odd:
            return one, count
        tried.append((odd, count, one))
    if not tried:
        raise broken or Broken("cut_short")
    _, count, best = min(tried, key=lambda one: one[0])
    return best, count


def _odd_rows(open_file: Open, look: Look, width: int) -> Generator[None, None, tuple[int, int]]:
    odd = count = 0
    with open_file() as stream:
        for row in csv_rows(stream, look):
            count += 1
            odd += len(row.cells) != width
            if count % ROWS_BETWEEN_SIGNS == 0:
                yield
    return odd, count


def first_rows(open_file: Open, count: int = LOOKED_AT_ROWS) -> list[CsvRow]:
    """The first records of what may be a table, to recognise a format by; those before any damage."""
    found: list[CsvRow] = []
    try:
        look = look_at(open_file, whole=False)
        with open_file() as stream:
            found.extend(itertools.islice(csv_rows(stream, look), count))
    except Broken:
        pass
    return found


def header_row(rows: Sequence[CsvRow], wanted: Sequence[str]) -> CsvRow | None:
    """The first record that names all the wanted columns: what stands before it is a preamble."""
    names = {name.casefold() for name in wanted}
    return next((row for row in rows if names <= {plain_name(cell) for cell in row.cells}), None)


def plain_name(cell: str) -> str:
    """A column's name, as it is compared."""
    return cell.strip().casefold()


def _read_full(stream: BinaryIO, size: int) -> bytes:
    """As many bytes as there are, up to `size`: a decompressing stream may give fewer at a time."""
    parts, left = [], size
    while left and (part := stream.read(left)):
        parts.append(part)
        left -= len(part)
    return b"".join(parts)


def _marked(start: bytes) -> tuple[str, int]:
    return next(((name, len(mark)) for mark, name in BOMS if start.startswith(mark)), ("", 0))


def _unmarked(start: bytes) -> str:
    """UTF-16 without its mark, by where the zeros of Latin letters are. Raises Broken for binary files."""
    zeros = start.count(0)
    if zeros * 4 < len(start) or len(start) < 4:
        return ""
    even, odd = start[::2].count(0), start[1::2].count(0)
    if min(even, odd) * 4 > max(even, odd):
        raise Broken("encoding")
    return UTF_16_LE if odd > even else UTF_16_BE


def _is_utf_8(open_file: Open, *, whole: bool) -> bool:
    decoder = codecs.getincrementaldecoder(UTF_8)()
    with open_file() as stream:
        try:
            while data := stream.read(limits.CHUNK):
                decoder.decode(data)
                if not whole:
                    return True
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _structure(data: bytes, encoding: str) -> str:
    """Text that gives back its very bytes: one character to each byte, or UTF-16 with its lone surrogates."""
    if encoding in (UTF_16_LE, UTF_16_BE):
        return data[: len(data) // 2 * 2].decode(encoding, "surrogatepass")
    return data.decode("latin-1")


def _delimiter(text: str) -> str:
    """The one that splits most of the first records into one and the same number of cells, the most of them.

    A comma where none does: a table of one column.
    """
    best, chosen = (0, 0), ","
    for delimiter in DELIMITERS:
        counts = [len(cells) for cells, _ in itertools.islice(_records(text, delimiter), LOOKED_AT_ROWS)]
        usual = max(set(counts), key=lambda one: (counts.count(one), one), default=1)
        score = (counts.count(usual), usual) if usual > 1 else (0, 0)
        if score > best:
            best, chosen = score, delimiter
    return chosen


def _records(text: str, delimiter: str) -> Iterator[tuple[list[str], int]]:
    at, pattern = 0, _field(delimiter, escaped=False)
    while at < len(text):
        try:
            cells, end = _record(text, at, pattern, ended=True)
        except Broken:
            return
        yield cells, end
        at = end


def _field(delimiter: str, *, escaped: bool) -> re.Pattern[str]:
    """One field and what ends it. Quotes in the middle of an unquoted field are themselves."""
    d = re.escape(delimiter)
    inside = r'(?:[^"\\]++|\\"|\\|"")' if escaped else '(?:[^"]++|"")'
    return re.compile(
        rf'(?:"(?P<quoted>{inside}*+)"(?P<rest>[^{d}\r\n]*+)|(?P<plain>(?!")[^{d}\r\n]*+))'
        rf"(?P<end>{d}|\r\n|\n|\r|\Z)"
    )


def _record(text: str, at: int, pattern: re.Pattern[str], *, ended: bool) -> tuple[list[str], int]:
    """The cells of the record that starts at `at`, and where the next one starts.

    Raises Broken("cut_short") when the text ends before the record does.
    """
    cells: list[str] = []
    while True:
        found = pattern.match(text, at)
        if found is None:
            raise Broken("cut_short")
        quoted, plain, end = found["quoted"], found["plain"], found["end"]
        # What stands at the end of the window may go on behind it, also a "\r" that a "\n" would follow.
        if not ended and found.end() == len(text) and end not in ("\n", "\r\n"):
            raise Broken("cut_short")
        cells.append(plain if quoted is None else quoted.replace('""', '"') + found["rest"])
        at = found.end()
        if end in ("", "\n", "\r", "\r\n"):
            return cells, at
        if len(cells) >= MOST_CELLS:
            raise Broken("value_too_large")


class _Window:
    """A sliding window of a file's structure over a binary stream."""

    def __init__(self, stream: BinaryIO, look: Look):
        self._stream = stream
        self._look = look
        self._pattern = _field(look.delimiter, escaped=look.escaped)
        self._text = ""
        self._at = 0
        self._rest = b""
        self._ended = False
        _read_full(stream, look.skip)
        self._grow(limits.CHUNK)

    def _grow(self, size: int) -> None:
        data = _read_full(self._stream, size)
        self._ended = len(data) < size
        data = self._rest + data
        # Half of a UTF-16 unit waits for the other; at the end of a file it is damage that nobody misses.
        cut = len(data) // 2 * 2 if self._look.wide else len(data)
        self._rest = data[cut:]
        self._text = self._text[self._at :] + _structure(data[:cut], self._look.encoding)
        self._at = 0

    def record(self, number: int) -> tuple[list[str], bytes] | None:
        """The next record's cells and bytes; None at the end."""
        while True:
            waiting = len(self._text) - self._at
            if not waiting:
                if self._ended:
                    return None
                self._grow(limits.CHUNK)
                continue
            try:
                cells, end = _record(self._text, self._at, self._pattern, ended=self._ended)
            except Broken as error:
                if error.reason != "cut_short" or self._ended:
                    raise Broken(error.reason, number) from error
            else:
                text = self._text[self._at : end].rstrip("\r\n")
                self._at = end
                if self._look.escaped:
                    cells = [cell.replace('\\"', '"') for cell in cells]
                return [self._decoded(cell) for cell in cells], self._bytes(text)
            if waiting * (2 if self._look.wide else 1) > limits.MAX_VALUE:
                raise Broken("value_too_large", number)
            self._grow(max(limits.CHUNK, waiting))

    def _bytes(self, text: str) -> bytes:
        if self._look.wide:
            return text.encode(self._look.encoding, "surrogatepass")
        return text.encode("latin-1")

    def _decoded(self, cell: str) -> str:
        data = self._bytes(cell)
        if self._look.encoding == WINDOWS_1252:
            # Five of its bytes stand for nothing; they are shown as what they are not: characters.
            return data.decode("cp1252", "replace")
        return data.decode(self._look.encoding, "replace")
