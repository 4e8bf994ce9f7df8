"""What waits for the reader's approval, what they asked for, and deciding."""

from __future__ import annotations

from flask import abort, flash, render_template
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hub.core.access import current_actor, load, requires
from hub.core.policy import can

from ..approvals import actions, marking, queries
from ..approvals.kinds import about, kind_of
from ..approvals.models import Approval
from ..forms import DecideForm
from ..keeping import approver
from .blueprint import ButtonForm, bp


@bp.get("/approvals")
@requires("site.use")
def approvals() -> str:
    """What others wait for, and what the reader waits for."""
    actor = current_actor()
    lists = {
        "waiting": queries.waiting_for(actor),
        "asked": queries.asked_by(actor),
        "others": queries.others_asked(actor),
        "decided": queries.decided_lately(actor),
    }
    return render_template(
        "archive/approvals/list.html",
        **lists,
        about=about([one for some in lists.values() for one in some]),
        guarded=approver.approved(actor),
        kind_of=kind_of,
    )


@bp.get("/approvals/<token>")
@requires("approval.read")
def approval(token: str) -> str:
    """What is asked, by whom and why; the posts that it is about."""
    return _page(load(Approval, Approval.token == token), DecideForm(formdata=None))


@bp.post("/approvals/<token>/decision")
@requires("approval.decide")
def decide(token: str) -> str | Response | tuple[str, int]:
    """Approve, and it is done; or refuse, with a reason."""
    form = DecideForm()
    if earlier := form.sent_before():
        return earlier
    found = load(Approval, Approval.token == token)
    if not form.validate_on_submit():
        return _page(found, form), form.status
    decided = actions.decide(current_actor(), found, approve=form.approves, reason=form.reason.data or "")
    if decided.problem:
        flash(_("You approved it, but it could not be done: %(why)s", why=decided.problem), "error")
    elif form.approves:
        flash(_("Approved, and done. Whoever asked is told."), "success")
    else:
        flash(_("Refused. Whoever asked is told why."), "success")
    return form.done("/approvals")


@bp.post("/approvals/<token>/take-back")
@requires("approval.take_back")
def take_back(token: str) -> Response:
    """Whoever asked no longer wants it."""
    form = ButtonForm()
    if earlier := form.sent_before():
        return earlier
    actions.take_back(current_actor(), load(Approval, Approval.token == token))
    flash(_("You took it back. Nothing was changed."), "success")
    return form.done("/approvals")


@bp.post("/approvals/collections/<token>/step-down")
@requires("site.use")
def step_down(token: str) -> Response:
    """The approver of a collection, who need not keep it, no longer wants to be."""
    form = ButtonForm()
    if earlier := form.sent_before():
        return earlier
    actor = current_actor()
    found = next((one for one in approver.approved(actor) if one.token == token), None) or abort(404)
    approver.step_down(actor, found)
    flash(
        _("You no longer approve what leaves “%(name)s”. Its keepers are told.", name=found.name), "success"
    )
    return form.done("/approvals")


def _page(found: Approval, form: DecideForm) -> str:
    actor = current_actor()
    kind = kind_of(found)
    # Once it is decided there is nothing left to judge by, and the posts are the keepers' again.
    keeps = can(actor, "collection.keep", found.collection)
    judged = keeps or (found.waiting and not found.collection.sealed)
    # An approval names the first of very many posts, and says of how many it is.
    number = found.details.get("number") or queries.how_many_posts(found)
    taken_out = kind.taken_out(found) if judged else ()
    return render_template(
        "archive/approvals/show.html",
        approval=found,
        kind=kind,
        number=number,
        rows=marking.marked(queries.posts_of(found), taken_out) if judged else [],
        taken_out=bool(taken_out),
        more=kind.show(actor, found),
        decides=can(actor, "approval.decide", found),
        takes_back=can(actor, "approval.take_back", found),
        deciders=[person.name for person in actions.deciders(found)] if found.waiting else [],
        form=form,
    )
