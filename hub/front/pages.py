"""What the front room shows on lower rooms' pages: a group's latest and its topics; what a person wrote."""

from flask import render_template
from markupsafe import Markup

from hub.accounts.models import Person
from hub.content.models import DISCUSSION, GUIDANCE, QUESTION
from hub.content.queries import topics_of
from hub.core.policy import Actor
from hub.core.slots import fills
from hub.groups.models import Group
from hub.groups.rules import reads_talk

from .queries import joined_by, latest_in, started_by


@fills("group.home")
def group_home(group: Group, actor: Actor) -> Markup:
    """The latest questions, discussions and guidance that the actor reads."""
    page = render_template(
        "front/_group_home.html",
        group=group,
        questions=latest_in(actor, group, QUESTION),
        discussions=latest_in(actor, group, DISCUSSION),
        guidance=latest_in(actor, group, GUIDANCE),
        reads_talk=reads_talk(actor, group),
    )
    return Markup(page)


@fills("group.rail")
def group_topics(group: Group, actor: Actor) -> Markup | None:
    """The group's topics, each a way into its questions."""
    topics = topics_of(actor, group) if reads_talk(actor, group) else ()
    return Markup(render_template("front/_group_topics.html", group=group, topics=topics)) if topics else None


@fills("person.page")
def written_by(person: Person, actor: Actor) -> Markup:
    """What a person wrote, where the reader may read it."""
    page = render_template(
        "front/_written_by.html",
        person=person,
        started=started_by(actor, person),
        joined=joined_by(actor, person),
    )
    return Markup(page)
