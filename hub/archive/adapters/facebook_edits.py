"""Joins posts with what they said before they were edited.

`edits_you_made_to_posts.json` holds each wording with the moment it was saved and the number of its post; the
list of posts has no numbers. They are joined on the wording: the one that a post has now is the last of its
edits. The rows wait in a scratch file; only their hashes and places are held in memory.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from hub.archive.adapters import facebook_rows as rows
from hub.archive.adapters.base import Slice
from hub.archive.adapters.fields import as_dict
from hub.archive.sources.json_stream import Row


@dataclass(slots=True)
class Place:
    """Where a wording waits, and when it was saved."""

    at: datetime
    raw: tuple[int, int]
    text: tuple[int, int]
    file: str
    row: int


# Edits that are remembered: a hundred a day for years. What goes beyond joins no post.
MOST = 100_000


class Edits:
    def __init__(self):
        self._kept = 0
        self._beyond: defaultdict[str, int] = defaultdict(int)
        self._scratch = tempfile.TemporaryFile()  # noqa: SIM115 - closed by close()
        self._chains: defaultdict[str, list[Place]] = defaultdict(list)
        self._by_words: dict[bytes, str] = {}

    def add(self, row: Row, source: Slice) -> bool:
        """Remember an edit; False if the row is none."""
        value = as_dict(row.value)
        number, time = value.get("fbid"), rows.posted_at(value)
        text = rows.said_in(value).text
        if not isinstance(number, str) or not time or not text:
            return False
        if self._kept >= MOST:
            self._beyond[source.file] += 1
            return True
        self._kept += 1
        place = Place(time, self._write(row.raw), self._write(_bytes(text)), source.file, source.row)
        self._chains[number].append(place)
        self._by_words[_key(text)] = number
        return True

    def take(self, text: str, posted: datetime) -> list[tuple[str, datetime, Slice]]:
        """Each wording of the post that says `text` now, the oldest first, with its moment and its bytes."""
        number = self._by_words.get(_key(text)) if text else None
        chain = sorted(self._chains.get(number or "", ()), key=lambda place: place.at)
        if not chain or chain[-1].at < posted or self._read(chain[-1].text) != _bytes(text):
            return []
        del self._chains[number]
        return [self._found(place) for place in chain]

    def waiting(self) -> Iterator[tuple[str, int]]:
        """(file, how many) of the wordings that no post took."""
        counts = self._beyond.copy()
        for chain in self._chains.values():
            for place in chain:
                counts[place.file] += 1
        yield from sorted(counts.items())

    def close(self) -> None:
        self._scratch.close()

    def _found(self, place: Place) -> tuple[str, datetime, Slice]:
        text = self._read(place.text).decode("utf-8", "surrogatepass")
        return text, place.at, Slice(self._read(place.raw), place.file, place.row)

    def _write(self, data: bytes) -> tuple[int, int]:
        at = self._scratch.seek(0, 2)
        self._scratch.write(data)
        return at, len(data)

    def _read(self, place: tuple[int, int]) -> bytes:
        self._scratch.seek(place[0])
        return self._scratch.read(place[1])


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _key(text: str) -> bytes:
    return hashlib.sha256(_bytes(text)).digest()[:16]
