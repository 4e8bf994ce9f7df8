"""An upload that is a zip, read in place."""

from __future__ import annotations

import stat
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from hub.archive.sources import limits
from hub.archive.sources.base import Member, Refused, Unreadable
from hub.archive.sources.bounded import BoundedReader, Budget
from hub.archive.sources.zip_directory import check_directory

# What zipfile raises at damaged or hostile bytes, found by feeding it such bytes.
OPEN_ERRORS = (
    zipfile.BadZipFile, struct.error, OSError, EOFError, ValueError, OverflowError,
    NotImplementedError, RuntimeError, KeyError, IndexError,
)  # fmt: skip
READ_ERRORS = (*OPEN_ERRORS, zlib.error)

# Others may ask for gigabytes of memory by a number in their header.
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)

ARCHIVE_SUFFIXES = (".zip", ".gz", ".tgz", ".tar", ".7z", ".rar", ".bz2", ".xz")

# What a web archive (WACZ) is made of: gzipped, and read record by record, within limits of its own.
WEB_ARCHIVE_SUFFIXES = (".warc.gz", ".cdx.gz", ".cdxj.gz")


class ZipSource:
    """A zip's readable members. What may not be read is in `refused`, with the reason."""

    holds_files = True

    def __init__(self, path: Path):
        check_directory(path)
        self._path = path
        try:
            self._zip = zipfile.ZipFile(path)
        except READ_ERRORS as error:
            raise Unreadable("damaged", type(error).__name__) from error
        self._budget = Budget()
        self._infos, refused = _sorted_out(self._zip.infolist())
        self.refused = tuple(refused)
        self._refuse_overlaps(path.stat().st_size)

    @property
    def folder(self) -> Path:
        return self._path.parent

    def members(self) -> Iterator[Member]:
        for name, info in self._infos.items():
            yield Member(name, info.file_size, _modified(info))

    def has(self, name: str) -> bool:
        return name in self._infos

    def open(self, name: str, limit: int = limits.MAX_FILE) -> BinaryIO:
        info = self._infos.get(name)
        if info is None:
            raise Unreadable("missing_file", name)
        try:
            stream = self._zip.open(info)
        except READ_ERRORS as error:
            raise Unreadable("damaged", type(error).__name__) from error
        return BoundedReader(
            stream, packed=info.compress_size, errors=READ_ERRORS, limit=limit, budget=self._budget
        )

    def close(self) -> None:
        self._zip.close()

    def _refuse_overlaps(self, size: int) -> None:
        """Entries that share the same compressed bytes are how a small zip unpacks to petabytes."""
        if sum(info.compress_size for info in self._infos.values()) > size:
            self._zip.close()
            raise Unreadable("bomb")


def _sorted_out(infos: list[zipfile.ZipInfo]) -> tuple[dict[str, zipfile.ZipInfo], list[Refused]]:
    """Readable members by name, and the refused ones."""
    names = Counter(map(_name, infos))
    readable: dict[str, zipfile.ZipInfo] = {}
    refused: list[Refused] = []
    for info in infos:
        name = _name(info)
        if name.endswith("/"):
            continue
        reason = _why_not(info, names)
        if reason:
            refused.append(Refused(name, reason))
        else:
            readable[name] = info
    return readable, refused


def _name(info: zipfile.ZipInfo) -> str:
    """With the one separator that the format knows: what Windows 10 brings to make zips writes another."""
    return info.filename.replace("\\", "/")


def _why_not(info: zipfile.ZipInfo, names: Counter) -> str | None:
    troubles = {
        "unsafe_name": escapes(info.orig_filename),
        "link": _is_special(info),
        "duplicate_name": names[_name(info)] > 1,
        "encrypted": bool(info.flag_bits & 0x1),
        "unknown_compression": info.compress_type not in METHODS,
        "archive_inside": _is_archive(info.filename.lower()),
    }
    return next((reason for reason, is_so in troubles.items() if is_so), None)


def _modified(info: zipfile.ZipInfo) -> datetime | None:
    """A zip does not say in which zone; servers that make exports run in UTC."""
    try:
        return datetime(*info.date_time, tzinfo=UTC)
    except ValueError:
        return None


def _is_archive(name: str) -> bool:
    return name.endswith(ARCHIVE_SUFFIXES) and not name.endswith(WEB_ARCHIVE_SUFFIXES)


def escapes(name: str) -> bool:
    """Whether a name points outside of the folder it would be unpacked into, on any system."""
    plain = name.replace("\\", "/")
    return plain.startswith("/") or "\x00" in plain or plain[1:2] == ":" or ".." in plain.split("/")


def _is_special(info: zipfile.ZipInfo) -> bool:
    mode = info.external_attr >> 16
    return bool(mode) and stat.S_IFMT(mode) not in (0, stat.S_IFREG)
