"""A collection's end: what would have to happen first, and what is left afterwards."""

from __future__ import annotations

from flask import flash, render_template
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hub.core.access import current_actor, requires

from ..keeping import ending
from ..models import Collection
from ..platforms import platform_name
from ..proof import checkpoints
from ..retention.due import due_now
from ..retention.forms import ReasonForm
from .blueprint import bp, collection_at

VERBS = {"close": ending.close, "reopen": ending.reopen, "end": ending.end}


@bp.get("/collections/<token>/end")
@requires("collection.keep")
def end_of_collection(token: str) -> str:
    """What a collection still holds, and what can be done to end it."""
    return _page(collection_at(token), ReasonForm())


@bp.post("/collections/<token>/<any(close, reopen, end):verb>")
@requires("collection.keep")
def change_end(token: str, verb: str) -> str | Response | tuple[str, int]:
    """Close it, open it again, or end it."""
    found = collection_at(token)
    form = ReasonForm()
    if earlier := form.sent_before():
        return earlier
    if not form.validate_on_submit():
        return _page(found, form), form.status
    path, name = found.path, found.name
    if VERBS[verb](current_actor(), found, form.reason.data or "") is False:
        flash(_("“%(name)s” is deleted. It never held a post.", name=name), "success")
        return form.done("/collections")
    return form.done(path)


def _page(found: Collection, form: ReasonForm) -> str:
    return render_template(
        "archive/keeping/end.html",
        collection=found,
        form=form,
        held=ending.held_by(found),
        due=sum(one.number for one in due_now(found)) if found.closed_at else 0,
    )


def ended_page(found: Collection) -> str:
    """What is left of a collection that has ended."""
    held = ending.held_by(found)
    return render_template(
        "archive/keeping/ended.html",
        collection=found,
        held=held,
        platforms=[(platform_name(code), count) for code, count in held.platforms.items()],
        disposals=ending.disposals_done(found),
        checkpoint=checkpoints.last_of(found.id),
    )
