"""What every adapter of tables promises, asked of any of them."""

from __future__ import annotations

import csv
import io
import itertools
import zipfile
from pathlib import Path

from tests.archive.reading import Reading
from tests.factories.tables import table, zipped

# What may stand in a cell when a file is wrong or made by somebody who wants trouble.
ODD = (
    "",
    "null",
    "-1",
    "9" * 400,
    "[1, 2]",
    '{"a": {"b": []}}',
    "x" * 100_000,
    "\x00",
    "\ufffd\u202e",
    '"',
    "=1+1",
)


def members(path: Path) -> dict[str, bytes]:
    if not zipfile.is_zipfile(path):
        return {path.name: path.read_bytes()}
    with zipfile.ZipFile(path) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def reads_the_same_twice_with_exact_bytes(path: Path) -> Reading:
    first, second = Reading(path), Reading(path)
    assert first.records == second.records
    held = members(path)
    for record in (*first.posts, *first.deletions):
        assert record.source.raw in held[record.source.file]
    return first


def survives_every_odd_cell(path: Path, folder: Path) -> None:
    """Each cell of each table in turn is replaced by each odd thing: always a report, never an exception."""
    whole = members(path)
    for name, data in whole.items():
        if not name.endswith(".csv"):
            continue
        rows = list(csv.reader(io.StringIO(data.decode(), newline="")))
        widest = max(len(row) for row in rows)
        for column, odd in itertools.product(range(widest), ODD):
            changed = [[*row[:column], odd, *row[column + 1 :]] if at else row for at, row in enumerate(rows)]
            _try(whole | {name: table(changed)}, folder)
        for rest in (data[: len(data) // 2], data + b'"', data.replace(b"\n", b""), data[1:] * 2):
            _try(whole | {name: rest}, folder)


def _try(files: dict[str, bytes], folder: Path) -> None:
    from hub.archive.sources import Unreadable

    try:
        reading = Reading(zipped(folder / "odd.zip", files))
    except Unreadable:
        return
    for post in reading.posts:
        assert len(post.post_id) <= 500
        assert post.source.raw


def shows_no_private_matter(reading: Reading) -> None:
    """Nothing that is personal stands in what is kept beside the exact bytes."""
    for record in (*reading.posts, *reading.accounts, *reading.deletions):
        said = repr({key: getattr(record, key) for key in record.__slots__ if key != "source"})
        assert "CANARY" not in said
        assert "203.0.113.9" not in said
        assert "canary@" not in said
