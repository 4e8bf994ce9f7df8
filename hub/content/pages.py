"""What the spine shows on lower rooms' pages: the topics of a group, in its settings."""

from flask import render_template
from markupsafe import Markup

from hub.core.policy import Actor
from hub.core.slots import fills
from hub.groups.models import Group

from .queries import topics_of


@fills("group.settings")
def group_topics(group: Group, actor: Actor) -> Markup:
    """Which topics its members can file things under, and where to change them."""
    topics = topics_of(actor, group)
    return Markup(render_template("content/_topics_of_group.html", group=group, topics=topics))
