"""Bytes in a folder under their own hash: the same bytes are stored once, and are on the disk before a row
says that they are. Names are made here; nothing of a file's own name reaches the disk."""

import hashlib
import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import IO, BinaryIO

CHUNK = 1024 * 1024
THUMBNAIL = ".thumbnail.webp"
# What a file is called while it is looked at once more before it is deleted.
GOING = ".going"


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def copy_hashed(stream: BinaryIO, file: IO[bytes]) -> tuple[str, int]:
    """Copy a stream into a file; its SHA-256 and its size. On the disk when this returns."""
    digest, size = hashlib.sha256(), 0
    while chunk := stream.read(CHUNK):
        digest.update(chunk)
        size += len(chunk)
        file.write(chunk)
    file.flush()
    os.fsync(file.fileno())
    return digest.hexdigest(), size


class Store:
    """A folder of such files, and of what was derived from them."""

    def __init__(self, folder: Path):
        self.folder = folder

    def path(self, sha256: str, suffix: str = "") -> Path:
        return self.folder / sha256[:2] / f"{sha256}{suffix}"

    def keep(self, stream: BinaryIO) -> tuple[str, int]:
        """Store a stream under its hash; returns that and its size. On the disk when this returns."""
        with self._part() as part:
            try:
                sha256, size = copy_hashed(stream, part)
            except BaseException:
                os.unlink(part.name)
                raise
        place = self.path(sha256)
        self._put(Path(part.name), place)
        _name_on_disk(place.parent)
        return sha256, size

    def keep_derived(self, sha256: str, suffix: str, made: bytes) -> None:
        """Store what was made from a file beside it, whole or not at all. It can be made again."""
        with self._part() as part:
            part.write(made)
        self._put(Path(part.name), self.path(sha256, suffix))

    def files(self) -> list[Path]:
        """Everything in the folder, parts that were never finished included."""
        return [path for path in self.folder.rglob("*") if path.is_file()]

    def forget(self, sha256: str) -> None:
        place = self.path(sha256)
        for derived in place.parent.glob(f"{sha256}.*"):
            derived.unlink(missing_ok=True)
        place.unlink(missing_ok=True)

    def forget_unless_newer(self, path: Path, than: float) -> bool:
        """Delete a file that no row names, unless it was put there after a moment (in seconds of the epoch):
        its row may be about to be written. Looked at once it is out of the way, so that one which takes its
        place meanwhile stays."""
        aside = path.with_name(f".{path.name}{GOING}")
        try:
            os.rename(path, aside)
        except FileNotFoundError:
            return False
        if aside.stat().st_mtime > than:
            self.put_back(aside)
            return False
        aside.unlink()
        return True

    def put_back(self, aside: Path) -> None:
        """What was put out of the way is where it was, unless it was stored anew meanwhile."""
        with suppress(FileExistsError):
            os.link(aside, aside.with_name(aside.name.removeprefix(".").removesuffix(GOING)))
        aside.unlink()

    def _part(self) -> "tempfile._TemporaryFileWrapper[bytes]":
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return tempfile.NamedTemporaryFile(dir=self.folder, prefix="part-", delete=False)

    def _put(self, part: Path, place: Path) -> None:
        if not place.parent.is_dir():
            place.parent.mkdir(mode=0o700, exist_ok=True)
            _name_on_disk(self.folder)
        os.replace(part, place)


def _name_on_disk(folder: Path) -> None:
    """Names in a folder survive a power cut once the folder itself was written."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
