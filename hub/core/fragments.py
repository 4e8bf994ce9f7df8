"""What was made for pages, kept in the process by what it was made from and never by who looks.

Each process keeps its own; what is not asked for longest is dropped first.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any

# A page of twenty long posts is some 60 kB: this holds the busiest few hundred in each process.
MOST_BYTES = 32 * 1024 * 1024


class Fragments:
    """A bounded store. Safe from threads."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._kept: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self._bytes = 0
        self._most = most_bytes
        self._lock = Lock()

    def get(self, key: Hashable, make: Callable[[], Any], size: Callable[[Any], int]) -> Any:
        """What is kept under the key, or what `make` gives, kept from now on. `size` tells its bytes."""
        found = self.find(key)
        if found is None:
            found = make()
            self.keep(key, found, size(found))
        return found

    def find(self, key: Hashable) -> Any:
        """What is kept under the key; None when nothing is."""
        with self._lock:
            if key not in self._kept:
                return None
            self._kept.move_to_end(key)
            return self._kept[key][0]

    def keep(self, key: Hashable, made: Any, size: int) -> None:
        """Keep it under the key, in the place of what was there. size: its bytes."""
        if size > self._most // 8:
            return  # one giant must not drive all others out
        with self._lock:
            _made, before = self._kept.pop(key, (None, 0))
            self._kept[key] = (made, size)
            self._bytes += size - before
            while self._bytes > self._most:
                _key, (_made, dropped) = self._kept.popitem(last=False)
                self._bytes -= dropped

    def forget(self) -> None:
        """Drop everything: tests begin with a new database, whose rows have the old ones' ids."""
        with self._lock:
            self._kept.clear()
            self._bytes = 0


fragments = Fragments()
