"""Files over HTTP: under the address of their item, by token; whoever waits for their post, to its owner."""

from flask import abort, flash, render_template, send_file
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from hub.content.addresses import KINDS, seen_item
from hub.content.forms import EraseFileForm
from hub.content.models import StoredFile
from hub.content.views import ANY, bp
from hub.core.access import authorize, current_actor, load, requires
from hub.core.database import db
from hub.core.security import content_policy
from hub.core.stored import THUMBNAIL

from .erasing import erase
from .kinds import KINDS as FILE_KINDS
from .kinds import PICTURE_TYPES
from .shown import shown
from .storing import store

# What others made is shown in no page of ours, and nothing in it runs.
ALONE = content_policy({"default-src": "'none'", "sandbox": ""})


@bp.get(f"{ANY}/files/<token>")
@requires("file.read")
@ALONE
def file(slug: str, place: str, number: int, token: str) -> Response:
    """A file of a post, to be saved; a picture is shown."""
    return _sent(_hanging(slug, place, number, token))


@bp.get(f"{ANY}/files/<token>/thumbnail")
@requires("file.read")
@ALONE
def small_picture(slug: str, place: str, number: int, token: str) -> Response:
    """A picture as it stands under its post."""
    return _small(_hanging(slug, place, number, token))


@bp.get("/me/files/<token>")
@requires("file.read")
@ALONE
def waiting_file(token: str) -> Response:
    """A file of one's own whose post is still written."""
    return _sent(_waiting(token))


@bp.get("/me/files/<token>/thumbnail")
@requires("file.read")
@ALONE
def waiting_picture(token: str) -> Response:
    return _small(_waiting(token))


@bp.route(f"{ANY}/files/<token>/erasure", methods=["GET", "POST"])
@requires("file.erase")
def erase_file(slug: str, place: str, number: int, token: str) -> str | Response | tuple[str, int]:
    """A moderator takes a file away for good, also one that only an earlier text had."""
    item = seen_item(KINDS[place], slug, number)
    authorize("file.erase", item)
    found = db.session.scalar(
        select(StoredFile).where(
            StoredFile.token == token, StoredFile.item_id == item.id, StoredFile.erased_at.is_(None)
        )
    )
    form = EraseFileForm()
    if earlier := form.sent_before():
        return earlier
    if found is None:
        abort(404)
    if form.validate_on_submit():
        erase(current_actor(), item, found, form.reason.data or "")
        flash(_("The file is deleted for good."), "success")
        return form.done(item.path)
    page = render_template(
        "content/erase_file.html",
        group=item.group,
        section=place,
        item=item,
        file=shown(found, item.path),
        form=form,
    )
    return page, form.status


def _hanging(slug: str, place: str, number: int, token: str) -> StoredFile:
    item = seen_item(KINDS[place], slug, number)
    return load(StoredFile, StoredFile.token == token, StoredFile.item_id == item.id)


def _waiting(token: str) -> StoredFile:
    return load(StoredFile, StoredFile.token == token, StoredFile.item_id.is_(None))


def _sent(found: StoredFile) -> Response:
    path = store().path(found.sha256)
    if not path.is_file():
        abort(404)
    known = found.media_type if found.media_type in FILE_KINDS else "application/octet-stream"
    picture = known in PICTURE_TYPES
    answer = send_file(
        path,
        mimetype=known,
        as_attachment=not picture,
        download_name=found.name,
        etag=f"{found.sha256[:32]}",
        last_modified=None,
    )
    return _guarded(answer)


def _small(found: StoredFile) -> Response:
    path = store().path(found.sha256, THUMBNAIL)
    if not found.is_picture:
        abort(404)
    if not path.is_file():
        return _sent(found)
    return _guarded(send_file(path, mimetype="image/webp", etag=f"{found.sha256[:32]}-small"))


def _guarded(answer: Response) -> Response:
    """Whoever may read it is asked again each time. What is read by people who signed in stays on no disk."""
    answer.headers.pop("Last-Modified", None)  # when it was stored is nobody's business
    answer.headers["Cache-Control"] = "no-store" if current_actor().signed_in else "private, no-cache"
    answer.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    answer.vary.add("Cookie")
    return answer
