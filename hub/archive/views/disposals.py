"""Disposals and erasures: asked for, under way, and their certificates."""

from __future__ import annotations

from flask import abort, flash, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hub.core.access import authorize, current_actor, load, requires
from hub.core.policy import can

from ..approvals.actions import others
from ..retention import certificate, disposing, queries
from ..retention.choosing import chosen
from ..retention.disposal_models import Disposal
from ..retention.forms import DisposeForm, EraseForm, ReceiptForm
from .blueprint import ButtonForm, bp, collection_at, of_collection
from .retention import ticked, use_asked_for


@bp.get("/collections/<token>/disposals")
@requires("collection.keep")
def disposals(token: str) -> str:
    """Every disposal and erasure of a collection, the newest first."""
    found = collection_at(token)
    return render_template(
        "archive/retention/disposals.html",
        collection=found,
        disposals=queries.disposals_of(current_actor(), found),
    )


@bp.route("/collections/<token>/due/dispose", methods=["GET", "POST"])
@requires("collection.keep")
def propose_disposal(token: str) -> str | Response | tuple[str, int]:
    """Ask a second person to agree that what was ticked of what is due is disposed of."""
    found, actor = collection_at(token), current_actor()
    use = use_asked_for(found)
    posts = ticked(found, use)
    form = DisposeForm()
    if earlier := form.sent_before():
        return earlier
    if form.validate_on_submit():
        made = disposing.propose_disposal(
            actor, found, use, posts, reason=form.reason.data or "", second=form.second.data or ""
        )
        flash(_("Asked. Nothing is deleted until a second person agrees."), "success")
        return form.done(made.path)
    page = render_template(
        "archive/retention/dispose.html",
        collection=found,
        use=use,
        form=form,
        number=queries.how_many(posts),
        held=queries.how_many_held(posts),
        alone=not others(actor, found),
    )
    return page, form.status


@bp.route("/collections/<token>/erasures/new", methods=["GET", "POST"])
@requires("collection.keep")
def propose_erasure(token: str) -> str | Response | tuple[str, int]:
    """Ask a second person to agree that a post, or what a search finds now, is erased by law."""
    found, actor = collection_at(token), current_actor()
    posts = chosen(actor, found, request.args) or abort(404)
    form = EraseForm()
    if earlier := form.sent_before():
        return earlier
    if form.validate_on_submit():
        made = disposing.propose_erasure(
            actor,
            found,
            posts,
            authority=form.authority.data or "",
            reason=form.reason.data or "",
            second=form.second.data or "",
        )
        flash(_("Asked. Nothing is erased until a second person agrees."), "success")
        return form.done(made.path)
    page = render_template(
        "archive/retention/erase.html",
        collection=found,
        form=form,
        chosen=posts,
        number=queries.how_many(posts),
        held=queries.how_many_held(posts),
        alone=not others(actor, found),
    )
    return page, form.status


@bp.get("/collections/<token>/disposals/<disposal_token>")
@requires("disposal.read")
def disposal(token: str, disposal_token: str) -> str:
    """What was asked, how far it is, and once it is done, the certificate."""
    return _page(_disposal_at(token, disposal_token), ReceiptForm(formdata=None))


def _page(found: Disposal, form: ReceiptForm) -> str:
    actor = current_actor()
    done, held = disposing.progress(found)
    return render_template(
        "archive/retention/disposal.html",
        collection=found.collection,
        disposal=found,
        facts=certificate.facts(found),
        done=done,
        held=held,
        form=form,
        keeps=can(actor, "collection.keep", found.collection),
        alone=not others(actor, found.collection),
    )


@bp.post("/collections/<token>/disposals/<disposal_token>/receipt")
@requires("disposal.read")
def receipt(token: str, disposal_token: str) -> str | Response | tuple[str, int]:
    """The archive has what was handed over: a second person is asked to agree that it goes here."""
    found, form = _disposal_for_keepers(token, disposal_token), ReceiptForm()
    if earlier := form.sent_before():
        return earlier
    if form.validate_on_submit():
        second = form.second.data or ""
        disposing.confirm_receipt(current_actor(), found, form.receipt.data or "", second=second)
        flash(_("The receipt is kept. Nothing is deleted until a second person agrees."), "success")
        return form.done(found.path)
    return _page(found, form), form.status


@bp.post("/collections/<token>/disposals/<disposal_token>/give-up")
@requires("disposal.read")
def give_up(token: str, disposal_token: str) -> Response:
    """No receipt comes: everything stays here."""
    found, form = _disposal_for_keepers(token, disposal_token), ButtonForm()
    if earlier := form.sent_before():
        return earlier
    disposing.give_up_transfer(current_actor(), found)
    flash(_("The transfer is given up. Its posts stay, and are due as before."), "success")
    return form.done(found.path)


@bp.get("/collections/<token>/disposals/<disposal_token>/certificate.<form>")
@requires("disposal.read")
def disposal_certificate(token: str, disposal_token: str, form: str) -> Response:
    """The certificate as a file: txt or json."""
    found = _disposal_at(token, disposal_token)
    if found.finished_at is None or form not in {"txt", "json"}:
        abort(404)
    if form == "txt":
        response = Response(certificate.as_text(found), mimetype="text/plain")
    else:
        response = Response(certificate.as_json(found), mimetype="application/json")
    response.headers["Content-Disposition"] = f'attachment; filename="certificate-{found.token}.{form}"'
    return response


def _disposal_for_keepers(token: str, disposal_token: str) -> Disposal:
    """Others may read it: whoever was asked to agree."""
    found = _disposal_at(token, disposal_token)
    authorize("collection.keep", found.collection)
    return found


def _disposal_at(token: str, disposal_token: str) -> Disposal:
    return load(Disposal, Disposal.token == disposal_token, of_collection(Disposal.collection_id, token))
