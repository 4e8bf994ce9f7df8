"""What the formats that are tables have in common: a CSV file with named columns, alone or within a zip."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import BinaryIO

from hub.archive.adapters.base import Counted, LeftOut, Noted, Record, Slice, StillReading
from hub.archive.sources import Broken, Source, Unreadable
from hub.archive.sources.csv_rows import (
    UTF_8,
    CsvRow,
    Look,
    Open,
    csv_rows,
    first_rows,
    header_row,
    look_at,
    plain_name,
    settled,
)


@dataclass(slots=True)
class TableRow:
    """A record by its columns' names, in lower case. One that is too short lacks its last cells."""

    cells: Mapping[str, str]
    slice: Slice

    def get(self, column: str) -> str:
        return self.cells.get(column, "")


class CsvFile:
    """One member of a source that is a table with at least the wanted columns."""

    def __init__(self, source: Source, name: str, header: CsvRow):
        self.source = source
        self.name = name
        self.columns = [plain_name(cell) for cell in header.cells]
        self._header_number = header.number
        self.whole = True

    def records(self) -> Iterator[Record | TableRow]:
        """Its rows, and what the report should say of it.

        The file is read to its end before anything is given: nothing of a broken one is kept, and `whole`
        turns False.
        """
        try:
            look, found = yield from read_through(self._open, len(self.columns))
        except (Broken, Unreadable) as error:
            self.whole = False
            yield LeftOut(error.reason, self.name, detail=str(getattr(error, "row", "")))
            yield Counted(self.name, None, 0)
            return
        if look.encoding != UTF_8:
            yield Noted("encoding_other", self.name, look.encoding)
        yield Counted(self.name, None, found - self._header_number)
        with self._open() as stream:
            for row in csv_rows(stream, look):
                if row.number > self._header_number:
                    yield self._row(row)

    def _open(self) -> BinaryIO:
        return self.source.open(self.name)

    def _row(self, row: CsvRow) -> Record | TableRow:
        if any(cell for cell in row.cells[len(self.columns) :]):
            return LeftOut("wrong_columns", self.name, detail=str(row.number))
        named = dict(zip(self.columns, row.cells, strict=False))
        return TableRow(named, Slice(row.raw, self.name, row.number))


def read_through(open_file: Open, width: int) -> Generator[StillReading, None, tuple[Look, int]]:
    """Reads a file to its end; returns how it is written, and how many records it holds. Raises Broken and
    Unreadable, before anything of the file was kept."""
    settling = settled(open_file, look_at(open_file), width)
    while True:
        try:
            next(settling)
        except StopIteration as ended:
            return ended.value
        yield StillReading()


def csv_file(source: Source, name: str, wanted: Sequence[str]) -> CsvFile | None:
    """A member as a table, if one of its first records names all the wanted columns."""
    try:
        rows = first_rows(lambda: source.open(name))
    except Unreadable:
        return None
    header = header_row(rows, wanted)
    return CsvFile(source, name, header) if header else None


def named_members(source: Source, names: Sequence[str]) -> list[str]:
    """Members of a zip whose own name is one of these, in whatever folder; of a plain upload, the upload:
    what its owner called it says nothing. Others are never opened."""
    if not source.holds_files:
        return [member.name for member in source.members()]
    wanted = {name.casefold() for name in names}
    return sorted(one.name for one in source.members() if base_name(one.name) in wanted)


def base_name(name: str) -> str:
    return PurePosixPath(name).name.casefold()
