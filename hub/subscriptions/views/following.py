"""Following a group, a topic or guidance from its own page."""

from flask import abort, flash, redirect, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hub.accounts.sign_in import local_path
from hub.core.access import requires
from hub.core.forms import HubForm
from hub.subscriptions import queries, wording
from hub.subscriptions.actions import choose_all
from hub.subscriptions.models import NEVER
from hub.subscriptions.subjects import may_be_chosen, subjects_named

from .blueprint import bp, me


@bp.post("/me/mail/following")
@requires("site.use")
def follow() -> Response:
    """Set how often one hears of a subject (`subject`: its code; `often`), and go back (`next`)."""
    form = HubForm()
    code, often = request.form.get("subject", ""), request.form.get("often", "")
    back = local_path(request.form.get("next")) or "/me/mail"
    if not form.validate_on_submit():
        abort(400)
    subscriber = me()
    actor = subscriber.as_actor()
    subject = subjects_named(actor, [code], subscriber).get(code) or abort(404)
    if often not in queries.options_for(actor, subject):
        abort(400)
    if often != NEVER and not may_be_chosen(actor, subject):
        abort(404)
    choose_all(subscriber, {subject: often})
    flash(
        _(
            "%(name)s: %(often)s.",
            name=wording.name_of(subject),
            often=wording.frequency_words()[often].lower(),
        ),
        "success",
    )
    return redirect(back, 303)
