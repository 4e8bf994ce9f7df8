"""Markdown to raw HTML in bounded work. The HTML is not yet safe: `hub.core.markup.safe` comes last."""

import re
import time

import markdown
from markdown.preprocessors import Preprocessor

# A long guidance page is some 40,000 characters. What is longer than this is pasted data, not prose.
LONGEST = 200_000

# Seconds of this thread's own processor time (not of the clock, so that a busy machine changes nothing).
# A post of 1,000 words takes about 0.02.
MOST_SECONDS = 1.0

# Constructs whose cost grows with the square of their number, counted over a whole text.
# A careful essay has some 50 notes; the figures are where one text starts to take half a second.
MOST_NOTES = 400
MOST_FENCES = 800
MOST_BRACKET_WORK = 3_000_000

EXTENSIONS = [
    "tables",
    "footnotes",
    "sane_lists",
    "nl2br",  # people who never heard of Markdown expect their line breaks to stay
    "pymdownx.saneheaders",  # "#foi" at the start of a line is a hashtag, not a heading
    "pymdownx.highlight",
    "pymdownx.superfences",
    "pymdownx.tilde",
    "pymdownx.magiclink",
]
OPTIONS = {
    "footnotes": {"SEPARATOR": "-", "BACKLINK_TITLE": ""},
    "tables": {"use_align_attribute": True},
    "pymdownx.tilde": {"subscript": False},
    "pymdownx.highlight": {"use_pygments": False},
}

FENCE = re.compile(r"```|~~~")


class TooMuchWork(Exception):
    """The text would take more work than one text may."""


def read(source: str) -> str:
    """HTML of a Markdown text. Raises TooMuchWork."""
    _refuse_the_unbounded(source)
    reader = _reader()
    _Meter(reader)
    try:
        return reader.convert(source)
    except TooMuchWork:
        raise
    except Exception as error:  # a parser that trips over a text must not lose it
        raise TooMuchWork(str(error)) from error


def _refuse_the_unbounded(source: str) -> None:
    if len(source) > LONGEST:
        raise TooMuchWork("too long")
    if source.count("[^") > MOST_NOTES:
        raise TooMuchWork("too many notes")
    if len(FENCE.findall(source)) > MOST_FENCES:
        raise TooMuchWork("too many fences")
    # Each bracket may make the parser scan to the end of its paragraph.
    work = sum(block.count("[") * len(block) for block in re.split(r"\n[ \t]*\n", source))
    if work > MOST_BRACKET_WORK:
        raise TooMuchWork("too many brackets")


def _reader() -> markdown.Markdown:
    """A fresh parser: it keeps state, so threads cannot share one."""
    reader = markdown.Markdown(extensions=EXTENSIONS, extension_configs=OPTIONS, tab_length=2)
    reader.preprocessors.deregister("html_block")
    reader.inlinePatterns.deregister("html")
    # Reference definitions vanish from the page unless they are used: a line that was written would be lost.
    reader.parser.blockprocessors.deregister("reference")
    for name in ("reference", "image_reference", "short_reference", "short_image_ref"):
        reader.inlinePatterns.deregister(name)
    # Text that was pasted with an indent is not code; fences are.
    reader.parser.blockprocessors.deregister("code")
    reader.preprocessors.register(ListsNeedNoBlankLine(reader), "lists", 22)
    return reader


class ListsNeedNoBlankLine(Preprocessor):
    """People start a list on the line after its sentence; the parser wants a blank line between."""

    ITEM = re.compile(r"[ ]{0,3}(?:[-*+]|1\.)[ \t]+\S")
    PROSE = re.compile(r"(?![-*+>|#\s]|\d+\.\s|\[\^)")

    def run(self, lines: list[str]) -> list[str]:
        spaced: list[str] = []
        for line in lines:
            follows_prose = bool(spaced and spaced[-1].strip() and self.PROSE.match(spaced[-1]))
            if follows_prose and self.ITEM.match(line):
                spaced.append("")
            spaced.append(line)
        return spaced


class _Meter:
    """Stops a parser that has used up its time, at the next pattern or block it tries."""

    def __init__(self, reader: markdown.Markdown):
        self.stop_at = time.thread_time() + MOST_SECONDS
        for pattern in reader.inlinePatterns:
            pattern.getCompiledRegExp = self._metered(pattern.getCompiledRegExp)
            pattern.handleMatch = self._metered(pattern.handleMatch)
        for processor in reader.parser.blockprocessors:
            processor.test = self._metered(processor.test)

    def _metered(self, function):
        def call(*args):
            if time.thread_time() > self.stop_at:
                raise TooMuchWork("took too long")
            return function(*args)

        return call
