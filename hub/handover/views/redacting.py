"""A disclosure while it is redacted: its posts, what is taken out of them, and the last word."""

from __future__ import annotations

from flask import abort, render_template, request
from sqlalchemy import select
from werkzeug.wrappers import Response

from hub.archive.masking import public_people
from hub.archive.models import ArchivedPost
from hub.core.access import current_actor, requires
from hub.core.database import db
from hub.core.forms import HubForm

from .. import actions, choosing, previewing, queries
from ..forms import FinishForm, LeaveOutForm, PassageForm
from ..models import DISCLOSURE, DRAFT, PASSAGE, PICTURE, POST, HandOver
from ..redacting import Redactor
from .blueprint import bp, hand_over_at


@bp.get("/collections/<token>/hand-overs/<hand_over_token>/redactions")
@requires("hand_over.keep")
def redactions(token: str, hand_over_token: str) -> str:
    """The posts as they would be disclosed."""
    return _page(_draft_at(token, hand_over_token))


def _draft_at(token: str, hand_over_token: str) -> HandOver:
    made = hand_over_at(token, hand_over_token)
    if made.format != DISCLOSURE or made.state != DRAFT:
        abort(404)
    return made


def _page(made: HandOver, passage: PassageForm | None = None, finish: FinishForm | None = None) -> str:
    actor, collection = current_actor(), made.collection
    found = queries.posts_in(actor, made, request.args.get("after"))
    public = public_people([collection.id])[collection.id]
    redactor = Redactor(made.redactions, public, finish.exemption.data if finish else "")
    return render_template(
        "handover/redactions.html",
        collection=collection,
        made=made,
        page=found,
        posts=previewing.previews(found.rows, made.redactions, redactor),
        passage=passage or PassageForm(formdata=None),
        leave_out=LeaveOutForm(formdata=None),
        finish=finish or FinishForm(formdata=None),
        form=HubForm(),
    )


@bp.post("/collections/<token>/hand-overs/<hand_over_token>/redactions/passages")
@requires("hand_over.keep")
def take_out(token: str, hand_over_token: str) -> Response | tuple[str, int]:
    """Take words out, wherever they stand."""
    made, form = _draft_at(token, hand_over_token), PassageForm()
    if earlier := form.sent_before():
        return earlier
    if form.validate_on_submit():
        if not previewing.stands_in(current_actor(), made, form.words.data):
            form.words.errors = [previewing.stands_nowhere()]
        else:
            actions.redact(current_actor(), made, PASSAGE, form.words.data, form.exemption.data)
            return form.done(f"{made.path}/redactions")
    return _page(made, passage=form), 422


@bp.post("/collections/<token>/hand-overs/<hand_over_token>/redactions/<kind>/<what>")
@requires("hand_over.keep")
def leave_out(token: str, hand_over_token: str, kind: str, what: str) -> Response:
    """Leave a picture or a whole post out."""
    made, form = _draft_at(token, hand_over_token), LeaveOutForm()
    if kind not in (PICTURE, POST):
        abort(404)
    if earlier := form.sent_before():
        return earlier
    if kind == POST and not _has_post(made, what):
        abort(404)
    if form.validate_on_submit():
        actions.redact(current_actor(), made, kind, what[:64], form.exemption.data)
    return form.done(f"{made.path}/redactions")


def _has_post(made: HandOver, token: str) -> bool:
    wanted = choosing.wanted(current_actor(), made.collection, made.scope)
    found = select(ArchivedPost.id).where(wanted, ArchivedPost.token == token)
    return db.session.scalar(found) is not None


@bp.post("/collections/<token>/hand-overs/<hand_over_token>/redactions/<redaction>/removal")
@requires("hand_over.keep")
def put_back(token: str, hand_over_token: str, redaction: str) -> Response:
    """Show again what was taken out."""
    made, form = _draft_at(token, hand_over_token), HubForm()
    if earlier := form.sent_before():
        return earlier
    found = next((one for one in made.redactions if one.token == redaction), None)
    if found is None:
        abort(404)
    actions.put_back(current_actor(), made, found)
    return form.done(f"{made.path}/redactions")


@bp.post("/collections/<token>/hand-overs/<hand_over_token>/redactions/end")
@requires("hand_over.keep")
def finish(token: str, hand_over_token: str) -> Response | tuple[str, int]:
    """The redactions are decided: have the disclosure made."""
    made, form = _draft_at(token, hand_over_token), FinishForm()
    if earlier := form.sent_before():
        return earlier
    if form.validate_on_submit():
        actions.finish(current_actor(), made, form.exemption.data)
        return form.done(made.path)
    return _page(made, finish=form), 422
