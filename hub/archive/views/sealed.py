"""Asking for a sealed collection, and an administrator's decision."""

from __future__ import annotations

from flask import flash, render_template
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hub.accounts.models import Person
from hub.core.access import authorize, current_actor, load, requires
from hub.core.database import db
from hub.core.policy import can

from ..forms import ORGANISATION
from ..sealed import actions
from ..sealed.forms import AskSealedForm, DecideSealedForm
from ..sealed.models import SealedRequest
from .blueprint import bp


@bp.route("/collections/sealed", methods=["GET", "POST"])
@requires("site.use")
def ask_sealed() -> str | Response | tuple[str, int]:
    """What a sealed collection is, and asking for one."""
    actor = current_actor()
    organisation = db.session.get(Person, actor.person_id).organisation
    form = AskSealedForm()
    form.offer(organisation.name if organisation else "")
    if earlier := form.sent_before():
        return earlier
    if form.validate_on_submit():
        holder = organisation if form.holder.data == ORGANISATION else None
        actions.ask(actor, form.name.data, form.reason.data, holder)
        flash(_("An administrator decides about it. You are told by mail, and see it here."), "success")
        return form.done("/collections/sealed")
    return render_template(
        "archive/sealed/ask.html", form=form, asked=actions.requests_of(actor)
    ), form.status


@bp.get("/admin/sealed")
@requires("site.administer")
def sealed_requests() -> str:
    """What was asked, and what was decided."""
    return render_template("archive/sealed/list.html", requests=actions.requests(current_actor()))


@bp.route("/admin/sealed/<token>", methods=["GET", "POST"])
@requires("site.administer")
def sealed_request(token: str) -> str | Response | tuple[str, int]:
    """Allow a sealed collection, or refuse it, with a reason that is kept."""
    found = load(SealedRequest, SealedRequest.token == token)
    actor, form = current_actor(), DecideSealedForm()
    if earlier := form.sent_before():
        return earlier
    if form.validate_on_submit():
        authorize("sealed_request.decide", found)
        actions.decide(actor, found, allow=form.approves, reason=form.reason.data)
        flash(
            _("Allowed. Whoever asked keeps it now; you do not see into it.")
            if form.approves
            else _("Refused. Whoever asked sees why."),
            "success",
        )
        return form.done("/admin/sealed")
    decides = can(actor, "sealed_request.decide", found)
    return render_template(
        "archive/sealed/decide.html", request_=found, form=form, decides=decides
    ), form.status
