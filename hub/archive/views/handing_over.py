"""Handing a collection over, accepting one, and those that nobody is left to keep."""

from __future__ import annotations

from flask import abort, flash, render_template
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hub.core.access import current_actor, load, requires

from ..approvals.actions import others
from ..forms import HandoverForm, TransferForm
from ..keeping import handover as acting
from ..keeping import rules, transfer
from ..keeping.models import Handover
from .blueprint import ButtonForm, bp, collection_at

__all__ = ["rules"]  # importing registers


@bp.route("/collections/<token>/handover", methods=["GET", "POST"])
@requires("collection.keep")
def hand_over(token: str) -> str | Response | tuple[str, int]:
    """A keeper offers the collection to whoever is to keep it after them, or with them."""
    found = collection_at(token)
    form = HandoverForm()
    if earlier := form.sent_before():
        return earlier
    if form.validate_on_submit():
        made = acting.offer(
            current_actor(), found, form.handle.data or "", form.note.data or "", leaves=form.leaves.data
        )
        flash(_("%(name)s is asked. Until they accept, nothing changes.", name=made.person.name), "success")
        return form.done(f"{found.path}/keepers")
    return render_template("archive/keeping/hand_over.html", collection=found, form=form), form.status


@bp.route("/collections/<token>/transfer", methods=["GET", "POST"])
@requires("collection.keep")
def transfer_collection(token: str) -> str | Response | tuple[str, int]:
    """For whom the collection is held: a person's becomes their organisation's, or the other way about."""
    found, actor = collection_at(token), current_actor()
    form = TransferForm()
    if earlier := form.sent_before():
        return earlier
    if form.validate_on_submit():
        asked = transfer.transfer(actor, found, form.reason.data or "", form.second.data or "")
        if asked is not None:
            flash(_("Asked. It changes once a second person agrees."), "success")
            return form.done(asked.path)
        flash(_("It is held for your organisation from now on."), "success")
        return form.done(f"{found.path}/keepers")
    page = render_template(
        "archive/keeping/transfer.html", collection=found, form=form, alone=not others(actor, found)
    )
    return page, form.status


@bp.post("/handovers/<token>/<answer>")
@requires("handover.answer")
def answer_handover(token: str, answer: str) -> Response:
    """Accept a collection, or decline it."""
    form = ButtonForm()
    if earlier := form.sent_before():
        return earlier
    found = load(Handover, Handover.token == token)
    if answer == "accept":
        collection = acting.accept(current_actor(), found)
        flash(_("You keep this collection now."), "success")
        return form.done(collection.path)
    if answer != "decline":
        abort(404)
    acting.decline(current_actor(), found)
    flash(_("You declined it."), "success")
    return form.done("/collections")


@bp.route("/collections/unkept", methods=["GET", "POST"])
@requires("site.administer")
def unkept() -> str | Response | tuple[str, int]:
    """Collections short of keepers, for administrators: names alone. One that nobody is left to keep is
    offered on from here."""
    form = HandoverForm()
    if earlier := form.sent_before():
        return earlier
    found = acting.short_of_keepers()
    if form.validate_on_submit():
        wanted = next((one for one in found if one.token == (form.collection.data or "")), None) or abort(404)
        acting.offer(current_actor(), wanted, form.handle.data or "", form.note.data or "", leaves=False)
        flash(_("They are asked to keep it."), "success")
        return form.done("/collections/unkept")
    page = render_template(
        "archive/keeping/unkept.html", collections=found, is_unkept=acting.is_unkept, form=form
    )
    return page, form.status
