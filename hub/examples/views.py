"""Pages of examples: the library, the evidence of one, attaching and detaching."""

from collections.abc import Sequence

from flask import Blueprint, abort, flash, redirect, render_template, request
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.wrappers import Response

from hub.archive.approvals.models import Approval
from hub.archive.models import Collection
from hub.archive.own_accounts import unsaid
from hub.content.addresses import KINDS, group_at, post_at, seen_item, topic_asked_for
from hub.content.models import Post
from hub.content.queries import topics_of
from hub.core.access import current_actor, load_from, requires
from hub.core.differences import difference_html
from hub.core.forms import HubForm
from hub.core.markup import tidy
from hub.groups.models import Group
from hub.groups.rules import reads_talk

from . import actions
from .approved import attach_or_ask
from .cards import Card, cards_of, for_judging
from .forms import AttachForm
from .models import Example
from .queries import ALL, STATES, choices, chosen, kept_collections, library, seen_example

bp = Blueprint("examples", __name__)


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
    page = library(actor, group=group, topic=topic, cursor=request.args.get("after"))
    return render_template(
        "examples/library.html",
        group=group,
        section="examples",
        page=page,
        cards=cards_of(page.rows),
        topic=topic,
        topics=topics_of(actor, group),
        reads=group is None or reads_talk(actor, group),
    )


@bp.get("/evidence/<token>")
@requires("example.read")
def evidence(token: str) -> str:
    """How it is known what an example shows."""
    example = load_from(seen_example(current_actor(), token))
    cards = for_judging(cards_of([example])[example.id])  # who may not see it does not come here
    return render_template(
        "examples/evidence.html",
        group=example.post.item.group,
        section="examples",
        example=example,
        item=example.post.item,
        cards=cards,
        differences=_differences(example, cards),
        form=HubForm(),
    )


def _differences(example: Example, cards: Sequence[Card]) -> list[Markup]:
    """For each card, how it differs from the earlier version of the same post that is shown here; empty when
    none is. Only what is attached: the other versions are the keepers' alone."""
    shown = list(zip(example.shows, cards, strict=True))
    differences = []
    for part, card in shown:
        earlier = [
            other
            for each, other in shown
            if each.archived_post_id == part.archived_post_id and other.number < card.number
        ]
        before = max(earlier, key=lambda other: other.number, default=None)
        differences.append(difference_html(before.text, card.text) if before else Markup())
    return differences


@bp.post("/evidence/<token>/removal")
@requires("example.detach")
def remove(token: str) -> str | Response:
    """Take an example away from where it stands."""
    form = HubForm()
    if earlier := form.sent_before():
        return earlier
    example = load_from(seen_example(current_actor(), token))
    if not form.validate_on_submit():
        return redirect(example.path, 303)
    post_path = _path_of(example.post)
    actions.detach(current_actor(), example)
    flash(_("The example is gone from this page. The archived posts are kept as they were."), "success")
    return form.done(post_path)


@bp.route("/groups/<slug>/<place>/<int:number>/posts/<int:position>/examples/new", methods=["GET", "POST"])
@requires("example.attach")
def attach(slug: str, place: str, number: int, position: int) -> str | Response | tuple[str, int]:
    """Choose archived posts from a collection, and say what they show."""
    kind = KINDS.get(place) or abort(404)
    post = post_at(seen_item(kind, slug, number), position)
    actor, form = current_actor(), AttachForm()
    if earlier := form.sent_before():
        return earlier
    picked = chosen(actor, request.form.getlist("post")) if request.method == "POST" else []
    nothing_picked = form.is_submitted() and not picked
    if form.validate_on_submit() and picked:
        made = attach_or_ask(actor, post, picked, form.caption.data or "")
        if isinstance(made, Approval):
            flash(_("The collection's approver is asked. It is attached as soon as they agree."), "success")
            return form.done(made.path)
        flash(_("The example is attached."), "success")
        return form.done(_path_of(post))
    words = tidy(request.values.get("q", ""))[:200]
    collections = kept_collections(actor)
    collection = _asked_for(collections)
    state = request.values.get("state", ALL)
    state = state if state in STATES else ALL
    found = choices(actor, collection, words, state) if collections else []
    refs = {choice.ref for choice in picked}
    page = render_template(
        "examples/attach.html",
        group=post.item.group,
        section=place,
        item=post.item,
        post=post,
        form=form,
        found=[*picked, *(choice for choice in found if choice.ref not in refs)],
        picked=refs,
        nothing_picked=nothing_picked,
        words=words,
        state=state,
        collections=collections,
        collection=collection,
        unsaid=unsaid(actor, collections),
    )
    return page, 422 if form.is_submitted() else 200


def _asked_for(collections: list[Collection]) -> Collection | None:
    token = request.values.get("collection", "")
    return next((collection for collection in collections if collection.token == token), None)


def _path_of(post: Post) -> str:
    return f"{post.item.path}?post={post.position}#post-{post.position}"
