"""Building XML, namespaces and all."""

import re
from datetime import UTC, datetime
from typing import Any

from lxml import etree

ATOM = "http://www.w3.org/2005/Atom"
TOMBSTONES = "http://purl.org/atompub/tombstones/1.0"
CONTENT = "http://purl.org/rss/1.0/modules/content/"
DUBLIN_CORE = "http://purl.org/dc/elements/1.1/"

GENERATOR = "Knowledge Hub"

# What XML 1.0 cannot hold at all.
_UNSPEAKABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def add(parent: Any, name: str, words: str | None = None, namespace: str = "", **attributes: str) -> Any:
    """A child element, with words in it or attributes."""
    made = etree.SubElement(parent, f"{{{namespace}}}{name}" if namespace else name)
    for key, value in attributes.items():
        made.set(key, speakable(value))
    if words is not None:
        made.text = speakable(words)
    return made


def speakable(text: str) -> str:
    return _UNSPEAKABLE.sub("\N{REPLACEMENT CHARACTER}", str(text))


def whole(root: Any) -> bytes:
    written: bytes = etree.tostring(root, xml_declaration=True, encoding="utf-8")
    return written


def rfc3339(at: datetime) -> str:
    """'2026-03-03T14:05:00Z'."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
