"""Registering, and confirming by a mailed link: the link shows a page, the button on it acts."""

from urllib.parse import urlencode

from flask import redirect, render_template, request
from werkzeug.wrappers import Response

from hub.accounts import tokens
from hub.accounts.actions import confirm, register_person
from hub.accounts.forms import RegisterForm
from hub.accounts.rules import CONFIRM_WITHIN, UNCONFIRMED_KEPT
from hub.accounts.sign_in import begin_session, local_path
from hub.core.access import current_actor, requires
from hub.core.forms import HubForm
from hub.core.keyed import keyed

from .blueprint import REGISTRATIONS, bp, limited, uncached


@bp.route("/register", methods=["GET", "POST"])
@requires("account.begin")
@limited(REGISTRATIONS)
def register() -> Response | tuple[str, int]:
    form = RegisterForm()
    onward = local_path(form.next.data or request.args.get("next"))
    form.next.data = onward
    if current_actor().signed_in:
        return redirect(onward or "/", 303)
    if (earlier := form.sent_before()) is not None:
        return earlier
    if form.validate_on_submit():
        register_person(form.name.data, form.email.data, form.password.data, onward)
        return form.done("/register/sent")
    page = render_template(
        "accounts/register.html",
        form=form,
        onward=onward,
        works=CONFIRM_WITHIN.days,
        kept=UNCONFIRMED_KEPT.days,
    )
    return page, form.status


@bp.get("/register/sent")
@requires("account.begin")
def registered() -> str:
    return render_template("accounts/registered.html", again="again" in request.args)


@bp.route("/confirm/<token>", methods=["GET", "POST"])
@requires("account.begin")
@keyed
def confirm_address(token: str) -> Response | tuple[str, int]:
    claim = tokens.read(tokens.CONFIRM, token)
    if claim is None:
        return render_template("accounts/link_is_old.html", purpose="confirm"), 404
    onward = local_path(request.args.get("next"))
    form = HubForm()
    if form.validate_on_submit():
        confirm(claim.person)
        begin_session(claim.person)
        welcome = "/welcome?" + urlencode({"next": onward}) if onward else "/welcome"
        return uncached(redirect(welcome, 303))
    return render_template("accounts/confirm.html", form=form, person=claim.person), form.status
