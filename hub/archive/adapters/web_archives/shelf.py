"""Records that pages may need, laid aside on the disk while the whole file is read: a page's pictures may
come before it or after, and a record may say no more than "as on Tuesday"."""

from __future__ import annotations

import functools
import hashlib
import sqlite3
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from hub.archive.adapters.base import LaidAside, LeftOut
from hub.archive.adapters.web_archives.records import REVISIT, WebRecord, plain_address, read_record
from hub.archive.sources import limits

# What one import may lay aside, in bytes.
MAX_LAID_ASIDE = 4 * limits.GB
# A page that leads on and on.
MOST_HOPS = 10

_TABLES = """
PRAGMA journal_mode = OFF;
CREATE TABLE record (id INTEGER PRIMARY KEY, kind, record_id, address, at, status INTEGER, media_type,
    location, payload, refers_to, refers_at, checksum, packed, start INTEGER, size INTEGER, sha256, file,
    row INTEGER, is_page INTEGER, used INTEGER DEFAULT 0);
CREATE INDEX by_address ON record (address, at);
CREATE INDEX by_payload ON record (payload, kind);
CREATE TABLE hint (record_id, address, at, is_page INTEGER);
CREATE INDEX by_record ON hint (record_id);
CREATE TABLE listed (id INTEGER PRIMARY KEY, address, at, title, text, start INTEGER, size INTEGER, sha256,
    file, row INTEGER);
"""
_COLUMNS = (
    "id, kind, record_id, address, at, status, media_type, location, payload, refers_to, refers_at, checksum,"
    " packed, start, size, sha256, file, row"
)


@dataclass(frozen=True, slots=True)
class Shelved:
    """A record on the shelf: what of it was read, and where its bytes are."""

    id: int
    kind: str
    record_id: str
    address: str
    at: str
    status: int
    media_type: str
    location: str
    payload: str
    refers_to: str
    refers_at: str
    checksum: str
    packed: str
    start: int
    size: int
    sha256: str
    file: str
    row: int

    @property
    def moment(self) -> datetime | None:
        return datetime.fromisoformat(self.at) if self.at else None


@dataclass(frozen=True, slots=True)
class Listed:
    """A page as the archive's own list of pages names it."""

    id: int
    address: str
    at: str
    title: str
    text: str
    start: int
    size: int
    sha256: str
    file: str
    row: int


class Full(Exception):
    """More than one import may lay aside."""


class Shelf:
    """Bytes in a nameless file of `folder`, what they are in a database of its own: neither is in memory, and
    both are gone with it. The slices it gives are written after the last record was read, so it lives for as
    long as one of them does."""

    def __init__(self, folder: Path):
        self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - closed with the shelf
        self._end = 0
        self._db = sqlite3.connect("")  # on the disk, nameless
        self._db.executescript(_TABLES)

    def __del__(self):
        self._file.close()
        self._db.close()

    # Laying aside.

    def lay(self, raw: bytes) -> tuple[int, int, str]:
        """Where the bytes lie from now on: start, size, SHA-256. Raises Full."""
        if self._end + len(raw) > MAX_LAID_ASIDE:
            raise Full
        start = self._end
        self._file.seek(start)
        self._file.write(raw)
        self._end += len(raw)
        return start, len(raw), hashlib.sha256(raw).hexdigest()

    def add(self, found: WebRecord, raw: bytes, file: str, row: int) -> None:
        """Raises Full."""
        start, size, sha256 = self.lay(raw)
        values = (
            found.kind, found.record_id, found.address, _iso(found.at), found.status, found.media_type,
            found.location, found.payload, found.refers_to, _iso(found.refers_at), found.checksum,
            found.packed, start, size, sha256, file, row, found.is_page and found.kind != REVISIT,
        )  # fmt: skip
        marks = ", ".join("?" * len(values))
        self._db.execute(f"INSERT INTO record ({_COLUMNS[4:]}, is_page) VALUES ({marks})", values)

    def add_hint(self, found: WebRecord, is_page: bool) -> None:
        """A request, or a crawler's note, tells whether what was answered is a page."""
        of = found.hints.get("warc-concurrent-to", "") or found.hints.get("warc-refers-to", "")
        values = (of, found.address, _iso(found.at), is_page)
        self._db.execute("INSERT INTO hint VALUES (?, ?, ?, ?)", values)

    def add_listed(
        self, address: str, at: datetime | None, title: str, text: str, where: tuple, *, file: str, row: int
    ) -> None:
        """where: what `lay` gave for the entry's bytes; those of several entries may be the same."""
        values = (plain_address(address), _iso(at), title, text, *where, file, row)
        self._db.execute(
            "INSERT INTO listed (address, at, title, text, start, size, sha256, file, row)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            values,
        )

    # Finding.

    def listed(self) -> Iterator[Listed]:
        rows = self._db.execute("SELECT * FROM listed ORDER BY at, address, id")
        yield from (Listed(*row) for row in rows)

    def how_many_listed(self) -> int:
        return self._db.execute("SELECT count(*) FROM listed").fetchone()[0]

    def pages(self) -> Iterator[tuple[Shelved, bool]]:
        """Answers that are HTML, in order of time, and whether a hint says that they are no pages."""
        rows = self._db.execute(
            f"SELECT {_COLUMNS}, EXISTS (SELECT 1 FROM hint WHERE hint.record_id = record.record_id"
            " AND hint.record_id != '' AND NOT hint.is_page) FROM record"
            f" WHERE is_page OR (kind = '{REVISIT}'"
            " AND media_type IN ('', 'text/html', 'application/xhtml+xml'))"
            " ORDER BY at, file, row"
        )
        yield from ((Shelved(*row[:-1]), bool(row[-1])) for row in rows)

    def nearest(self, address: str, at: str) -> Shelved | None:
        """The record of an address that was made nearest to a moment."""
        before = self._one("address = ? AND at <= ? ORDER BY at DESC, id", address, at)
        after = self._one("address = ? AND at > ? ORDER BY at, id", address, at)
        if not before or not after or not at:
            return before or after
        moment = datetime.fromisoformat(at)
        return min((before, after), key=lambda one: _apart(one.at, moment))

    def original(self, revisit: Shelved) -> Shelved | None:
        """The answer that a revisit says was given again."""
        if revisit.refers_to:
            same = "address = ? AND at = ? AND kind = 'response'"
            if found := self._one(same, revisit.refers_to, revisit.refers_at):
                return found
        if not revisit.payload:
            return None
        return self._one("payload = ? AND kind = 'response' ORDER BY id", revisit.payload)

    def _one(self, where: str, *values: str) -> Shelved | None:
        row = self._db.execute(f"SELECT {_COLUMNS} FROM record WHERE {where} LIMIT 1", values).fetchone()
        return Shelved(*row) if row else None

    def led(self, first: Shelved) -> list[Shelved]:
        """The records from one to the answer it leads to, over redirects and revisits; the last is an answer
        with a body, or the way ends nowhere: []."""
        way = [first]
        while len(way) <= MOST_HOPS:
            last = way[-1]
            if last.kind == REVISIT and not last.location:
                following = self.original(last)
            elif last.location:
                following = self.nearest(last.location, last.at)
            else:
                return way
            if following is None or following in way:
                return []
            way.append(following)
        return []

    def left_over(self) -> Iterator[LeftOut]:
        """What was laid aside and no page asked for, by file."""
        rows = self._db.execute(
            "SELECT file, count(*) FROM record WHERE NOT used AND NOT is_page AND kind = 'response'"
            " GROUP BY file ORDER BY file"
        )
        yield from (LeftOut("no_page_loads_it", file, count) for file, count in rows)

    # Bytes.

    def raw(self, start: int, size: int) -> bytes:
        self._file.seek(start)
        return self._file.read(size)

    def slice(self, one: Shelved | Listed) -> LaidAside:
        """The exact bytes, to be kept."""
        if isinstance(one, Shelved):
            self._db.execute("UPDATE record SET used = 1 WHERE id = ?", (one.id,))
        read = functools.partial(self.raw, one.start, one.size)
        return LaidAside(read, one.size, one.sha256, file=one.file, row=one.row)

    def read(self, one: Shelved, longest_body: int) -> WebRecord:
        return read_record(self.raw(one.start, one.size), longest_body)


def _iso(moment: datetime | None) -> str:
    return moment.isoformat() if moment else ""


def _apart(at: str, moment: datetime) -> timedelta:
    return abs(datetime.fromisoformat(at) - moment) if at else timedelta.max
