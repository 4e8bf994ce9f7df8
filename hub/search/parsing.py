"""What a person typed, as clauses. Anything is a query; nothing typed can be an error of syntax."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from hub.core.search import CannotSearch
from hub.search.analysis import COMMON, Run, runs, stem
from hub.search.synonyms import is_name, names_in

# Bounds on the work that one query may cause; far above what anybody types by hand.
LONGEST_QUERY = 1_000
MOST_CLAUSES = 16
LONGEST_PHRASE = 12
SHORTEST_PREFIX = 3  # two letters begin too many words to tell anything

_TOKEN = re.compile(r'(?P<minus>(?<!\S)[-\u2212\u2013])?(?:"(?P<phrase>[^"]*)"|(?P<word>[^\s"]+)|")')
_QUOTES = str.maketrans({"\u201c": '"', "\u201d": '"', "\u201e": '"', "\u00ab": '"', "\u00bb": '"'})


@dataclass(frozen=True)
class Clause:
    """One thing to look for: one of ``stems``, the ``phrase``, or a word that begins with ``prefix``.

    ``text`` is how it was typed. At least one of the three is set. ``also`` are other names of the same
    thing, each as the stems of its words, one after the other; they count for less than what was typed.
    """

    text: str
    stems: tuple[str, ...] = ()
    phrase: tuple[str, ...] = ()
    prefix: str = ""
    also: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class Parsed:
    """Clauses wanted and not wanted, words that were left out, other names that are looked for too."""

    wanted: tuple[Clause, ...]
    unwanted: tuple[Clause, ...]
    left_out: tuple[str, ...]
    also: tuple[str, ...] = ()


def parse(text: str, as_you_type: bool = False) -> Parsed:
    """Read a query. Raises CannotSearch when it holds nothing to look for."""
    text = text[:LONGEST_QUERY].translate(_QUOTES)
    typing = as_you_type and text[-1:].isalnum()
    reading = _Reading()
    tokens = list(_TOKEN.finditer(text))
    for number, token in enumerate(tokens):
        reading.take(token, unfinished=typing and number == len(tokens) - 1)
    return reading.parsed()


class _Reading:
    def __init__(self) -> None:
        self.wanted: dict[Clause, None] = {}
        self.unwanted: dict[Clause, None] = {}
        self.left_out: dict[str, None] = {}
        self.common: dict[str, None] = {}

    def take(self, token: re.Match[str], unfinished: bool) -> None:
        into = self.unwanted if token["minus"] else self.wanted
        if token["phrase"] is not None:
            self._put(into, _phrase(token["phrase"]), token["phrase"])
        elif token["word"]:
            self._words(into, token["word"], unfinished)

    def _words(self, into: dict[Clause, None], word: str, unfinished: bool) -> None:
        found = list(runs(word))
        for number, run in enumerate(found):
            begins = number == len(found) - 1 and (word.endswith("*") or unfinished)
            # Only a star asks for the beginning alone; an unfinished word may also be a whole one.
            self._put(into, _clause(run, begins, also_whole=unfinished), run.text)

    def _put(self, into: dict[Clause, None], clause: Clause | None, text: str) -> None:
        if clause is None:
            if text.strip():
                self.common[text.strip()] = None
        elif clause not in into and len(self.wanted) + len(self.unwanted) >= MOST_CLAUSES:
            self.left_out[clause.text] = None
        else:
            into[clause] = None

    def parsed(self) -> Parsed:
        left_out = (*self.common, *self.left_out)
        if not self.wanted:
            reason = "only_without" if self.unwanted else "only_common" if self.common else "nothing"
            raise CannotSearch(reason, left_out)
        wanted, also = _with_other_names(tuple(self.wanted))
        return Parsed(wanted, tuple(self.unwanted), left_out, also)


def _with_other_names(wanted: tuple[Clause, ...]) -> tuple[tuple[Clause, ...], tuple[str, ...]]:
    """The clauses, each word of a name with the thing's other names; and those names as they are written."""
    clauses, told = list(wanted), {}
    for first, number, others in names_in([_as_words(clause) for clause in wanted]):
        told |= {written: None for written, _stems in others}
        for place in range(first, first + number):
            clauses[place] = replace(clauses[place], also=tuple(stems for _written, stems in others))
    return tuple(clauses), tuple(told)


def _as_words(clause: Clause) -> tuple[str, ...]:
    """The stems that were typed; none that could be a name where something was quoted or is unfinished."""
    if clause.prefix or clause.text.startswith('"'):
        return ("",)
    # "FOI(S)A" is a name as a whole, "data-protection" by its parts.
    return clause.stems if is_name(clause.stems) else clause.phrase or clause.stems


def _phrase(text: str) -> Clause | None:
    parts = [part for run in runs(text) for part in run.parts if part.word not in COMMON]
    stems = tuple(part.stem for part in parts[:LONGEST_PHRASE])
    shown = " ".join(text.split())
    if len(stems) == 1:
        return Clause(f'"{shown}"', stems=stems)
    return Clause(f'"{shown}"', phrase=stems) if stems else None


def _clause(run: Run, begins: bool, also_whole: bool) -> Clause | None:
    parts = [part for part in run.parts if part.word not in COMMON]
    phrase = tuple(part.stem for part in parts[:LONGEST_PHRASE])
    if run.sigil:
        beginning = run.sigil
        stems, phrase = (run.sigil,), ()
    elif run.whole:
        beginning = run.whole
        # "S/he": without its common words one part is left, which alone is not what was asked for.
        stems, phrase = (stem(run.whole),), phrase if len(phrase) > 1 else ()
    elif len(phrase) > 1:
        beginning, stems = "", ()
    elif phrase:
        beginning = parts[0].word
        stems, phrase = phrase, ()
    else:
        return None
    if begins and len(beginning) >= SHORTEST_PREFIX:
        return Clause(run.text, stems if also_whole else (), (), beginning)
    return Clause(run.text, stems, phrase)
