"""Covering faces in a picture before others see it."""

from __future__ import annotations

from flask import abort, flash, render_template, request, send_file
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from hub.core.access import current_actor, load, requires
from hub.core.database import db
from hub.core.errors import Refused

from ..covering import MOST_BOXES, cover, covered_of
from ..models import CoveredPicture, Media
from ..storage import MediaStore, covered
from .blueprint import ButtonForm, bp, collection_at, of_collection

SIDES = ("left", "top", "width", "height")


@bp.get("/collections/<token>/covered/<covered_token>")
@requires("covered_picture.read")
def covered_picture(token: str, covered_token: str) -> Response:
    """A picture with places covered."""
    found = load(
        CoveredPicture,
        CoveredPicture.token == covered_token,
        of_collection(CoveredPicture.collection_id, token),
    )
    path = MediaStore(token).path(found.media.sha256, covered(found.token))
    if not path.is_file():
        abort(404)
    # Nothing of the answer is of the original: its hash would tell a guess from the picture itself.
    return send_file(path, mimetype="image/webp", conditional=False, etag=False, download_name="covered.webp")


@bp.route("/collections/<token>/media/<media_token>/cover", methods=["GET", "POST"])
@requires("collection.keep")
def cover_places(token: str, media_token: str) -> str | Response | tuple[str, int]:
    """Draw what is to be covered over a picture; or type it in four numbers."""
    found = collection_at(token)
    media = db.session.scalar(
        select(Media).where(Media.token == media_token, Media.collection_id == found.id)
    )
    if media is None or not media.media_type.startswith("image/"):
        abort(404)
    form = ButtonForm()
    if earlier := form.sent_before():
        return earlier
    before = covered_of([media.id]).get(media.id)
    problem = ""
    if form.validate_on_submit():
        try:
            made = cover(current_actor(), found, media, _boxes())
        except Refused as refused:
            problem = refused.sentence
        else:
            flash(
                _("Covered. Others see only the covered picture.")
                if made
                else _("Nothing is covered any more."),
                "success",
            )
            return form.done(f"{found.path}/media/{media.token}/cover")
    page = render_template(
        "archive/cover.html",
        collection=found,
        media=media,
        form=form,
        covered=before,
        boxes=[*(_typed() if problem else _written(before)), [""] * 4],
        problem=problem,
        sides=SIDES,
    )
    return page, 422 if problem else 200


def _written(covered: CoveredPicture | None) -> list[list[str]]:
    """The places as they are typed: 10, and not 10.0."""
    return [[f"{number:g}" for number in box] for box in covered.boxes] if covered else []


def _typed() -> list[list[str]]:
    """The rows of four numbers that were sent, without those that are empty."""
    columns = [request.form.getlist(side)[: MOST_BOXES + 1] for side in SIDES]
    return [list(row) for row in zip(*columns, strict=False) if any(one.strip() for one in row)]


def _boxes() -> list[list[float]]:
    try:
        return [[float(number.replace(",", ".")) for number in row] for row in _typed()]
    except ValueError:
        raise Refused(
            _("Each place needs four numbers: from the left, from the top, width and height.")
        ) from None
