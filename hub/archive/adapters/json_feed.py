"""JSON Feed 1.0 and 1.1: what a website said, as somebody saw it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask_babel import lazy_gettext as _l

from hub.archive.adapters.base import ROWS_BETWEEN_SIGNS, LeftOut, MediaRef, Record, Slice, StillReading
from hub.archive.adapters.feed_entries import Entry, Feed, medium, read_entry, sound_id
from hub.archive.adapters.fields import as_dict, as_word, dicts, iso_time, web_address
from hub.archive.sources import Broken, Source, Unreadable
from hub.archive.sources.json_lists import member_rows
from hub.archive.sources.json_stream import Row

VERSION = "https://jsonfeed.org/version/"
ITEMS = ("items",)
MOST_MEDIA = 100
LONGEST_TEXT = 2_000_000


class JsonFeed:
    name = "json-feed"
    label = "JSON Feed"
    evidence = "capture"
    how = _l("A website's feed in JSON, as your browser or a tool saved it.")

    def recognises(self, source: Source) -> bool:
        if source.holds_files:
            return False
        head: dict[str, Any] = {}
        try:
            with source.open(_file(source)) as stream:
                next(member_rows(stream, ITEMS, head=head), None)
        except (Broken, Unreadable):
            return False
        return str(head.get("version")).startswith(VERSION)

    def read(self, source: Source) -> Iterator[Record]:
        file = _file(source)
        head: dict[str, Any] = {}
        try:
            with source.open(file) as stream:
                for row in member_rows(stream, ITEMS, head=head):
                    if row.number % ROWS_BETWEEN_SIGNS == 0:
                        yield StillReading()
        except Broken as error:
            raise Unreadable(error.reason, str(error.row)) from error
        feed = _feed(head)
        with source.open(file) as stream:
            for row in member_rows(stream, ITEMS):
                yield from _read(row, feed, file)


def _file(source: Source) -> str:
    return next(iter(source.members())).name


def _feed(head: dict[str, Any]) -> Feed:
    addresses = (sound_id(web_address(head.get(key))) for key in ("home_page_url", "feed_url"))
    address = next((one for one in addresses if one), None)
    return Feed(address, as_word(head.get("title")), as_word(head.get("language"), 10))


def _read(row: Row, feed: Feed, file: str) -> Iterator[Record]:
    if not isinstance(row.value, dict):
        yield LeftOut("unexpected_shape", file)
        return
    item = row.value
    author = next(iter(dicts(item.get("authors"))), None) or as_dict(item.get("author"))
    written = as_word(item.get("content_html"), LONGEST_TEXT)
    entry = Entry(
        source=Slice(row.raw, file, row.number),
        id=_id(item.get("id")),
        url=web_address(item.get("url")),
        title=as_word(item.get("title"), 2_000),
        html=written,
        text=as_word(item.get("content_text") or item.get("summary"), LONGEST_TEXT),
        author=as_word(author.get("name")),
        author_url=web_address(author.get("url")),
        published=iso_time(item.get("date_published")),
        updated=iso_time(item.get("date_modified")),
        language=as_word(item.get("language"), 10),
        media=list(_media(item)),
    )
    yield from read_entry(entry, feed)


def _id(value: Any) -> str | None:
    """Some feeds number their items."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else as_word(value, 2_000)


def _media(item: dict[str, Any]) -> Iterator[MediaRef]:
    yield from medium(as_word(item.get("image"), 2_000), "image")
    for one in dicts(item.get("attachments"))[:MOST_MEDIA]:
        yield from medium(as_word(one.get("url"), 2_000), one.get("mime_type"), one.get("title"))
