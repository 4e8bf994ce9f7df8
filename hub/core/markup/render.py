"""`render`: from source to safe HTML, through the reader, the shaping and the last gate."""

from html import escape

from lxml.html import fragment_fromstring, tostring

from hub.core.markup import safe
from hub.core.markup.hiding import Withdrawn, may_quote, without_words_of
from hub.core.markup.people import Resolver, link_mentions
from hub.core.markup.quotes import attribute_quotes
from hub.core.markup.reader import TooMuchWork, read
from hub.core.markup.shape import DEEPEST, depth, shape
from hub.core.markup.text import plain_text, tidy


def render(
    source: str,
    *,
    mentions: Resolver | None = None,
    withdrawn: Withdrawn | None = None,
    instead: str = "",
    anchors: str = "text",
    top_heading: int = 3,
) -> str:
    """Safe HTML of a Markdown text; a text that cannot be read in bounded work comes back as it was typed.

    `mentions` tells which handles are known; `withdrawn` which of the quoted posts are out of sight, and
    `instead` is what takes the place of their words; `anchors` goes before every id, and must differ between
    the texts of one page; `top_heading` (2 to 6) is the level that the text's highest heading gets.
    """
    source = tidy(source)
    if not source.strip():
        return ""
    named = may_quote(source)
    hidden = named.intersection(withdrawn()) if withdrawn is not None and named else set()
    if hidden:
        source = without_words_of(source, hidden, instead)
    try:
        tree = fragment_fromstring(read(source), create_parent="div")
        if depth(tree) > DEEPEST:
            raise TooMuchWork("too deep")
    except TooMuchWork:
        return as_typed(source)
    attribute_quotes(tree, hidden, instead)
    if mentions is not None:
        link_mentions(tree, mentions)
    shape(tree, anchors=anchors, top_heading=top_heading)
    html = safe.clean(_inside(tree)).strip()
    # A text of nothing but definitions or markers comes out empty; its writer would think it lost.
    return html if plain_text(html) or "<img" in html or "<hr" in html else as_typed(source)


def as_typed(source: str) -> str:
    """The text itself, line breaks and all, as preformatted HTML."""
    return f'<pre class="as-typed" tabindex="0">{escape(source, quote=False)}</pre>'


def _inside(tree) -> str:
    """HTML of what the element holds, without its own tags."""
    whole = tostring(tree, encoding="unicode")
    return whole[whole.index(">") + 1 : whole.rindex("<")]
