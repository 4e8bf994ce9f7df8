"""A hand-over: how far it is, its files for whoever made it, its paper as a page."""

from __future__ import annotations

import json

from flask import abort, render_template, send_file
from werkzeug.wrappers import Response

from hub.core.access import current_actor, requires
from hub.core.forms import HubForm
from hub.core.policy import can

from .. import choosing, store
from ..models import DONE
from ..papers import KEPT_AS
from .blueprint import bp, hand_over_at

TYPES = {
    ".zip": "application/zip",
    ".pdf": "application/pdf",
    ".json": "application/json",
    ".csv": "text/csv",
}


@bp.get("/collections/<token>/hand-overs/<hand_over_token>")
@requires("hand_over.read")
def hand_over(token: str, hand_over_token: str) -> str:
    """What was asked for, and how far it is."""
    made = hand_over_at(token, hand_over_token)
    there = [one for one in made.files if made.state == DONE and store.file_of(made.token, one["name"])]
    own = can(current_actor(), "hand_over.keep", made)
    return render_template(
        "handover/hand_over.html",
        collection=made.collection,
        made=made,
        own=own,
        files=there if own else [],
        has_page=own and bool(there) and store.file_of(made.token, KEPT_AS) is not None,
        choice=choosing.in_words(made.scope),
        form=HubForm(),
        kept_days=store.KEPT.days,
    )


@bp.get("/collections/<token>/hand-overs/<hand_over_token>/files/<name>")
@requires("hand_over.keep")
def file(token: str, hand_over_token: str, name: str) -> Response:
    """One of its files; only ever downloaded."""
    made = hand_over_at(token, hand_over_token)
    path = store.file_of(made.token, name) if name in [one["name"] for one in made.files] else None
    if made.state != DONE or path is None:
        abort(404)
    kind = TYPES.get(path.suffix, "application/octet-stream")
    return send_file(path, mimetype=kind, as_attachment=True, download_name=name, conditional=False)


@bp.get("/collections/<token>/hand-overs/<hand_over_token>/paper")
@requires("hand_over.keep")
def paper(token: str, hand_over_token: str) -> str:
    """A certificate or a disclosure, to be read or printed here."""
    made = hand_over_at(token, hand_over_token)
    path = store.file_of(made.token, KEPT_AS)
    if made.state != DONE or path is None:
        abort(404)
    plain = json.loads(path.read_text(encoding="utf-8"))
    return render_template("handover/paper.html", collection=made.collection, made=made, paper=plain)
