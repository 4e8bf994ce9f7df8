"""Imports: an upload, how far it is, its report."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import current_app, render_template, request
from werkzeug.wrappers import Response

from hub.accounts.sign_in import local_path
from hub.core.access import current_actor, requires
from hub.core.database import db

from .. import actions, queries, reckoning, words
from ..adapters import ADAPTERS, SEALED
from ..adapters.mapped_table import MappedTable
from ..forms import UploadForm
from ..models import ASKS, DONE
from ..own_accounts import unsaid
from ..reasons import left_out_sentence, no_posts_sentence, noted_sentence
from .blueprint import ButtonForm, bp, collection_at, import_at, open_collection_at
from .columns import columns_page


@bp.route("/collections/<token>/import", methods=["GET", "POST"])
@requires("collection.keep")
def upload(token: str) -> str | Response | tuple[str, int]:
    """Upload a platform's export or a capture."""
    found = open_collection_at(token)
    form = UploadForm()
    if earlier := form.sent_before():
        return earlier
    if form.validate_on_submit():
        file = form.file.data
        # A large file takes minutes to copy: no lock is held meanwhile, so everything is loaded anew.
        db.session.rollback()
        kept = actions.keep_upload(file.stream)
        found = collection_at(token)
        started = actions.start_import(current_actor(), found, file.filename, kept)
        actions.queue_import(started)
        back = _back()
        return form.done(f"{started.path}?{urlencode({'back': back})}" if back else started.path)
    settings = current_app.extensions["settings"]
    page = render_template(
        "archive/upload.html",
        collection=found,
        form=form,
        limit=settings.upload_limit_mb,
        formats=SEALED if found.sealed else (*ADAPTERS, MappedTable),
        imports=queries.imports_of(found),
    )
    return page, form.status


def _back() -> str:
    """Where whoever came from elsewhere goes on once the import is read; "" for nowhere in particular."""
    asked = request.args.get("back", "")[:300]
    return asked if asked and local_path(asked) == asked else ""


@bp.get("/collections/<token>/imports/<import_token>")
@requires("import.keep")
def imported(token: str, import_token: str) -> str:
    """How far an import is, and its report once it has ended."""
    found = import_at(token, import_token)
    if found.state == ASKS:
        return columns_page(found)
    left_out = [
        (left_out_sentence(reason), told["count"], told["files"])
        for reason, told in found.report.get("left_out", {}).items()
    ]
    return render_template(
        "archive/import.html",
        collection=found.collection,
        found=found,
        form=ButtonForm(),
        back=_back(),
        left_out=sorted(left_out, key=lambda one: -one[1]),
        mapping=words.mapping_lines(found),
        noted=[noted_sentence(*told) for told in found.report.get("noted", [])],
        reckoning=reckoning.lines(found),
        no_posts=no_posts_sentence(found.adapter) if found.state == DONE and not found.read else "",
        unsaid=unsaid(current_actor(), [found.collection], found) if found.account_id else [],
    )


@bp.post("/collections/<token>/imports/<import_token>/stop")
@requires("import.keep")
def stop(token: str, import_token: str) -> Response:
    """Stop an import; nothing of it is kept."""
    found = import_at(token, import_token)
    form = ButtonForm()
    if earlier := form.sent_before():
        return earlier
    actions.cancel_import(current_actor(), found)
    return form.done(found.path)
