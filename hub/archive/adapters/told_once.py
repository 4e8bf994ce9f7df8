"""What a reading has told of already, within bounds: an account is told once, not with each message."""

from __future__ import annotations

from collections import OrderedDict

# Of those that write in one chat, however large. What is forgotten is told again, which costs a row.
REMEMBERED = 10_000


class ToldOnce:
    def __init__(self):
        self._told: OrderedDict[str, None] = OrderedDict()

    def is_new(self, name: str) -> bool:
        """Whether it is told now for the first time."""
        if name in self._told:
            return False
        self._told[name] = None
        if len(self._told) > REMEMBERED:
            self._told.popitem(last=False)
        return True
