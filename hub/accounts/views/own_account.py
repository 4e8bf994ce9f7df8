"""One's own settings: password and e-mail address."""

from urllib.parse import urlencode

from flask import flash, redirect, render_template, request
from flask_babel import gettext as _
from flask_security.utils import verify_and_update_password
from werkzeug.wrappers import Response
from wtforms import Field

from hub.accounts import passwords, tokens
from hub.accounts.actions import CHANGE_EMAIL, change_email, normal_email, set_password
from hub.accounts.forms import ChangeEmailForm, ChangePasswordForm
from hub.accounts.sign_in import begin_session
from hub.core.access import current_actor, requires
from hub.core.addressees import works
from hub.core.database import new_token
from hub.core.forms import HubForm
from hub.core.keyed import keyed
from hub.core.mail import post_mail

from .blueprint import SIGN_INS, bp, limited, me, uncached


def _knows_password(field: Field) -> bool:
    """Asked again, since a screen may have been left open; a wrong one is said beside its field."""
    if verify_and_update_password(passwords.normal(field.data or ""), me()):
        return True
    field.errors = [_("This is not your password.")]
    return False


@bp.get("/settings")
@requires("site.use")
def settings() -> str:
    return render_template("accounts/settings.html", person=me())


@bp.route("/me/password", methods=["GET", "POST"])
@requires("site.use")
@limited(SIGN_INS)
def password() -> Response | tuple[str, int]:
    form = ChangePasswordForm()
    form.person = me()
    if form.validate_on_submit() and _knows_password(form.current_password):
        set_password(me(), form.password.data)
        begin_session(me())
        flash(_("You have a new password. Everywhere else you are signed out."), "success")
        return redirect("/settings", 303)
    return render_template("accounts/change_password.html", form=form), form.status


@bp.route("/me/email", methods=["GET", "POST"])
@requires("site.use")
@limited(SIGN_INS)
def email() -> Response | tuple[str, int]:
    form = ChangeEmailForm()
    if form.validate_on_submit() and _knows_password(form.current_password):
        address = normal_email(form.email.data)
        post_mail(CHANGE_EMAIL, address, key=f"{CHANGE_EMAIL}:{new_token()}", person_id=me().id)
        flash(
            _(
                "A message is on its way to %(address)s. Your old address stands until you open it.",
                address=address,
            ),
            "success",
        )
        return redirect("/settings", 303)
    return render_template("accounts/change_email.html", form=form, person=me()), form.status


@bp.post("/me/email/another-try")
@requires("site.use")
def try_address_again() -> Response:
    """Mail to their address came back, and they say that it works: the next message shows."""
    works(me().email)
    flash(_("Mail goes to %(address)s again.", address=me().email), "success")
    return redirect("/settings", 303)


@bp.route("/me/email/<token>", methods=["GET", "POST"])
@requires("account.begin")
@keyed
def confirm_email(token: str) -> Response | tuple[str, int]:
    claim = tokens.read(tokens.CHANGE_EMAIL, token)
    if claim is not None and not current_actor().signed_in:
        # The new address may have been mistyped: only the account's owner may take it on.
        return uncached(redirect("/sign-in?" + urlencode({"next": request.path}), 303))
    if claim is None or claim.person.id != current_actor().person_id:
        return render_template("accounts/link_is_old.html", purpose="email"), 404
    form = HubForm()
    if form.validate_on_submit():
        change_email(claim.person, claim.detail)
        flash(_("Your address is now %(address)s.", address=claim.detail), "success")
        return redirect("/settings", 303)
    return render_template("accounts/confirm_email.html", form=form, address=claim.detail), form.status
