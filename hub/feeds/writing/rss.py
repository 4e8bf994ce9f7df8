"""RSS 2.0, with whole texts (content:encoded), authors without addresses (dc:creator), moments of change."""

from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from lxml import etree

from hub.core.markup import excerpt, plain_text
from hub.feeds.entries import Entry, Feed

from .xml import ATOM, CONTENT, DUBLIN_CORE, GENERATOR, add, rfc3339, whole

# Minutes between two looks: as often as anybody needs to hear.
TTL = 60
# RSS wants a description; where nobody wrote a summary, the first words are one.
FIRST_WORDS = 300


def rss(feed: Feed) -> bytes:
    namespaces = {"atom": ATOM, "content": CONTENT, "dc": DUBLIN_CORE}
    root = etree.Element("rss", nsmap=namespaces, version="2.0")
    channel = add(root, "channel")
    add(channel, "title", feed.title)
    add(channel, "link", feed.home)
    add(channel, "description", feed.about)
    add(channel, "language", feed.language)
    add(channel, "lastBuildDate", rfc822(feed.updated))
    add(channel, "generator", GENERATOR)
    add(channel, "ttl", str(TTL))
    add(channel, "link", None, ATOM, rel="self", type="application/rss+xml", href=feed.own)
    if feed.older:
        add(channel, "link", None, ATOM, rel="next", type="application/rss+xml", href=feed.older)
    for entry in feed.entries:
        _item(channel, entry)
    return whole(root)


def rfc822(at: datetime) -> str:
    """'Tue, 03 Mar 2026 14:05:00 GMT'."""
    return format_datetime(at.astimezone(UTC), usegmt=True)


def _item(channel: Any, entry: Entry) -> None:
    made = add(channel, "item")
    add(made, "title", entry.title)
    add(made, "link", entry.url)
    add(made, "guid", entry.id, isPermaLink="false")
    add(made, "pubDate", rfc822(entry.published))
    add(made, "updated", rfc3339(entry.updated), ATOM)
    add(made, "creator", entry.author, DUBLIN_CORE)
    for _term, label in entry.tags:
        add(made, "category", label)
    for file in entry.files[:1]:  # programs know of one; all are named in the text
        add(made, "enclosure", url=file.url, type=file.media_type, length=str(file.size))
    add(made, "description", entry.summary or excerpt(plain_text(entry.html), FIRST_WORDS))
    add(made, "encoded", entry.html, CONTENT)
