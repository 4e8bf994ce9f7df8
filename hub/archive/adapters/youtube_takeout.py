"""What Google Takeout gives of YouTube: the account's comments, messages in live chats and community posts.

File names, folders and headers are in the account's language, so a column is told by what stands in it.
Three generations are known: Comment ID first (until June 2024), Channel ID first (since), and one of nine
columns with Post ID and Top-Level Comment ID (2026). Words are JSON: {"takeoutSegments": [...]}, later
objects with commas between them.

What is said in a live chat is public, and a comment on the film. A comment answers another comment, else a
community post, else the video: their ids are YouTube's own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath
from typing import Any

from flask_babel import lazy_gettext as _l

from hub.archive.adapters.base import (
    Account,
    CapturedPost,
    Counted,
    Export,
    LeftOut,
    Link,
    Mention,
    Noted,
    Parent,
    Record,
    Slice,
    content_hash,
)
from hub.archive.adapters.csv_file import read_through
from hub.archive.adapters.fields import as_dict, as_word, dicts, iso_time, web_address
from hub.archive.sources import Broken, Source, Unreadable
from hub.archive.sources.csv_rows import UTF_8, CsvRow, csv_rows, first_rows, plain_name

PLATFORM = "youtube"
CHANNEL = re.compile(r"UC[\w-]{22}\Z")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")
VIDEO = re.compile(r"[\w-]{11}\Z")
OWN_ID = re.compile(r"[\w.=-]{12,200}\Z")
COMMUNITY_POST = re.compile(r"Ug(?:k|w|z|x|y)[\w-]{8,}\Z")
SEGMENTS = re.compile(r'\s*\[?\s*\{\s*"')

# Columns of a comment that an English header names; the rest is told from the cells.
NAMES = {
    "comment id": "id", "live chat id": "id", "channel id": "channel", "comment create timestamp": "time",
    "live chat create timestamp": "time", "parent comment id": "parent", "post id": "post",
    "video id": "video", "comment text": "text", "live chat text": "text",
    "post create timestamp": "time", "post text": "text",
}  # fmt: skip

# The account's own folder in a Takeout; "YouTube" is not translated.
FOLDER = "youtube"
MOST_MEMBERS = 400
LOOKED_AT = 10


class YouTubeTakeout:
    name = "youtube-takeout"
    label = _l("YouTube, from Google Takeout")
    evidence = "import"
    how = _l(
        "The zip, as you downloaded it, or its tables of comments and live chats. At takeout.google.com, "
        "choose “YouTube and YouTube Music”."
    )

    def recognises(self, source: Source) -> bool:
        return any(_roles(rows) for _, rows in _candidates(source))

    def read(self, source: Source) -> Iterator[Record]:
        reading = _Reading(source)
        yield from reading.records()


def _candidates(source: Source) -> Iterator[tuple[str, list[CsvRow]]]:
    """Tables that may hold comments, with their first rows: nothing else is opened."""
    names = sorted(one.name for one in source.members())
    if source.holds_files:
        names = [name for name in names if name.lower().endswith(".csv") and FOLDER in name.lower()]
    for name in names[:MOST_MEMBERS]:
        try:
            yield name, first_rows(lambda name=name: source.open(name), LOOKED_AT)
        except Unreadable:
            continue


def _roles(rows: Sequence[CsvRow]) -> dict[str, int] | None:
    """Which column is what; None for a table that is not one of words that somebody posted."""
    if not rows:
        return None
    named = {NAMES[name]: at for at, cell in enumerate(rows[0].cells) if (name := plain_name(cell)) in NAMES}
    if named.keys() >= {"channel", "time", "text"}:
        # A table of community posts has an id of its own, and no video's.
        if "id" not in named and "post" in named:
            named["id"] = named.pop("post")
        return named if "id" in named else None
    return next((found for row in rows if (found := _told_by_cells(row.cells))), None)


def _told_by_cells(cells: Sequence[str]) -> dict[str, int] | None:
    """The columns of one row, by what stands in them: they keep their order in every language."""
    times = [at for at, cell in enumerate(cells) if MOMENT.match(cell)]
    channels = [at for at, cell in enumerate(cells) if CHANNEL.match(cell)]
    texts = [at for at, cell in enumerate(cells) if SEGMENTS.match(cell)]
    if not times or not channels or not texts or len(cells) not in (6, 7, 8, 9):
        return None
    found = {"channel": channels[0], "time": times[0], "text": texts[0]}
    rest = [at for at in range(len(cells)) if at not in found.values() and not _is_price(cells[at])]
    if not rest:
        return None
    found["id"] = rest[0]
    after = [at for at in rest[1:] if at < found["text"]]
    if after:
        found["video"] = after[-1]
    if len(after) > 1:
        found["parent"] = after[0]
    if len(after) > 2:
        found["post"] = after[1]
    return found


def _is_price(cell: str) -> bool:
    return bool(cell) and cell.replace(".", "").isdigit() and len(cell) < 11


class _Reading:
    """One pass over one Takeout."""

    def __init__(self, source: Source):
        self.source = source
        self.channels: dict[str, None] = {}
        self.whole = source.holds_files

    def records(self) -> Iterator[Record]:
        read = []
        for refused in self.source.refused:
            self.whole = self.whole and not refused.name.lower().endswith(".csv")
            yield LeftOut(refused.reason, refused.name)
        for name, rows in _candidates(self.source):
            if roles := _roles(rows):
                read.append(name)
                yield from self._table(name, rows, roles)
        for member in self.source.members():
            if member.name not in read:
                yield LeftOut(_why_left_out(member.name), member.name)
        if self.channels:
            # A Takeout does not say when it was made, so nothing can be said of what a later one lacks.
            yield Export(PLATFORM, next(iter(self.channels)), None, self.whole)

    def _table(self, name: str, rows: Sequence[CsvRow], roles: dict[str, int]) -> Iterator[Record]:
        def opened():
            return self.source.open(name)

        try:
            look, found = yield from read_through(opened, len(rows[0].cells))
        except (Broken, Unreadable) as error:
            self.whole = False
            yield LeftOut(error.reason, name, detail=str(getattr(error, "row", "")))
            yield Counted(name, None, 0)
            return
        header = not any(MOMENT.match(cell) for cell in rows[0].cells)
        if look.encoding != UTF_8:
            yield Noted("encoding_other", name, look.encoding)
        yield Counted(name, None, found - header)
        with opened() as stream:
            for row in csv_rows(stream, look):
                if not header or row.number > 1:
                    yield from self._row(row, name, roles)

    def _row(self, row: CsvRow, file: str, roles: dict[str, int]) -> Iterator[Record]:
        said = {role: row.cells[at].strip() for role, at in roles.items() if at < len(row.cells)}
        own_id, channel, time = said.get("id", ""), said.get("channel", ""), said.get("time", "")
        segments = _segments(said.get("text", ""))
        if not any(said.values()):
            return  # a line of nothing but spaces, as Takeout ends its files
        if not OWN_ID.match(own_id) or segments is None or not CHANNEL.match(channel):
            yield LeftOut("unexpected_shape" if OWN_ID.match(own_id) else "no_id", file)
            return
        if channel not in self.channels and len(self.channels) < 100:
            self.channels[channel] = None
            yield Account(PLATFORM, channel, own=True)
        yield _post(
            said,
            segments,
            "comment" if "video" in roles else "",
            Slice(row.raw, file, row.number),
            iso_time(time),
        )


def _segments(text: str) -> list[dict] | None:
    """The pieces of a text, in either generation's form; None for what is neither."""
    for tried in (text, f"[{text}]"):
        try:
            value = json.loads(tried)
        except (ValueError, RecursionError):
            continue
        pieces = value.get("takeoutSegments", [value]) if isinstance(value, dict) else value
        return dicts(pieces)
    return None


def _post(said: dict[str, str], segments: list[dict], form: str, source: Slice, at: Any) -> CapturedPost:
    own_id = said["id"]
    text = "".join(str(one.get("text") or "") for one in segments).strip()
    answered = next((said[role] for role in ("parent", "post", "video") if said.get(role)), None)
    return CapturedPost(
        evidence="import",
        platform=PLATFORM,
        post_id=own_id,
        version_id=own_id,
        account_id=said["channel"],
        text=text,
        content_hash=content_hash(PLATFORM, text),
        source=source,
        posted_at=at,
        stated_at=None if at else as_word(said.get("time")),
        form=form,
        url=_address(said),
        reply_to=Parent(answered, None, None) if answered and form else None,
        links=list(_links(segments)),
        mentions=list(_mentions(segments)),
    )


def _address(said: dict[str, str]) -> str | None:
    if VIDEO.match(said.get("video", "")):
        return f"https://www.youtube.com/watch?v={said['video']}&lc={said['id']}"
    if COMMUNITY_POST.match(said.get("post", "")):
        return f"https://www.youtube.com/post/{said['post']}?lc={said['id']}"
    return f"https://www.youtube.com/post/{said['id']}" if COMMUNITY_POST.match(said["id"]) else None


def _links(segments: list[dict]) -> Iterator[Link]:
    for one in segments:
        address = web_address(as_dict(one.get("link")).get("linkUrl"))
        shown = as_word(one.get("text"), 2_000)
        if address and shown:
            yield Link(shown, address)


def _mentions(segments: list[dict]) -> Iterator[Mention]:
    for one in segments:
        channel = as_word(as_dict(one.get("mention")).get("externalChannelId"), 30)
        handle = as_word(one.get("text"))
        if channel and handle:
            yield Mention(handle.strip().lstrip("@"), channel, None)


def _why_left_out(name: str) -> str:
    plain = PurePosixPath(name).as_posix().lower()
    if FOLDER not in plain or any(word in plain for word in ("history", "verlauf", "historique", "search")):
        return "private"
    return "not_posts"
