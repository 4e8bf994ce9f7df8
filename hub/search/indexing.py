"""What of a document is indexed, the same for both engines."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import NamedTuple

from hub.core.search import OPEN, Document
from hub.search.analysis import terms

FORMAT = "2"  # of both engines' indexes: raise it when analysis, fields or worths change, and rebuild
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TITLE, PEOPLE, TEXT = "title", "people", "text"
FIELD_GAP = 100  # positions between title, people and text, so that no phrase runs across
MOST_TERMS = 20_000  # of one document: twice the longest post; PostgreSQL takes no more than a megabyte


class Placed(NamedTuple):
    """A stem at a position of a field."""

    stem: str
    position: int
    field: str


def placed_terms(document: Document) -> Iterator[Placed]:
    """Everything that the document is found by. A reply's title is its question's: it is not found by it."""
    return islice(_placed(document), MOST_TERMS)


def _placed(document: Document) -> Iterator[Placed]:
    position = 1
    title = document.title if document.own_title else ""
    for field, text in ((TITLE, title), (PEOPLE, document.people), (TEXT, document.text)):
        listed = terms(text, position)
        for term in listed:
            yield Placed(term.stem, term.position, field)
        position = max((term.position for term in listed), default=position) + FIELD_GAP


def audiences_of(document: Document) -> frozenset[str]:
    """Who may find it: what is open is open, whoever else is named."""
    return frozenset({OPEN}) if OPEN in document.audiences else document.audiences


def microseconds(document: Document) -> int:
    """When it was created, as a whole number that both engines sort by."""
    return since_1970(document.created_at)


def since_1970(moment: datetime) -> int:
    """A moment in microseconds since then."""
    return (moment - EPOCH) // timedelta(microseconds=1)


def moment_of(number: int) -> datetime:
    """The moment that is so many microseconds after the beginning of 1970."""
    return EPOCH + timedelta(microseconds=number)
