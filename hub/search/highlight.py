"""Where a query's words stand in a text: titles with marks, and the passage that shows the match best."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from markupsafe import Markup, escape

from hub.search.analysis import COMMON, Part, Run, fold, runs, stem, unfinished
from hub.search.parsing import Clause

EXCERPT = 200  # characters: three lines on a desktop, six on a phone
LEAD = 60  # characters shown before the first match
LONGEST_READ = 20_000  # characters of one text looked at; reading more costs more than it shows
LONGEST_NAME = 120  # characters in which a name of several words stands whole
BEGINNING = 3  # letters by which a word is picked for a closer look

_TOKEN = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class Match:
    """Characters ``start`` to ``end`` answer the query's clause with this number."""

    start: int
    end: int
    clause: int


class Highlighter:
    """Finds the wanted clauses of one query in any number of texts."""

    def __init__(self, wanted: Sequence[Clause]):
        self._stems: dict[str, int] = {}
        self._prefixes: list[tuple[str, int]] = []
        self._names: list[tuple[tuple[str, ...], int]] = []
        for number, clause in enumerate(wanted):
            roots = {*clause.stems, *clause.phrase, *(name[0] for name in clause.also if len(name) == 1)}
            self._names += [(name, number) for name in clause.also if len(name) > 1]
            if clause.prefix:
                self._prefixes.append((clause.prefix, number))
                roots.update(unfinished(clause.prefix))
            for root in roots:
                self._stems.setdefault(root, number)
        firsts = {name[0] for name, _ in self._names}
        self._name_begins = _promising(firsts) if firsts else None
        self._promising = _promising({*self._stems, *(prefix for prefix, _ in self._prefixes), *firsts})

    def matches(self, text: str) -> list[Match]:
        """Every match in the text, in order, without overlaps."""
        found: list[Match] = []
        for token in _TOKEN.finditer(text):
            if self._promising.search(token.group()):
                for run in runs(token.group()):
                    found += self._in_run(run, token.start())
        return _apart([*self._names_in(text), *found]) if self._names else found

    def _names_in(self, text: str) -> Iterator[Match]:
        """Names of several words, where they stand whole: "information" alone is not what was asked for."""
        assert self._name_begins is not None
        for token in _TOKEN.finditer(text):
            if not self._name_begins.search(token.group()):
                continue
            near = text[token.start() : token.start() + LONGEST_NAME]
            parts = [part for run in runs(near) for part in run.parts if part.word not in COMMON]
            for name, clause in self._names:
                if tuple(part.stem for part in parts[: len(name)]) == name:
                    yield Match(
                        token.start() + parts[0].start, token.start() + parts[len(name) - 1].end, clause
                    )

    def _in_run(self, run: Run, at: int) -> list[Match]:
        for joined in filter(None, (run.sigil, run.whole)):
            clause = self._clause(stem(joined), joined)
            if clause is not None:
                start = run.parts[0].start - (1 if joined == run.sigil else 0)
                return [Match(at + start, at + run.parts[-1].end, clause)]
        return [match for part in run.parts if (match := self._in_part(part, at))]

    def _in_part(self, part: Part, at: int) -> Match | None:
        if part.word in COMMON:
            return None
        clause = self._clause(part.stem, part.word)
        return None if clause is None else Match(at + part.start, at + part.end, clause)

    def _clause(self, root: str, word: str) -> int | None:
        if root in self._stems:
            return self._stems[root]
        return next((number for prefix, number in self._prefixes if word.startswith(prefix)), None)

    def mark(self, text: str) -> tuple[Markup, frozenset[int]]:
        """The whole text, escaped, matches marked; and the numbers of the clauses found."""
        matches = self.matches(text)
        return _marked(text, matches), _clauses(matches)

    def excerpt(self, text: str) -> tuple[Markup, frozenset[int]]:
        """The passage with most of the query's words, escaped and marked; and the clauses found."""
        text = self._passage(text)
        matches = self.matches(text)
        start, end = _window(text, matches)
        shown = [
            Match(match.start - start, match.end - start, match.clause)
            for match in matches
            if match.start >= start and match.end <= end
        ]
        marked = _marked(text[start:end], shown)
        before = Markup("… ") if start else Markup("")
        after = Markup(" …") if end < len(text) else Markup("")
        return before + marked + after, _clauses(matches)

    def _passage(self, text: str) -> str:
        if len(text) <= LONGEST_READ:
            return text
        first = self._promising.search(text)
        start = max(0, first.start() - EXCERPT) if first else 0
        return text[start : start + LONGEST_READ]


def _apart(matches: Sequence[Match]) -> list[Match]:
    """In order, the longer of two that overlap."""
    kept: list[Match] = []
    for match in sorted(matches, key=lambda one: (one.start, -one.end)):
        if not kept or match.start >= kept[-1].end:
            kept.append(match)
    return kept


def _clauses(matches: Sequence[Match]) -> frozenset[int]:
    return frozenset(match.clause for match in matches)


def _promising(terms: Iterable[str]) -> re.Pattern[str]:
    """Finds where a term may begin in unfolded text, so that most of a text need not be analysed."""
    beginnings = {"[^\\w\\s]{0,3}".join(map(_letter, term[:BEGINNING])) for term in terms}
    return re.compile("|".join(sorted(beginnings)), re.IGNORECASE)


def _letter(letter: str) -> str:
    """A letter with all accents that folding takes off it."""
    return f"[{re.escape(letter)}{_accented().get(letter, '')}]"


@cache
def _accented() -> dict[str, str]:
    letters: dict[str, str] = defaultdict(str)
    for code in (*range(0xC0, 0x250), *range(0x1E00, 0x1F00)):
        folded = fold(chr(code))
        if folded:
            letters[folded[0]] += chr(code)
    return letters


def _window(text: str, matches: Sequence[Match]) -> tuple[int, int]:
    """From and to which character the excerpt runs: at spaces, around the best cluster of matches."""
    if len(text) <= EXCERPT:
        return 0, len(text)
    start = max(0, _best_start(matches) - LEAD)
    if start:
        space = text.find(" ", start, start + LEAD)
        start = space + 1 if space >= 0 else start
    end = min(len(text), start + EXCERPT)
    if end < len(text):
        space = text.rfind(" ", start + EXCERPT // 2, end)
        end = space if space >= 0 else end
    return start, end


def _best_start(matches: Sequence[Match]) -> int:
    """The first match of the cluster with most different words; the earliest of equals."""
    best, best_start = 0, 0
    starts = [match.start for match in matches]
    for number, match in enumerate(matches):
        last = bisect_right(starts, match.start + EXCERPT - LEAD * 2)
        variety = len({other.clause for other in matches[number:last]})
        if variety > best:
            best, best_start = variety, match.start
    return best_start


def _marked(text: str, matches: Sequence[Match]) -> Markup:
    parts: list[Markup] = []
    at = 0
    for match in matches:
        parts += [escape(text[at : match.start]), Markup("<mark>%s</mark>") % text[match.start : match.end]]
        at = match.end
    return Markup("").join([*parts, escape(text[at:])])
