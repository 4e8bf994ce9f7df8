"""What would be read of a table, before anything is: its first rows, and what the dates give away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from hub.accounts.forms import ZONES
from hub.archive.adapters.base import Account, CapturedPost
from hub.archive.adapters.mapped_table import MappedTable, table_rows, usual_width
from hub.archive.adapters.table_mapping import TIME, Mapping
from hub.archive.adapters.twitter_fields import as_id, time_from_id
from hub.archive.importing.cleaning import fit
from hub.archive.models import Import
from hub.archive.sources import open_source
from hub.archive.sources.csv_rows import CsvRow
from hub.archive.storage import upload_path

SHOWN = 5
JUDGED = 200
# Numbers tell the second, tables often only the minute.
ALIKE = timedelta(seconds=61)


@dataclass(frozen=True)
class Preview:
    """`lines`: the first posts as they would be kept, each with its author's name and handle. `skipped`: of
    the `judged` rows, those that would be left out; `unread`: those whose time cannot be read. `stated` and
    `true`: a time as it would be read and as the post's own number tells it, where they differ."""

    lines: list[tuple[CapturedPost, str, str]]
    judged: int
    skipped: int
    unread: int
    stated: datetime | None = None
    true: datetime | None = None


def rows_of(found: Import) -> list[CsvRow]:
    """The first rows of an upload that waits for its columns."""
    path = upload_path(found.upload)
    if not found.upload or not path.is_file():
        return []
    source = open_source(path, found.file_name)
    try:
        return fit_rows(table_rows(source))
    finally:
        source.close()


def fit_rows(rows: Sequence[CsvRow]) -> list[CsvRow]:
    return [CsvRow(fit(row.cells), row.raw, row.number) for row in rows]


def first_cells(rows: Sequence[CsvRow], mapping: Mapping) -> list[str]:
    """The first row of data, as an example of what stands in each column."""
    return next(
        (row.cells for row in rows if row.number > mapping.header and len(row.cells) == usual_width(rows)), []
    )


def preview(rows: Sequence[CsvRow], mapping: Mapping) -> Preview:
    table = MappedTable(mapping)
    lines: list[tuple[CapturedPost, str, str]] = []
    skipped = unread = 0
    differing: tuple[datetime, datetime] | None = None
    data = [row for row in rows if row.number > mapping.header][:JUDGED]
    for row in data:
        records = list(table.row(row, ""))
        post = next((one for one in records if isinstance(one, CapturedPost)), None)
        if post is None:
            skipped += 1
            continue
        unread += post.posted_at is None and TIME in mapping.columns
        account = next((one for one in records if isinstance(one, Account)), None)
        if len(lines) < SHOWN:
            lines.append((post, (account and account.name) or "", (account and account.handle) or ""))
        differing = differing or _differing(post)
    return Preview(lines, len(data), skipped, unread, *(differing or (None, None)))


def with_zone_of_numbers(rows: Sequence[CsvRow], mapping: Mapping) -> Mapping:
    """The mapping, in the zone in which times are those that the posts' own numbers tell, if there is one."""
    if TIME not in mapping.columns or not preview(rows, mapping).true:
        return mapping
    tried = (replace(mapping, zone=zone) for zone in ZONES)
    return next((one for one in tried if not preview(rows, one).true), mapping)


def _differing(post: CapturedPost) -> tuple[datetime, datetime] | None:
    """The time that was read and the one that the number of a post on X tells, unless they are alike."""
    number = as_id(post.post_id) if post.platform == "x" else None
    told = time_from_id(number) if number else None
    if told is None or post.posted_at is None or abs(told - post.posted_at) <= ALIKE:
        return None
    return post.posted_at, told
