"""Quotes of posts that are withdrawn: their words are left out of what is rendered, and come back when the
text is rendered again while the post is in sight. What was typed stays as it is.

They are cut from the text before it is read, since parts of a quote, as its footnotes, end up outside it; and
`quotes.attribute_quotes` empties what stands in the place of the quote, which this module's lines cannot tell
for sure (a line without ">" may still belong to it).
"""

import re
from collections.abc import Callable, Collection

# Gives the positions of the posts, in the same talk, that are withdrawn. Asked at most once a text.
Withdrawn = Callable[[], Collection[int]]

# The line that names the source of a quote. Wider than `quotes.SOURCE`: rather hide too much than too little.
HEAD = re.compile(
    r"(?P<lead>[ \t]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]{1,8}){0,5}>[> \t]{0,100})"
    r"[\W_]{0,10}@[A-Za-z0-9_-]{1,40}[^\n@#]{0,80}#(?P<position>[1-9]\d{0,5})[\s:*_]*\Z"
)
LEAD = re.compile(r"[ \t>]*")
NAMED = re.compile(r"#([1-9]\d{0,5})(?!\d)")


def may_quote(source: str) -> set[int]:
    """Positions of the posts that a text may quote: those that it names, if there is any quote in it."""
    return {int(position) for position in NAMED.findall(source)} if ">" in source else set()


def without_words_of(source: str, hidden: Collection[int], instead: str) -> str:
    """The text with `instead` in the place of what it quotes of these posts, under the lines that
    name them."""
    kept: list[str] = []
    inside = 0  # how deep the hidden quote lies, if we are in one
    apart = True  # whether the line before was no quote: only there does another quote as deep begin
    for line in source.split("\n"):
        head = HEAD.match(line)
        depth = (head["lead"] if head else LEAD.match(line)[0]).count(">")  # type: ignore[index]
        nested = inside and (depth > inside or (depth == inside and not apart))
        apart = not depth
        if head and not nested:
            inside = depth if int(head["position"]) in hidden else 0
            kept += [line, f"{head['lead'].rstrip()} {instead}"] if inside else [line]
        elif inside and depth >= inside:
            continue
        else:
            inside = inside if not line.strip(" \t>") else 0
            kept.append(line)
    return "\n".join(kept)
