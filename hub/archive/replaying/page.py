"""Makes one document of a captured page: its pictures, styles and fonts stand in it as data.

In a frame without an origin of its own a page may not even ask this hub for anything (its requests carry no
session). So it never has to: whatever it is made of is put into it here, out of the record.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass, field

from lxml import etree, html

from hub.archive.sources import limits

from ..adapters.web_archives.framing import MAX_RECORD
from ..adapters.web_archives.markup import MAX_PAGE, MAX_SHEET, as_text, parse
from ..adapters.web_archives.records import CSS
from ..adapters.web_archives.references import base_of, candidates, is_style, joined, rewritten_css
from . import cleaning
from .records import Book, KeptRecord

# What one shown page may weigh: it is made in memory, and sent whole.
MAX_SHOWN = 24 * limits.MB
MOST_SHEETS_DEEP = 5
# Missing parts that are named; a page can name thousands.
MOST_NAMED = 100

_MEDIA_TYPE = re.compile(r"[a-z]+/[a-z0-9.+-]{1,80}")
LOADED = ("image/", "font/", "audio/", "video/", "application/font", "application/x-font",
          "application/vnd.ms-fontobject")  # fmt: skip
# Of what stands in a page as data already.
_OWN_DATA = re.compile(r"data:(?:image|font|application/(?:x-)?font)[\w/.+-]*[;,]", re.IGNORECASE)
BACKGROUNDS = frozenset({"body", "table", "td", "th"})
# Pages that load pictures late keep their addresses here until a script comes along.
LATE = ("data-src", "data-original", "data-lazy-src")


@dataclass(slots=True)
class ShownPage:
    """The document; how many parts it shows; the addresses that are in no record kept with it; and the parts
    that are kept but are too much for one page. `checksum`: as WebRecord says."""

    document: bytes
    checksum: str
    shown: int = 0
    missing: list[str] = field(default_factory=list)
    too_much: int = 0


def show_page(book: Book) -> ShownPage | None:
    """The page of a capture; None where its record holds nothing that can be shown."""
    kept = book.page()
    record = book.read(kept, MAX_PAGE, checked=True) if kept else None
    tree = parse(as_text(record.body, record.charset)) if record else None
    if record is None or tree is None:
        return None
    made = _Maker(book, base_of(tree, record.address))
    made.clean(tree)
    # Without its doctype a page is laid out as pages were in 1998, and only then.
    doctype = "<!DOCTYPE html>" if tree.getroottree().docinfo.doctype else ""
    text = doctype + etree.tostring(tree, method="html", encoding="unicode")
    return ShownPage(
        document=text.encode("utf-8", "replace"),
        checksum=record.checksum,
        shown=len(made.data),
        missing=list(made.missing)[:MOST_NAMED],
        too_much=len(made.too_much),
    )


class _Maker:
    def __init__(self, book: Book, base: str):
        self.book, self.base = book, base
        self.left = MAX_SHOWN
        self.data: dict[str, str] = {}
        self.missing: dict[str, None] = {}
        self.too_much: set[str] = set()

    def clean(self, tree: html.HtmlElement) -> None:
        """Leave only what may be shown."""
        for node in list(tree.iter()):
            if not isinstance(node.tag, str):
                node.drop_tree()
                continue
            self._element(node, node.tag.lower(), is_root=node is tree)
        for one in tree.xpath("//source"):
            one.drop_tree()

    def _element(self, node, tag: str, *, is_root: bool) -> None:
        if tag == "link":
            self._link(node)
        elif tag == "source":
            pass  # taken up by what it belongs to
        elif tag == "noscript" and not _only_pictures(node):
            node.drop_tree()  # the page was caught with scripts: it did not show this
        elif tag in cleaning.GONE and not is_root:
            node.drop_tree()
        elif tag in cleaning.INSTEAD:
            node.tag = cleaning.INSTEAD[tag]
            self._attributes(node, node.tag)
        elif cleaning.is_kept(tag):
            self._attributes(node, tag)
            if tag == "style":
                node.text = _safe(self.sheet(node.text or "", self.base, 0))
        elif not is_root:
            node.drop_tag()

    # Attributes.

    def _attributes(self, node, tag: str) -> None:
        had = dict(node.attrib)
        node.attrib.clear()
        for name, value in had.items():
            if cleaning.may_stay(name, value):
                node.set(name, value)
        if had.get("style"):
            node.set("style", self.sheet(had["style"], self.base, 0))
        if tag == "img":
            self._picture(node, had)
        elif tag in ("video", "audio"):
            self._film(node, had)
        elif tag == "a" and had.get("href") and not had.get("title"):
            node.set("title", (joined(self.base, had["href"]) or "")[:500])
        if tag == "video":
            self._load(node, "poster", had.get("poster"))
        if tag in BACKGROUNDS:
            self._load(node, "background", had.get("background"))

    def _picture(self, node, had) -> None:
        """The first that is kept of those that the page offers for the place."""
        sets = [had.get("srcset"), had.get("data-srcset")]
        parent = node.getparent()
        if parent is not None and parent.tag == "picture":
            sources = parent.findall("source")
            sets += [one.get("srcset") for one in sources]
            for one in sources:
                one.drop_tree()
        own = [had.get("src"), *(had.get(name) for name in LATE)]
        offered = [one for one in own if one and not _is_blank(one)]
        offered += [address for one in sets if one for address, _ in reversed(candidates(one))]
        for address in (*offered, *(one for one in own if one)):
            if found := self.load(address, self.base, tell=False):
                node.set("src", found)
                return
        if offered:
            self._tell(joined(self.base, offered[0]))

    def _film(self, node, had) -> None:
        inner = [one.get("src") for one in node.findall("source")]
        for address in filter(None, (had.get("src"), *inner)):
            if found := self.load(address, self.base):
                node.set("src", found)
                break
        node.set("controls", "controls")

    def _load(self, node, name: str, address: str | None) -> None:
        if address and (found := self.load(address, self.base)):
            node.set(name, found)

    def _link(self, node) -> None:
        """A style sheet stands in the page; other links go."""
        kept = is_style(node) and node.get("href")
        text = self._sheet_at(node.get("href"), self.base, 0) if kept else None
        if text is None:
            node.drop_tree()
            return
        media = node.get("media")
        node.tag = "style"
        node.attrib.clear()
        if media:
            node.set("media", media)
        node.text = _safe(text)

    # Out of the record.

    def load(self, address: str, base: str, *, tell: bool = True) -> str:
        """What an address stands for, as data; "" where the record does not hold it."""
        if _OWN_DATA.match(address.strip()):
            return address.strip()
        absolute = joined(base, address)
        if absolute is None:
            return ""
        kept = self.book.find(absolute)
        if kept is None or not kept.said.media_type.startswith(LOADED):
            if tell:
                self._tell(absolute)
            return ""
        return self._as_data(kept, absolute)

    def _as_data(self, kept: KeptRecord, absolute: str) -> str:
        if kept.sha256 not in self.data:
            record = self.book.read(kept, MAX_RECORD) if self.left > 0 else None
            media_type = kept.said.media_type
            if record is None or not record.whole or not _MEDIA_TYPE.fullmatch(media_type):
                self._tell(absolute) if self.left > 0 else self.too_much.add(absolute)
                return ""
            self.data[kept.sha256] = f"data:{media_type};base64,{base64.b64encode(record.body).decode()}"
        found = self.data[kept.sha256]
        if len(found) > self.left:
            self.too_much.add(absolute)
            return ""
        self.left -= len(found)
        return found

    def _tell(self, absolute: str | None) -> None:
        if absolute:
            self.missing[absolute] = None

    # Style sheets.

    def sheet(self, text: str, base: str, deep: int) -> str:
        """A style sheet's text with every address in it replaced."""

        def replaced(address: str, imported: bool) -> str:
            if not imported:
                return self.load(address, base)
            inner = self._sheet_at(address, base, deep + 1)
            if inner is None:
                return ""
            return "data:text/css;base64," + base64.b64encode(inner.encode("utf-8", "replace")).decode()

        return rewritten_css(text, replaced)

    def _sheet_at(self, address: str, base: str, deep: int) -> str | None:
        absolute = joined(base, address)
        if absolute is None or deep > MOST_SHEETS_DEEP:
            return None
        kept = self.book.find(absolute)
        record = self.book.read(kept, MAX_SHEET) if kept and kept.said.media_type == CSS else None
        if record is None:
            self._tell(absolute)
            return None
        if len(record.body) > self.left:
            self.too_much.add(absolute)
            return None
        self.left -= len(record.body)
        self.data.setdefault(kept.sha256, "")
        return self.sheet(as_text(record.body, record.charset), record.address, deep)


def _only_pictures(node) -> bool:
    """What stands in for pictures that scripts fetch late."""
    return node.find(".//img") is not None and not (node.text_content() or "").strip()


def _is_blank(address: str) -> bool:
    """A tiny picture that holds the place of one that comes late."""
    return address.strip().lower().startswith("data:")


def _safe(css: str) -> str:
    """In a <style>, text must not end the element: in CSS the stroke may be escaped."""
    return css.replace("</", "<\\/")
