"""What other rooms' pages show of notices."""

from flask import render_template
from markupsafe import Markup

from hub.core.access import current_actor
from hub.core.policy import Actor
from hub.core.slots import fills

from .queries import preference_of, unread_count
from .rules import MOST_COUNTED


@fills("frame.me")
def waiting() -> Markup:
    """At the top of every page of somebody who is signed in."""
    count = unread_count(current_actor())
    return Markup(render_template("notices/_waiting.html", count=count, most=MOST_COUNTED))


@fills("mail.choices")
def mail_choices(actor: Actor) -> Markup:
    wanted = preference_of(actor.person_id or 0)
    return Markup(render_template("notices/_mail_choices.html", wanted=wanted))
