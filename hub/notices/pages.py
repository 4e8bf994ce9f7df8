"""What other rooms' pages show of notices."""

from flask import g, render_template
from markupsafe import Markup

from hub.core.access import current_actor
from hub.core.policy import Actor
from hub.core.slots import fills

from .queries import preference_of, unread_count
from .rules import MOST_COUNTED


def _counted(actor: Actor) -> int:
    """Asked once for a page: it stands at the top, and on the front page among what waits."""
    if "unread_notices" not in g:
        g.unread_notices = unread_count(actor)
    counted: int = g.unread_notices
    return counted


@fills("frame.me")
def waiting() -> Markup:
    """At the top of every page of somebody who is signed in."""
    count = _counted(current_actor())
    return Markup(render_template("notices/_waiting.html", count=count, most=MOST_COUNTED))


@fills("front.waiting")
def waiting_on_the_front_page(actor: Actor) -> Markup | None:
    """Among what waits for somebody, as the count at the top of the page says."""
    count = _counted(actor)
    return Markup(render_template("notices/_on_the_front.html", count=count)) if count else None


@fills("mail.choices")
def mail_choices(actor: Actor, link: str = "") -> Markup:
    """On the page of somebody's mail; `link`: the signed link by which they came without signing in."""
    wanted = preference_of(actor.person_id or 0)
    return Markup(render_template("notices/_mail_choices.html", wanted=wanted, link=link))
