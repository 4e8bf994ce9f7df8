"""The search page, and what other pages show of similar things."""

from typing import Any

import structlog
from flask import Blueprint, get_template_attribute, render_template, request
from markupsafe import Markup

from hub.content.models import JURISDICTIONS, Item
from hub.content.queries import items, topics_of
from hub.content.showing import kept
from hub.core.access import current_actor, requires
from hub.core.search import CannotSearch, Query, SearchUnavailable
from hub.core.slots import fills
from hub.groups.models import Group

from .asking import ITEM_KINDS, KINDS, KINDS_OF_MEMBERS, Asked, groups_to_choose
from .queries import HITS_A_PAGE, find
from .similar import related, similar

bp = Blueprint("search", __name__)
log = structlog.get_logger(__name__)

Page = str | tuple[str, int]


@bp.get("/search")
@requires("site.read")
def search() -> Page:
    """What was asked for, or without words everything under a topic, in a group or of a kind."""
    actor = current_actor()
    asked = Asked.of(request.args)
    topics, groups = topics_of(actor), groups_to_choose(actor)
    asked = asked.within(topics, groups)
    page: dict[str, Any] = {
        "asked": asked,
        "topics": topics,
        "groups": groups,
        "kinds": ITEM_KINDS if not asked.words else KINDS_OF_MEMBERS if actor.signed_in else KINDS,
        "places": JURISDICTIONS,
    }
    if not asked.words:
        return _browse(asked, page)
    query = Query(
        asked.words,
        kinds=_set(asked.kind),
        topics=_set(asked.topic),
        groups=_set(asked.group),
        applies_to=_set(asked.place),
        any_word=asked.any_word,
        limit=HITS_A_PAGE,
        cursor=asked.after,
    )
    try:
        return render_template("search/index.html", found=find(actor, query), **page)
    except CannotSearch as refusal:
        return render_template("search/index.html", refusal=refusal, **page)
    except SearchUnavailable as problem:
        log.error("search.unavailable", problem=str(problem))
        return render_template("search/index.html", unavailable=True, **page), 503


def _set(value: str) -> frozenset[str]:
    return frozenset({value} if value else ())


def _browse(asked: Asked, page: dict[str, Any]) -> str:
    """A list of items, newest activity first; nothing before something is chosen."""
    if not (asked.topic or asked.group or asked.kind):
        return render_template("search/index.html", **page)
    listed = items(
        current_actor(),
        asked.kind or None,
        group=next((group for group in page["groups"] if group.slug == asked.group), None),
        topic=next((topic for topic in page["topics"] if topic.slug == asked.topic), None),
        cursor=asked.after or None,
        size=HITS_A_PAGE,
    )
    return render_template("search/index.html", listed=listed, **page)


@fills("question.similar")
def similar_questions(words: str, group: Group | None = None) -> Markup | None:
    """While a question is asked: what was asked or answered before in such words."""
    hits = similar(current_actor(), words, group=group.slug if group is not None else "")
    return Markup(render_template("search/_similar.html", hits=hits)) if hits else None


@fills("item.rail")
def related_items(item: Item) -> Markup | None:
    """Beside an item: others like it."""
    found = tuple(related(current_actor(), item))

    def render() -> Markup:
        return Markup(get_template_attribute("search/_related.html", "related")(found))

    return kept(item, ("related", found), render, len) if found else None
