"""Mentions: `@handle` becomes a link to the person, if the hub knows one."""

import re
from collections.abc import Callable, Collection, Mapping
from itertools import islice

from lxml.html import HtmlElement, builder

from hub.core.markup.shape import texts

# Takes handles in lower case; gives those that are known, with the address of each person's page.
# Asked at most once a text.
Resolver = Callable[[Collection[str]], Mapping[str, str]]

# Not within an e-mail address, an address on another network (@name@host) or a path.
MENTION = re.compile(r"(?<![\w@/.+-])@([a-z0-9](?:[a-z0-9_-]{0,38}[a-z0-9])?)(?![\w@]|[.-]\w)", re.IGNORECASE)

# Asked about in one text. More is a list pasted in, and would be a way to ring everybody's bell.
MOST_MENTIONS = 50
MOST_LINKED = 500

NOT_IN = ("a", "code", "pre")


def link_mentions(tree: HtmlElement, resolve: Resolver) -> None:
    """Links the mentions in running text, in place; those in code, links and e-mail addresses are not."""
    places = [
        (element, is_tail)
        for element, is_tail in texts(tree, outside=NOT_IN)
        if "@" in (element.tail if is_tail else element.text)
    ]
    asked = dict.fromkeys(
        match.group(1).lower()
        for element, is_tail in places
        for match in MENTION.finditer(element.tail if is_tail else element.text)
    )
    known = resolve(list(asked)[:MOST_MENTIONS]) if asked else {}
    if not known:
        return
    # Last first: what is inserted after an element stands before what was inserted for an earlier run.
    for element, is_tail in reversed(places[:MOST_LINKED]):
        _link(element, is_tail, known)


def _link(element: HtmlElement, is_tail: bool, known: Mapping[str, str]) -> None:
    text = element.tail if is_tail else element.text
    pieces: list[HtmlElement] = []
    start, lead = 0, None
    for match in islice(MENTION.finditer(text), MOST_LINKED):
        address = known.get(match.group(1).lower())
        if address is None:
            continue
        between = text[start : match.start()]
        if pieces:
            pieces[-1].tail = between
        else:
            lead = between
        pieces.append(builder.A(match.group(0), {"class": "mention", "href": address}))
        start = match.end()
    if not pieces:
        return
    pieces[-1].tail = text[start:]
    if is_tail:
        element.tail = None  # first, or it would move behind what is added
        for piece in reversed(pieces):
            element.addnext(piece)
        element.tail = lead
        return
    element.text = lead
    for index, piece in enumerate(pieces):
        element.insert(index, piece)
