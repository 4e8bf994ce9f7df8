"""Choosing examples for what is still being written."""

from flask import abort, flash, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hub.accounts.sign_in import local_path
from hub.core.access import current_actor, requires
from hub.core.errors import Refused
from hub.core.forms import HubForm

from ..forms import AttachForm
from ..preparing import LONGEST_PLACE, drop, own_prepared, prepare
from .attaching import picked_by, to_choose_from
from .blueprint import bp


@bp.route("/examples/prepare", methods=["GET", "POST"])
@requires("site.use")
def prepare_example() -> str | Response | tuple[str, int]:
    """Choose archived posts for a post that is not sent yet."""
    actor, form = current_actor(), AttachForm()
    place, back = _place("place"), _place("back")
    if earlier := form.sent_before():
        return earlier
    picked = picked_by(actor)
    if form.validate_on_submit() and picked:
        try:
            prepare(
                actor,
                place,
                picked,
                form.caption.data or "",
                (form.passages.data or "").splitlines(),
                reason=form.reason.data or "",
                second=form.second.data or "",
            )
        except Refused as refused:
            form.form_errors.append(refused.sentence)
        else:
            flash(_("Chosen. It is attached once you send what you are writing."), "success")
            return form.done(back)
    page = render_template(
        "examples/attach.html",
        group=None,
        section="examples",
        carried={"place": place, "back": back},
        back=back,
        back_words=_("What you are writing"),
        form=form,
        **to_choose_from(actor, picked, form),
    )
    return page, 422 if form.is_submitted() else 200


def _place(name: str) -> str:
    """A place to write at, on this hub. 404 for anything else."""
    path = request.args.get(name, "")[:LONGEST_PLACE]
    if not path.startswith("/groups/") or local_path(path) != path:
        abort(404)
    return path


@bp.route("/examples/prepared/<token>/drop", methods=["GET", "POST"])
@requires("site.use")
def drop_prepared(token: str) -> str | Response:
    """It is not to be attached after all."""
    actor, form = current_actor(), HubForm()
    found = own_prepared(actor, token) or abort(404)
    back = found.place.removesuffix("/answers").removesuffix("/replies")
    if earlier := form.sent_before():
        return earlier
    if form.validate_on_submit():
        drop(actor, token)
        return form.done(back)
    return render_template("examples/drop.html", form=form, prepared=found, back=back)
