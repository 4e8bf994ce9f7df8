"""What became of the hub's mail, for administrators: that something was sent, never what it said."""

from flask import Blueprint, abort, flash, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hub.core import mail as core_mail
from hub.core.access import authorize, current_actor, requires
from hub.core.mail import send_again

from . import queries
from .rules import STATE_MEANINGS

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
