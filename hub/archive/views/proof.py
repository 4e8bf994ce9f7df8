"""Pages of the log: what is verified, what a post's proof is, and how anybody checks one."""

from __future__ import annotations

from flask import render_template
from markupsafe import Markup
from werkzeug.wrappers import Response

from hub.core.access import requires
from hub.core.policy import Actor, can
from hub.core.site import address
from hub.core.slots import fills

from ..models import ArchivedPost, Collection
from ..proof import checking, checkpoints, daily, log_keys, proofs, said
from ..proof.downloads import proof_file
from .blueprint import ButtonForm, bp, collection_at, post_at


@bp.route("/collections/<token>/verify", methods=["GET", "POST"])
@requires("collection.keep")
def verify(token: str) -> str | Response | tuple[str, int]:
    """How the last verification of a collection ended; begin another."""
    found = collection_at(token)
    form = ButtonForm()
    if earlier := form.sent_before():
        return earlier
    if form.validate_on_submit():
        daily.ask_for(found.id)
        return form.done(f"{found.path}/verify")
    last, checkpoint = daily.last_check(found.id), checkpoints.last_of(found.id)
    page = render_template(
        "archive/verify.html",
        collection=found,
        form=form,
        last=last,
        under_way=daily.under_way(last),
        faults=daily.in_words(last) if last else [],
        checkpoint=checkpoint,
        stamped=said.stamped(checkpoint) if checkpoint else "",
    )
    return page, form.status


@bp.get("/collections/<token>/checkpoints")
@requires("collection.keep")
def collection_checkpoints(token: str) -> Response:
    """A collection's signed checkpoints, to be held where the hub cannot reach."""
    found = collection_at(token)
    return _notes(checkpoints.in_one_file(checkpoints.all_of([found.id])), f"checkpoints-{found.token}")


@bp.get("/checkpoints")
@requires("site.administer")
def all_checkpoints() -> Response:
    """Those of every collection."""
    return _notes(checkpoints.in_one_file(checkpoints.all_of()), "checkpoints")


def _notes(text: str, name: str) -> Response:
    response = Response(text, mimetype="text/plain")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.txt"'
    return response


@bp.get("/collections/<token>/posts/<post_token>/check")
@requires("archived_post.read")
def check(token: str, post_token: str) -> str:
    """One post, checked at once."""
    found = post_at(token, post_token)
    checked = checking.check(found)
    return render_template(
        "archive/check.html",
        collection=found.collection,
        post=found,
        verdict=said.verdict(checked),
        faults=checked.faults,
        counts=said.what_was_checked(checked),
        entries=said.its_entries(checked),
    )


@bp.get("/collections/<token>/posts/<post_token>/proof")
@requires("archived_post.read")
def proof(token: str, post_token: str) -> Response:
    """A post's proof, for its keepers: with everything open."""
    found = post_at(token, post_token)
    return proof_file(proofs.proof_for_keepers(found, address(found.path)), found.token)


@bp.get("/proof")
@requires("site.read")
def about_proofs() -> str:
    """How anybody checks a proof, and the keys that checkpoints are signed with."""
    return render_template("archive/about_proofs.html", keys=log_keys.known_keys(), base64=log_keys.in_base64)


@fills("archived_post.proof")
def _standing(post: ArchivedPost, actor: Actor) -> Markup | None:
    """On a post's page: sealed and anchored, or not yet."""
    if not can(actor, "archived_post.read", post):
        return None
    standing = checking.standing_of(post)
    return Markup(
        render_template(
            "archive/_standing.html", post=post, standing=standing, last=daily.last_check(post.collection_id)
        )
    )


@fills("collection.notices")
def _faults(collection: Collection, _actor: Actor) -> Markup | None:
    """On a collection's page: that its last verification found faults."""
    last = daily.last_check(collection.id)
    if last is None or not last.fault_count:
        return None
    return Markup(render_template("archive/_faults.html", collection=collection, last=last))
