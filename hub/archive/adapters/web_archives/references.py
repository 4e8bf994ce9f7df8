"""What a page is made of: the addresses of its pictures, styles, fonts and films, in HTML and in CSS."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from lxml import html

from hub.archive.adapters.web_archives.records import plain_address
from hub.core import urls

# Elements and the attributes by which they load something of the page itself.
LOADING = {
    "img": ("src", "data-src"), "source": ("src",), "video": ("src", "poster"), "audio": ("src",),
    "track": ("src",), "image": ("href", "{http://www.w3.org/1999/xlink}href", "xlink:href"),
    "body": ("background",), "table": ("background",), "td": ("background",), "th": ("background",),
    "input": ("src",),
}  # fmt: skip
WITH_SETS = ("img", "source")
# Found by libxml2 itself: a page can have half a million elements.
_NAMES = (*LOADING, "link", "style")
_LOADING_PATH = f"//*[@style or {' or '.join(f'self::{name}' for name in _NAMES)}]"

# In CSS: url(...), and @import with a bare string. Both in one go, so that strings are not read as addresses.
_CSS = re.compile(
    r"""(?P<comment>/\*.*?(?:\*/|\Z))
      | (?P<url>url\(\s{0,50}(?:"(?P<double>[^"\n]*)"|'(?P<single>[^'\n]*)'|(?P<bare>[^()"'\s]*))\s{0,50}\))
      | (?P<import>@import\s{1,50}(?:"(?P<idouble>[^"\n]*)"|'(?P<isingle>[^'\n]*)'))""",
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
_CSS_ESCAPE = re.compile(r"\\([0-9a-fA-F]{1,6})\s?|\\(.)", re.DOTALL)

# Of a set of pictures to choose from; each has a few.
LONGEST_SET = 20_000

Rewrite = Callable[[str, bool], str]


def base_of(tree: html.HtmlElement, address: str) -> str:
    """The address that a page's relative addresses are relative to."""
    for one in tree.iter("base"):
        if one.get("href"):
            return joined(address, one.get("href")) or address
    return address


def joined(base: str, address: str) -> str | None:
    """An absolute http address; None for anything else (data:, javascript:, what is no address)."""
    found = urls.joined(base, address.strip())
    return plain_address(found) if found.lower().startswith(("http://", "https://")) else None


def of_page(tree: html.HtmlElement, base: str) -> Iterator[str]:
    """Absolute addresses of what the page loads, in the order in which they stand in it; some repeat."""
    for node in tree.xpath(_LOADING_PATH):
        yield from (found for one in _of_node(node) if (found := joined(base, one)))


def _of_node(node) -> Iterator[str]:
    for name in LOADING.get(node.tag, ()):
        if node.get(name):
            yield node.get(name)
    if node.tag in WITH_SETS and node.get("srcset"):
        yield from (address for address, _ in candidates(node.get("srcset")))
    if node.tag == "link" and is_style(node):
        yield node.get("href") or ""
    if node.tag == "style" and node.text:
        yield from of_css(node.text)
    if node.get("style"):
        yield from of_css(node.get("style"))


def is_style(link) -> bool:
    """Whether a <link> is a style sheet that applies at first."""
    rel = (link.get("rel") or "").lower().split()
    return "stylesheet" in rel and "alternate" not in rel


def of_css(text: str) -> Iterator[str]:
    """Addresses in a style sheet, as they stand there."""
    found: list[str] = []
    rewritten_css(text, lambda address, _imported: found.append(address) or "")
    yield from found


def rewritten_css(text: str, rewrite: Rewrite) -> str:
    """The style sheet with each address replaced by what `rewrite(address, is it a style sheet)` gives."""

    def replaced(found: re.Match[str]) -> str:
        if found["comment"] is not None:
            return ""
        if found["import"] is not None:
            address = _unescaped(found["idouble"] or found["isingle"] or "")
            return f'@import "{_quotable(rewrite(address, True))}"'
        before = text[max(0, found.start() - 12) : found.start()].lower().rstrip()
        address = _unescaped(found["double"] or found["single"] or found["bare"] or "")
        return f'url("{_quotable(rewrite(address, before.endswith("@import")))}")'

    return _CSS.sub(replaced, text)


def _quotable(address: str) -> str:
    """An address that cannot end the string it stands in; one that leads nowhere, for none."""
    return re.sub(r'[\\"\r\n\f]', lambda found: f"%{ord(found[0]):02X}", address) or "data:,"


def _unescaped(text: str) -> str:
    def character(found: re.Match[str]) -> str:
        if found[2] is not None:
            return found[2]
        code = int(found[1], 16)
        return chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd"

    return _CSS_ESCAPE.sub(character, text)


def candidates(srcset: str) -> list[tuple[str, str]]:
    """(address, its size in words) of a set of pictures to choose from."""
    found = []
    rest = srcset[:LONGEST_SET].strip(" \t\r\n,")
    while rest:
        address, _, rest = rest.partition(" ") if " " in rest else (rest, "", "")
        size = ""
        if address.endswith(","):
            address = address.rstrip(",")
        else:
            size, _, rest = rest.partition(",")
        found.append((address.strip(), " ".join(size.split())))
        rest = rest.lstrip(" \t\r\n,")
    return found
