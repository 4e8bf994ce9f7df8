"""What a media file is, told from its bytes, and a small picture of it."""

from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from hub.core.pictures import BROKEN, MOST_PIXELS, PICTURES, format_of, opened, small_picture

FILMS = {b"ftyp": "video/mp4"}
UNKNOWN = "application/octet-stream"

THUMBNAIL_SIZE = (480, 480)


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
        with opened(path) as picture:
            return _picture(picture, thumbnail)
    except BROKEN:
        return Look(_film_type(path))


def _picture(picture: Image.Image, thumbnail: Path) -> Look:
    width, height = picture.size
    media_type = PICTURES[format_of(picture)]
    if width * height > MOST_PIXELS:
        return Look(media_type, width, height)
    try:
        thumbnail.write_bytes(small_picture(picture, THUMBNAIL_SIZE))
    except (OSError, ValueError, SyntaxError, EOFError):
        thumbnail.unlink(missing_ok=True)
        return Look(media_type, width, height)
    return Look(media_type, width, height, has_thumbnail=True)


def _film_type(path: Path) -> str:
    with path.open("rb") as file:
        head = file.read(12)
    return FILMS.get(head[4:8], UNKNOWN)
