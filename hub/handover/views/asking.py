"""Asking for a hand-over: of a collection, of what a search of it finds, of one post."""

from __future__ import annotations

from flask import render_template, request
from werkzeug.wrappers import Response

from hub.archive.models import ArchivedPost
from hub.archive.rules import kept_by
from hub.core.access import authorize, current_actor, load, requires
from hub.core.forms import HubForm

from .. import actions, choosing, queries
from ..forms import CHOSEN, FOUND, CertificateForm, HandOverForm
from ..models import CERTIFICATE
from .blueprint import bp, collection_at, hand_over_at


@bp.route("/collections/<token>/hand-overs", methods=["GET", "POST"])
@requires("collection.keep")
def of_collection(token: str) -> str | Response | tuple[str, int]:
    """Ask for a hand-over; those there have been."""
    collection, actor = collection_at(token), current_actor()
    searched = choosing.found_by(request.query_string.decode("utf-8", "replace"))
    form = HandOverForm()
    listed = queries.posts_to_choose(actor, collection, searched)
    form.offer(
        choosing.how_many(actor, collection, choosing.WHOLE),
        choosing.how_many(actor, collection, searched) if searched else None,
        len(listed),
    )
    if earlier := form.sent_before():
        return earlier
    ticked = request.form.getlist("post")
    nothing_ticked = request.method == "POST" and form.posts.data == CHOSEN and not ticked
    if form.validate_on_submit() and not nothing_ticked:
        scope = {FOUND: searched, CHOSEN: choosing.some(ticked)}.get(form.posts.data, choosing.WHOLE)
        made = actions.hand_over(
            actor,
            collection,
            form.format.data,
            scope,
            recipient=form.recipient.data or "",
            reason=form.reason.data,
        )
        return form.done(made.path)
    page = render_template(
        "handover/collection.html",
        collection=collection,
        form=form,
        listed=listed,
        ticked=ticked,
        nothing_ticked=nothing_ticked,
        searched=choosing.in_words(searched) if searched else "",
        earlier=queries.hand_overs_of(actor, collection),
    )
    return page, 422 if nothing_ticked else form.status


@bp.route("/collections/<token>/posts/<post_token>/certificate", methods=["GET", "POST"])
@requires("archived_post.read")
def certificate(token: str, post_token: str) -> str | Response | tuple[str, int]:
    """Ask for the certificate of one post."""
    actor = current_actor()
    post = load(ArchivedPost, ArchivedPost.token == post_token, kept_by(ArchivedPost.collection_id, actor))
    authorize("collection.keep", post.collection)
    form = CertificateForm()
    if earlier := form.sent_before():
        return earlier
    if form.validate_on_submit():
        made = actions.hand_over(
            actor,
            post.collection,
            CERTIFICATE,
            choosing.some([post.token]),
            recipient=form.recipient.data or "",
            reason=form.reason.data,
            names_shown=form.names_shown.data,
        )
        return form.done(made.path)
    page = render_template("handover/certificate.html", collection=post.collection, post=post, form=form)
    return page, form.status


@bp.post("/collections/<token>/hand-overs/<hand_over_token>/stop")
@requires("hand_over.keep")
def stop(token: str, hand_over_token: str) -> Response:
    """Stop it, or let go of a draft; nothing of it is kept."""
    made = hand_over_at(token, hand_over_token)
    form = HubForm()
    if earlier := form.sent_before():
        return earlier
    actions.stop(current_actor(), made)
    return form.done(made.path)
