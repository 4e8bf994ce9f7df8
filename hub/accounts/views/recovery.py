"""A new password for whoever lost theirs: again a link that shows a page, and a button that acts."""

from flask import flash, redirect, render_template
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hub.accounts import tokens
from hub.accounts.actions import confirm, normal_email, set_password
from hub.accounts.forms import NewPasswordForm, RecoverForm
from hub.accounts.sign_in import begin_session
from hub.core.access import requires
from hub.core.keyed import keyed
from hub.core.outbox import emit

from .blueprint import RECOVERIES, bp, limited, uncached


@bp.route("/recover", methods=["GET", "POST"])
@requires("account.begin")
@limited(RECOVERIES)
def recover() -> Response | tuple[str, int]:
    form = RecoverForm()
    if (earlier := form.sent_before()) is not None:
        return earlier
    if form.validate_on_submit():
        emit("account.recovery_asked", email=normal_email(form.email.data))
        return form.done("/recover/sent")
    return render_template("accounts/recover.html", form=form), form.status


@bp.get("/recover/sent")
@requires("account.begin")
def recovery_sent() -> str:
    return render_template("accounts/recovery_sent.html")


@bp.route("/recover/<token>", methods=["GET", "POST"])
@requires("account.begin")
@keyed
def choose_password(token: str) -> Response | tuple[str, int]:
    claim = tokens.read(tokens.RECOVER, token)
    if claim is None:
        return render_template("accounts/link_is_old.html", purpose="recover"), 404
    form = NewPasswordForm()
    form.person = claim.person
    if form.validate_on_submit():
        confirm(claim.person)  # whoever reads the mail has the address
        set_password(claim.person, form.password.data)
        begin_session(claim.person)
        flash(_("You have a new password and are signed in. Everywhere else you are signed out."), "success")
        return uncached(redirect("/", 303))
    return render_template("accounts/choose_password.html", form=form, person=claim.person), form.status
