"""The search page, and what other pages show of similar things."""

from typing import Any

import structlog
from flask import Blueprint, abort, flash, get_template_attribute, redirect, render_template, request
from flask_babel import gettext as _
from flask_login import current_user
from markupsafe import Markup
from werkzeug.wrappers import Response

from hub.content.models import JURISDICTIONS, Item
from hub.content.queries import items, topics_of
from hub.content.showing import kept
from hub.core.access import current_actor, requires
from hub.core.forms import HubForm
from hub.core.search import CannotSearch, SearchUnavailable
from hub.core.slots import fills
from hub.groups.models import Group
from hub.subscriptions.actions import own_subscriber
from hub.subscriptions.models import NEVER
from hub.subscriptions.rules import FOR_OTHERS
from hub.subscriptions.searches import remove_search, save_search, saved_as_asked

from .asking import HITS_A_PAGE, ITEM_KINDS, KINDS, KINDS_OF_MEMBERS, Asked, groups_to_choose
from .queries import find
from .similar import related, similar
from .telling import for_visitors, name_of, telling

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
    if not asked.after:
        page |= (
            {"telling": telling(actor, asked)} if actor.signed_in else {"subscribing": for_visitors(asked)}
        )
    if not asked.words:
        return _browse(asked, page)
    try:
        return render_template("search/index.html", found=find(actor, asked.query()), **page)
    except CannotSearch as refusal:
        return render_template("search/index.html", refusal=refusal, **page)
    except SearchUnavailable as problem:
        log.error("search.unavailable", problem=str(problem))
        return render_template("search/index.html", unavailable=True, **page), 503


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


@bp.post("/search/saving")
@requires("site.use")
def save() -> Response:
    """Be told of what this search finds from now on (`often`), or no more."""
    if not HubForm().validate_on_submit():
        abort(400)
    actor = current_actor()
    topics, groups = topics_of(actor), groups_to_choose(actor)
    asked = Asked.of(request.form).within(topics, groups)
    often = request.form.get("often", "")
    if not asked.to_save() or often not in FOR_OTHERS:
        abort(400)
    subscriber = own_subscriber(current_user._get_current_object())
    kept = saved_as_asked(subscriber, asked.to_save())
    if often != NEVER:
        save_search(subscriber, name_of(asked, topics, groups), asked.to_save(), often)
        flash(_("New results of this search are mailed to you."), "success")
    elif kept is not None and kept.search is not None:
        remove_search(kept.search)
        flash(_("You are told no more of this search."))
    return redirect(asked.path(), 303)


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
