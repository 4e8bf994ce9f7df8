"""Files of the archive in the data folder: uploads while they are read, media for as long as they are kept.

Names are made here, from random tokens and hashes; nothing of an upload's own names reaches the disk.
"""

from pathlib import Path
from typing import BinaryIO

from flask import current_app

from hub.core.stored import CHUNK, THUMBNAIL, Store, copy_hashed, sha256_of

__all__ = ["CHUNK", "THUMBNAIL", "MediaStore", "covered", "forget_upload", "keep_upload", "sha256_of",
           "upload_path", "uploads_folder"]  # fmt: skip


def covered(token: str) -> str:
    """What the name of a covered picture ends with (see CoveredPicture)."""
    return f".covered-{token}.webp"


def uploads_folder() -> Path:
    return current_app.extensions["settings"].folder("uploads")


def upload_path(name: str) -> Path:
    return uploads_folder() / name


def keep_upload(stream: BinaryIO, name: str) -> tuple[int, str]:
    """Copy a stream to the uploads folder; returns its size and SHA-256. On the disk when this returns."""
    with upload_path(name).open("wb") as file:
        sha256, size = copy_hashed(stream, file)
    return size, sha256


def forget_upload(name: str) -> None:
    if name:
        upload_path(name).unlink(missing_ok=True)


class MediaStore(Store):
    """The pictures and films of one collection, under their hashes."""

    def __init__(self, collection_token: str):
        super().__init__(current_app.extensions["settings"].folder("media") / collection_token)
