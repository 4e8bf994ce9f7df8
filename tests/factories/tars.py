"""Tars as people upload them, and such as nobody sends by accident."""

from __future__ import annotations

import gzip
import io
import tarfile
from datetime import UTC, datetime
from pathlib import Path

MADE_AT = datetime(2024, 6, 1, 9, 30, tzinfo=UTC)


def plain(members: dict[str, bytes], *others: tarfile.TarInfo, form: int = tarfile.USTAR_FORMAT) -> bytes:
    """A tar of files, with `others` (links, devices) behind them."""
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w", format=form) as tar:
        for name, content in members.items():
            tar.addfile(entry(name, size=len(content)), io.BytesIO(content))
        for other in others:
            tar.addfile(other, io.BytesIO(bytes(other.size)))
    return data.getvalue()


def entry(name: str, kind: bytes = tarfile.REGTYPE, target: str = "", size: int = 0) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname, info.size, info.mtime = kind, target, size, int(MADE_AT.timestamp())
    return info


def write(path: Path, data: bytes, *, packed: bool) -> Path:
    path.write_bytes(gzip.compress(data, 1, mtime=MADE_AT.timestamp()) if packed else data)
    return path


def claiming(name: str, size: int) -> bytes:
    """The header of a file of so many bytes, and none of them."""
    return entry(name, size=size).tobuf(tarfile.GNU_FORMAT)
