"""Collections: those that the reader keeps, a new one, and what one holds."""

from __future__ import annotations

from flask import render_template, request
from werkzeug.wrappers import Response

from hub.accounts.models import Person
from hub.core.access import current_actor, requires
from hub.core.database import db

from .. import actions, queries
from ..approvals.queries import how_many_wait_for
from ..chosen import called, chosen
from ..filters import FORMS, POST, REPLY, Filters
from ..finding import still_indexing
from ..forms import ORGANISATION, CollectionForm
from ..keeping.handover import offered_to
from ..models import ASKS
from ..own_accounts import unsaid
from ..rules import KEEPERS_OF_AN_ORGANISATION
from ..timeline import Outline, label_every, outline, picture
from .blueprint import bp, collection_at
from .ending import ended_page


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
        offered=offered_to(actor),
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
    if found.ended_at is not None:
        return ended_page(found)
    actor, filters = current_actor(), Filters.of(request.args)
    imports = queries.imports_of(found)
    held = outline(found)
    accounts = queries.accounts_of(actor, found)
    return render_template(
        "archive/collection.html",
        collection=found,
        page=queries.list_posts(actor, found, filters, request.args.get("after")),
        filters=filters,
        chosen=chosen(filters, accounts),
        accounts=[(one.token, called(one)) for one in accounts],
        held=held,
        forms=_forms(held),
        picture=picture(held, filters),
        label_every=label_every,
        unsaid=unsaid(actor, [found]),
        imports=imports,
        asking=next((one for one in imports if one.state == ASKS), None),
        running=next((one for one in imports if one.unfinished), None),
        indexing=bool(filters.words) and still_indexing(),
        needs_keeper=bool(found.organisation_id) and len(found.keepers) < KEEPERS_OF_AN_ORGANISATION,
    )


def _forms(held: Outline) -> list[str]:
    """What can be asked for: posts and replies, and what else there is."""
    return [form for form in FORMS if form in (POST, REPLY) or form in held.forms]
