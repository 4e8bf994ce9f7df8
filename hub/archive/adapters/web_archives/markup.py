"""Parses pages as browsers receive them: whatever encoding, however broken, in bounded memory."""

from __future__ import annotations

import codecs
import re

from lxml import etree, html

from hub.archive.sources import limits

# Of one page; longer ones are read so far. The longest true ones are some megabytes.
MAX_PAGE = 4 * limits.MB
MAX_SHEET = 2 * limits.MB

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_META = re.compile(rb"<meta[^>]{0,300}?charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE)
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]+")
# How far browsers look for what a page says of its own encoding.
_LOOKED_AT = 1024 * 4
# What a browser takes these names to mean.
_MEANT = {"iso-8859-1": "windows-1252", "latin1": "windows-1252", "latin-1": "windows-1252",
          "us-ascii": "windows-1252", "ascii": "windows-1252"}  # fmt: skip


def as_text(body: bytes, charset: str = "") -> str:
    """A page's or a style sheet's text: by its byte order mark, by what the server says, by what the page
    says, as UTF-8, or, when it is none, as browsers guess. Never raises."""
    for mark, name in _BOMS:
        if body.startswith(mark):
            return body.decode(name, "replace").lstrip("\ufeff")
    stated = _META.search(body[:_LOOKED_AT])
    for name in (charset, stated[1].decode("ascii") if stated else "", "utf-8"):
        if decoded := _decoded(body, _MEANT.get(name.lower(), name)):
            return decoded
    return body.decode("windows-1252", "replace")


def _decoded(body: bytes, name: str) -> str | None:
    try:
        if not name or not codecs.lookup(name)._is_text_encoding:
            return None
        text = body.decode(name, "replace")
    except (LookupError, ValueError):
        return None
    # What is stated and is plainly not so: most of what is no plain letter could not be read.
    beyond = sum(map(len, _BEYOND_ASCII.findall(text)))
    return None if text.count("\ufffd") * 2 > beyond else text


def parse(text: str) -> html.HtmlElement | None:
    """The page's tree; None for what has none."""
    # As bytes: lxml refuses a text that states an encoding, and lone surrogates.
    whole = text.replace("\x00", "").encode("utf-8", "replace")
    try:
        parser = html.HTMLParser(
            encoding="utf-8", remove_comments=True, remove_pis=True, default_doctype=False
        )
        tree = html.document_fromstring(whole, parser=parser)
    except (etree.LxmlError, ValueError, AssertionError):
        return None
    for node in tree.xpath("//source|//embed|//track|//wbr"):
        _empty(node)
    return tree


def _empty(node) -> None:
    """The parser is older than these elements and takes what follows them for what is in them."""
    text, node.text = node.text, None
    for child in reversed(node):
        node.addnext(child)
    if text:
        node.tail = text + (node.tail or "")
