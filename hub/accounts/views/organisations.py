"""Organisations, for administrators: their names, sectors and the domains of their addresses."""

from flask import flash, render_template, request
from flask_babel import ngettext
from werkzeug.wrappers import Response

from hub.accounts.actions import describe_organisation
from hub.accounts.forms import OrganisationForm
from hub.accounts.models import Organisation
from hub.accounts.queries import organisations as all_organisations
from hub.core.access import current_actor, load, requires

from .blueprint import bp


@bp.get("/admin/organisations")
@requires("site.administer")
def organisations() -> str:
    shown = all_organisations(current_actor(), request.args.get("after"))
    return render_template("accounts/organisations.html", organisations=shown)


@bp.route("/admin/organisations/<slug>", methods=["GET", "POST"])
@requires("site.administer")
def organisation(slug: str) -> Response | tuple[str, int]:
    organisation = load(Organisation, Organisation.slug == slug)
    form = OrganisationForm(obj=organisation)
    if form.validate_on_submit():
        changed = describe_organisation(
            current_actor(),
            organisation,
            name=form.name.data,
            sector=form.sector.data or "",
            mail_domain=form.mail_domain.data or "",
        )
        said = ngettext(
            "Saved. This changed what confirms %(num)s person.",
            "Saved. This changed what confirms %(num)s people.",
            changed,
        )
        flash(said, "success")
        return form.done("/admin/organisations")
    return render_template("accounts/organisation.html", form=form, organisation=organisation), form.status
