"""Atom (RFC 4287), with pages (RFC 5005) and tombstones (RFC 6721)."""

from typing import Any

from lxml import etree

from hub.feeds.entries import Entry, Feed

from .xml import ATOM, GENERATOR, TOMBSTONES, rfc3339, speakable, whole
from .xml import add as _add

XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def add(parent: Any, name: str, text: str | None = None, **attributes: str) -> Any:
    return _add(parent, name, text, ATOM, **attributes)


def atom(feed: Feed) -> bytes:
    root = etree.Element(f"{{{ATOM}}}feed", nsmap={None: ATOM, "at": TOMBSTONES})
    root.set(XML_LANG, speakable(feed.language))
    add(root, "id", feed.id)
    add(root, "title", feed.title)
    add(root, "subtitle", feed.about)
    add(root, "updated", rfc3339(feed.updated))
    add(root, "link", rel="self", type="application/atom+xml", href=feed.own)
    add(root, "link", rel="alternate", type="text/html", href=feed.home)
    if feed.older:
        add(root, "link", rel="next", type="application/atom+xml", href=feed.older)
    add(root, "generator", GENERATOR)
    for entry in feed.entries:
        _entry(root, entry)
    for gone in feed.gone:
        _add(root, "deleted-entry", None, TOMBSTONES, ref=gone.id, when=rfc3339(gone.at))
    return whole(root)


def _entry(root: Any, entry: Entry) -> None:
    made = add(root, "entry")
    add(made, "id", entry.id)
    add(made, "title", entry.title)
    add(made, "link", rel="alternate", type="text/html", href=entry.url)
    for file in entry.files:
        told = {"type": file.media_type, "length": str(file.size), "title": file.name}
        add(made, "link", rel="enclosure", href=file.url, **told)
    add(add(made, "author"), "name", entry.author)
    add(made, "published", rfc3339(entry.published))
    add(made, "updated", rfc3339(entry.updated))
    for term, label in entry.tags:
        add(made, "category", term=term, label=label)
    if entry.summary:
        add(made, "summary", entry.summary)
    add(made, "content", entry.html, type="html")
