"""Walks the headers of a tar, one block at a time.

`tarfile` reads extended headers as large as they claim to be, and follows links; here a header is read only
to know where a file's bytes lie and what it is called.
"""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from hub.archive.sources import limits
from hub.archive.sources.base import Unreadable

BLOCK = 512
# Long names and extended attributes: a true one is some hundred bytes.
LONGEST_EXTENSION = 64 * limits.KB

FOLDER = tarfile.DIRTYPE
FILES = frozenset({tarfile.REGTYPE, tarfile.AREGTYPE, tarfile.CONTTYPE})
LONG_NAME, LONG_LINK = tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK
EXTENDED, EXTENDED_FOR_ALL = tarfile.XHDTYPE, tarfile.XGLTYPE
SOLARIS_EXTENDED = tarfile.SOLARIS_XHDTYPE
# Links and devices hold no bytes, whatever size they state.
EMPTY = frozenset({tarfile.LNKTYPE, tarfile.SYMTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE})


class Forward(Protocol):
    """What is walked: `read` gives exactly so many bytes or raises Unreadable, `skip` passes over them."""

    at: int

    def read(self, size: int) -> bytes: ...

    def skip(self, size: int) -> None: ...


@dataclass(frozen=True, slots=True)
class Entry:
    """A file or another thing in a tar. `at`: where its bytes begin. `is_file`: plain, not sparse."""

    name: str
    at: int
    size: int
    modified: datetime | None
    is_file: bool
    is_folder: bool


def entries(stream: Forward) -> Iterator[Entry]:
    """Every entry, up to the two blocks of zeros that end a tar. Raises Unreadable: truncated, damaged,
    too_many_files."""
    said: dict[str, str] = {}
    for _ in range(limits.MAX_ENTRIES):
        block = stream.read(BLOCK)
        if not block.strip(b"\x00"):
            stream.read(BLOCK)
            return
        info = _header(block)
        if info.type in (LONG_NAME, LONG_LINK):
            value = _extension(stream, info.size).rstrip(b"\x00")
            said |= {"path": _text(value)} if info.type == LONG_NAME else {}
        elif info.type in (EXTENDED, SOLARIS_EXTENDED):
            said |= _records(_extension(stream, info.size))
        elif info.type == EXTENDED_FOR_ALL:
            _extension(stream, info.size)
        else:
            yield _entry(info, said, stream)
            said = {}
    raise Unreadable("too_many_files", str(limits.MAX_ENTRIES))


def is_header(block: bytes) -> bool:
    """Whether a block is the header of something in a tar: its checksum says so."""
    try:
        _header(block)
    except Unreadable:
        return False
    return True


def _header(block: bytes) -> tarfile.TarInfo:
    try:
        info = tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
    except (tarfile.HeaderError, ValueError, IndexError) as error:
        raise Unreadable("damaged", "header") from error
    if info.size < 0:
        raise Unreadable("damaged", "size")
    return info


def _entry(info: tarfile.TarInfo, said: dict[str, str], stream: Forward) -> Entry:
    """The entry, with the stream moved behind its bytes."""
    size = 0 if info.type in EMPTY else _number(said.get("size"), info.size)
    sparse = info.type == tarfile.GNUTYPE_SPARSE or any(key.startswith("GNU.sparse") for key in said)
    found = Entry(
        name=said.get("path", info.name).removeprefix("./"),
        at=stream.at,
        size=size,
        modified=_moment(said.get("mtime"), info.mtime),
        is_file=info.type in FILES and not sparse,
        is_folder=info.type == FOLDER,
    )
    stream.skip(_padded(size))
    return found


def _extension(stream: Forward, size: int) -> bytes:
    if size > LONGEST_EXTENSION:
        raise Unreadable("damaged", "extension")
    return stream.read(_padded(size))[:size]


def _padded(size: int) -> int:
    return -(-size // BLOCK) * BLOCK


def _records(data: bytes) -> dict[str, str]:
    """ "27 path=name\\n" after "27 path=name\\n". Raises Unreadable."""
    found = {}
    while data.strip(b"\x00"):
        length = data.partition(b" ")[0]
        end = int(length) if length.isdigit() and len(length) < 8 else 0
        if not len(length) + 1 < end <= len(data):
            raise Unreadable("damaged", "extension")
        key, _, value = data[len(length) + 1 : end - 1].partition(b"=")
        found[_text(key)] = _text(value)
        data = data[end:]
    return found


def _text(value: bytes) -> str:
    return value.decode("utf-8", "surrogateescape")


def _number(text: str | None, otherwise: int) -> int:
    if text is None:
        return otherwise
    if not (text.isascii() and text.isdigit() and len(text) < 20):
        raise Unreadable("damaged", "size")
    return int(text)


def _moment(text: str | None, otherwise: float) -> datetime | None:
    try:
        return datetime.fromtimestamp(float(text) if text else otherwise, UTC)
    except (ValueError, OverflowError, OSError):
        return None
