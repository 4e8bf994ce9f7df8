"""What anyone reads: the list of groups, a group's home, and what it says about itself."""

from flask import render_template, request

from hub.core.access import current_actor, requires
from hub.groups.queries import (
    count_requests,
    facilitator_count,
    facilitators,
    my_groups,
    other_groups,
    own_request,
    recorded_accesses,
)
from hub.groups.rules import FACILITATORS_WANTED, reads_talk

from .blueprint import bp, load_group


@bp.get("/groups")
@requires("site.read")
def groups() -> str:
    actor = current_actor()
    after = request.args.get("after")
    mine = [] if after else my_groups(actor)
    return render_template(
        "groups/groups.html", mine=mine, others=other_groups(actor, after), section="groups"
    )


@bp.get("/groups/<slug>")
@requires("group.read")
def group(slug: str) -> str:
    group = load_group(slug)
    actor = current_actor()
    return render_template(
        "groups/home.html",
        group=group,
        facilitators=facilitators(actor, group),
        waiting=count_requests([group.id]) if actor.moderates(group.id) else 0,
        asked=None if actor.is_member(group.id) else own_request(actor, group),
        reads_talk=reads_talk(actor, group),
        role=actor.roles.get(group.id),
    )


@bp.get("/groups/<slug>/about")
@requires("group.read")
def about(slug: str) -> str:
    group = load_group(slug)
    actor = current_actor()
    accesses = recorded_accesses(group) if actor.is_member(group.id) else []
    return render_template(
        "groups/about.html",
        group=group,
        facilitators=facilitators(actor, group),
        seeks=facilitator_count(group) < FACILITATORS_WANTED,
        accesses=accesses,
        reads_talk=reads_talk(actor, group),
    )
