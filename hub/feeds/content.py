"""The HTML of an entry: as it stands on the page, made to be read elsewhere."""

from urllib.parse import urljoin

from lxml.html import HtmlElement, builder, fragment_fromstring, tostring
from markupsafe import Markup, escape

from hub.core.fragments import fragments
from hub.core.language import page_language
from hub.core.language import translated as _
from hub.core.markup.shape import replace

# What says something without the hub's styles and scripts.
KEPT = frozenset({"href", "src", "alt", "title", "start", "scope", "lang", "datetime", "colspan", "rowspan"})


def elsewhere(html: str, page: str, *, open_to_all: bool = True) -> Markup:
    """Safe HTML of the hub with every link absolute, without ids and classes. page: the absolute address that
    links within the text begin from. Pictures that need a session become links with their words."""
    if not html:
        return Markup("")
    key = ("elsewhere", html, page, open_to_all, page_language())
    made: Markup = fragments.get(
        key, lambda: _rewritten(html, page, open_to_all), lambda made: len(html) + len(made)
    )
    return made


def _rewritten(html: str, page: str, open_to_all: bool) -> Markup:
    tree = fragment_fromstring(html, create_parent="div")
    for element in list(tree.iter()):
        if not isinstance(element.tag, str):
            continue
        for name in [name for name in element.attrib if name not in KEPT]:
            del element.attrib[name]
        for name in ("href", "src"):
            if name in element.attrib:
                element.set(name, urljoin(page, element.get(name)))
        if element.tag == "img":
            _picture(element, open_to_all)
    whole = tostring(tree, encoding="unicode")
    return Markup(whole[len("<div>") : -len("</div>")])


def _picture(image: HtmlElement, open_to_all: bool) -> None:
    words = image.get("alt") or _("A picture that nobody described")
    if open_to_all:
        image.set("alt", words)
        return
    link = builder.A(words, href=image.get("src", ""))
    inside_link = next(image.iterancestors("a"), None) is not None
    replace(image, words if inside_link else link)


def paragraph(text: str) -> Markup:
    """A plain sentence as HTML; nothing for nothing."""
    return Markup("<p>{}</p>").format(escape(text)) if text else Markup("")
