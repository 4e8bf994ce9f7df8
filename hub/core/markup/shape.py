"""Fits the HTML of one text into a page: its headings, links, pictures, tables, task lists and anchors."""

import re
from collections.abc import Iterator

from lxml.html import HtmlElement, builder

OWN_FILES = "/files/"  # the only address that pictures may come from
DEEPEST = 60  # elements inside each other; a list in a quote in a list is 8

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
OTHER_HOST = re.compile(r"(?i)https?:|[/\\]{2}")
SCHEME = re.compile(r"[^/?#]*:")
KEPT_FRAMES = ("footnotes", "table-responsive")
TASK = re.compile(r"\[([ xX])\]\s+")


def depth(tree: HtmlElement) -> int:
    """How many elements deep the tree is."""
    level, row = 0, [tree]
    while row:
        level, row = level + 1, [child for element in row for child in element]
    return level


def shape(tree: HtmlElement, *, anchors: str, top_heading: int) -> None:
    """Edits the tree in place. `anchors` goes before each id; `top_heading` is the level of the highest."""
    _pictures(tree)
    _links(tree)
    _headings(tree, top_heading)
    _tasks(tree)
    _tables(tree)
    _notes(tree)
    _frames(tree)
    _anchors(tree, anchors)
    for block in tree.iter("pre"):
        block.attrib.pop("class", None)
        block.set("tabindex", "0")  # it may scroll sideways, and then the keyboard must reach it


def _pictures(tree: HtmlElement) -> None:
    """The hub's own pictures stay; one from elsewhere becomes a link, so that reading asks no other host."""
    for image in list(tree.iter("img")):
        source = image.get("src", "")
        if source.startswith(OWN_FILES):
            image.set("loading", "lazy")
            continue
        words = image.get("alt") or source
        inside_link = next(image.iterancestors("a"), None) is not None
        replace(image, words if inside_link else builder.A(words, href=source))


def _links(tree: HtmlElement) -> None:
    for link in list(tree.iter("a")):
        address = link.get("href", "").strip()
        if OTHER_HOST.match(address):
            link.set("rel", "nofollow ugc noopener")
        elif SCHEME.match(address) and not address.lower().startswith("mailto:"):
            link.drop_tag()


def _headings(tree: HtmlElement, top: int) -> None:
    """Levels follow the page's and never skip one, whatever was typed; each gets an id from its words."""
    used: dict[str, int] = {}
    open_levels: list[int] = []
    for heading in tree.iter(*HEADINGS):
        typed = int(heading.tag[1])
        while open_levels and open_levels[-1] >= typed:
            open_levels.pop()
        open_levels.append(typed)
        heading.tag = f"h{min(6, top + len(open_levels) - 1)}"
        heading.set("id", _unique(_slug(heading.text_content()), used))


def _slug(words: str) -> str:
    return re.sub(r"[\W_]+", "-", words.casefold()).strip("-")[:60].strip("-") or "section"


def _unique(slug: str, used: dict[str, int]) -> str:
    while slug in used:
        used[slug] += 1
        slug = f"{slug}-{used[slug]}"
    used[slug] = 1
    return slug


def _tasks(tree: HtmlElement) -> None:
    """`- [x] done` as a ticked box that is text, so that it survives in mail and is read aloud."""
    for item in tree.iter("li"):
        holder = item[0] if len(item) and item[0].tag == "p" and not (item.text or "").strip() else item
        match = TASK.match((holder.text or "").lstrip())
        if not match:
            continue
        done = match.group(1) != " "
        box = builder.SPAN("☑" if done else "☐", {"class": "task task-done" if done else "task"})
        box.tail = " " + holder.text.lstrip()[match.end() :]
        holder.text = None
        holder.insert(0, box)
        item.set("class", "task-item")


def _tables(tree: HtmlElement) -> None:
    for cell in tree.iter("th", "td"):
        side = {"right": "text-end", "center": "text-center"}.get(cell.attrib.pop("align", ""))
        if side:
            cell.set("class", side)
        if cell.tag == "th":
            cell.set("scope", "col")
    for table in list(tree.iter("table")):
        frame = builder.DIV({"class": "table-responsive", "tabindex": "0"})
        table.addprevious(frame)
        frame.tail, table.tail = table.tail, None
        frame.append(table)


def _notes(tree: HtmlElement) -> None:
    for notes in tree.iter("div"):
        if notes.get("class") == "footnote":
            notes.set("class", "footnotes")
    for back in tree.iter("a"):
        if back.get("class") == "footnote-backref":
            back.attrib.pop("title", None)


def _frames(tree: HtmlElement) -> None:
    """The parser puts code into frames of its own that say nothing."""
    for frame in list(tree.iter("div")):
        if frame is not tree and frame.get("class") not in KEPT_FRAMES:
            frame.drop_tag()


def _anchors(tree: HtmlElement, prefix: str) -> None:
    """Ids of this text cannot meet those of the page or of another text on it."""
    for element in tree.iter():
        if element.get("id"):
            element.set("id", f"{prefix}-{element.get('id')}")
        if element.tag == "a" and element.get("href", "").startswith("#") and len(element.get("href")) > 1:
            element.set("href", f"#{prefix}-{element.get('href')[1:]}")


def replace(element: HtmlElement, new: HtmlElement | str) -> None:
    """Puts `new` where `element` is; what follows it stays."""
    tail = element.tail or ""
    if not isinstance(new, str):
        new.tail, element.tail = tail, None
        element.getparent().replace(element, new)
        return
    before, parent, element.tail = element.getprevious(), element.getparent(), None
    if before is not None:
        before.tail = (before.tail or "") + new + tail
    else:
        parent.text = (parent.text or "") + new + tail
    parent.remove(element)


def texts(tree: HtmlElement, *, outside: tuple[str, ...]) -> Iterator[tuple[HtmlElement, bool]]:
    """Each run of text not inside one of these elements, as (its element, whether it is the tail)."""
    for element in list(tree.iter()):
        if not isinstance(element.tag, str):
            continue
        within = {element.tag, *(ancestor.tag for ancestor in element.iterancestors())}
        if element.text and within.isdisjoint(outside):
            yield element, False
        if element is not tree and element.tail and (within - {element.tag}).isdisjoint(outside):
            yield element, True
