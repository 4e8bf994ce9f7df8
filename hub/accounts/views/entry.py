"""Signing in and out."""

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hub.accounts.actions import ask_to_confirm
from hub.accounts.forms import SignInForm
from hub.accounts.queries import sample_sign_ins
from hub.accounts.sign_in import begin_session, end_session, local_path, proven
from hub.core.access import current_actor, requires
from hub.core.site import site

from .blueprint import SIGN_INS, bp, limited


@bp.route("/sign-in", methods=["GET", "POST"])
@requires("account.begin")
@limited(SIGN_INS)
def sign_in() -> Response | tuple[str, int]:
    form = SignInForm()
    onward = local_path(form.next.data or request.args.get("next")) or "/"
    form.next.data = onward
    if current_actor().signed_in:
        return redirect(onward, 303)
    if form.validate_on_submit():
        person = proven(form.email.data, form.password.data)
        if person is None:
            form.password.errors = [_("The address or the password is not right. Nobody is told which.")]
        elif person.confirmed_at is None:
            ask_to_confirm(person, onward)
            return redirect(url_for("accounts.registered", again=1), 303)
        else:
            begin_session(person, form.remember.data)
            return redirect(onward, 303)
    samples = sample_sign_ins() if site().is_sample else []
    return render_template("accounts/sign_in.html", form=form, samples=samples, onward=onward), form.status


@bp.post("/sign-out")
@requires("account.begin")
def sign_out() -> Response:
    end_session()
    return redirect(url_for("accounts.signed_out"), 303)


@bp.get("/signed-out")
@requires("account.begin")
def signed_out() -> str:
    return render_template("accounts/signed_out.html")
