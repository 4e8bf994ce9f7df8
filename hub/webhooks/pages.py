"""What the group's settings show of webhooks."""

from flask import render_template
from markupsafe import Markup

from hub.core.policy import Actor
from hub.core.slots import fills
from hub.groups.models import Group


@fills("group.settings")
def settings_section(group: Group, _actor: Actor) -> Markup:
    return Markup(render_template("webhooks/_settings.html", group=group))
