"""Atom 1.0 and RSS of every version: feedparser knows what an entry says, expat where its bytes are."""

from __future__ import annotations

import calendar
import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from time import struct_time
from typing import Any, BinaryIO

import feedparser
from flask_babel import lazy_gettext as _l

from hub.archive.adapters.base import (
    ROWS_BETWEEN_SIGNS,
    Deletion,
    LeftOut,
    MediaRef,
    Record,
    Slice,
    StillReading,
)
from hub.archive.adapters.feed_entries import (
    PLATFORM,
    Entry,
    Feed,
    medium,
    read_entry,
    sound_id,
    without_mail,
)
from hub.archive.adapters.fields import as_dict, as_word, dicts, iso_time, web_address
from hub.archive.adapters.plain_text import from_html
from hub.archive.sources import Broken, Source, Unreadable
from hub.archive.sources.xml_spans import Element, Node, elements, root_of

ATOM, THREADING = "http://www.w3.org/2005/Atom", "http://purl.org/syndication/thread"
ROOTS = frozenset({"feed", "rss", "RDF", "entry"})
ENTRIES, GONE = frozenset({"item", "entry"}), "deleted-entry"
IN_BRACKETS = re.compile(r"\(([^()]+)\)")
# What a feed says of itself stands directly in these.
HEADS = frozenset({"feed", "channel"})
OF_THE_FEED = frozenset({"title", "link", "id", "language"})
# A post has a few pictures or films beside it.
MOST_MEDIA = 100

Path = tuple[tuple[str, str], ...]


class Feeds:
    name = "feed"
    label = "Atom or RSS feed"
    evidence = "capture"
    how = _l("A website's feed as your browser or a tool saved it: what the site said at that moment.")

    def recognises(self, source: Source) -> bool:
        if source.holds_files:
            return False
        try:
            with source.open(_file(source)) as stream:
                root = root_of(stream)
        except Unreadable as error:
            if error.reason == "entities":
                raise
            return False
        return root is not None and root[1] in ROOTS

    def read(self, source: Source) -> Iterator[Record]:
        file = _file(source)
        feed = Feed()
        try:
            with source.open(file) as stream:
                yield from _look_over(stream, feed)
        except Broken as error:
            raise Unreadable(error.reason, str(error.row)) from error
        with source.open(file) as stream:
            for found in elements(stream, _is_entry):
                if isinstance(found, Broken):
                    yield LeftOut(found.reason, file, detail=str(found.row))
                else:
                    yield from _read(found, feed, file)


def _file(source: Source) -> str:
    return next(iter(source.members())).name


def _is_entry(path: Path) -> bool:
    return path[-1][1] in ENTRIES or path[-1][1] == GONE


def _is_of_the_feed(path: Path) -> bool:
    return len(path) > 1 and path[-2][1] in HEADS and path[-1][1] in OF_THE_FEED


def _look_over(stream: BinaryIO, feed: Feed) -> Iterator[Record]:
    """Reads a feed to its end, and what it says of itself on the way."""
    rows = 0
    addresses: dict[str, str] = {}
    for found in elements(stream, lambda path: _is_entry(path) or _is_of_the_feed(path)):
        rows += 1
        if rows % ROWS_BETWEEN_SIGNS == 0:
            yield StillReading()
        if isinstance(found, Broken):
            continue
        node = found.node
        if node.name == "title" and not feed.title:
            feed.title = as_word(from_html(node.text))
        elif node.name == "language":
            feed.language = as_word(node.text, 10)
        elif node.name == "id":
            addresses.setdefault("id", node.text)
        elif node.name == "link":
            addresses.setdefault(
                node.attributes.get("rel", "alternate"), node.attributes.get("href", node.text)
            )
    known = (sound_id(addresses.get(one)) for one in ("alternate", "id", "self"))
    feed.address = next((one for one in known if one), None)


def _read(found: Element, feed: Feed, file: str) -> Iterator[Record]:
    source = Slice(found.raw, file, found.number)
    if found.node.name == GONE:
        yield from _deletion(found.node, source)
        return
    told = _understood(found)
    if told is None:
        yield LeftOut("unexpected_shape", file)
    else:
        yield from read_entry(_entry(told, found.node, source), feed)


def _understood(found: Element) -> dict[str, Any] | None:
    """What feedparser makes of an entry in a file of its own. It is given a stream: of anything else it would
    think that it names a file or an address to fetch."""
    try:
        parsed = feedparser.parse(io.BytesIO(found.before + found.raw + found.after))
    except Exception:  # whatever a hostile entry makes it raise costs that entry
        return None
    return parsed.entries[0] if parsed.entries else None


def _entry(told: dict[str, Any], node: Node, source: Slice) -> Entry:
    content = _content(told)
    is_html = content.get("type", "text/html") != "text/plain"
    value = as_word(content.get("value"), 2_000_000) or ""
    author = as_dict(told.get("author_detail"))
    return Entry(
        source=source,
        id=as_word(dict.get(told, "id"), 2_000),
        url=web_address(dict.get(told, "link")),
        title=as_word(dict.get(told, "title"), 2_000),
        html=value if is_html else None,
        text=None if is_html else value,
        author=as_word(author.get("name")) if (written := _author(node)) is None else written,
        author_url=web_address(author.get("href")),
        site=_site(as_dict(told.get("source"))),
        published=_moment(dict.get(told, "published_parsed")),
        updated=_moment(dict.get(told, "updated_parsed")),
        language=as_word(content.get("language"), 10),
        reply_to=_answered(node),
        media=list(_media(told)),
    )


def _content(told: dict[str, Any]) -> dict[str, Any]:
    """The whole text where there is one, else the summary. Of several the HTML."""
    found = dicts(dict.get(told, "content"))
    found.sort(key=lambda one: "html" not in str(one.get("type")))
    return (found or [as_dict(dict.get(told, "summary_detail"))])[0]


def _author(node: Node) -> str | None:
    """The name beside an e-mail address, as RSS wants its authors ("ann@a.example (Ann)"), "" for none; None
    where there is no such address, and feedparser knows better."""
    written = node.value("author") or node.value("creator")
    if "@" not in written:
        return None
    named = IN_BRACKETS.search(written)
    return without_mail(named[1] if named else written) or ""


def _site(told: dict[str, Any]) -> Feed | None:
    """The feed that an entry was taken from, where it says so."""
    address = sound_id(as_word(told.get("link") or told.get("id") or told.get("href"), 500))
    return Feed(address, as_word(told.get("title"))) if address else None


def _answered(node: Node) -> str | None:
    reference = node.child("in-reply-to", THREADING)
    return sound_id(reference.attributes.get("ref")) if reference else None


def _media(told: dict[str, Any]) -> Iterator[MediaRef]:
    known: set[Any] = set()
    for one in [*dicts(told.get("enclosures")), *dicts(told.get("media_content"))][:MOST_MEDIA]:
        address = one.get("href") or one.get("url")
        if isinstance(address, str) and address not in known:
            known.add(address)
            yield from medium(address, one.get("type") or one.get("medium"))


def _moment(parsed: Any) -> datetime | None:
    """feedparser gives moments in UTC."""
    if not isinstance(parsed, struct_time):
        return None
    try:
        return datetime.fromtimestamp(calendar.timegm(parsed), UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _deletion(node: Node, source: Slice) -> Iterator[Record]:
    """An entry that is gone, as RFC 6721 lets a feed say it."""
    post_id = sound_id(node.attributes.get("ref"))
    at = iso_time(node.attributes.get("when"))
    if post_id:
        yield Deletion(PLATFORM, post_id, "stream", source, deleted_at=at, known_at=at)
    else:
        yield LeftOut("no_id", source.file)
