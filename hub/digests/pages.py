"""What lower rooms' pages show of digests."""

from flask import render_template
from markupsafe import Markup

from hub.core.policy import Actor, can
from hub.core.slots import fills
from hub.groups.models import Group


@fills("group.rail")
def note_of_the_group(group: Group, actor: Actor) -> Markup | None:
    """To moderators: a word to everybody who hears of the group by mail."""
    if not can(actor, "group.moderate", group):
        return None
    return Markup(render_template("digests/_offer.html", group=group))


@fills("mail.choices")
def own_digests(_actor: Actor, link: str = "") -> Markup | None:
    """On the page of one's mail, to who signed in: whoever came by a link has the links of their digests."""
    return None if link else Markup(render_template("digests/_mine.html"))
