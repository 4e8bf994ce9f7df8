"""Asking from the front page: which group to ask in, with what was typed carried along."""

from urllib.parse import urlencode

from flask import redirect, render_template, request
from werkzeug.wrappers import Response

from hub.core.access import current_actor, requires
from hub.front import queries

from . import bp

# A title is one sentence; what is longer was meant to be the text.
LONGEST_TITLE = 200


@bp.get("/ask")
@requires("site.read")
def ask() -> str | Response:
    """Straight to the form when there is one group to ask in; else a choice, or how to join one."""
    actor = current_actor()
    title = request.args.get("q", "").strip()[:LONGEST_TITLE]
    query = f"?{urlencode({'title': title})}" if title else ""
    mine = queries.groups_to_ask_in(actor) if actor.signed_in else []
    if len(mine) == 1:
        return redirect(f"{mine[0].path}/questions/new{query}")
    others = [group for group in queries.groups_to_enter(actor) if not actor.is_member(group.id)]
    return render_template("front/ask.html", title_typed=title, query=query, mine=mine, others=others)
