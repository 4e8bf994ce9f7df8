"""Writes a bag (RFC 8493) as one zip, file after file, without holding any of them."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

CHUNK = 1024 * 1024

# SHA-512 is what the standard asks writers for; SHA-256 is what the hub's own records say of the same bytes.
ALGORITHMS = ("sha256", "sha512")

# Packing these again only costs time.
PACKED = (".png", ".jpg", ".gif", ".webp", ".mp4", ".gz", ".wacz")

DECLARATION = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"

# Longer lines of bag-info.txt are folded: readers may cut them otherwise.
LONGEST_LINE = 79


class BagWriter:
    """A bag under construction; `finish` makes it one. Payload files are named from "data/" on."""

    def __init__(self, target: Path, name: str, at: datetime):
        self._zip = zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6)
        self._name, self._date = name, at.timetuple()[:6]
        self._manifests: dict[str, list[str]] = {algorithm: [] for algorithm in ALGORITHMS}
        self._tags: dict[str, list[str]] = {algorithm: [] for algorithm in ALGORITHMS}
        self._names: set[str] = set()
        self.size = self.count = 0

    def has(self, name: str) -> bool:
        return name in self._names

    def add(self, name: str, content: bytes | BinaryIO) -> None:
        """Write one payload file. Raises ValueError for a name that is there already."""
        if not name.startswith("data/") or name in self._names:
            raise ValueError(name)
        self._names.add(name)
        size = self._write(name, content, self._manifests)
        self.size += size
        self.count += 1

    def finish(self, info: Iterable[tuple[str, str]]) -> None:
        """Write the manifests and what bag-info.txt says; Payload-Oxum is added."""
        try:
            self._tag("bagit.txt", DECLARATION)
            said = [*info, ("Payload-Oxum", f"{self.size}.{self.count}")]
            self._tag("bag-info.txt", "".join(folded(name, value) for name, value in said))
            for algorithm, lines in self._manifests.items():
                self._tag(f"manifest-{algorithm}.txt", "".join(lines))
            for algorithm, lines in list(self._tags.items()):
                self._write(f"tagmanifest-{algorithm}.txt", "".join(lines).encode(), None)
        finally:
            self.close()

    def close(self) -> None:
        self._zip.close()

    def _tag(self, name: str, text: str) -> None:
        self._write(name, text.encode(), self._tags)

    def _write(self, name: str, content: bytes | BinaryIO, manifests: dict[str, list[str]] | None) -> int:
        info = zipfile.ZipInfo(f"{self._name}/{name}", self._date)
        info.external_attr = 0o100644 << 16
        packed = name.endswith(PACKED)
        info.compress_type = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
        digests = [hashlib.new(algorithm) for algorithm in ALGORITHMS]
        stream = io.BytesIO(content) if isinstance(content, bytes) else content
        size = 0
        with self._zip.open(info, "w", force_zip64=not isinstance(content, bytes)) as member:
            while chunk := stream.read(CHUNK):
                member.write(chunk)
                size += len(chunk)
                for digest in digests:
                    digest.update(chunk)
        if manifests is not None:
            for algorithm, digest in zip(ALGORITHMS, digests, strict=True):
                manifests[algorithm].append(f"{digest.hexdigest()}  {name}\n")
        return size


def folded(name: str, value: str) -> str:
    """One entry of bag-info.txt: no line breaks of its own, long ones folded."""
    words = " ".join(value.split()).split(" ")
    lines = [f"{name}:"]
    for word in words:
        if len(lines[-1]) + 1 + len(word) > LONGEST_LINE and lines[-1].strip():
            lines.append(" " * 2 + word)
        else:
            lines[-1] += f" {word}"
    return "\n".join(lines) + "\n"
