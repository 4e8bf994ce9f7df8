"""OPML 2.0: a list of feeds that reading programs take in as a whole."""

from collections.abc import Iterable
from dataclasses import dataclass

from lxml import etree

from .xml import add, whole


@dataclass(frozen=True)
class Listed:
    """One feed of a list: what it is called, its address, and that of the page it is of."""

    name: str
    feed: str
    page: str


def opml(title: str, listed: Iterable[Listed]) -> bytes:
    root = etree.Element("opml", version="2.0")
    add(add(root, "head"), "title", title)
    body = add(root, "body")
    for one in listed:
        add(body, "outline", type="rss", text=one.name, title=one.name, xmlUrl=one.feed, htmlUrl=one.page)
    return whole(root)
