"""Spreadsheets as rows of texts: xlsx and csv, bounded, nothing carried out."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _

from hub.core.errors import Refused

# The largest schedule that we know of has some 4,000 entries.
MOST_BYTES, MOST_ROWS, MOST_COLUMNS, LONGEST_CELL = 10_000_000, 20_000, 60, 2_000
# What an xlsx may unpack to: a zip of zeros must not fill the memory.
MOST_UNPACKED = 200_000_000


def rows_of(data: bytes) -> list[list[str]]:
    """The rows of the first sheet with anything in it, empty ones too: each keeps its number. Raises Refused,
    in words for whoever uploaded it."""
    if len(data) > MOST_BYTES:
        raise Refused(_("This file is larger than 10 MB: too large for a schedule. Nothing was changed."))
    rows = _xlsx(data) if data[:4] == b"PK\x03\x04" else _csv(data)
    if not any(any(row) for row in rows):
        raise Refused(_("Nothing stands in this file. Upload a spreadsheet (xlsx) or a csv file."))
    return rows


def _xlsx(data: bytes) -> list[list[str]]:
    from openpyxl import load_workbook  # a tenth of a second, which no process should take to start

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as zipped:
            if sum(member.file_size for member in zipped.infolist()) > MOST_UNPACKED:
                raise Refused(_("This spreadsheet is too large when it is unpacked. Nothing was changed."))
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        for sheet in book.worksheets:
            rows = _bounded(sheet.iter_rows(values_only=True))
            if any(any(row) for row in rows):
                return rows
    except Refused:
        raise
    except Exception as problem:  # openpyxl raises whatever its parts raise
        raise Refused(
            _("This cannot be read as a spreadsheet. Save it as xlsx or csv and upload it again.")
        ) from problem
    return []


def _csv(data: bytes) -> list[list[str]]:
    text = _decoded(data)
    if "\x00" in text:
        raise Refused(_("This is neither a spreadsheet (xlsx) nor a csv file. Nothing was changed."))
    try:
        dialect: Any = csv.Sniffer().sniff(text[:20_000], delimiters=",;\t|")
    except csv.Error:
        dialect = csv.excel
    try:
        return _bounded(csv.reader(io.StringIO(text, newline=""), dialect))
    except csv.Error as problem:
        raise Refused(_("This csv file cannot be read: a field never ends, or is too long.")) from problem


def _decoded(data: bytes) -> str:
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")  # what Excel writes as "csv" on Windows


def _bounded(rows: Iterable[Iterable[Any]]) -> list[list[str]]:
    found: list[list[str]] = []
    for row in rows:
        if len(found) == MOST_ROWS:
            raise Refused(_("More than 20,000 rows are too many for a schedule. Nothing was changed."))
        cells = [_text(cell) for cell in list(row)[:MOST_COLUMNS]]
        while cells and not cells[-1]:
            cells.pop()
        found.append(cells)
    return found


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime | date):
        return cell.isoformat()[:10]
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    printable = "".join(c if c.isprintable() else " " for c in str(cell))
    return " ".join(printable.split())[:LONGEST_CELL]
