"""A spreadsheet read as a schedule: which column holds what, which rows are headings, what was not read."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from flask_babel import gettext as _

from .periods import read_action, read_period

REFERENCE, TITLE, TRIGGER, PERIOD, ACTION, AUTHORITY = (
    "reference", "title", "trigger", "period", "action", "authority",
)  # fmt: skip
FIELDS = (REFERENCE, TITLE, TRIGGER, PERIOD, ACTION, AUTHORITY)

# Words by which a heading tells what its column holds; the first that fits.
_HEADS = {
    REFERENCE: r"\bref(erence)?\b|\bcode\b|\bclass(ification)? (no|number|id)|\bnumber\b|\bid\b",
    TRIGGER: r"\btrigger\b|\bcut[- ]?off\b|\bstart(s|ing)?\b|\bevent\b",
    ACTION: r"\baction\b|\bdisposal\b|\bfinal disposition\b|\bdisposition\b|\bfate\b",
    PERIOD: r"\bretention\b|\bperiod\b|\byears?\b|\bhow long\b|\bkeep for\b",
    AUTHORITY: r"\bauthority\b|\bcitation\b|\blegislation\b|\blegal\b|\brationale\b|\bbasis\b|\bsource\b",
    TITLE: r"\btitle\b|\brecord\b|\brecords\b|\bdescription\b",
}
# What holds the title where no heading says so more plainly.
_ELSE_TITLE = r"\bclass\b|\bactivity\b|\bscope\b|\bexamples?\b"
_DOTTED = re.compile(r"\d+(\.\d+)*\.?\Z")
# Rows at the top in which the headings of the columns may stand.
HEADINGS_WITHIN = 15


@dataclass(frozen=True)
class Read:
    """An entry as it stands in the file. row: its number there, from 1."""

    row: int
    reference: str
    section: str
    title: str
    starts: str
    months: int | None
    action: str
    words: str
    authority: str


@dataclass
class Reading:
    """What a spreadsheet says: entries, and for each row that is none, why not."""

    entries: list[Read] = field(default_factory=list)
    headings: int = 0
    left_out: list[tuple[int, str, str]] = field(default_factory=list)  # (row, reason, what stands there)


def guess_columns(rows: Sequence[Sequence[str]]) -> tuple[dict[str, int], int]:
    """Which column seems to hold what, by the headings; and in which row these stand (0: the first)."""
    best: tuple[dict[str, int], int] = ({}, 0)
    for number, row in enumerate(rows[:HEADINGS_WITHIN]):
        found: dict[str, int] = {}
        for column, text in enumerate(row):
            told = text.casefold()
            if 0 < len(told) <= 80:
                what = next(
                    (f for f, words in _HEADS.items() if f not in found and re.search(words, told)), None
                )
                if what:
                    found[what] = column
        if TITLE not in found:
            found |= _title_else(row, found.values())
        if len(found) > len(best[0]):
            best = (found, number)
    return best


def _title_else(row: Sequence[str], taken: Collection[int]) -> dict[str, int]:
    for column, text in enumerate(row):
        if column not in taken and len(text) <= 80 and re.search(_ELSE_TITLE, text.casefold()):
            return {TITLE: column}
    return {}


def read(rows: Sequence[Sequence[str]], columns: Mapping[str, int], head: int) -> Reading:
    """The entries below the row of headings."""
    reading, sections, seen = Reading(), _Sections(), set()
    below = [{what: _cell(row, columns.get(what)) for what in FIELDS} for row in rows[head + 1 :]]
    for number, row in enumerate(rows[head + 1 :], start=head + 2):
        at = number - head - 2
        cells = below[at]
        told = " · ".join(text for text in row if text)[:160]
        if not told:
            continue
        if not any(cells[what] for what in (TRIGGER, PERIOD, ACTION, AUTHORITY)):
            if not _heads(cells[REFERENCE], below[at + 1 :]):
                reading.left_out.append((number, _("It says no period: type this one in."), told))
                continue
            heading = " ".join(part for part in (cells[REFERENCE], cells[TITLE]) if part) or told
            sections.begin(cells[REFERENCE], heading)
            reading.headings += 1
            continue
        problem = _problem(cells, seen)
        period = None if problem else read_period(cells[TRIGGER], cells[PERIOD])
        if not problem and period is None:
            problem = _("It says no period that we understand: type this one in.")
        if problem or period is None:
            reading.left_out.append((number, problem, told))
            continue
        seen.add(cells[REFERENCE])
        words = " + ".join(part for part in (cells[TRIGGER], cells[PERIOD]) if part)
        reading.entries.append(
            Read(
                row=number,
                reference=cells[REFERENCE],
                section=sections.now(),
                title=(cells[TITLE] or sections.last())[:400],
                starts=period.starts,
                months=period.months,
                action=read_action(cells[ACTION], period),
                words=words[:600],
                authority=cells[AUTHORITY],
            )
        )
    return reading


def _heads(reference: str, below: Iterable[Mapping[str, str]]) -> bool:
    """Whether a row without a period is a heading: the next numbered row is of its number. Rows without a
    dotted number are."""
    if not _DOTTED.match(reference):
        return True
    following = next((cells[REFERENCE] for cells in below if _DOTTED.match(cells[REFERENCE])), "")
    return following.startswith(reference.rstrip(".") + ".")


def _cell(row: Sequence[str], column: int | None) -> str:
    return row[column] if column is not None and column < len(row) else ""


def _problem(cells: Mapping[str, str], seen: set[str]) -> str:
    reference = cells[REFERENCE]
    if not reference:
        return _("It has no reference.")
    if len(reference) > 60:
        return _("Its reference is longer than 60 characters.")
    return _("This reference stands in the file twice; the first is taken.") if reference in seen else ""


class _Sections:
    """The headings above a row: a function, an activity of it. A dotted reference says how deep it is."""

    def __init__(self) -> None:
        self._stack: list[tuple[int, str]] = []

    def begin(self, reference: str, heading: str) -> None:
        depth = reference.strip(".").count(".") + 1 if _DOTTED.match(reference) else 0
        if depth:
            self._stack = [(d, h) for d, h in self._stack if 0 < d < depth]
        else:
            self._stack = []
        self._stack.append((depth, heading))

    def now(self) -> str:
        return " / ".join(heading for _depth, heading in self._stack)[:400]

    def last(self) -> str:
        return self._stack[-1][1] if self._stack else ""
