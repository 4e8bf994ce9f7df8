"""Reads a CAR, a file of blocks that are named by the hash of their content, and believes only the hashes.

The file is read once from its beginning; each block is hashed, and where it lies is noted in a scratch
database on the disk, so that memory does not grow with the file. A block whose content is not what its name
says is refused: nobody can ask for it.
"""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

import libipld

from hub.archive.sources import limits
from hub.archive.sources.base import Unreadable

# The header names the root, a block begins with its own name.
LONGEST_HEADER = 64 * limits.KB
# Records are 1 MB at most, the nodes of a tree some kilobytes.
LONGEST_BLOCK = 4 * limits.MB
# Version 1, what is inside (0x71 DAG-CBOR, 0x55 bytes), and that the name is a SHA-256 of 32 bytes.
NAME_SIZE = 36
CODEC_CBOR, CODEC_RAW = 0x71, 0x55
SHA256 = b"\x12\x20"
BLOCKS_AT_ONCE = 10_000
LONGEST_NUMBER = 9


@dataclass(frozen=True, slots=True)
class Block:
    """The content of a block, and which of the file it is, from 1."""

    raw: bytes
    number: int


@dataclass(frozen=True, slots=True)
class RefusedBlock:
    """A block whose content cannot be what its name says. `name` is the name as people write it."""

    name: str
    number: int


def read_header(stream: BinaryIO) -> dict[str, Any] | None:
    """What a CAR says at its beginning; None for what is no CAR of version 1."""
    try:
        size = _number(stream)
        if size is None or not 0 < size <= LONGEST_HEADER:
            return None
        header = libipld.decode_dag_cbor(stream.read(size))
    except (ValueError, RecursionError, Unreadable):
        return None
    is_car = isinstance(header, dict) and header.get("version") == 1 and isinstance(header.get("roots"), list)
    return header if is_car else None


class CarBlocks:
    """The blocks of one CAR. `index` reads the file; then `get` gives a block by its name."""

    def __init__(self, stream: BinaryIO):
        self._file = stream if stream.seekable() else _copied(stream)
        header = read_header(self._file)
        if header is None:
            raise Unreadable("damaged", "header")
        self.roots = [one for one in header["roots"] if is_name(one)]
        self.count = 0
        # A database without a name is SQLite's own scratch file, gone when it is closed.
        self._places = sqlite3.connect("")
        self._places.execute(
            "CREATE TABLE place (name BLOB PRIMARY KEY, at INT, size INT, number INT, visited INT)"
            " WITHOUT ROWID"
        )

    def index(self) -> Iterator[RefusedBlock | None]:
        """Reads every block: gives those that are refused, and None now and then as a sign of life.

        Raises Unreadable when the file cannot be read to its end.
        """
        rows: list[tuple[bytes, int, int, int]] = []
        while (size := _number(self._file)) is not None:
            self.count += 1
            found = self._block(size)
            if isinstance(found, RefusedBlock):
                yield found
            else:
                rows.append(found)
            if len(rows) >= BLOCKS_AT_ONCE:
                self._note(rows)
                rows = []
                yield None
        self._note(rows)

    def _block(self, size: int) -> tuple[bytes, int, int, int] | RefusedBlock:
        """Where the block of so many bytes lies that begins here; the file stands behind it afterwards."""
        if size < NAME_SIZE:
            raise Unreadable("damaged", "block")
        name = _exactly(self._file, NAME_SIZE)
        if not is_name(name):
            raise Unreadable("damaged", "name")
        at, rest = self._file.tell(), size - NAME_SIZE
        if rest > LONGEST_BLOCK:
            _pass_over(self._file, rest)
            return RefusedBlock(written(name), self.count)
        raw = _exactly(self._file, rest)
        if hashlib.sha256(raw).digest() != name[4:]:
            return RefusedBlock(written(name), self.count)
        return name, at, rest, self.count

    def _note(self, rows: list[tuple[bytes, int, int, int]]) -> None:
        """The same block twice is the same content: the first place serves."""
        self._places.executemany("INSERT OR IGNORE INTO place VALUES (?, ?, ?, ?, 0)", rows)

    def get(self, name: Any) -> Block | None:
        """A block that was read and is what its name says."""
        if not is_name(name):
            return None
        row = self._places.execute("SELECT at, size, number FROM place WHERE name = ?", (name,)).fetchone()
        if row is None:
            return None
        at, size, number = row
        self._file.seek(at)
        return Block(_exactly(self._file, size), number)

    def visit(self, name: bytes) -> bool:
        """Whether this is the first time that somebody comes by this block."""
        sql = "UPDATE place SET visited = 1 WHERE name = ? AND visited = 0"
        return self._places.execute(sql, (name,)).rowcount == 1

    def close(self) -> None:
        self._places.close()
        self._file.close()


def is_name(value: Any) -> bool:
    """Whether a value is the name (CID) of a block, as bytes, of the one kind that can be checked here."""
    return (
        isinstance(value, bytes)
        and len(value) == NAME_SIZE
        and value[0] == 1
        and value[1] in (CODEC_CBOR, CODEC_RAW)
        and value[2:4] == SHA256
    )


def written(name: bytes) -> str:
    """A name as people write it: "bafy..."."""
    return libipld.encode_cid(name)


def _copied(stream: BinaryIO) -> BinaryIO:
    """A CAR that comes packed can only be read forwards; blocks are asked for in the order of their keys."""
    scratch = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the blocks
    with stream:
        shutil.copyfileobj(stream, scratch, limits.CHUNK)
    scratch.seek(0)
    return scratch


def _number(stream: BinaryIO) -> int | None:
    """The number that stands here, seven bits a byte; None at the end. Raises Unreadable."""
    value = 0
    for place in range(LONGEST_NUMBER):
        byte = stream.read(1)
        if not byte and not place:
            return None
        if not byte:
            raise Unreadable("truncated")
        value |= (byte[0] & 0x7F) << (7 * place)
        if byte[0] < 0x80:
            return value
    raise Unreadable("damaged", "number")


def _exactly(stream: BinaryIO, size: int) -> bytes:
    data = stream.read(size)
    if len(data) < size:
        raise Unreadable("truncated")
    return data


def _pass_over(stream: BinaryIO, size: int) -> None:
    """Read rather than sought: a seek beyond the end says nothing."""
    while size:
        size -= len(_exactly(stream, min(size, limits.CHUNK)))
