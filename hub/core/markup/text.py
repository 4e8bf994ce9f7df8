"""Plain text: tidied as it comes in, and drawn from HTML as it goes out (mail, search, excerpts)."""

import html as entities
import re

import nh3

# Refused by both databases (lone surrogates), by PostgreSQL (NUL), by feeds (other control characters).
UNKEEPABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
BLOCK_END = re.compile(r"</(?:p|h[1-6]|li|tr|pre|blockquote|figcaption|summary|div)>|<br>|<hr>")
CELL_END = re.compile(r"</t[hd]>\s*(?=<t[hd])")
# The innermost: quotes stand in quotes.
QUOTED = re.compile(r'<figure class="quote">(?:(?!<figure class="quote">).)*?</figure>', re.DOTALL)
BLANK_LINES = re.compile(r"[ \t]*\n(?:[ \t]*\n)+")


def tidy(text: str) -> str:
    """`text` as the hub keeps it: one kind of line end, and nothing that a database refuses."""
    return UNKEEPABLE.sub("\N{REPLACEMENT CHARACTER}", text.replace("\r\n", "\n").replace("\r", "\n"))


def plain_text(html: str) -> str:
    """The words of rendered HTML, paragraphs parted by a blank line, cells by a tab."""
    spaced = CELL_END.sub("\t", BLOCK_END.sub(lambda match: match.group() + "\n", html))
    text = entities.unescape(nh3.clean(spaced, tags=set(), clean_content_tags=set()))
    return BLANK_LINES.sub("\n\n", text).strip()


def own_words(html: str) -> str:
    """The words of rendered HTML without what it quotes of others in the same talk; all, if that is all."""
    own, more = html, 1
    while more:
        own, more = QUOTED.subn("", own)
    return plain_text(own) or plain_text(html)


def excerpt(text: str, length: int) -> str:
    """The first words of `text` on one line, at most `length` characters, with an ellipsis if cut."""
    line = " ".join(text[: length * 8 + 80].split())
    if len(line) <= length:
        return line
    cut = line[:length]
    at_word, _, _ = cut.rpartition(" ")
    return (at_word if len(at_word) > length // 2 else cut[:-1]).rstrip(" ,;:.-") + "…"
