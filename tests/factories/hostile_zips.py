"""Zips that nobody sends by accident."""

from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path

from tests.factories.x_archive import XArchive
from tests.factories.zips import write_zip


def with_members(path: Path, archive: XArchive, *members: tuple[str | zipfile.ZipInfo, bytes]) -> Path:
    """A true archive with further members, however they are called."""
    archive.write(path)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as zipped:
        for name, data in members:
            zipped.writestr(name, data)
    return path


def symlink(name: str, target: str) -> tuple[zipfile.ZipInfo, bytes]:
    info = zipfile.ZipInfo(name)
    info.create_system = 3
    info.external_attr = 0o120777 << 16
    return info, target.encode()


def replaced(path: Path, archive: XArchive, name: str, data: bytes | None) -> Path:
    """A true archive in which one member holds something else (None: is not there)."""
    members = ((member, data if member == name else content) for member, content in archive.members())
    return write_zip(path, ((member, content) for member, content in members if content is not None))


def bomb(path: Path, archive: XArchive, size: int) -> Path:
    """The posts' file unpacks to `size` bytes of one repeated row."""
    head, row = (
        b"window.YTD.tweets.part0 = [",
        b'{"tweet":{"id_str":"1","full_text":"' + b"0" * 4_000 + b'"}}',
    )
    rows = b",".join([row] * (size // len(row)))
    return replaced(path, archive, "data/tweets.js", head + rows + b"]")


def many_files(path: Path, count: int) -> Path:
    """`count` entries that share nothing but their smallness, written by hand: zipfile takes minutes."""
    local = io.BytesIO()
    central = io.BytesIO()
    for number in range(count):
        name = b"data/%07d.js" % number
        offset = local.tell()
        local.write(
            struct.pack("<4sHHHHHLLLHH", b"PK\x03\x04", 20, 0, 0, 0, 33, 0, 0, 0, len(name), 0) + name
        )
        central.write(
            struct.pack(
                "<4sBBBBHHHHLLLHHHHHLL",
                b"PK\x01\x02", 20, 0, 20, 0, 0, 0, 0, 33, 0, 0, 0, len(name), 0, 0, 0, 0, 0, offset,
            )
            + name
        )  # fmt: skip
    end = struct.pack(
        "<4sHHHHLLH", b"PK\x05\x06", 0, 0, count & 0xFFFF, count & 0xFFFF, central.tell(), local.tell(), 0
    )
    path.write_bytes(local.getvalue() + central.getvalue() + end)
    return path


def claims_four_gigabytes(path: Path, archive: XArchive) -> Path:
    """The directory says that the posts' file unpacks to 4 GB; behind it are a few bytes."""
    data = bytearray(archive.bytes())
    at = data.rfind(b"PK\x01\x02", 0, data.rfind(b"data/tweets.js"))
    struct.pack_into("<L", data, at + 24, 0xFFFFFFF0)
    path.write_bytes(data)
    return path


def cut_short(path: Path, archive: XArchive, keep: float) -> Path:
    data = archive.bytes()
    path.write_bytes(data[: int(len(data) * keep)])
    return path


def flipped(path: Path, archive: XArchive, name: str) -> Path:
    """One bit of a member's packed bytes is wrong."""
    data = bytearray(archive.bytes())
    with zipfile.ZipFile(io.BytesIO(data)) as zipped:
        info = zipped.getinfo(name)
    at = info.header_offset + 30 + len(name) + info.compress_size // 2
    data[at] ^= 0x10
    path.write_bytes(data)
    return path
