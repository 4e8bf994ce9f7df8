"""The front page."""

from flask import render_template

from hub.core.access import current_actor, requires
from hub.examples.pages import first_card
from hub.front import queries

from . import bp


@bp.get("/")
@requires("site.read")
def home() -> str:
    """What the place is for, one box, and true content; for a member first what is new and what waits."""
    actor = current_actor()
    mine = {}
    if actor.signed_in:
        mine = {
            "unread": queries.unread_items(actor),
            "answered": queries.answered_questions(actor),
            "desk": queries.on_the_desk(actor),
        }
    example = queries.worked_example(actor)
    return render_template(
        "front/home.html",
        example=example,
        card=first_card(example) if example else None,
        waiting=queries.waiting_questions(actor),
        guidance=queries.recent_guidance(actor),
        groups=queries.groups_to_enter(actor),
        **mine,
    )
