"""Covering places of a picture by hand: the faces of private people above all. The original is never touched:
what is covered is burned into a picture of its own, and others see that one alone."""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Iterable, Sequence
from io import BytesIO
from pathlib import Path

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from PIL import Image, ImageDraw, UnidentifiedImageError
from sqlalchemy import delete, select

from hub.core import audit
from hub.core.database import db, new_token
from hub.core.errors import Refused
from hub.core.policy import Actor

from .changes import posts_look_different
from .models import Collection, CoveredPicture, Media
from .pictures import MOST_PIXELS, PICTURES
from .storage import MediaStore, covered

MOST_BOXES = 40
# Others see it in a page: more than this is for whoever keeps the original.
LARGEST = (1600, 1600)
COVER = (40, 40, 40)
# Said of a covered picture wherever it is shown.
COVERED = _l("Parts of this picture are covered here; the original is untouched.")

Box = Sequence[float]


def cover(actor: Actor, collection: Collection, media: Media, boxes: Sequence[Box]) -> CoveredPicture | None:
    """Cover these places, instead of what was covered before; without any, the picture is shown whole again.

    boxes: [left, top, width, height] each, in hundredths of the picture. Raises Refused.
    """
    wanted = _checked(boxes)
    before = db.session.scalar(select(CoveredPicture.boxes).where(CoveredPicture.media_id == media.id))
    made = _make(collection, media, wanted, actor) if wanted else None
    db.session.execute(delete(CoveredPicture).where(CoveredPicture.media_id == media.id))
    if made is not None:
        db.session.add(made)
        db.session.flush()
    audit.record(actor, "archive.cover_picture", media, before=before or [], after=wanted)
    posts_look_different(collection.id)
    return made


def covered_of(media_ids: Iterable[int]) -> dict[int, CoveredPicture]:
    """The covered pictures of these media, by media id. One query."""
    found = db.session.scalars(select(CoveredPicture).where(CoveredPicture.media_id.in_(list(media_ids))))
    return {one.media_id: one for one in found}


def _checked(boxes: Sequence[Box]) -> list[list[float]]:
    if len(boxes) > MOST_BOXES:
        raise Refused(_("Cover up to %(most)d places of one picture. Nothing was changed.", most=MOST_BOXES))
    for left, top, width, height in boxes:
        inside = 0 <= left < 100 and 0 <= top < 100 and 0 < width <= 100 and 0 < height <= 100
        if not inside:
            raise Refused(
                _("A place begins in the picture and has a size: numbers from 0 to 100. Nothing was changed.")
            )
    return [[round(number, 2) for number in box] for box in boxes]


def _make(collection: Collection, media: Media, boxes: list[list[float]], actor: Actor) -> CoveredPicture:
    store, token = MediaStore(collection.token), new_token()
    burned = burn(store.path(media.sha256), boxes)
    place = store.path(media.sha256, covered(token))
    part = place.with_suffix(".part")
    part.write_bytes(burned)
    part.replace(place)
    return CoveredPicture(
        token=token,
        collection_id=collection.id,
        media_id=media.id,
        boxes=boxes,
        sha256=hashlib.sha256(burned).hexdigest(),
        person_id=actor.person_id,
    )


def burn(path: Path, boxes: Sequence[Box]) -> bytes:
    """The picture with the boxes filled, without anything that the file said beside it (place, camera)."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path, formats=list(PICTURES)) as opened:
                if opened.width * opened.height > MOST_PIXELS:
                    raise Refused(_("This picture is too large to be worked on. Nothing was changed."))
                picture = opened.convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, MemoryError,
            Image.DecompressionBombWarning, Image.DecompressionBombError) as problem:  # fmt: skip
        raise Refused(_("This file cannot be opened as a picture. Nothing was changed.")) from problem
    draw = ImageDraw.Draw(picture)
    for left, top, width, height in boxes:
        x, y = left * picture.width / 100, top * picture.height / 100
        draw.rectangle((x, y, x + width * picture.width / 100, y + height * picture.height / 100), fill=COVER)
    picture.thumbnail(LARGEST)
    written = BytesIO()
    picture.save(written, "WEBP", quality=85)
    return written.getvalue()
