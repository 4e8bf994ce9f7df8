"""Files of the archive in the data folder: uploads while they are read, media for as long as they are kept.

Names are made here, from random tokens and hashes; nothing of an upload's own names reaches the disk.
"""

import hashlib
import os
import tempfile
from pathlib import Path
from typing import BinaryIO

from flask import current_app

CHUNK = 1024 * 1024
THUMBNAIL = ".thumbnail.webp"


def covered(token: str) -> str:
    """What the name of a covered picture ends with (see CoveredPicture)."""
    return f".covered-{token}.webp"


def uploads_folder() -> Path:
    return current_app.extensions["settings"].folder("uploads")


def upload_path(name: str) -> Path:
    return uploads_folder() / name


def keep_upload(stream: BinaryIO, name: str) -> tuple[int, str]:
    """Copy a stream to the uploads folder; returns its size and SHA-256. On the disk when this returns."""
    digest = hashlib.sha256()
    size = 0
    with upload_path(name).open("wb") as file:
        while chunk := stream.read(CHUNK):
            digest.update(chunk)
            size += len(chunk)
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    return size, digest.hexdigest()


def forget_upload(name: str) -> None:
    if name:
        upload_path(name).unlink(missing_ok=True)


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class MediaStore:
    """The pictures and films of one collection, under their hashes."""

    def __init__(self, collection_token: str):
        self._folder = current_app.extensions["settings"].folder("media") / collection_token

    def path(self, sha256: str, suffix: str = "") -> Path:
        return self._folder / sha256[:2] / f"{sha256}{suffix}"

    def keep(self, stream: BinaryIO) -> tuple[str, int]:
        """Store a stream under its hash; returns that and its size. The same bytes are stored once."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        digest = hashlib.sha256()
        size = 0
        with tempfile.NamedTemporaryFile(dir=self._folder, prefix="part-", delete=False) as part:
            try:
                while chunk := stream.read(CHUNK):
                    digest.update(chunk)
                    size += len(chunk)
                    part.write(chunk)
                part.flush()
                os.fsync(part.fileno())
            except BaseException:
                os.unlink(part.name)
                raise
        sha256 = digest.hexdigest()
        place = self.path(sha256)
        place.parent.mkdir(mode=0o700, exist_ok=True)
        os.replace(part.name, place)
        return sha256, size

    def files(self) -> list[Path]:
        """Everything in the folder, parts that were never finished included."""
        return [path for path in self._folder.rglob("*") if path.is_file()]

    def forget(self, sha256: str) -> None:
        place = self.path(sha256)
        for derived in place.parent.glob(f"{sha256}.*"):
            derived.unlink(missing_ok=True)
        place.unlink(missing_ok=True)
