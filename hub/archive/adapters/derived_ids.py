"""Ids for posts that their platform's export gives none."""

from __future__ import annotations

from collections import OrderedDict

from hub.archive.adapters.base import content_hash

# Posts that would share an id stand close together in every export seen; an export of any size fits.
REMEMBERED = 10_000


class DerivedIds:
    """Ids from what does not change between two exports: the moment, the kind, what is answered. Never from
    the words, which may be edited. Those that would share one are numbered in the order of the file."""

    def __init__(self, prefix: str):
        self._prefix = prefix
        self._given: OrderedDict[str, int] = OrderedDict()

    def of(self, *parts: object) -> str:
        found = f"{self._prefix}:{content_hash(*parts)[:24]}"
        number = self._given.pop(found, 0) + 1
        self._given[found] = number
        if len(self._given) > REMEMBERED:
            self._given.popitem(last=False)
        return found if number == 1 else f"{found}-{number}"
