"""What an import says about itself: left out by reason, and declared counts beside those found.

It is built anew each time an import is taken up, since its adapter tells everything again.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from hub.archive.adapters.base import Counted, Export, LeftOut, Noted

# Names of files that one reason lists; a hostile zip could have hundreds of thousands.
MOST_FILES = 30
LONGEST_NAME = 255


class Report:
    def __init__(self):
        self.left_out: dict[str, dict[str, Any]] = {}
        self.counted: list[list[Any]] = []
        self.noted: list[list[str]] = []
        self.export: Export | None = None
        self.became: dict[str, int] = {}
        # Rows of posts that were disposed of or erased here.
        self.erased = 0

    def leave_out(self, one: LeftOut) -> None:
        told = self.left_out.setdefault(one.reason, {"count": 0, "files": {}})
        told["count"] += one.count
        name = printable(one.file)
        if name in told["files"] or len(told["files"]) < MOST_FILES:
            told["files"][name] = told["files"].get(name, 0) + one.count

    def count(self, one: Counted) -> None:
        self.counted.append([printable(one.dataset), one.declared, one.found])

    def note(self, one: Noted) -> None:
        told = [one.note, printable(one.file), printable(one.detail)]
        if told not in self.noted and len(self.noted) < MOST_FILES:
            self.noted.append(told)

    @property
    def expected(self) -> int | None:
        """Rows that a first pass found so far; None for formats that are read in one pass."""
        return sum(found or 0 for _, _, found in self.counted) if self.counted else None

    def as_json(self) -> dict[str, Any]:
        return {
            "left_out": self.left_out,
            "counted": self.counted,
            "became": self.became,
            "noted": self.noted,
        }


@lru_cache(maxsize=256)
def printable(name: str) -> str:
    """A file's name as the report may show it: whatever it holds, in at most 255 characters."""
    return "".join(c if c.isprintable() else "\ufffd" for c in name[-LONGEST_NAME:])
