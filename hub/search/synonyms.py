"""What this field calls by several names. Who asks for one is shown what says another.

Applied when a query is read, never when a text is indexed: a name added here is found at once, in every
index. What is in quotes is taken as written. A page that says the word itself comes before one that says
another.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

from hub.search.analysis import COMMON, runs

# Each line is one thing. Records people write the abbreviations among themselves, and guidance spells them
# out; newcomers know only one of the two. The first name is the one that pages are told of.
NAMES: tuple[tuple[str, ...], ...] = (
    # Requests and the law: the Scottish Act has a name of its own, and people ask for either.
    ("freedom of information", "FOI", "FOISA", "FOIA"),
    ("environmental information regulations", "EIR", "EIRs"),
    ("subject access request", "SAR", "DSAR", "subject access"),
    ("data protection", "GDPR", "UK GDPR", "DPA"),
    ("data protection impact assessment", "DPIA"),
    ("Public Records (Scotland) Act", "PRSA"),
    ("National Records of Scotland", "NRS"),
    # The work and its papers.
    ("records management", "RM"),
    ("records management plan", "RMP"),
    ("retention schedule", "RRS", "records retention schedule", "retention and disposal schedule"),
    ("file plan", "business classification scheme", "BCS"),
    ("information asset register", "IAR"),
    ("electronic document and records management system", "EDRMS", "EDRM"),
    # The platform changed its name in 2023, and what is written there lost its own: both are asked for.
    ("Twitter", "X"),
    ("tweet", "post"),
)

Stems = tuple[str, ...]


@cache
def _table() -> dict[Stems, tuple[tuple[str, Stems], ...]]:
    """The stems of a name -> the other names of the same thing, as (written, stems)."""
    table: dict[Stems, tuple[tuple[str, Stems], ...]] = {}
    for names in NAMES:
        read = tuple((name, _stems(name)) for name in names)
        for _written, stems in read:
            others = {other: written for written, other in reversed(read) if other != stems}
            table[stems] = tuple((others[other], other) for _name, other in read if other in others)
    return table


def _stems(name: str) -> Stems:
    return tuple(part.stem for run in runs(name) for part in run.parts if part.word not in COMMON)


def is_name(stems: Stems) -> bool:
    """Whether these words, one after the other, are a name."""
    return stems in _table()


def names_in(words: Sequence[Stems]) -> Iterator[tuple[int, int, tuple[tuple[str, Stems], ...]]]:
    """Names of things among the words of a query, given as stems (several where a word has parts).

    Gives (first word, how many words, the other names). A name within a longer one is the longer one's.
    """
    table = _table()
    longest = max(map(len, table))
    at = 0
    while at < len(words):
        for number in range(min(longest, len(words) - at), 0, -1):
            others = table.get(tuple(stem for word in words[at : at + number] for stem in word))
            if others:
                yield at, number, others
                at += number - 1
                break
        at += 1
