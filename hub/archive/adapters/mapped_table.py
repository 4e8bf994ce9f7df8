"""A table of no known platform, read by what a keeper said of its columns.

A row is what somebody observed. Its post is named by its own id where there is such a column, by what its
address tells, or else by an id derived from its moment, author and address. An author goes by handle or name,
as whatever is written down by hand does, until a source tells the platform's own id of the account.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterator, Sequence

from flask_babel import lazy_gettext as _l

from hub.archive.adapters.base import (
    Account,
    CapturedPost,
    Counted,
    LeftOut,
    Noted,
    Parent,
    Record,
    Slice,
    content_hash,
    provisional_id,
)
from hub.archive.adapters.csv_file import read_through
from hub.archive.adapters.derived_ids import DerivedIds
from hub.archive.adapters.fields import as_word, web_address
from hub.archive.adapters.table_mapping import (
    ADDRESS,
    AUTHOR,
    HANDLE,
    ID,
    PLATFORM,
    REPLY_TO,
    TEXT,
    TIME,
    Mapping,
)
from hub.archive.adapters.twitter_fields import hash_of_words
from hub.archive.platforms import LONGEST_ID, PLATFORMS
from hub.archive.post_addresses import WEB, read_address
from hub.archive.sources import Broken, Source, Unreadable
from hub.archive.sources.csv_rows import UTF_8, CsvRow, csv_rows, first_rows

# To judge the columns by, also the order of their dates.
ROWS_TO_JUDGE = 1_000
# Of the first rows that many in a hundred are of one width, in a table.
EVEN_ENOUGH = 80
CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f]")
EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[a-z]{2,}", re.IGNORECASE)
PHONE = re.compile(r"[+\d][\d\s().\-\u00a0]{6,}")


class NeedsColumns(Unreadable):
    """A table of which nobody has said yet what its columns are."""

    def __init__(self):
        super().__init__("needs_columns")


class MappedTable:
    """Made for one import, from what its keeper said."""

    name = "table"
    label = _l("Any other table (CSV)")
    evidence = "capture"
    how = _l(
        "A table of posts from any other tool: CSV, with commas, semicolons or tabs. You say which column "
        "is what."
    )

    def __init__(self, mapping: Mapping):
        self.mapping = mapping
        self.ids = DerivedIds("row")

    def recognises(self, source: Source) -> bool:
        return is_table(source)

    def read(self, source: Source) -> Iterator[Record]:
        name = next(iter(source.members())).name

        def opened():
            return source.open(name)

        try:
            look, found = yield from read_through(opened, len(self.mapping.names))
        except Broken as error:
            yield LeftOut(error.reason, name, detail=str(error.row))
            yield Counted(name, None, 0)
            return
        if look.encoding != UTF_8:
            yield Noted("encoding_other", name, look.encoding)
        yield Counted(name, None, max(0, found - self.mapping.header))
        unread = 0
        with opened() as stream:
            for row in csv_rows(stream, look):
                if row.number > self.mapping.header:
                    for record in self.row(row, name):
                        yield record
                        unread += isinstance(record, CapturedPost) and record.stated_at is not None
        if unread:
            yield Noted("times_unread", name, str(unread))

    def row(self, row: CsvRow, file: str) -> Iterator[Record]:
        """The account and the post of one row, or why there is none."""
        cells, mapping = row.cells, self.mapping
        if any(cell.strip() for cell in cells[len(mapping.names) :]):
            yield LeftOut("wrong_columns", file, detail=str(row.number))
            return
        text = mapping.cell(cells, TEXT)
        if not text:
            yield LeftOut("no_text", file, detail=str(row.number))
            return
        address = web_address(mapping.cell(cells, ADDRESS))
        place = read_address(address) if address else None
        platform = self._platform(cells, place.platform if place else "")
        handle = as_word(mapping.cell(cells, HANDLE).lstrip("@")) or (place.handle if place else "")
        name = as_word(_no_personal(mapping.cell(cells, AUTHOR)))
        account_id = (
            provisional_id(_no_personal(handle) or name or "") if _no_personal(handle) or name else ""
        )
        said_time = mapping.cell(cells, TIME)
        posted_at = mapping.time(said_time)
        if account_id:
            yield Account(platform, account_id, posted_at, _no_personal(handle), name)
        if platform == "x":
            text = html.unescape(text)
        own_id = self._id(cells, place.post_id if place else "", said_time, account_id)
        yield CapturedPost(
            evidence="capture",
            platform=platform,
            post_id=own_id,
            version_id=own_id,
            account_id=account_id,
            text=text,
            # An X post that somebody copied word for word is the version that an export shows.
            content_hash=hash_of_words(text) if platform == "x" else content_hash(platform, text),
            source=Slice(row.raw, file, row.number),
            posted_at=posted_at,
            stated_at=as_word(said_time) if said_time and posted_at is None else None,
            url=address,
            reply_to=_parent(mapping.cell(cells, REPLY_TO)),
        )

    def _platform(self, cells: Sequence[str], of_address: str) -> str:
        said = self.mapping.cell(cells, PLATFORM).casefold()
        named = _BY_NAME.get(said) if said else None
        return named or self.mapping.platform or of_address or WEB

    def _id(self, cells: Sequence[str], of_address: str, said_time: str, account_id: str) -> str:
        own = self.mapping.cell(cells, ID)[:LONGEST_ID] or of_address[:LONGEST_ID]
        return own or self.ids.of(said_time, account_id, self.mapping.cell(cells, ADDRESS))


_BY_NAME = {
    **{code: code for code in PLATFORMS},
    **{platform.name.casefold(): code for code, platform in PLATFORMS.items()},
    "twitter": "x",
    "x (formerly twitter)": "x",
    "twitter/x": "x",
}  # fmt: skip


def _no_personal(said: str | None) -> str:
    """A name or handle; nothing for an e-mail address or a telephone number, which stay in the bytes only."""
    said = (said or "").strip()
    return "" if EMAIL.fullmatch(said) or PHONE.fullmatch(said) else said


def _parent(said: str) -> Parent | None:
    place = read_address(said) if web_address(said) else None
    answered = place.post_id if place else said
    return Parent(answered[:LONGEST_ID], None, None) if answered else None


def table_rows(source: Source) -> list[CsvRow]:
    """The first rows of a plain upload."""
    if source.holds_files:
        return []
    name = next(iter(source.members())).name
    try:
        return first_rows(lambda: source.open(name), ROWS_TO_JUDGE)
    except Unreadable:
        return []


def is_table(source: Source) -> bool:
    """Whether a plain upload looks like a table: text, two rows or more, most of them of one width."""
    rows = table_rows(source)
    if len(rows) < 2 or rows[0].cells[0].lstrip().startswith(("{", "[", "<")):
        return False
    width, count = Counter(len(row.cells) for row in rows).most_common(1)[0]
    printable = not any(CONTROLS.search(cell) for row in rows[:20] for cell in row.cells)
    return width > 1 and count * 100 >= len(rows) * EVEN_ENOUGH and printable


def usual_width(rows: Sequence[CsvRow]) -> int:
    return Counter(len(row.cells) for row in rows).most_common(1)[0][0] if rows else 0
