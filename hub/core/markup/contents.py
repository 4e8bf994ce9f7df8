"""The headings of a rendered text, for a table of contents."""

import re
from dataclasses import dataclass

from hub.core.markup.text import plain_text

HEADING = re.compile(r'<h([2-6]) id="([^"]+)">(.*?)</h\1>', re.DOTALL)


@dataclass(frozen=True)
class Heading:
    """One heading: its level in the page (2 to 6), its anchor without the #, its words."""

    level: int
    anchor: str
    words: str


def headings(html: str) -> list[Heading]:
    """The headings of HTML that `render` made, in order."""
    return [Heading(int(level), anchor, plain_text(words)) for level, anchor, words in HEADING.findall(html)]
