"""What is due under a class of which the schedule says "transfer": handed over to an archive as a bag."""

from __future__ import annotations

from flask import render_template
from werkzeug.wrappers import Response

from hub.archive.retention import queries
from hub.archive.views.retention import ticked, use_asked_for
from hub.core.access import current_actor, requires

from .. import actions
from ..forms import TransferForm
from .blueprint import bp, collection_at


@bp.route("/collections/<token>/due/transfer", methods=["GET", "POST"])
@requires("collection.keep")
def transfer_due(token: str) -> str | Response | tuple[str, int]:
    """Hand over what was ticked of what is due. Nothing is disposed of by that."""
    found, actor = collection_at(token), current_actor()
    use = use_asked_for(found)
    posts = ticked(found, use)
    form = TransferForm()
    if earlier := form.sent_before():
        return earlier
    if form.validate_on_submit():
        to, reason = form.recipient.data or "", form.reason.data or ""
        made = actions.transfer(actor, found, use, posts, to=to, reason=reason)
        return form.done(made.path)
    page = render_template(
        "handover/transfer.html",
        collection=found,
        use=use,
        form=form,
        number=queries.how_many(posts),
        held=queries.how_many_held(posts),
    )
    return page, form.status
