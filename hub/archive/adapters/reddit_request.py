"""What Reddit sends to whoever asks for their data: a zip of tables. Posts and comments are read.

A post's id is Reddit's own full name: "t3_" and the number of a post, "t1_" and that of a comment. The
account is its name, which never changes on Reddit; statistics.csv tells it, and when the export was made. A
table alone does not say whose it is: its posts then have no author.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from flask_babel import lazy_gettext as _l

from hub.archive.adapters.base import (
    Account,
    CapturedPost,
    Deletion,
    Export,
    LeftOut,
    Link,
    Parent,
    Record,
    content_hash,
)
from hub.archive.adapters.csv_file import CsvFile, TableRow, base_name, csv_file, named_members
from hub.archive.adapters.fields import as_word, iso_time, web_address
from hub.archive.sources import Source

PLATFORM = "reddit"
POSTS, COMMENTS, STATISTICS = "posts.csv", "comments.csv", "statistics.csv"
POST_COLUMNS = ("id", "permalink", "date", "subreddit", "title", "body")
COMMENT_COLUMNS = ("id", "permalink", "date", "subreddit", "link", "parent", "body")
STATISTIC_COLUMNS = ("statistic", "value")

NUMBER = re.compile(r"(?:t\d_)?([0-9a-z]{1,13})\Z")
POST_IN_ADDRESS = re.compile(r"/comments/([0-9a-z]{1,13})(?:/|$)")

# What Reddit writes in the place of words that are gone.
GONE = {"[deleted]": "deleted", "[removed]": "unknown", "[ Removed by Reddit ]": "unknown"}

HEADERS_ONLY = ("post_headers", "comment_headers")
# Only to say in the report what kind of thing was left out; being absent here lets nothing in.
PRIVATE = (
    "message", "chat", "ip_log", "birthdate", "gender", "email", "stripe", "payout", "purchase", "persona",
    "linked_identit", "draft", "friend", "hidden", "saved", "device", "phone", "sensitive",
)  # fmt: skip


class RedditRequest:
    name = "reddit-request"
    label = _l("Reddit data request")
    evidence = "import"
    how = _l(
        "The zip that Reddit sends, or posts.csv and comments.csv out of it. Ask for it at "
        "reddit.com/settings/data-request."
    )

    def recognises(self, source: Source) -> bool:
        return any(True for _ in _tables(source))

    def read(self, source: Source) -> Iterator[Record]:
        about = _about(source)
        if about.name:
            yield Account(PLATFORM, about.name, about.made_at, handle=about.handle, own=True)
        tables = list(_tables(source))
        kinds = {read for _, read in tables}
        whole = source.holds_files and len(kinds) == 2
        for refused in source.refused:
            whole = whole and base_name(refused.name) not in (POSTS, COMMENTS)
            yield LeftOut(refused.reason, refused.name)
        for table, read in tables:
            for record in table.records():
                yield from read(record, about) if isinstance(record, TableRow) else (record,)
            whole = whole and table.whole
        yield from _left_out(source, {table.name for table, _ in tables})
        if about.name:
            yield Export(PLATFORM, about.name, about.made_at, whole)


@dataclass(frozen=True, slots=True)
class _About:
    """Whose export it is and when it was made, as far as statistics.csv says. `name`: in lower case."""

    name: str = ""
    handle: str | None = None
    made_at: datetime | None = None


def _about(source: Source) -> _About:
    """Two of its statistics are read; the e-mail address that stands beside them is not."""
    said: dict[str, str] = {}
    for member in named_members(source, (STATISTICS,)) if source.holds_files else ():
        if table := csv_file(source, member, STATISTIC_COLUMNS):
            for row in table.records():
                if isinstance(row, TableRow) and row.get("statistic").strip() in (
                    "account name",
                    "export time",
                ):
                    said[row.get("statistic").strip()] = row.get("value").strip()
    handle = as_word(said.get("account name"))
    return _About((handle or "").casefold(), handle, _time(said.get("export time", "")))


def _time(said: str) -> datetime | None:
    """ "2023-07-01 03:25:04 UTC" """
    return iso_time(said.strip().removesuffix(" UTC"))


def _tables(source: Source) -> Iterator[tuple[CsvFile, object]]:
    for name in named_members(source, (POSTS, COMMENTS)):
        if table := csv_file(source, name, POST_COLUMNS):
            yield table, _post
        elif table := csv_file(source, name, COMMENT_COLUMNS):
            yield table, _comment


def _left_out(source: Source, read: set[str]) -> Iterator[LeftOut]:
    for member in source.members():
        name = base_name(member.name)
        if member.name in read or name == STATISTICS:
            continue
        if name.removesuffix(".csv") in HEADERS_ONLY:
            yield LeftOut("headers_only", member.name)
        else:
            private = any(word in name for word in PRIVATE)
            yield LeftOut("private" if private else "not_posts", member.name)


def _post(row: TableRow, about: _About) -> Iterator[Record]:
    title = as_word(row.get("title").strip(), 1_000)
    link = web_address(row.get("url").strip())
    yield from _record(row, about, "t3_", title=title, link=link)


def _comment(row: TableRow, about: _About) -> Iterator[Record]:
    yield from _record(row, about, "t1_", parent=_parent(row))


def _parent(row: TableRow) -> Parent | None:
    """The comment that is answered, else the post."""
    said = row.get("parent").strip()
    if said.startswith("t3_"):
        return Parent(said, None, None)
    if found := NUMBER.match(said):
        return Parent(f"t1_{found[1]}", None, None)
    found = POST_IN_ADDRESS.search(row.get("link")) or POST_IN_ADDRESS.search(row.get("permalink"))
    return Parent(f"t3_{found[1]}", None, None) if found else None


def _record(
    row: TableRow,
    about: _About,
    prefix: str,
    *,
    title: str | None = None,
    link: str | None = None,
    parent: Parent | None = None,
) -> Iterator[Record]:
    number = NUMBER.match(row.get("id").strip())
    if not number:
        yield LeftOut("no_id", row.slice.file)
        return
    own_id = prefix + number[1]
    text = row.get("body").replace("\r\n", "\n").strip()
    posted_at = _time(row.get("date"))
    if text in GONE:
        yield Deletion(
            platform=PLATFORM,
            post_id=own_id,
            told_by="own_export",
            source=row.slice,
            cause=GONE[text],
            account_id=about.name or None,
            posted_at=posted_at,
            known_at=about.made_at,
        )
        return
    yield CapturedPost(
        evidence="import",
        platform=PLATFORM,
        post_id=own_id,
        version_id=own_id,
        account_id=about.name,
        text=text,
        # A post of a link has no words but its title: the address is what was posted.
        content_hash=content_hash(PLATFORM, title or "", text, link or ""),
        source=row.slice,
        posted_at=posted_at,
        stated_at=None if posted_at else as_word(row.get("date")),
        captured_at=about.made_at,
        title=title,
        form="comment" if prefix == "t1_" else "",
        url=_address(row.get("permalink").strip()),
        reply_to=parent,
        links=[Link(link, link)] if link else [],
    )


def _address(permalink: str) -> str | None:
    return f"https://www.reddit.com{permalink}" if permalink.startswith("/r/") else web_address(permalink)
