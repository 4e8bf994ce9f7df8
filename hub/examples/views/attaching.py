"""Attaching archived posts to what was written: choose them; then say what they show, and mark passages.

The two steps are one page: the posts that were chosen stand in its address, so that what is written about
them stands beneath them alone.
"""

from collections.abc import Sequence
from typing import Any

from flask import abort, flash, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hub.archive.addresses import is_address
from hub.archive.approvals.actions import others
from hub.archive.approvals.models import Approval
from hub.archive.models import Collection
from hub.archive.own_accounts import unsaid
from hub.content.addresses import KINDS, post_at, seen_item
from hub.content.models import Post
from hub.core.access import current_actor, requires
from hub.core.errors import Refused
from hub.core.markup import tidy
from hub.core.policy import Actor

from ..approved import attach_or_ask
from ..forms import AttachForm
from ..models import Example
from ..queries import ALL, STATES, Choice, choices, chosen, kept_collections
from .blueprint import bp, path_of

# More posts than that are no example.
MOST_PICKED = 50


@bp.route("/groups/<slug>/<place>/<int:number>/posts/<int:position>/examples/new", methods=["GET", "POST"])
@requires("example.attach")
def attach(slug: str, place: str, number: int, position: int) -> str | Response | tuple[str, int]:
    """Choose archived posts from a collection, and say what they show."""
    kind = KINDS.get(place) or abort(404)
    post = post_at(seen_item(kind, slug, number), position)
    actor, form = current_actor(), AttachForm()
    if earlier := form.sent_before():
        return earlier
    picked = picked_by(actor)
    if form.validate_on_submit() and picked and (made := _attached(actor, post, picked, form)):
        return form.done(_tell(made, post))
    page = render_template(
        "examples/attach.html",
        group=post.item.group,
        section=place,
        carried={},
        back=path_of(post),
        back_words=post.item.title,
        form=form,
        **to_choose_from(actor, picked, form),
    )
    return page, 422 if form.is_submitted() else 200


def _attached(
    actor: Actor, post: Post, picked: Sequence[Choice], form: AttachForm
) -> Example | Approval | None:
    """What came of it; None, and the form says why, where it could not be."""
    try:
        return attach_or_ask(
            actor,
            post,
            picked,
            form.caption.data or "",
            (form.passages.data or "").splitlines(),
            reason=form.reason.data or "",
            second=form.second.data or "",
        )
    except Refused as refused:
        form.form_errors.append(refused.sentence)
        return None


def _tell(made: Example | Approval, post: Post) -> str:
    """Say what happened; where that leads."""
    if isinstance(made, Example):
        flash(_("The example is attached."), "success")
        return path_of(post)
    flash(_("A second person is asked. It is attached as soon as they agree."), "success")
    return made.path


def picked_by(actor: Actor) -> list[Choice]:
    """What was ticked, of what the actor may attach."""
    return chosen(actor, request.values.getlist("post")[:MOST_PICKED])


def to_choose_from(actor: Actor, picked: Sequence[Choice], form: AttachForm) -> dict[str, Any]:
    """What the page shows: the posts that fit what was asked for, what is ticked first; or, once posts are
    chosen and no others are wanted, those alone."""
    words = tidy(request.values.get("q", ""))[:200]
    collections = kept_collections(actor)
    collection = _asked_for(collections)
    state = request.values.get("state", ALL)
    state = state if state in STATES else ALL
    says = bool(picked) and "others" not in request.values
    found = choices(actor, collection, words, state) if collections and not says else []
    refs = {choice.ref for choice in picked}
    offered = [*picked, *(choice for choice in found if choice.ref not in refs)]
    guarded = {choice.post.collection_id: choice.post.collection for choice in offered if choice.needs_two}
    return {
        "found": offered,
        "picked": refs,
        "says": says or form.is_submitted(),
        "nothing_picked": not picked and (form.is_submitted() or "chosen" in request.args),
        "words": words,
        "state": state,
        "collections": collections,
        "collection": collection,
        "unsaid": unsaid(actor, collections),
        "needs_two": bool(guarded),
        "alone": any(not others(actor, one) for one in guarded.values()),
        "missing": words if is_address(words) and not offered else "",
    }


def _asked_for(collections: list[Collection]) -> Collection | None:
    token = request.values.get("collection", "")
    return next((collection for collection in collections if collection.token == token), None)
