"""From parsed queries to PostgreSQL's full-text search, scored with what everybody may see."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from hub.core.search import Document, Query
from hub.search.analysis import unfinished
from hub.search.indexing import placed_terms
from hub.search.parsing import Clause, Parsed
from hub.search.ranking import ALSO, WEIGHTS, depth

_LABELS = {"title": "A", "people": "B", "text": "D"}
# ts_rank takes weights of the labels D, C, B and A, none above 1.
_HEAVIEST = max(WEIGHTS.values())
RANK_WEIGHTS = [WEIGHTS["text"] / _HEAVIEST, 0.0, WEIGHTS["people"] / _HEAVIEST, WEIGHTS["title"] / _HEAVIEST]

MOST_SCORED = 20_000  # documents that one query may score, the newest of them
MOST_COUNTED = 10_000  # open documents counted to tell how rare a word is; beyond, it is simply common
_LAST_POSITION = 16_383  # PostgreSQL keeps no positions after this


def vector(document: Document) -> str:
    """The document's stems and positions, as the text of a tsvector."""
    places: dict[str, list[str]] = {}
    for term in placed_terms(document):
        position = min(term.position, _LAST_POSITION)
        places.setdefault(term.stem, []).append(f"{position}{_LABELS[term.field]}")
    return " ".join(f"{_quoted(stem)}:{','.join(listed)}" for stem, listed in places.items())


def _quoted(stem: str) -> str:
    escaped = stem.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"


def _phrase(stems: Sequence[str]) -> str:
    return "(" + " <-> ".join(map(_quoted, stems)) + ")"


def _typed(clause: Clause) -> list[str]:
    """The ways in which a text may answer a clause as it was typed."""
    ways = [_quoted(stem) for stem in clause.stems]
    if clause.phrase:
        ways.append(_phrase(clause.phrase))
    if clause.prefix:
        ways.append(f"{_quoted(clause.prefix)}:*")
        ways += map(_quoted, unfinished(clause.prefix))
    return ways


def _either(ways: Iterable[str]) -> str:
    return "(" + " | ".join(ways) + ")"


def _clause(clause: Clause) -> str:
    return _either([*_typed(clause), *map(_phrase, clause.also)])


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


def _rank(bound: str) -> str:
    return f"ts_rank(CAST(:weights AS real[]), terms, CAST(:{bound} AS tsquery), 1)"


def ranking(parsed: Parsed, query: Query, rarities: list[float], table: str) -> tuple[str, dict[str, Any]]:
    """A statement of (key, item, score, created), best first."""
    bound: dict[str, Any] = {
        "matching": _matching(parsed, query.any_word),
        "weights": RANK_WEIGHTS,
        "scored": MOST_SCORED,
        "deepest": depth(query),
    }
    scores = []
    for number, (clause, rare) in enumerate(zip(parsed.wanted, rarities, strict=True)):
        bound |= {f"clause{number}": _either(_typed(clause)), f"rare{number}": rare}
        scores.append(f":rare{number} * {_rank(f'clause{number}')}")
        if clause.also:
            bound |= {f"also{number}": _either(map(_phrase, clause.also)), "less": ALSO}
            scores.append(f":rare{number} * :less * {_rank(f'also{number}')}")
    conditions = ["terms @@ CAST(:matching AS tsquery)"]
    for condition, values in _filters(query):
        conditions.append(condition)
        bound |= values
    statement = f"""
        SELECT key, item, round(CAST({" + ".join(scores)} AS numeric), 6) AS score, created
        FROM (
            SELECT key, item, created, terms FROM {table} WHERE {" AND ".join(conditions)}
            ORDER BY created DESC, key LIMIT :scored
        ) AS matching
        ORDER BY score DESC, created DESC, key LIMIT :deepest
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
