"""Holds: what may not be deleted, why, and until when."""

from __future__ import annotations

from flask import flash, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hub.core.access import current_actor, load, requires

from ..retention import holds as acting
from ..retention import queries
from ..retention.choosing import chosen
from ..retention.forms import HoldForm, ReasonForm
from ..retention.models import Hold
from .blueprint import bp, collection_at, of_collection


@bp.get("/collections/<token>/holds")
@requires("collection.keep")
def holds(token: str) -> str:
    """Every hold of a collection, those in force first."""
    found = collection_at(token)
    return render_template(
        "archive/retention/holds.html", collection=found, holds=queries.holds_of(current_actor(), found)
    )


@bp.route("/collections/<token>/holds/new", methods=["GET", "POST"])
@requires("collection.keep")
def new_hold(token: str) -> str | Response | tuple[str, int]:
    """Put the whole collection on hold, a post, or what a search finds now: the address says which."""
    found, actor = collection_at(token), current_actor()
    form = HoldForm()
    if earlier := form.sent_before():
        return earlier
    posts = chosen(actor, found, request.args)
    if form.validate_on_submit():
        made = acting.place(actor, found, form.name.data or "", form.reason.data or "", posts)
        flash(_("It is on hold: nothing of it is deleted until you release it."), "success")
        return form.done(made.path)
    page = render_template(
        "archive/retention/new_hold.html",
        collection=found,
        form=form,
        chosen=posts,
        number=queries.how_many(posts) if posts else None,
    )
    return page, form.status


@bp.get("/collections/<token>/holds/<hold_token>")
@requires("hold.keep")
def hold(token: str, hold_token: str) -> str:
    """One hold: why it stands, and what it covers."""
    return _page(_hold_at(token, hold_token), ReasonForm(formdata=None))


@bp.post("/collections/<token>/holds/<hold_token>/release")
@requires("hold.keep")
def release(token: str, hold_token: str) -> str | Response | tuple[str, int]:
    """It stops nothing any more."""
    found = _hold_at(token, hold_token)
    form = ReasonForm()
    if earlier := form.sent_before():
        return earlier
    if form.validate_on_submit():
        acting.release(current_actor(), found, form.reason.data or "")
        flash(_("The hold is released."), "success")
        return form.done(found.path)
    return _page(found, form), form.status


def _hold_at(token: str, hold_token: str) -> Hold:
    return load(Hold, Hold.token == hold_token, of_collection(Hold.collection_id, token))


def _page(found: Hold, form: ReasonForm) -> str:
    return render_template(
        "archive/retention/hold.html",
        hold=found,
        collection=found.collection,
        page=queries.posts_held(current_actor(), found, request.args.get("after")),
        form=form,
    )
