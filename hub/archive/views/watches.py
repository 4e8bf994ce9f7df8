"""Addresses that a collection watches."""

from __future__ import annotations

from flask import flash, render_template
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from werkzeug.wrappers import Response

from hub.core.access import current_actor, load, requires
from hub.core.database import db
from hub.core.fetching import installed_fetcher

from ..actions import must_be_open
from ..capturing import actions
from ..capturing.forms import WatchForm
from ..capturing.looking import problem_sentence
from ..capturing.models import WatchedAddress
from .blueprint import ButtonForm, bp, collection_at, of_collection


@bp.route("/collections/<token>/watches", methods=["GET", "POST"])
@requires("collection.keep")
def watches(token: str) -> str | Response | tuple[str, int]:
    """What is watched, how the last looks went; watch another address."""
    found = collection_at(token)
    form = WatchForm()
    if earlier := form.sent_before():
        return earlier
    if form.validate_on_submit():
        must_be_open(found)
        actions.watch_address(current_actor(), found, form.address.data, int(form.every_hours.data))
        return form.done(f"{found.path}/watches")
    kept = db.session.scalars(
        select(WatchedAddress)
        .where(WatchedAddress.collection_id == found.id)
        .order_by(WatchedAddress.created_at.desc(), WatchedAddress.id)
    ).all()
    page = render_template(
        "archive/watches.html",
        collection=found,
        watches=kept,
        form=form,
        switched_off=not installed_fetcher().on,
        problem_sentence=problem_sentence,
    )
    return page, form.status


VERBS = {
    "pause": actions.pause,
    "resume": actions.resume,
    "look": lambda _actor, watch: actions.look_now(watch),
    "remove": actions.stop_watching,
}


DONE = {
    "pause": _l("Paused. It is not looked at until you go on."),
    "resume": _l("It is watched again, and looked at in a moment."),
    "look": _l("It is looked at in a moment. Load this page again to see what came of it."),
    "remove": _l("It is watched no more. What it brought in stays."),
}


@bp.post("/collections/<token>/watches/<watch_token>/<any(pause, resume, look, remove):verb>")
@requires("watch.keep")
def change_watch(token: str, watch_token: str, verb: str) -> Response:
    """Pause it, resume it, look now, or watch it no more."""
    form = ButtonForm()
    if earlier := form.sent_before():
        return earlier
    watch = load(
        WatchedAddress,
        WatchedAddress.token == watch_token,
        of_collection(WatchedAddress.collection_id, token),
    )
    if verb in ("resume", "look"):
        must_be_open(watch.collection)
    VERBS[verb](current_actor(), watch)
    flash(str(DONE[verb]), "success")
    return form.done(f"/collections/{token}/watches")
