"""What people wrote, as it stands in a message: HTML that loads nothing and leads back to the hub, and plain
text of equal worth.

Both are made from the rendered HTML, so what was taken out of sight when it was rendered anew (quotes of a
withdrawn post) is not in them.
"""

import re
from collections.abc import Iterator
from urllib.parse import urljoin

from lxml.html import HtmlElement, builder, fragment_fromstring, tostring
from markupsafe import Markup

from hub.core.markup.shape import HEADINGS, replace

# What is said to programs that mail is not read with.
DROPPED = ("id", "rel", "class", "tabindex", "loading", "scope", "title")
INDENT = "  "
QUOTED = "> "
# An address that is shown as its own words needs not be said again.
SCHEME = re.compile(r"(?:https?://|mailto:)")
SPACES = re.compile(r"[ \t\r\n\f]+")


def mail_html(html: str, page: str) -> Markup:
    """The HTML of a post for mail, as safe as it was. page: the whole address of its page."""
    tree = _read(html, page)
    for heading in tree.iter(*HEADINGS):
        heading.tag = f"h{max(2, int(heading.tag[1]) - 1)}"  # the title of the message is the only h1
    for element in tree.iter():
        for name in DROPPED:
            element.attrib.pop(name, None)
    whole = tostring(tree, encoding="unicode")
    return Markup(whole[whole.index(">") + 1 : whole.rindex("<")])


def mail_text(html: str, page: str) -> str:
    """The same as plain text: lists, quotes and tables as one types them, addresses in brackets."""
    return "\n\n".join(block for block in _blocks(_read(html, page)) if block.strip())


def _read(html: str, page: str) -> HtmlElement:
    tree = fragment_fromstring(html, create_parent="div")
    for fold in list(tree.iter("details")):
        # A long quote of what stands in the talk already: its first words will do.
        fold.getparent().replace(fold, builder.BLOCKQUOTE(builder.P(fold.findtext("summary") or "")))
    for back in tree.xpath('//a[@class="footnote-backref"]'):
        replace(back, "")
    for image in list(tree.iter("img")):
        words = image.get("alt") or image.get("src", "")
        inside_link = next(image.iterancestors("a"), None) is not None
        replace(image, words if inside_link else builder.A(words, href=image.get("src", "")))
    for link in tree.iter("a"):
        address = link.get("href", "")
        link.set("href", page if address.startswith("#") else urljoin(page, address))
    return tree


def _blocks(element: HtmlElement) -> Iterator[str]:
    """The blocks that the element holds, in order; runs of words between them are blocks too."""
    words = _words(element.text)
    for child in element:
        if child.tag in _WRITERS:
            yield words.strip()
            yield from _WRITERS[child.tag](child)
            words = _words(child.tail)
        else:
            words += _inline(child) + _words(child.tail)
    yield words.strip()


def _words(text: str | None) -> str:
    return SPACES.sub(" ", text or "")


def _line(element: HtmlElement) -> str:
    """The words of an element that holds no blocks."""
    inside = "".join(_inline(child) + _words(child.tail) for child in element)
    return "\n".join(line.strip() for line in (_words(element.text) + inside).split("\n"))


def _inline(element: HtmlElement) -> str:
    if element.tag == "br":
        return "\n"
    words = _line(element) if element.tag == "a" else _words(element.text)
    if element.tag != "a":
        words += "".join(_inline(child) + _words(child.tail) for child in element)
    if element.tag == "code":
        return f"`{words}`"
    if element.tag == "strong":
        return f"*{words}*"
    if element.tag == "em":
        return f"_{words}_"
    if element.tag == "sup":
        return f"[{element.text_content()}]"
    return _linked(element, words) if element.tag == "a" else words


def _linked(link: HtmlElement, words: str) -> str:
    if link.get("class") == "mention":
        return words
    address = link.get("href", "")
    bare, said = (SCHEME.sub("", one).rstrip("/") for one in (address, words))
    return address.removeprefix("mailto:") if bare == said else f"{words} <{address}>"


def _paragraph(element: HtmlElement) -> Iterator[str]:
    yield _line(element).strip()


def _heading(element: HtmlElement) -> Iterator[str]:
    words = " ".join(_line(element).split())
    yield f"{words}\n{'-' * min(len(words), 70)}"


def _quote(element: HtmlElement) -> Iterator[str]:
    yield _with(QUOTED, "\n\n".join(block for block in _blocks(element) if block))


def _figure(element: HtmlElement) -> Iterator[str]:
    """A quote, under whose it is; or what is said instead of the words of a withdrawn post."""
    caption = element.find("figcaption")
    if caption is None:
        yield from _blocks(element)
        return
    words = " ".join(caption.text_content().split())
    yield "\n".join([f"{words}:", *(block for block in _blocks(element) if block)])


def _code(element: HtmlElement) -> Iterator[str]:
    yield _with(INDENT * 2, element.text_content().strip("\n"))


def _list(element: HtmlElement) -> Iterator[str]:
    number = int(element.get("start") or 1)
    lines = []
    for item in element.findall("li"):
        mark = f"{number}. " if element.tag == "ol" else "- "
        inside = "\n".join(block for block in _blocks(item) if block)
        lines.append(mark + _with(" " * len(mark), inside).lstrip(" "))
        number += 1
    yield "\n".join(lines)


def _table(element: HtmlElement) -> Iterator[str]:
    rows = [[" ".join(_line(cell).split()) for cell in row] for row in element.iter("tr")]
    yield "\n".join(" | ".join(cells) for cells in rows)


def _rule(_element: HtmlElement) -> Iterator[str]:
    yield "* * *"


def _with(mark: str, text: str) -> str:
    """Each line after a mark."""
    return "\n".join(f"{mark}{line}".rstrip() for line in text.split("\n"))


_WRITERS = {
    "p": _paragraph,
    "blockquote": _quote,
    "figure": _figure,
    "pre": _code,
    "ul": _list,
    "ol": _list,
    "table": _table,
    "hr": _rule,
    "div": _blocks,
    "figcaption": lambda _caption: iter(()),
    **dict.fromkeys(HEADINGS, _heading),
}
