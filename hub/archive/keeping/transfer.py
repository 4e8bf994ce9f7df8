"""A collection held for a person becomes their organisation's, or the other way about: by two people."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from markupsafe import Markup, escape

from hub.accounts.models import Organisation, Person
from hub.archive.approvals.actions import ask
from hub.archive.approvals.kinds import A_SECOND_PERSON, Kind, add_kind
from hub.archive.approvals.models import Approval
from hub.archive.changes import posts_look_different
from hub.archive.models import Collection
from hub.core import audit
from hub.core.database import db
from hub.core.errors import Refused
from hub.core.policy import Actor, can

TRANSFER = "transfer"


def transfer(actor: Actor, collection: Collection, reason: str, second: str = "") -> Approval | None:
    """To the keeper's own organisation, at once and recorded; out of an organisation's hands only when a
    second person agrees: the approval that was asked for is returned. Raises Refused."""
    if collection.organisation_id is not None:
        return ask(actor, TRANSFER, collection, reason, second=second)
    person = db.session.get(Person, actor.person_id)
    if person is None or person.organisation is None:
        raise Refused(_("Your profile names no organisation that it could be held for. Nothing was changed."))
    if not reason.strip():
        raise Refused(_("Say why it is held for your organisation from now on. Nothing was changed."))
    _set(actor, collection, person.organisation, reason)
    return None


def _set(actor: Actor, collection: Collection, organisation: Organisation | None, reason: str) -> None:
    before = collection.organisation_id
    collection.organisation = organisation
    db.session.flush()
    after = organisation.id if organisation else None
    audit.record(actor, "collection.transfer", collection, reason=reason, before=before, after=after)
    posts_look_different(collection.id)


def _carry_out(actor: Actor, approval: Approval) -> str:
    if not can(actor, "collection.keep", approval.collection):
        raise PermissionError("collection.keep")
    _set(actor, approval.collection, None, approval.reason)
    return f"{approval.collection.path}/keepers"


def _show(_actor: Actor, approval: Approval) -> Markup:
    organisation = approval.collection.organisation
    if organisation is None:
        return Markup()
    held = _("Held for %(name)s until now; from then on for its keepers as persons.", name=organisation.name)
    return Markup("<p>{}</p>").format(escape(held))


add_kind(
    Kind(
        code=TRANSFER,
        name=lazy_gettext("Take a collection out of an organisation's hands"),
        decides=A_SECOND_PERSON,
        carry_out=_carry_out,
        show=_show,
    )
)
