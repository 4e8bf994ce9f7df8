"""What became of the hub's mail, for administrators: that something was sent, never what it said."""

from flask import Blueprint, abort, flash, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hub.core import mail as core_mail
from hub.core.access import authorize, current_actor, requires
from hub.core.addressees import works
from hub.core.audit import record
from hub.core.mail import send_again

from . import queries
from .health import DAYS, SPANS, health, lost_share
from .rules import CONDITION_MEANINGS, STATE_MEANINGS, condition, masked, without_address

bp = Blueprint("deliveries", __name__)


@bp.get("/admin/deliveries")
@requires("site.administer")
def deliveries() -> str:
    state = request.args.get("state")
    state = state if state in STATE_MEANINGS else None
    return render_template(
        "deliveries/overview.html",
        state=state,
        counts=queries.delivery_counts(),
        page=queries.deliveries(state, request.args.get("after")),
        runs=queries.runs_under_way(),
        meanings=STATE_MEANINGS,
        keeps_mail=core_mail.keeps_mail(),
    )


@bp.post("/admin/deliveries/<token>/second-sending")
@requires("site.administer")
def second_sending(token: str) -> Response:
    """An administrator decides that an uncertain message is sent once more."""
    authorize("site.administer")
    mail = queries.mail_with(token) or abort(404)
    if send_again(current_actor(), mail):
        flash(_("It is being sent once more."), "success")
    else:
        flash(_("It is no longer uncertain, so it was left as it is."), "warning")
    return redirect("/admin/deliveries?state=uncertain", 303)


@bp.get("/admin/deliveries/health")
@requires("site.administer")
def how_mail_goes() -> str:
    """Counts over time, by provider, and the addresses with which something is wrong."""
    span = request.args.get("by", DAYS)
    addresses = queries.addresses_with_problems(request.args.get("after"))
    return render_template(
        "deliveries/health.html",
        health=health(span if span in SPANS else DAYS),
        lost_share=lost_share,
        addresses=addresses,
        owners=queries.owners_of(known.address for known in addresses),
        condition=condition,
        meanings=CONDITION_MEANINGS,
        masked=masked,
        without_address=without_address,
    )


@bp.post("/admin/deliveries/addresses/<token>/another-try")
@requires("site.administer")
def another_try(token: str) -> Response:
    """What failed before is forgotten; the next message shows whether the address works."""
    authorize("site.administer")
    known = queries.address_with(token) or abort(404)
    record(current_actor(), "mail.address_tried_again", known)
    works(known.address)
    flash(_("The next message to this address is sent again."), "success")
    return redirect("/admin/deliveries/health#addresses", 303)
