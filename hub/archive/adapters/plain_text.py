"""Plain text out of the HTML in which platforms write what people said."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from typing import Any

from lxml import etree, html

from hub.archive.adapters.base import Link
from hub.archive.adapters.fields import as_word, web_address

# What a reader never sees as text.
UNSEEN = frozenset({"script", "style", "template", "head", "title", "noscript", "iframe", "object", "svg"})
# Elements that stand on a line of their own, and those that an empty line parts from what is around them.
LINES = frozenset({"div", "li", "tr", "dt", "dd", "figcaption", "section", "article", "header", "footer"})
PARTS = frozenset(
    {"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "dl", "blockquote", "pre", "table", "figure", "hr"}
)
SPACES = re.compile(r"[ \t\r\n\f]+")
# How blocks and the spaces of <pre> are marked until the whole text is there.
LINE, PART, SPACE = "\x1d", "\x1e", "\x1c"
MARKS = str.maketrans("", "", LINE + PART + SPACE + "\x00")
GAP = re.compile(f"[ \t\n{LINE}{PART}]*[\n{LINE}{PART}][ \t\n{LINE}{PART}]*")
# Characters of HTML that are read of one post: a novel's worth. The exact bytes keep the rest.
LONGEST = 2_000_000
# Links and pictures that are kept of one text.
MOST = 500


def from_html(source: str) -> str:
    """The text that a reader of the HTML sees: lines for <br> and blocks, links by their text, emoji that
    are pictures by their names. Never raises; what is not HTML comes back as it is."""
    if "<" not in source and "&" not in source:
        return source.strip()
    tree = _tree(source)
    return source.strip() if tree is None else _tidy("".join(_pieces(tree)))


def links_in(source: Any) -> list[Link]:
    """Where the links of a text in HTML lead, but for people and subjects that it names."""
    tree = _tree(source) if isinstance(source, str) and "<a" in source.lower() else None
    found = [
        Link(" ".join(one.text_content().split())[:500] or href, href)
        for one in (() if tree is None else tree.iter("a"))
        if not {"mention", "hashtag"} & set((one.get("class") or "").split())
        if (href := web_address(one.get("href")))
    ]
    return found[:MOST]


def pictures_in(source: Any) -> Iterator[tuple[str, str | None]]:
    """(address, alternative text) of the pictures that a text in HTML shows."""
    tree = _tree(source) if isinstance(source, str) and "<img" in source.lower() else None
    found = () if tree is None else tree.iter("img")
    for one in itertools.islice(found, MOST):
        if address := web_address(one.get("src")):
            yield address, as_word(one.get("alt"), 5_000)


def _tree(source: str) -> Any:
    """The HTML as a tree; None for what cannot be one."""
    # As bytes: lxml refuses a text that states an encoding, and lone surrogates.
    whole = b"<body>" + source[:LONGEST].translate(MARKS).encode("utf-8", "replace") + b"</body>"
    try:
        parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
        return html.document_fromstring(whole, parser=parser)
    except (etree.LxmlError, ValueError, AssertionError):
        return None


def _pieces(tree) -> Iterator[str]:
    preformatted = 0
    walk = etree.iterwalk(tree, events=("start", "end"))
    for event, node in walk:
        tag = node.tag if isinstance(node.tag, str) else ""
        unseen = tag in UNSEEN or not tag
        if event == "start" and unseen:
            walk.skip_subtree()
        elif event == "start":
            preformatted += tag == "pre"
            yield _opening(node, tag)
            yield _words(node.text, preformatted)
        else:
            preformatted -= tag == "pre"
            yield "" if unseen else _edge(tag)
            yield _words(node.tail, preformatted)


def _opening(node, tag: str) -> str:
    if tag == "br":
        return "\n"
    if tag == "li":
        return LINE + "- "
    if tag == "img":
        return (node.get("alt") or "") if "emoji" in (node.get("class") or "") else ""
    return _edge(tag)


def _edge(tag: str) -> str:
    return PART if tag in PARTS else LINE if tag in LINES else ""


def _words(text: str | None, preformatted: int) -> str:
    if not text:
        return ""
    return text.replace(" ", SPACE) if preformatted else SPACES.sub(" ", text)


def _tidy(text: str) -> str:
    return GAP.sub(_gap, text).strip(" \t\n" + LINE + PART).replace(SPACE, " ")


def _gap(found: re.Match[str]) -> str:
    """What lies between two lines: of blocks one break or one empty line, of <br> as many as there are."""
    if PART in found[0]:
        return "\n\n"
    return "\n" * max(found[0].count("\n"), 1)
