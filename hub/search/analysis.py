"""How text becomes terms, the same for both engines and for highlighting.

"FOI(S)A" gives foi, s and, for the whole, foisa; "14.005.026" gives its parts and 14005026;
"@nls_archives" gives its parts and @nlsarchives. Accents are folded, English endings are cut.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from whoosh.lang.snowball.english import EnglishStemmer

LONGEST_WORD = 40  # longer "words" are keys and pasted noise; their beginning is enough to find them
MOST_PARTS = 6  # a run with more parts is an address or a path: found by its parts, not as a whole

# Words that are in nearly every text: they find nothing and cost most. Kept short, so that "who",
# "not", "may" or "all" can still be searched for.
COMMON = frozenset(
    {
        *("a", "an", "and", "are", "as", "at", "be", "by", "for", "from", "i", "in", "is", "it", "of", "on"),
        *("or", "that", "the", "this", "to", "was", "with"),
    }
)

# Endings that the stemmer cuts; a word is being typed when one of them has begun.
_ENDINGS = (
    *("able", "al", "ally", "als", "ance", "ation", "ational", "ations", "ed", "ence", "er", "ers", "es"),
    *(
        "ful",
        "fully",
        "ible",
        "ing",
        "ings",
        "ion",
        "ions",
        "isation",
        "isations",
        "ise",
        "ised",
        "ising",
        "ities",
    ),
    *("ity", "ive", "ively", "ives", "ization", "izations", "ize", "ized", "izing", "ly", "ment", "ments"),
    *("ness", "ous", "ously", "s"),
)
# "organize" is "organise" to us; the stemmer would part them.
_AMERICAN = re.compile("(?<=[iy])z(?=(?:able|ation|ational|ations|e|ed|er|ers|es|ing|ings)$)")
LONGEST_ENDING = max(map(len, _ENDINGS))

_MARKS = "\u0300-\u036f"
# Chinese and Japanese have no spaces: each character is a part by itself.
_IDEOGRAPH = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
_WORD = rf"(?:[^\W_{_IDEOGRAPH}][{_MARKS}\u00ad\u200d]*)+|[{_IDEOGRAPH}]"
_RUN = re.compile(rf"[@#]?(?:{_WORD})(?:[^\w\s]|_)?(?:(?:{_WORD})(?:[^\w\s]|_)?)*")
_PART = re.compile(_WORD)
_APOSTROPHES = re.compile("(?<=[^\\W_])['\u2019\u02bc](?=[^\\W_])")
_INVISIBLE = re.compile("[\u00ad\u200d]")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"})

_stemmer = EnglishStemmer()


@dataclass(frozen=True, slots=True)
class Part:
    """A word in a text: folded word, stem, and where it stands (characters from, to)."""

    word: str
    stem: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Run:
    """Parts written without a space between.

    ``text`` is as written, without punctuation after it; ``whole`` is the run as one word, or "" when it has
    one part only; ``sigil`` is the run with its "@" or "#", or "".
    """

    text: str
    parts: tuple[Part, ...]
    whole: str
    sigil: str


def clean(text: str) -> str:
    """Text that every store takes: no NUL, no lone surrogates."""
    return _UNSTORABLE.sub("\ufffd", text)


@lru_cache(maxsize=50_000)
def fold(word: str) -> str:
    """Lower case without accents: "Café" and "CAFE\u0301" are both "cafe"."""
    word = _INVISIBLE.sub("", word)
    if not word.isascii():
        decomposed = unicodedata.normalize("NFKD", word.casefold())
        word = "".join(c for c in decomposed if not unicodedata.combining(c)).translate(_LETTERS)
        word = "".join(c for c in word if c.isalnum())
    return word.lower()[:LONGEST_WORD]


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The word without its English ending, British and American spellings alike."""
    if len(word) < 3 or not (word.isascii() and word.isalpha()):
        return word
    return _stemmer.stem(_AMERICAN.sub("s", word))


def unfinished(beginning: str) -> tuple[str, ...]:
    """Stems of the words that somebody may be typing who has typed on past a stem: "retenti" gives "retent".

    Stems that go on from what was typed are for the index to list.
    """
    stems = {stem(beginning)}
    for cut in range(1, min(len(beginning) - 2, LONGEST_ENDING)):
        root, typed = beginning[:-cut], beginning[-cut:]
        possible = {stem(root + ending) for ending in _ENDINGS if ending.startswith(typed)}
        stems |= possible & {root, root[:-1] + "s" if root.endswith("z") else root}
    return tuple(sorted(stems))


def runs(text: str) -> Iterator[Run]:
    """The runs of a text, in order; common words are left in."""
    # Apostrophes inside a word are taken for nothing ("don't" is "dont") without moving the rest.
    for found in _RUN.finditer(_APOSTROPHES.sub("\u00ad", text)):
        run = _run(found, text)
        if run.parts:
            yield run


def _run(found: re.Match[str], text: str) -> Run:
    start, raw = found.start(), found.group()
    parts = []
    for match in _PART.finditer(raw):
        word = _without_possessive(fold(match.group()), match.group())
        if word:
            parts.append(Part(word, stem(word), start + match.start(), start + match.end()))
    joined = "".join(part.word for part in parts)
    whole = joined if 1 < len(parts) <= MOST_PARTS and len(joined) <= LONGEST_WORD else ""
    sigil = raw[0] + joined[:LONGEST_WORD] if raw[0] in "@#" and len(parts) <= MOST_PARTS else ""
    return Run(text[start : found.end()].rstrip(".,;:!?-/'\u2019"), tuple(parts), whole, sigil)


def _without_possessive(word: str, raw: str) -> str:
    """ "council's" is "council"."""
    return word[:-1] if raw[-2:-1] == "\u00ad" and word.endswith("s") else word


class Term(NamedTuple):
    """What is indexed at one position."""

    stem: str
    position: int


def terms(text: str, first: int = 0) -> list[Term]:
    """The terms of a text; ``first`` is the position of its first word. Common words take no position."""
    listed: list[Term] = []
    position = first
    for found in _RUN.finditer(_APOSTROPHES.sub("\u00ad", text)):
        raw = found.group()
        plain = raw if raw.isalnum() else raw[:-1]
        if plain.isascii() and plain.isalnum():
            # Nearly every word: nothing to fold, nothing joined.
            word = plain.lower()[:LONGEST_WORD]
            if word not in COMMON:
                listed.append(Term(stem(word), position))
                position += 1
        else:
            joined = _terms_of_run(_run(found, text), position)
            listed += joined
            position = max((term.position + 1 for term in joined), default=position)
    return listed


def _terms_of_run(run: Run, first: int) -> list[Term]:
    words = [part for part in run.parts if part.word not in COMMON]
    listed = [Term(part.stem, first + number) for number, part in enumerate(words)]
    last = first + max(len(words) - 1, 0)
    for joined in filter(None, (run.whole, run.sigil)):
        # Also where the run ends, so that a phrase may go on from it.
        listed += [Term(stem(joined), position) for position in sorted({first, last})]
    return listed
