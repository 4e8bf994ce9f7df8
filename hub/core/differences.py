"""What changed between two texts, to be read by people; and two edits of one text brought together.

Texts are compared by paragraph (a line of source), and changed paragraphs by word. Work is bounded: where two
texts differ in more than can be told word by word, whole paragraphs are told, and in the end the whole text.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from flask_babel import gettext as _
from markupsafe import Markup, escape

Kind = Literal["same", "added", "removed"]

# Pairs of equal pieces that the matcher may look at in one comparison: about half a second, at worst.
MOST_PAIRS = 120_000

# Two paragraphs that share less than this are not one paragraph edited, but one taken out and another put in.
ALIKE = 0.4

WORD = re.compile(r"\S+\s*|\s+")


class _Budget:
    """The pairs that one comparison may still look at."""

    def __init__(self) -> None:
        self.left = MOST_PAIRS

    def allows(self, a: Sequence[str], b: Sequence[str]) -> bool:
        """Whether a and b may be matched; if so, the cost is taken off."""
        in_b = Counter(b)
        cost = len(a) + len(b) + sum(times * in_b[piece] for piece, times in Counter(a).items())
        if cost > self.left:
            return False
        self.left -= cost
        return True


@dataclass(frozen=True)
class Segment:
    """A run of text that is in both, only in the new, or only in the old."""

    kind: Kind
    text: str


@dataclass(frozen=True)
class Paragraph:
    """One line of source, or what became of it. Its kind is that of its only segment, or "changed"."""

    segments: tuple[Segment, ...]

    @property
    def kind(self) -> str:
        kinds = {segment.kind for segment in self.segments}
        return kinds.pop() if len(kinds) == 1 else "changed"


def compare(old: str, new: str) -> list[Paragraph]:
    """The new text, paragraph by paragraph, with what was taken out and put in. Blank lines are left out."""
    before, after, budget = _lines(old), _lines(new), _Budget()
    told: list[Paragraph] = []
    for tag, a, b in _steps(before, after, budget):
        if tag == "equal":
            told += [Paragraph((Segment("same", line),)) for line in b]
        else:
            told += _replaced(a, b, budget)
    return told


def as_html(paragraphs: Sequence[Paragraph]) -> Markup:
    """Safe HTML: a `div` a paragraph, `ins` and `del` inside it, so that the meaning is in the elements."""
    return Markup("\n").join(_paragraph_html(paragraph) for paragraph in paragraphs)


def difference_html(old: str, new: str) -> Markup:
    """`compare` and `as_html` in one; and where nothing is seen of a change, what it was."""
    told = compare(old, new)
    html = as_html(told)
    if old != new and all(paragraph.kind == "same" for paragraph in told):
        return html + Markup('\n<p class="soft">{}</p>').format(
            _("Only spaces and blank lines were changed.")
        )
    return html


def _paragraph_html(paragraph: Paragraph) -> Markup:
    wraps = {"same": "{}", "added": "<ins>{}</ins>", "removed": "<del>{}</del>"}
    inside = Markup("").join(Markup(wraps[part.kind]).format(part.text) for part in paragraph.segments)
    return Markup('<div class="difference difference-{}">{}</div>').format(escape(paragraph.kind), inside)


def _lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.splitlines() if line.strip()]


def _steps(
    a: Sequence[str], b: Sequence[str], budget: _Budget
) -> Iterator[tuple[str, Sequence[str], Sequence[str]]]:
    """("equal" or "replace", part of a, part of b), in order; both parts together make up a and b."""
    start = _shared(a, b)
    end = _shared(a[start:][::-1], b[start:][::-1])
    if start:
        yield "equal", a[:start], b[:start]
    middle_a, middle_b = a[start : len(a) - end], b[start : len(b) - end]
    if not budget.allows(middle_a, middle_b):
        yield "replace", middle_a, middle_b
    else:
        matcher = SequenceMatcher(None, middle_a, middle_b, autojunk=False)
        for tag, a1, a2, b1, b2 in matcher.get_opcodes():
            yield ("equal" if tag == "equal" else "replace"), middle_a[a1:a2], middle_b[b1:b2]
    if end:
        yield "equal", a[len(a) - end :], b[len(b) - end :]


def _shared(a: Sequence[str], b: Sequence[str]) -> int:
    """How many pieces a and b begin with in common."""
    count = 0
    for one, other in zip(a, b, strict=False):
        if one != other:
            break
        count += 1
    return count


def _replaced(old: Sequence[str], new: Sequence[str], budget: _Budget) -> list[Paragraph]:
    """Paragraphs that took each other's place: pairwise by word while they are alike, else whole."""
    told: list[Paragraph] = []
    shared = min(len(old), len(new))
    for before, after in zip(old[:shared], new[:shared], strict=True):
        told += _by_word(before, after, budget)
    told += [Paragraph((Segment("removed", line),)) for line in old[shared:]]
    told += [Paragraph((Segment("added", line),)) for line in new[shared:]]
    return told


def _by_word(before: str, after: str, budget: _Budget) -> list[Paragraph]:
    a, b = WORD.findall(before), WORD.findall(after)
    segments: list[Segment] = []
    same = 0
    for tag, old, new in _steps(a, b, budget):
        if tag == "equal":
            same += len(new)
            segments.append(Segment("same", "".join(new)))
            continue
        segments += [Segment("removed", "".join(old))] if old else []
        segments += [Segment("added", "".join(new))] if new else []
    if same < ALIKE * max(len(a), len(b)):
        return [Paragraph((Segment("removed", before),)), Paragraph((Segment("added", after),))]
    return [Paragraph(tuple(segments))]


@dataclass(frozen=True)
class Merged:
    """Two edits of one text brought together; `conflicts` counts the places where they meet."""

    text: str
    conflicts: int


def merge(base: str, mine: str, theirs: str, *, mine_label: str, theirs_label: str) -> Merged:
    """Both edits in one text. Where they meet, both versions stay, each under its label."""
    out: list[str] = []
    conflicts = 0
    for original, one, other in _regions(base.splitlines(), mine.splitlines(), theirs.splitlines()):
        if other in (one, original):
            out += one
        elif one == original:
            out += other
        else:
            conflicts += 1
            out += [f"[{mine_label}]", *one, f"[{theirs_label}]", *other]
    return Merged("\n".join(out), conflicts)


Region = tuple[Sequence[str], Sequence[str], Sequence[str]]


def _regions(base: list[str], mine: list[str], theirs: list[str]) -> Iterator[Region]:
    """Cuts the three texts at the lines that all three share: (base, mine, theirs) parts, in order."""
    done = (0, 0, 0)
    for start, in_mine, in_theirs in _shared_lines(base, mine, theirs):
        yield base[done[0] : start], mine[done[1] : in_mine], theirs[done[2] : in_theirs]
        yield [base[start]], [mine[in_mine]], [theirs[in_theirs]]
        done = (start + 1, in_mine + 1, in_theirs + 1)
    yield base[done[0] :], mine[done[1] :], theirs[done[2] :]


def _shared_lines(base: list[str], mine: list[str], theirs: list[str]) -> Iterator[tuple[int, int, int]]:
    """Lines of base that both others kept, as the three line numbers, in order."""
    kept_by_mine, kept_by_theirs = _kept(base, mine), _kept(base, theirs)
    for number in range(len(base)):
        if number in kept_by_mine and number in kept_by_theirs:
            yield number, kept_by_mine[number], kept_by_theirs[number]


def _kept(base: list[str], edited: list[str]) -> dict[int, int]:
    """Line number in base -> line number in edited, for the lines that stayed."""
    kept: dict[int, int] = {}
    i = j = 0
    for tag, a, b in _steps(base, edited, _Budget()):
        if tag == "equal":
            kept.update(zip(range(i, i + len(a)), range(j, j + len(b)), strict=True))
        i, j = i + len(a), j + len(b)
    return kept
