"""From parsed queries to PostgreSQL's full-text search, scored with what everybody may see."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from hub.core.search import Document, Query
from hub.search.analysis import clean, unfinished
from hub.search.indexing import PEOPLE, TEXT, TITLE, Placed, placed_terms
from hub.search.parsing import Clause, Parsed
from hub.search.ranking import depth
from hub.search.weighing import ALSO, FIELD_WORTH, MOST_OF_TEXT, damping, favour

_LABELS = {TITLE: "A", PEOPLE: "B", TEXT: "D"}
# ts_rank adds 1/1, 1/4, 1/9 ... for each time that a word is said, and divides by the sum of all of them.
_ALL_TIMES = math.pi**2 / 6

MOST_SCORED = 20_000  # documents that one query may score, the newest of them
MOST_COUNTED = 10_000  # open documents counted to tell how rare a word is; beyond, it is simply common
_LAST_POSITION = 16_383  # PostgreSQL keeps no positions after this


def weighed(document: Document) -> dict[str, Any]:
    """What the document is found and scored by: all its terms and those of its head (title and people), as
    texts of tsvectors; how much each is damped by the others; how much its kind is favoured."""
    placed = list(placed_terms(document))
    return {
        "terms": clean(_vector(placed)),
        "head": clean(_vector(term for term in placed if term.field in FIELD_WORTH)),
        "damping": damping(len(placed)),
        "favour": favour(document.kind),
    }


def _vector(placed: Iterable[Placed]) -> str:
    places: dict[str, list[str]] = {}
    for term in placed:
        position = min(term.position, _LAST_POSITION)
        places.setdefault(term.stem, []).append(f"{position}{_LABELS[term.field]}")
    return " ".join(f"{_quoted(stem)}:{','.join(listed)}" for stem, listed in places.items())


def _quoted(stem: str) -> str:
    escaped = stem.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"


def _phrase(stems: Sequence[str], label: str = "") -> str:
    return "(" + " <-> ".join(_quoted(stem) + (label and f":{label}") for stem in stems) + ")"


def _typed(clause: Clause, label: str = "") -> list[str]:
    """The ways in which a text may answer a clause as it was typed; with a label, the field that has it."""
    ways = [_phrase((stem,), label) for stem in clause.stems]
    if clause.phrase:
        ways.append(_phrase(clause.phrase, label))
    if clause.prefix:
        ways.append(f"{_quoted(clause.prefix)}:*{label}")
        ways += [_phrase((stem,), label) for stem in unfinished(clause.prefix)]
    return ways


def _named(clause: Clause, label: str = "") -> list[str]:
    """The ways in which a text may say another name of what a clause asks for."""
    return [_phrase(stems, label) for stems in clause.also]


def _either(ways: Iterable[str]) -> str:
    return "(" + " | ".join(ways) + ")"


def _clause(clause: Clause) -> str:
    return _either([*_typed(clause), *_named(clause)])


def _matching(parsed: Parsed, any_word: bool) -> str:
    wanted = (" | " if any_word else " & ").join(map(_clause, parsed.wanted))
    return " & ".join([f"({wanted})", *(f"!{_clause(clause)}" for clause in parsed.unwanted)])


def counting(parsed: Parsed, table: str) -> tuple[str, dict[str, Any]]:
    """A statement of one row: how many open documents have each wanted clause."""
    counts = []
    bound: dict[str, Any] = {"most": MOST_COUNTED}
    for number, clause in enumerate(parsed.wanted):
        bound[f"clause{number}"] = _clause(clause)
        counts.append(
            f"(SELECT count(*) FROM (SELECT 1 FROM {table} WHERE open"
            f" AND terms @@ CAST(:clause{number} AS tsquery) LIMIT :most) AS found)"
        )
    return f"SELECT {', '.join(counts)}", bound


def _worth(name: str, ways: Callable[[str], list[str]]) -> tuple[str, dict[str, Any]]:
    """``hub.search.weighing.worth`` of a clause as SQL, before the document is favoured."""
    bound: dict[str, Any] = {name: _either(ways(""))}
    said = f"{_ALL_TIMES} * ts_rank('{{1, 1, 1, 1}}', terms, CAST(:{name} AS tsquery))"
    parts = [f"{MOST_OF_TEXT} * (1 - damping / ({said} + damping))"]
    for field, value in FIELD_WORTH.items():
        bound[f"{name}_{field}"] = _either(ways(_LABELS[field]))
        parts.append(f"{value} * CAST(head @@ CAST(:{name}_{field} AS tsquery) AS int)")
    return f"({' + '.join(parts)})", bound


def ranking(parsed: Parsed, query: Query, rarities: list[float], table: str) -> tuple[str, dict[str, Any]]:
    """A statement of (key, item, score, created), best first."""
    bound: dict[str, Any] = {
        "matching": _matching(parsed, query.any_word),
        "scored": MOST_SCORED,
        "deepest": depth(query),
    }
    scores = []
    for number, (clause, rare) in enumerate(zip(parsed.wanted, rarities, strict=True)):
        bound[f"rare{number}"] = rare
        worth, its_own = _worth(f"clause{number}", partial(_typed, clause))
        if clause.also:
            also, theirs = _worth(f"also{number}", partial(_named, clause))
            worth, its_own = f"({worth} + {ALSO} * {also})", its_own | theirs
        bound |= its_own
        scores.append(f":rare{number} * {worth}")
    conditions = ["terms @@ CAST(:matching AS tsquery)"]
    for condition, values in _filters(query):
        conditions.append(condition)
        bound |= values
    statement = f"""
        SELECT key, item, round(CAST(favour * ({" + ".join(scores)}) AS numeric), 6) AS score, created
        FROM (
            SELECT key, item, created, terms, head, damping, favour FROM {table}
            WHERE {" AND ".join(conditions)} ORDER BY created DESC, key LIMIT :scored
        ) AS matching
        ORDER BY score DESC, created DESC, key LIMIT :deepest
    """
    return statement, bound


def dating(
    parsed: Parsed, query: Query, before: int | None, most: int, table: str
) -> tuple[str, dict[str, Any]]:
    """A statement of (key, created), newest first; nothing is scored."""
    bound: dict[str, Any] = {"matching": _matching(parsed, query.any_word), "most": most}
    conditions = ["terms @@ CAST(:matching AS tsquery)"]
    for condition, values in _filters(query):
        conditions.append(condition)
        bound |= values
    if before is not None:
        conditions.append("created <= :before")
        bound["before"] = before
    statement = f"""
        SELECT key, created FROM {table} WHERE {" AND ".join(conditions)}
        ORDER BY created DESC, key DESC LIMIT :most
    """
    return statement, bound


def _filters(query: Query) -> Iterator[tuple[str, Mapping[str, Any]]]:
    yield "audiences && CAST(:audiences AS text[])", {"audiences": sorted(query.audiences)}
    if query.kinds:
        yield "kind = ANY(:kinds)", {"kinds": sorted(query.kinds)}
    if query.topics:
        yield "topics && CAST(:topics AS text[])", {"topics": sorted(query.topics)}
    if query.applies_to:
        yield "applies_to = ANY(:applies_to)", {"applies_to": sorted(query.applies_to)}
    if query.groups:
        yield "in_group = ANY(:groups)", {"groups": sorted(query.groups)}
    if query.items:
        yield "item = ANY(:items)", {"items": sorted(query.items)}
