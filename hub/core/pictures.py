"""Pictures that strangers send, opened without trusting them."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from PIL import Image, UnidentifiedImageError

# Shown as they are; anything else is offered for download only.
PICTURES = {"PNG": "image/png", "JPEG": "image/jpeg", "GIF": "image/gif", "WEBP": "image/webp"}
# Photographs with a second, smaller picture in them.
SEVERAL = {"MPO": "JPEG"}

# A small file can claim a picture that takes gigabytes to draw; this many pixels take 200 MB.
MOST_PIXELS = 50_000_000

# What Pillow raises of a picture that claims too much, and of one that is none, or broken.
TOO_MUCH = (Image.DecompressionBombWarning, Image.DecompressionBombError, MemoryError)
NOT_A_PICTURE = UnidentifiedImageError
BROKEN = (OSError, ValueError, SyntaxError, EOFError, IndexError, TypeError, *TOO_MUCH)


@contextmanager
def opened(source: Path | BinaryIO) -> Iterator[Image.Image]:
    """A picture of a kind that is shown, its pixels not yet read. Raises what `BROKEN` lists."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        with Image.open(source, formats=list(PICTURES)) as picture:
            yield picture


def format_of(picture: Image.Image) -> str:
    """One of the keys of PICTURES."""
    found = picture.format or ""
    return SEVERAL.get(found, found)


def small_picture(picture: Image.Image, size: tuple[int, int], *, see_through: bool = False) -> bytes:
    """It, no larger than that, as WebP. The picture itself becomes small. see_through: keep what is."""
    picture.thumbnail(size)
    has_alpha = see_through and (picture.mode in {"RGBA", "LA", "PA"} or "transparency" in picture.info)
    made = BytesIO()
    picture.convert("RGBA" if has_alpha else "RGB").save(made, "WEBP", quality=80, exif=b"", xmp=b"")
    return made.getvalue()
