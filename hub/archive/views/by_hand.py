"""Writing down one post by hand: its address, its words, who saw it and when."""

from __future__ import annotations

from flask import render_template, request
from flask_babel import to_user_timezone
from werkzeug.wrappers import Response

from hub.accounts.models import Person
from hub.core import clock
from hub.core.access import current_actor, requires
from hub.core.database import db

from .. import actions
from ..adapters.by_hand import ByHand
from ..capturing.by_hand import FILE_NAME, Seen, pack
from ..capturing.forms import GONE, SeenForm, in_utc
from .blueprint import bp, collection_at, open_collection_at


@bp.route("/collections/<token>/paste", methods=["GET", "POST"])
@requires("collection.keep")
def paste(token: str) -> str | Response | tuple[str, int]:
    """Write down a post that somebody saw, or that it is gone."""
    found = open_collection_at(token)
    form = SeenForm()
    if earlier := form.sent_before():
        return earlier
    if form.validate_on_submit():
        seen = _seen(form)
        screenshot = form.screenshot.data.stream if form.suffix else None
        # Files take long and hold no lock: everything is loaded anew afterwards.
        db.session.rollback()
        with pack(seen, screenshot, form.suffix) as packed:
            kept = actions.keep_upload(packed)
        found = collection_at(token)
        started = actions.start_import(current_actor(), found, FILE_NAME, kept, adapter=ByHand.name)
        actions.queue_import(started)
        return form.done(started.path)
    if not form.is_submitted():
        _begin(form)
    return render_template("archive/paste.html", collection=found, form=form), form.status


def _begin(form: SeenForm) -> None:
    """An empty form knows who writes, when, and what the page that led here knew."""
    person = db.session.get(Person, current_actor().person_id)
    form.seen_by.data = person.name
    form.seen_at.data = to_user_timezone(clock.now()).replace(tzinfo=None)
    form.address.data = request.args.get("address", "")[:500]
    if request.args.get("gone"):
        form.state.data = GONE


def _seen(form: SeenForm) -> Seen:
    gone = form.state.data == GONE
    return Seen(
        address=form.address.data.strip(),
        text="" if gone else (form.text.data or ""),
        handle=(form.handle.data or "").strip(),
        name=(form.name.data or "").strip(),
        posted_at=in_utc(form.posted_at.data),
        seen_at=in_utc(form.seen_at.data),
        by=form.seen_by.data.strip(),
        how=(form.how.data or "").strip(),
        reply_to=(form.reply_to.data or "").strip(),
        gone=gone,
    )
