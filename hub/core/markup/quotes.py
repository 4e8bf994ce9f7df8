"""Quotes of what somebody wrote in the same talk: who, in which post, and folded away when long.

Typed (or put into the reply box by the hub) as

    > **@handle** wrote in #3:
    > what they wrote

The words between the handle and the number may be in any language.
"""

import re
from collections.abc import Collection
from itertools import takewhile

from lxml.html import HtmlElement, builder

from hub.core.markup.text import excerpt

SOURCE = re.compile(r"\s*(@[A-Za-z0-9_-]{1,40})(\s[^\n@#]{0,40})#([1-9]\d{0,5})\s*:?\s*\Z")

LONG = 400  # characters; about the five lines that one sees without losing the thread
SUMMARY = 90


def quote(handle: str, position: int, source: str, wrote_in: str = "wrote in") -> str:
    """Markdown that quotes a post into a reply. Quotes inside it are left out: they stay a click away."""
    lines = [line for line in source.strip().splitlines() if not line.lstrip().startswith(">")]
    body = "\n".join(lines).strip()
    head = f"> **@{handle}** {wrote_in} #{position}:"
    return "\n".join([head, ">", *(f"> {line}".rstrip() for line in body.splitlines())]) + "\n\n"


def attribute_quotes(tree: HtmlElement, hidden: Collection[int] = (), instead: str = "") -> None:
    """Gives quotes that name their source a caption with a link to it, in place; of those whose post is
    hidden, `instead` takes the place of everything but the link."""
    figures: list[tuple[int, HtmlElement]] = []
    for block in list(tree.iter("blockquote")):
        if (block.text or "").strip():
            continue
        for quoted in _apart(block):
            caption = _caption(quoted[0])
            if caption is not None:
                figures.append((int(caption[-1].text[1:]), _frame(quoted, caption)))
    for position, figure in figures:
        if position in hidden:
            _empty(figure, position, instead)


def _apart(block: HtmlElement) -> list[HtmlElement]:
    """The parser joins quotes that follow each other; they part again where a source is named."""
    starts = [child for child in block if child.tag == "p" and _source(child)]
    for start in reversed(starts):
        if start is block[0]:
            continue
        part = builder.BLOCKQUOTE(start, *start.itersiblings())
        part.tail, block.tail = block.tail, None
        block.addnext(part)
    return [start.getparent() for start in starts]


def _first_line(paragraph: HtmlElement) -> list[HtmlElement]:
    return list(takewhile(lambda child: child.tag != "br", paragraph))


def _source(paragraph: HtmlElement) -> re.Match | None:
    """What the first line says of where the quote is from."""
    line = _first_line(paragraph)
    return SOURCE.match(
        (paragraph.text or "") + "".join(child.text_content() + (child.tail or "") for child in line)
    )


def _caption(paragraph: HtmlElement) -> HtmlElement | None:
    """Takes the line that names the source off the paragraph, or leaves it alone and gives None."""
    match = _source(paragraph)
    if not match:
        return None
    paragraph.text = None
    for child in _first_line(paragraph):
        paragraph.remove(child)
    if len(paragraph):  # the line break after it
        paragraph.text = (paragraph[0].tail or "").lstrip()
        paragraph.remove(paragraph[0])
    if not paragraph.text and not len(paragraph):
        paragraph.getparent().remove(paragraph)
    handle, words, position = match.groups()
    return builder.FIGCAPTION(handle + words, _link(int(position)))


def _link(position: int) -> HtmlElement:
    return builder.A(f"#{position}", href=f"?post={position}#post-{position}")


def _empty(figure: HtmlElement, position: int, instead: str) -> None:
    tail = figure.tail
    figure.clear()
    figure.set("class", "quote")
    figure.extend([builder.FIGCAPTION(_link(position)), builder.P(instead)])
    figure.tail = tail


def _frame(block: HtmlElement, caption: HtmlElement) -> HtmlElement:
    figure = builder.FIGURE(caption, {"class": "quote"})
    figure.tail, block.tail = block.tail, None
    block.getparent().replace(block, figure)
    words = " ".join(block.text_content().split())
    if len(words) > LONG:
        figure.append(builder.E.details(builder.E.summary(excerpt(words, SUMMARY)), block))
    else:
        figure.append(block)
    return figure
