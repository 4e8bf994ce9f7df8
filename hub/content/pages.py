"""What the spine shows on lower rooms' pages (the topics of a group), and a component."""

from flask import Flask, render_template
from markupsafe import Markup

from hub.core.policy import Actor
from hub.core.slots import fills
from hub.groups.models import Group

from .queries import topics_of
from .showing import kept_row


@fills("group.settings")
def group_topics(group: Group, actor: Actor) -> Markup:
    """Which topics its members can file things under, and where to change them."""
    topics = topics_of(actor, group)
    return Markup(render_template("content/_topics_of_group.html", group=group, topics=topics))


def install(app: Flask) -> None:
    """What the components that show items need."""
    app.jinja_env.globals["kept_row"] = kept_row
