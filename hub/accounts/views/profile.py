"""What one says about oneself."""

from flask import flash, render_template
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hub.accounts.actions import set_profile
from hub.accounts.forms import ProfileForm
from hub.accounts.queries import organisation_names
from hub.core.access import current_actor, requires

from .blueprint import bp, me


@bp.route("/me/profile", methods=["GET", "POST"])
@requires("site.use")
def profile() -> Response | tuple[str, int]:
    person = me()
    form = ProfileForm(person=person)
    if form.validate_on_submit():
        set_profile(
            current_actor(),
            name=form.name.data,
            handle=form.handle.data,
            about=form.about.data or "",
            sector=form.sector.data or "",
            profession=form.profession.data or "",
            organisation=form.organisation.data or "",
            time_zone=form.time_zone.data or "",
        )
        flash(_("Your profile is saved. What you wrote before keeps what stood beside it then."), "success")
        return form.done(person.path)
    names = organisation_names(current_actor())
    return render_template("accounts/profile.html", form=form, person=person, names=names), form.status
