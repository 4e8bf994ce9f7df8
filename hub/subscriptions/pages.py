"""What other rooms' pages show of subscriptions: how often one hears of what they are about."""

from flask import render_template, request
from markupsafe import Markup

from hub.accounts.models import Person
from hub.content.models import Topic
from hub.core.keyed import own_address
from hub.core.policy import ANYBODY, Actor
from hub.core.slots import fills
from hub.groups.models import Group

from . import queries, wording
from .models import GUIDANCE_ONLY, NEVER
from .rules import FOR_GROUPS, OF_MEMBERS, OF_MEMBERS_BEFORE
from .subjects import GROUP, Subject, may_be_chosen


@fills("group.rail")
def follow_group(group: Group, actor: Actor) -> Markup | None:
    return _follow(Subject(group), actor)


@fills("guidance.list")
def follow_guidance(group: Group | None, topic: Topic | None, actor: Actor) -> Markup | None:
    """Beside a list of guidance: of a group, or on a topic. All guidance of a hub is no subject."""
    about = group or topic
    return _follow(Subject(about, GUIDANCE_ONLY), actor) if about is not None else None


@fills("topic.list")
def follow_listed_topic(topic: Topic, actor: Actor) -> Markup | None:
    """Beside a list of questions or discussions on a topic, of all groups."""
    return _follow(Subject(topic), actor)


@fills("topic.follow")
def follow_topic(topic: Topic, actor: Actor) -> Markup | None:
    return _follow(Subject(topic), actor, "subscriptions/_follow_fold.html")


def _follow(subject: Subject, actor: Actor, template: str = "subscriptions/_follow.html") -> Markup | None:
    if not may_be_chosen(actor if actor.signed_in else ANYBODY, subject):
        return None
    chosen = queries.chosen_for(actor.person_id, subject) if actor.person_id is not None else None
    return Markup(
        render_template(
            template,
            code=subject.code,
            name=wording.name_of(subject),
            options=queries.options_for(actor, subject),
            often=wording.frequency_words(),
            chosen=chosen or _by_itself(actor, subject),
            here=_here(),
        )
    )


def _by_itself(actor: Actor, subject: Subject) -> str:
    """What holds for somebody who never chose."""
    is_own = subject.kind == GROUP and actor.is_member(subject.thing.id)
    return OF_MEMBERS_BEFORE if is_own else NEVER


def _here() -> str:
    asked = request.query_string.decode("ascii", "replace")
    return f"{own_address()}?{asked}" if asked else own_address()


@fills("group.joining")
def joining(group: Group) -> Markup:
    """Where one joins a group: what comes by itself."""
    return Markup(render_template("subscriptions/_joining.html", group=group))


@fills("welcome.choices")
def welcoming() -> Markup:
    """On the welcome page: how often one wants to hear of the groups that one joins there."""
    return Markup(
        render_template(
            "subscriptions/_welcome.html",
            often=wording.frequency_words(),
            options=FOR_GROUPS,
            usual=OF_MEMBERS,
        )
    )


@fills("settings.sections")
def settings_section(_person: Person) -> Markup:
    return Markup(render_template("subscriptions/_settings.html"))
