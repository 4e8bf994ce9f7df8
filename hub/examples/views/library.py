"""The library: worked examples of all groups, or of one."""

from flask import render_template, request

from hub.content.addresses import group_at, topic_asked_for
from hub.content.queries import topics_of
from hub.core.access import current_actor, requires
from hub.groups.models import Group
from hub.groups.rules import reads_talk

from ..cards import cards_of
from ..shelves import Wanted, also_shown, library, platforms_of, sectors_of
from .blueprint import bp


@bp.get("/examples")
@requires("site.read")
def everywhere() -> str:
    """The examples of all groups that the reader sees."""
    return _library(None)


@bp.get("/groups/<slug>/examples")
@requires("group.read")
def in_group(slug: str) -> str:
    return _library(group_at(slug))


def _library(group: Group | None) -> str:
    actor, topic = current_actor(), topic_asked_for()
    wanted = Wanted.of(request.args, topic)
    page = library(actor, group=group, wanted=wanted, cursor=request.args.get("after"))
    return render_template(
        "examples/library.html",
        group=group,
        section="examples",
        page=page,
        cards=cards_of(page.rows),
        wanted=wanted,
        also_shown=also_shown(actor, page.rows),
        platforms=platforms_of(actor, group),
        sectors=sectors_of(actor, group),
        topic=topic,
        topics=topics_of(actor, group),
        reads=group is None or reads_talk(actor, group),
    )
