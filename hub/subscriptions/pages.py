"""What lower rooms' pages show of subscriptions."""

from flask import render_template
from markupsafe import Markup

from hub.accounts.models import Person
from hub.core.policy import Actor, can
from hub.core.slots import fills
from hub.groups.models import Group


@fills("group.rail")
def offer(group: Group, actor: Actor) -> Markup | None:
    """Beside a group: how to hear of it by e-mail."""
    if not actor.signed_in and not can(actor, "digest.subscribe", group):
        return None
    return Markup(render_template("subscriptions/_offer.html", group=group))


@fills("settings.sections")
def settings_section(_person: Person) -> Markup:
    return Markup(render_template("subscriptions/_settings.html"))
