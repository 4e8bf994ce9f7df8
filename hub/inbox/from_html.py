"""The words of an HTML message as Markdown, without what mail programs mark as quoted or as a signature.

Nothing of its HTML is kept: what comes out is text, and is made safe again like everything that people write.
"""

import re
from collections.abc import Iterator

import lxml.html
from lxml.etree import ParserError, _Element

# What deep nesting costs is bounded; beyond it, only the words count.
DEEPEST = 80
NUMBER = "hub-number"

# Elements in which programs put what they quote, or the signature.
DROPPED = (
    "//blockquote[@type='cite']",
    "//*[contains(concat(' ', @class, ' '), ' gmail_quote ')]",
    "//*[contains(concat(' ', @class, ' '), ' gmail_quote_container ')]",
    "//*[contains(concat(' ', @class, ' '), ' gmail_signature ')]",
    "//*[contains(concat(' ', @class, ' '), ' moz-cite-prefix ')]",
    "//*[contains(concat(' ', @class, ' '), ' moz-signature ')]",
    "//*[contains(concat(' ', @class, ' '), ' yahoo_quoted ')]",
    "//*[contains(concat(' ', @class, ' '), ' protonmail_quote ')]",
    "//*[@id='Signature' or @id='ms-outlook-mobile-signature' or @id='AppleMailSignature']",
)
# Where what is quoted begins; everything after it goes, too.
ENDS = (
    "//*[@id='appendonsend']",
    "//*[@id='divRplyFwdMsg']",
    "//*[@id='mail-editor-reference-message-container']",
    "//*[contains(translate(@style, ' E', 'e'), 'border-top:solid#e1e1e1')]",
    "//*[contains(translate(@style, ' BC', 'bc'), 'border-top:solid#b5c4df')]",
)
SKIPPED = frozenset({"head", "style", "script", "title", "meta", "link", "template", "object", "xml"})
BLOCKS = frozenset(
    {"address", "article", "aside", "body", "center", "div", "dl", "dt", "dd", "fieldset", "figure", "footer"}
    | {"form", "header", "main", "nav", "section", "tbody", "thead", "tr"}
)
EMPHASIS = {"b": "**", "strong": "**", "i": "*", "em": "*"}
# Lists of Word are paragraphs that begin with a sign and hard spaces.
WORD_ITEM = re.compile(r"^[·•§o\uf0b7][\s\xa0]{2,}", re.MULTILINE)
SPECIAL = re.compile(r"([\\`*\[\]])")
# Word breaks lines with one of these; a tree of elements takes none that is moved about in it.
CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def as_markdown(html: str) -> str:
    """What a reader of the message would read, as Markdown."""
    try:
        root = lxml.html.document_fromstring(
            html.encode("utf-8", "replace"), parser=lxml.html.HTMLParser(encoding="utf-8")
        )
    except (ParserError, ValueError):
        return ""
    _without_controls(root)
    _cut(root)
    for ordered in root.iter("ol"):
        for number, item in enumerate(ordered.iterchildren("li"), 1):
            item.set(NUMBER, f"{number}.")
    text = "".join(_walk(root, 0))
    text = re.sub(r"[ \t]*\n[ \t]*", "\n", text.replace("\xa0", " "))
    text = WORD_ITEM.sub("- ", text)
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def _without_controls(root: _Element) -> None:
    for element in root.iter():
        if element.text and CONTROLS.search(element.text):
            element.text = CONTROLS.sub(" ", element.text)
        if element.tail and CONTROLS.search(element.tail):
            element.tail = CONTROLS.sub(" ", element.tail)


def _cut(root: _Element) -> None:
    for path in DROPPED:
        for element in root.xpath(path):
            _drop(element)
    for path in ENDS:
        for element in root.xpath(path)[:1]:
            _drop_what_follows(element)


def _drop(element: _Element) -> None:
    parent = element.getparent()
    if parent is not None:
        element.drop_tree()


def _drop_what_follows(element: _Element) -> None:
    """The element and everything after it in the message."""
    at: _Element | None = element
    while at is not None and at.getparent() is not None:
        for later in list(at.itersiblings()):
            later.getparent().remove(later)
        at.tail = None
        at = at.getparent()
    if element.getparent() is not None:
        element.getparent().remove(element)


def _walk(element: _Element, depth: int) -> Iterator[str]:
    name = element.tag if isinstance(element.tag, str) else ""
    if not name or name in SKIPPED or _is_hidden(element):
        return
    if depth > DEEPEST:
        yield _plain(" ".join(element.itertext()))
        return
    if name == "br":
        yield "\n"
    elif name == "hr":
        yield "\n\n"
    elif name == "pre":
        yield f"\n\n```\n{''.join(element.itertext()).strip(chr(10))}\n```\n\n"
    elif name == "img":
        source = element.get("src", "")
        yield f"[cid:{source[4:][:100]}]" if source.startswith("cid:") else ""
    else:
        yield from _around(element, name, "".join(_inner(element, depth)))


def _around(element: _Element, name: str, inner: str) -> Iterator[str]:
    """An element's words with what Markdown writes around them."""
    if name in EMPHASIS and inner.strip() and "\n" not in inner.strip():
        mark = EMPHASIS[name]
        before, after = inner[: len(inner) - len(inner.lstrip())], inner[len(inner.rstrip()) :]
        yield f"{before}{mark}{inner.strip()}{mark}{after}"
    elif name == "a":
        yield _link(element.get("href", ""), inner)
    elif name == "li":
        sign = element.get(NUMBER, "-") + " "
        indented = re.sub(r"\n+", "\n   ", inner.strip())
        yield f"\n{sign}{indented}\n"
    elif name == "blockquote":
        quoted = "\n".join(f"> {line}" for line in re.sub(r"\n{3,}", "\n\n", inner.strip()).split("\n"))
        yield f"\n\n{quoted}\n\n"
    elif re.fullmatch("h[1-6]", name):
        yield f"\n\n## {' '.join(inner.split())}\n\n" if inner.strip() else ""
    elif name in {"td", "th"}:
        yield f"{' '.join(inner.split())}  " if len(inner) < 200 else f"\n\n{inner}\n\n"
    elif name in {"p", "ul", "ol", "table"}:
        yield f"\n\n{inner.strip(' ')}\n\n"
    elif name in BLOCKS:
        yield f"\n{inner}\n" if inner.strip() else "\n" if "\n" in inner else ""
    else:
        yield inner


def _inner(element: _Element, depth: int) -> Iterator[str]:
    yield _plain(element.text)
    for child in element:
        yield from _walk(child, depth + 1)
        yield _plain(child.tail)


def _plain(text: str | None) -> str:
    """Words with spaces as HTML counts them; hard spaces stay for the while."""
    return SPECIAL.sub(r"\\\1", re.sub(r"[ \t\r\n\f]+", " ", text or ""))


def _link(address: str, inner: str) -> str:
    words = " ".join(inner.split())
    if not address.lower().startswith(("http://", "https://")) or re.search(r"[\s<>()]", address):
        return inner
    if not words:
        return ""
    same = words.replace("\\", "").rstrip("/") in {address.rstrip("/"), address.split("//", 1)[1].rstrip("/")}
    return address if same else f"[{words}]({address})"


def _is_hidden(element: _Element) -> bool:
    style = re.sub(r"\s", "", element.get("style", "").lower())
    return "display:none" in style or "mso-hide:all" in style
