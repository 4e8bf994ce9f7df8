"""What the columns of a table probably are, by what they are called and what stands in them. Only suggested:
a keeper decides."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from hub.archive.adapters.mapped_table import usual_width
from hub.archive.adapters.table_mapping import (
    ADDRESS,
    AUTHOR,
    DAY_FIRST,
    HANDLE,
    ID,
    ORDERS,
    PLATFORM,
    REPLY_TO,
    TEXT,
    TIME,
    Mapping,
    guess_order,
    read_time,
)
from hub.archive.post_addresses import read_address
from hub.archive.sources.csv_rows import CsvRow, plain_name
from hub.core.language import HUB_ZONE

# Names that columns are known to have, the likelier first.
KNOWN = {
    REPLY_TO: "in reply to status id|in reply to id|in reply to|reply to|replyto|parent id|parent",
    TEXT: "text|full text|tweet|tweet text|message|content|post text|post|body|caption|comment|snippet|title",
    TIME: "created at|posted at|published|published at|timestamp|datetime|date time|created time|date (utc)|"
    "date|time",
    ADDRESS: "permalink|post url|tweet url|url|link|post link|address|permanent link",
    HANDLE: "screen name|username|handle|user|user.screen name|account|from",
    AUTHOR: "author|author name|name|display name|page name|profile|from name|user name",
    ID: "id str|tweet id|post id|status id|message id|id",
    PLATFORM: "platform|network|social network|source platform|channel type|service",
}
_WORD = re.compile(r"\s")


@dataclass(frozen=True)
class Guess:
    """`mapping`: what is suggested. `sure_order`: False where the dates fit more than one order."""

    mapping: Mapping
    sure_order: bool


def suggest(rows: Sequence[CsvRow]) -> Guess:
    """Of the first rows of a table."""
    width = usual_width(rows)
    header = _header(rows, width)
    names = _names(rows, header, width)
    data = [row.cells for row in rows if row.number > header and len(row.cells) == width]
    columns = _by_name(names)
    _by_content(columns, data, width)
    times = [cells[columns[TIME]] for cells in data] if TIME in columns else []
    order = guess_order(times)
    platform = "" if PLATFORM in columns else _platform(columns, data)
    mapping = Mapping(columns, platform, HUB_ZONE, order or DAY_FIRST, header, names)
    return Guess(mapping, order is not None or not _ambiguous(times))


def _header(rows: Sequence[CsvRow], width: int) -> int:
    """The row that names the columns: the first of the table's width, unless it holds what data does."""
    first = next((row for row in rows if len(row.cells) == width), None)
    if first is None:
        return 0
    data = any(read_address(cell) or _is_time(cell) or len(cell) > 60 for cell in first.cells)
    return first.number - 1 if data else first.number


def _names(rows: Sequence[CsvRow], header: int, width: int) -> tuple[str, ...]:
    cells = next(
        (row.cells for row in rows if row.number == header and len(row.cells) == width), [""] * width
    )
    return tuple(cell.strip()[:200] for cell in cells)


def _by_name(names: Sequence[str]) -> dict[str, int]:
    plain = [plain_name(name).replace("_", " ") for name in names]
    columns: dict[str, int] = {}
    for role, known in KNOWN.items():
        for name in known.split("|"):
            at = next((i for i, one in enumerate(plain) if one == name), None)
            if at is not None and at not in columns.values():
                columns[role] = at
                break
    return columns


def _by_content(columns: dict[str, int], data: Sequence[Sequence[str]], width: int) -> None:
    """What no name told: times and addresses by their form, the text by its length."""
    free = [at for at in range(width) if at not in columns.values()]
    tests = {TIME: _is_time, ADDRESS: lambda cell: read_address(cell) is not None}
    for role, test in tests.items():
        if role in columns:
            continue
        found = next((at for at in free if _most(data, at, test)), None)
        if found is not None:
            columns[role] = found
            free.remove(found)
    if TEXT not in columns and free and data:
        columns[TEXT] = max(
            free, key=lambda at: sum(len(cells[at]) * bool(_WORD.search(cells[at])) for cells in data)
        )


def _most(data: Sequence[Sequence[str]], at: int, test) -> bool:
    said = [cells[at] for cells in data[:200] if cells[at].strip()]
    return bool(said) and sum(bool(test(cell)) for cell in said) * 10 >= len(said) * 9


def _is_time(cell: str) -> bool:
    return len(cell) >= 6 and any(read_time(cell, order, "UTC") for order in ORDERS)


def _ambiguous(times: Sequence[str]) -> bool:
    """Whether any date would be another day in another order."""
    return any(len({read_time(one, order, "UTC") for order in ORDERS[:2]}) > 1 for one in times[:200])


def _platform(columns: dict[str, int], data: Sequence[Sequence[str]]) -> str:
    """The one that most addresses are of; "" where none is known."""
    if ADDRESS not in columns:
        return ""
    places = [read_address(cells[columns[ADDRESS]]) for cells in data[:200]]
    codes = [place.platform for place in places if place]
    return max(set(codes), key=codes.count, default="")
