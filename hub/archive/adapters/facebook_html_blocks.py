"""What one block of Facebook's HTML export says: a post, or a comment.

Facebook marks its parts with classes that mean nothing by themselves; there are two sets of them, of before
and after 2021. Around the words stand labels, addresses the author posted from, and the date; none of these
is the author's, so only what stands in the places of words is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import BinaryIO

from lxml import etree, html

from hub.archive.adapters import plain_text
from hub.archive.adapters.export_files import media_kind
from hub.archive.adapters.facebook_rows import BEGAN
from hub.archive.adapters.fields import CLOCKS_DIFFER, web_address
from hub.archive.sources.html_blocks import blocks
from hub.archive.sources.json_stream import Row
from hub.core import clock

BLOCK = {"_a6-g", "_2lej"}
HEADER = {"_a6-h", "_2lek"}
BODY = {"_a6-p", "_2let"}
DATE = {"_a72d", "_2lem"}
WORDS = "_2pin"
# Cells of the tables of a picture's own data, the address it was sent from among them.
FACTS = {"_a6_q", "_a6_r", "_a7nf"}

_CLOCK = r"\d{1,2}:\d{2}(?::\d{2})?(?:[ \u202f]?[ap]m)?"
_DAY = r"[^\W\d]{3,9}\.? \d{1,2}, \d{4}|\d{1,2} [^\W\d]{3,9}\.? \d{4}|\d{1,2}/\d{1,2}/\d{4}"
_DATE = rf"(?:{_DAY}),? (?:at )?{_CLOCK}"
DATED = re.compile(rf"[^\d]{{0,40}}?({_DATE})", re.IGNORECASE)
FORMATS = ("%b %d, %Y", "%B %d, %Y", "%d %b %Y", "%d %B %Y", "%d/%m/%Y")
CLOCKS = ("%I:%M:%S %p", "%I:%M %p", "%H:%M:%S", "%H:%M")
OWN_HOSTS = re.compile(r"https?://(?:[\w-]+\.)*facebook\.com/(?:dyi|l)\b")


NONE: set[str] = set()
PARSER = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)


@dataclass(slots=True)
class Block:
    """`stated`: the date as it stands; `at`: that date taken to be in UTC, None if it cannot be read."""

    header: str
    text: str
    stated: str
    at: datetime | None
    media: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)


def block_rows(stream: BinaryIO) -> Iterator[Row]:
    """The blocks of a page, read, each with its exact bytes. Raises Broken."""
    found = blocks(stream, lambda name, classes: name in ("div", "section") and bool(classes & BLOCK))
    for number, raw in enumerate(found, 1):
        yield Row(read_block(raw), raw, number)


def read_block(raw: bytes) -> Block | None:
    """None for what cannot be read as HTML."""
    try:
        tree = html.document_fromstring(b"<body>" + raw + b"</body>", parser=PARSER)
    except (etree.LxmlError, ValueError, AssertionError):
        return None
    body = _first(tree, BODY)
    stated = _date_in(tree)
    media, links = _files(body), _links(body)
    words = [text for text in _words(body) if text not in links and not DATED.fullmatch(text)]
    return Block(
        header=_line(_first(tree, HEADER)),
        text="\n\n".join(dict.fromkeys(words)),
        stated=stated,
        at=read_date(stated),
        media=media,
        links=links,
    )


def read_date(stated: str) -> datetime | None:
    """A date as Facebook writes it in English, in the time zone that it does not say, taken for UTC."""
    plain = re.sub(r"\s+", " ", stated.replace(" at ", " ").replace(".", "")).strip()
    plain = re.sub(r"(\d)([ap]m)$", r"\1 \2", plain, flags=re.IGNORECASE)
    day, _, time = plain.rpartition(", ") if re.search(r"\d{4}, ", plain) else _split(plain)
    for day_format in FORMATS:
        for clock_format in CLOCKS:
            try:
                found = datetime.strptime(f"{day} {time}", f"{day_format} {clock_format}").replace(tzinfo=UTC)
            except ValueError:
                continue
            return found if BEGAN <= found <= clock.now() + CLOCKS_DIFFER else None
    return None


def _split(plain: str) -> tuple[str, str, str]:
    found = re.match(r"(.*\d{4}) (.*)", plain)
    return (found[1], " ", found[2]) if found else (plain, "", "")


def _first(tree, classes: set[str]):
    return next((one for one in tree.iter() if _classes(one) & classes), None) if tree is not None else None


def _classes(element) -> set[str]:
    value = element.get("class") if isinstance(element.tag, str) else None
    return set(value.split()) if value else NONE


def _line(element) -> str:
    """The text of a heading or a date, which stand on one line."""
    return " ".join("".join(element.itertext()).split()) if element is not None else ""


def _text(element) -> str:
    if element is None:
        return ""
    return plain_text.from_html(etree.tostring(element, encoding="unicode", method="html", with_tail=False))


def _words(body) -> Iterator[str]:
    """What stands in the places of words; those that hold others give way to them."""
    if body is None:
        return
    places = [one for one in body.iter() if WORDS in _classes(one)]
    for place in places:
        inner = [one for one in place.iterdescendants() if isinstance(one.tag, str)]
        if any(WORDS in _classes(one) or one.tag in ("table", "img", "video") for one in inner):
            continue
        if any(_classes(one) & FACTS for one in (place, *inner, *place.iterancestors())):
            continue
        if text := _text(place):
            yield text
    if not places and body.find(".//table") is None and (text := _text(body)):
        yield text


def _date_in(tree) -> str:
    """The date of the block: in its own place, else the last that stands anywhere."""
    for classes in (DATE, {"_a6-o"}):
        if stated := _line(_first(tree, classes)):
            return stated[:100]
    dated = [text for text in _words(_first(tree, BODY)) if DATED.fullmatch(text)]
    return DATED.fullmatch(dated[-1])[1][:100] if dated else ""


def _files(body) -> list[str]:
    """The members of the export that the block shows, in order."""
    if body is None:
        return []
    found = [one.get("src") or one.get("href") or "" for one in body.iter("img", "video", "source", "a")]
    return [one for one in dict.fromkeys(found) if "://" not in one and media_kind(one)]


def _links(body) -> list[str]:
    if body is None:
        return []
    found = [one.get("href") or "" for one in body.iter("a")]
    return [one for one in dict.fromkeys(found) if web_address(one) and not OWN_HOSTS.match(one)]
