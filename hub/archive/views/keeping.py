"""Who keeps a collection, and whose accounts its posts are from."""

from __future__ import annotations

from flask import flash, render_template
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hub.core.access import current_actor, requires

from .. import actions
from ..approvals.actions import others
from ..forms import ApproverForm, KeeperForm
from ..keeping import approver
from ..models import Collection
from ..rules import KEEPERS_OF_AN_ORGANISATION
from .blueprint import ButtonForm, bp, collection_at


@bp.route("/collections/<token>/keepers", methods=["GET", "POST"])
@requires("collection.keep")
def keepers(token: str) -> str | Response | tuple[str, int]:
    """Who keeps a collection; name another."""
    found = collection_at(token)
    form = KeeperForm()
    if earlier := form.sent_before():
        return earlier
    if form.validate_on_submit():
        actions.add_keeper(current_actor(), found, form.handle.data)
        return form.done(f"{found.path}/keepers")
    return _keepers_page(found, form, ApproverForm(formdata=None))


def _keepers_page(found: Collection, form: KeeperForm, approver_form: ApproverForm) -> tuple[str, int]:
    page = render_template(
        "archive/keepers.html",
        collection=found,
        form=form,
        approver_form=approver_form,
        alone=not others(current_actor(), found),
        wanted=KEEPERS_OF_AN_ORGANISATION,
    )
    return page, max(form.status, approver_form.status)


@bp.post("/collections/<token>/approver")
@requires("collection.keep")
def set_approver(token: str) -> Response | tuple[str, int]:
    """Name who approves what leaves the collection. Where somebody does, a second person must agree."""
    found = collection_at(token)
    form = ApproverForm()
    if earlier := form.sent_before():
        return earlier
    if not form.validate_on_submit():
        return _keepers_page(found, KeeperForm(formdata=None), form)
    asked = approver.name_approver(
        current_actor(), found, form.handle.data or "", form.reason.data or "", form.second.data or ""
    )
    if asked is not None:
        flash(_("Asked. It changes once a second person agrees."), "success")
        return form.done(asked.path)
    flash(_("From now on nothing leaves this collection without them. They are told."), "success")
    return form.done(f"{found.path}/keepers")


@bp.post("/collections/<token>/keepers/<handle>/remove")
@requires("collection.keep")
def remove_keeper(token: str, handle: str) -> Response:
    """A keeper hands over."""
    found = collection_at(token)
    form = ButtonForm()
    if earlier := form.sent_before():
        return earlier
    own = any(
        one.person_id == current_actor().person_id and one.person.handle == handle for one in found.keepers
    )
    actions.remove_keeper(current_actor(), found, handle)
    return form.done("/collections" if own else f"{found.path}/keepers")
