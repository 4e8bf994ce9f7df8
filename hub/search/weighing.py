"""What a word in a document is worth, the same for both engines.

Okapi BM25 for the text, and a sum on top for a title that has the word, however long the text under it is.
"""

from __future__ import annotations

import math
from collections.abc import Collection

from hub.search.indexing import PEOPLE, TITLE

# Of BM25. The average length is a constant instead of a statistic: it would tell of what was deleted or is
# hidden, and posts of the communities that we measured have about this many words.
SATURATION, LENGTH_WEIGHT, AVERAGE_LENGTH = 1.2, 0.6, 100
MOST_OF_TEXT = SATURATION + 1  # what a text comes near that says a word over and over
# A title with the word is worth more than any text and author together, also of what is favoured.
FIELD_WORTH = {TITLE: 3.0, PEOPLE: 1.0}
# Guidance is the group's word, looked after: a little above what is as good. An example is named after what
# it was added to: it comes after whatever has that name itself, and before what only has it in its text.
FAVOUR = {"guidance": 1.05, "example": 0.6}

ALSO = 0.5  # of another name of the same thing: what says the word itself comes first
BEGINNING_RARITY = 1.0  # of a word that is not finished: which word is meant is not known

_FINEST = 4096  # parts of one that a worth is told in: stores of four-byte numbers keep these as they are


def rarity(documents: int, having: int) -> float:
    """Inverse document frequency: of ``documents`` open ones ``having`` have the word. Above zero."""
    return math.log(1 + (documents - having + 0.5) / (having + 0.5))


def favour(kind: str) -> float:
    """How much everything in a document of this kind counts for."""
    return FAVOUR.get(kind, 1.0)


def damping(length: int) -> float:
    """How much a word is lost in a document of so many words; 1.2 in one of average length."""
    return SATURATION * (1 - LENGTH_WEIGHT + LENGTH_WEIGHT * length / AVERAGE_LENGTH)


def worth(times: int, fields: Collection[str], damped: float, kind: str) -> float:
    """Of a word that a document says so many times in all, among others in these fields."""
    # The second time adds a quarter of the first, the third a ninth: as ts_rank of PostgreSQL counts.
    said = sum(1 / time**2 for time in range(1, times + 1))
    fields_worth = sum(FIELD_WORTH.get(field, 0.0) for field in fields)
    whole = favour(kind) * (fields_worth + MOST_OF_TEXT * said / (said + damped))
    return round(whole * _FINEST) / _FINEST
