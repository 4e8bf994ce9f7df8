"""Random access to what a gzip file unpacks to, without a copy of it on the disk.

The file is unpacked once from its beginning, which shows that it is whole, and the decompressor's state is
remembered every so many bytes; reading from any place begins at the state before it. A temporary copy would
double what an upload takes on the disk, and would lay its private matter there unpacked.
"""

from __future__ import annotations

import bisect
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from hub.archive.sources import limits
from hub.archive.sources.base import Unreadable

# Bytes between two remembered states, at first: so much is unpacked in vain, at most, when a place is opened.
SPACING = 16 * limits.MB
# A state costs some 50 KB. When there are more, every second one is forgotten and the spacing doubles.
MOST_STATES = 256
# Packed bytes taken at a time: what is left of them is kept with each state.
PIECE = 16 * limits.KB
GZIP_FORMAT = 31


class Unpacking:
    """Unpacks on from a state. `given` counts the unpacked bytes so far, `taken` the packed ones."""

    def __init__(self, file: BinaryIO):
        self._file = file
        self._inflate: Any = zlib.decompressobj(GZIP_FORMAT)
        self._pending = b""
        self.given = self.taken = 0

    def piece(self) -> bytes:
        """The next bytes; b"" at the end. Raises Unreadable."""
        while True:
            if self._inflate.eof and not self._next_member():
                return b""
            if not self._pending and not self._take():
                raise Unreadable("truncated")
            try:
                data = self._inflate.decompress(self._pending, limits.CHUNK)
            except zlib.error as error:
                raise Unreadable("damaged", "zlib") from error
            self._pending = self._inflate.unconsumed_tail
            if data:
                self.given += len(data)
                return data

    def _take(self) -> bool:
        self._pending = self._file.read(PIECE)
        self.taken += len(self._pending)
        return bool(self._pending)

    def _next_member(self) -> bool:
        """A gzip file may be several, one after another, and end with zeros."""
        self._pending = self._inflate.unused_data.lstrip(b"\x00")
        while not self._pending:
            if not self._take():
                return False
            self._pending = self._pending.lstrip(b"\x00")
        self._inflate = zlib.decompressobj(GZIP_FORMAT)
        return True

    def state(self) -> State:
        return State(self.given, self.taken, self._inflate.copy(), self._pending)

    def close(self) -> None:
        self._file.close()

    def resume(self, state: State) -> None:
        self.given, self.taken, self._pending = state.given, state.taken, state.pending
        self._inflate = state.inflate.copy()
        self._file.seek(state.taken)


@dataclass(frozen=True, slots=True)
class State:
    given: int
    taken: int
    inflate: Any
    pending: bytes


class GzipIndex:
    """The states of one file. `unpack` fills it; `open_at` uses it."""

    def __init__(self, path: Path):
        self._path = path
        self._states: list[State] = []
        self._spacing = SPACING

    def unpack(self) -> Remembering:
        """Everything from the beginning; the places passed can be opened afterwards."""
        return Remembering(self._path.open("rb"), self)

    def open_at(self, offset: int) -> Unpacking:
        """Unpacks on from the last state before `offset`: see its `given`. The caller closes it."""
        at = bisect.bisect_right(self._states, offset, key=lambda state: state.given) - 1
        unpacking = Unpacking(self._path.open("rb"))
        if at >= 0:
            unpacking.resume(self._states[at])
        return unpacking

    def remember(self, unpacking: Unpacking) -> None:
        last = self._states[-1].given if self._states else 0
        if unpacking.given - last < self._spacing:
            return
        self._states.append(unpacking.state())
        if len(self._states) > MOST_STATES:
            self._states = self._states[1::2]
            self._spacing *= 2


class Remembering(Unpacking):
    """The first pass: fills the index, and stops at a bomb."""

    def __init__(self, file: BinaryIO, index: GzipIndex):
        super().__init__(file)
        self._index = index

    def piece(self) -> bytes:
        data = super().piece()
        if self.given > limits.FREE_BYTES and self.given > self.taken * limits.MAX_RATIO:
            raise Unreadable("bomb")
        if self.given > limits.MAX_TOTAL:
            raise Unreadable("too_large_unpacked", str(limits.MAX_TOTAL))
        self._index.remember(self)
        return data
