"""Collections: those that the reader keeps, a new one, and what one holds."""

from __future__ import annotations

from flask import render_template, request
from werkzeug.wrappers import Response

from hub.accounts.models import Person
from hub.core.access import current_actor, requires
from hub.core.database import db

from .. import actions, queries
from ..approvals.queries import how_many_wait_for
from ..forms import ORGANISATION, CollectionForm
from ..models import ASKS
from ..own_accounts import unsaid
from ..rules import KEEPERS_OF_AN_ORGANISATION
from .blueprint import bp, collection_at


@bp.get("/collections")
@requires("site.use")
def mine() -> str:
    """The collections that the actor keeps."""
    actor = current_actor()
    found = queries.collections_of(actor)
    return render_template(
        "archive/collections.html",
        collections=found,
        sizes=queries.sizes(found),
        waiting=how_many_wait_for(actor),
    )


@bp.route("/collections/new", methods=["GET", "POST"])
@requires("site.use")
def new() -> str | Response | tuple[str, int]:
    """Make a collection."""
    actor = current_actor()
    organisation = db.session.get(Person, actor.person_id).organisation
    form = CollectionForm()
    form.offer(organisation.name if organisation else "")
    if earlier := form.sent_before():
        return earlier
    if form.validate_on_submit():
        holder = organisation if form.holder.data == ORGANISATION else None
        made = actions.create_collection(actor, form.name.data, form.about.data or "", holder)
        return form.done(made.path)
    return render_template("archive/new_collection.html", form=form), form.status


@bp.get("/collections/<token>")
@requires("collection.read")
def collection(token: str) -> str:
    """What a collection holds, newest first."""
    found = collection_at(token)
    state = request.args.get("state", queries.ALL)
    filters = queries.Filters(
        words=request.args.get("q", "")[:200].replace("\x00", ""),
        state=state if state in queries.STATES else queries.ALL,
        account=request.args.get("account", "")[:24].replace("\x00", ""),
    )
    actor = current_actor()
    imports = queries.imports_of(found)
    return render_template(
        "archive/collection.html",
        collection=found,
        page=queries.list_posts(actor, found, filters, request.args.get("after")),
        filters=filters,
        accounts=queries.accounts_of(actor, found, limit=12),
        unsaid=unsaid(actor, [found]),
        imports=imports,
        size=sum(one.new for one in imports if one.revealed_at),
        asking=next((one for one in imports if one.state == ASKS), None),
        running=next((one for one in imports if one.unfinished), None),
        needs_keeper=bool(found.organisation_id) and len(found.keepers) < KEEPERS_OF_AN_ORGANISATION,
    )
