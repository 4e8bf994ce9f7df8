"""What a media file is, told from its bytes, and a small picture of it."""

import warnings
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, UnidentifiedImageError

# Shown as they are; anything else is offered for download only.
PICTURES = {"PNG": "image/png", "JPEG": "image/jpeg", "GIF": "image/gif", "WEBP": "image/webp"}
FILMS = {b"ftyp": "video/mp4"}
UNKNOWN = "application/octet-stream"

THUMBNAIL_SIZE = (480, 480)
# A small file can claim a picture that takes gigabytes to draw; this many pixels take 200 MB.
MOST_PIXELS = 50_000_000


@dataclass(frozen=True)
class Look:
    """What a file turned out to be."""

    media_type: str
    width: int | None = None
    height: int | None = None
    has_thumbnail: bool = False


def look_at(path: Path, thumbnail: Path) -> Look:
    """Tell a file's type by its content, and write a thumbnail beside it if it is a picture."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path, formats=list(PICTURES)) as picture:
                return _picture(picture, thumbnail)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombWarning,
            Image.DecompressionBombError, EOFError, MemoryError):  # fmt: skip
        return Look(_film_type(path))


def _picture(picture: Image.Image, thumbnail: Path) -> Look:
    width, height = picture.size
    media_type = PICTURES[picture.format]
    if width * height > MOST_PIXELS:
        return Look(media_type, width, height)
    try:
        picture.thumbnail(THUMBNAIL_SIZE)
        picture.convert("RGB").save(thumbnail, "WEBP", quality=80)
    except (OSError, ValueError, SyntaxError, EOFError):
        thumbnail.unlink(missing_ok=True)
        return Look(media_type, width, height)
    return Look(media_type, width, height, has_thumbnail=True)


def _film_type(path: Path) -> str:
    with path.open("rb") as file:
        head = file.read(12)
    return FILMS.get(head[4:8], UNKNOWN)
