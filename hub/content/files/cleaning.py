"""Pictures as they are kept: drawn anew, upright, without where and when and with what they were taken."""

from dataclasses import dataclass
from io import BytesIO
from typing import Any, BinaryIO

from PIL import Image, ImageOps

from hub.core.pictures import (
    BROKEN,
    MOST_PIXELS,
    NOT_A_PICTURE,
    PICTURES,
    TOO_MUCH,
    format_of,
    opened,
    small_picture,
)

from .refusing import Refusal

ORIENTATION = 0x0112
# Of one that moves, all frames together.
MOST_DRAWN = 2 * MOST_PIXELS
# Twice as wide as a post is read, for screens with small dots.
THUMBNAIL_SIZE = (1200, 900)
GOOD = 92


@dataclass(frozen=True)
class Picture:
    """thumbnail: a WebP. width, height: as it is shown, in pixels."""

    media_type: str
    whole: bytes
    thumbnail: bytes
    width: int
    height: int


def cleaned(stream: BinaryIO) -> Picture | None:
    """The picture in a stream; None when it holds something else. Raises Refusal."""
    stream.seek(0)
    try:
        with opened(stream) as picture:
            _not_huge(picture)
            return _drawn(picture)
    except NOT_A_PICTURE:
        return None
    except TOO_MUCH as problem:
        raise Refusal("huge") from problem
    except BROKEN as problem:
        raise Refusal("broken") from problem


def _not_huge(picture: Image.Image) -> None:
    pixels = picture.width * picture.height
    if pixels > MOST_PIXELS or pixels * _frames(picture) > MOST_DRAWN:
        raise Refusal("huge")


def _frames(picture: Image.Image) -> int:
    """Of a photograph with others behind it only the first is kept."""
    return 1 if format_of(picture) == "JPEG" else int(getattr(picture, "n_frames", 1))


def _drawn(picture: Image.Image) -> Picture:
    form, frames = format_of(picture), _frames(picture)
    told: dict[str, Any] = {"exif": b"", "xmp": b"", "comment": None}
    told["icc_profile"] = picture.info.get("icc_profile")
    turned = picture.getexif().get(ORIENTATION, 1) not in {0, 1}
    whole = BytesIO()
    if frames > 1:
        picture.info.pop("comment", None)
        picture.save(whole, form, save_all=True, **(told | _of_form(form)))
        picture.seek(0)
    else:
        picture.load()
        if form == "JPEG" and picture.format == "JPEG" and not turned:
            told |= {"quality": "keep"}
        else:
            told |= _of_form(form)
        if turned:
            picture = ImageOps.exif_transpose(picture)
        picture.info = {name: picture.info[name] for name in ("transparency",) if name in picture.info}
        picture.save(whole, form, **told)
    width, height = picture.size
    thumbnail = small_picture(picture, THUMBNAIL_SIZE, see_through=True)
    return Picture(PICTURES[form], whole.getvalue(), thumbnail, width, height)


def _of_form(form: str) -> dict[str, Any]:
    return {"quality": GOOD} if form in {"JPEG", "WEBP"} else {}
