"""The approver of a collection: named by a keeper; let go of only by two people, or by themselves."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from markupsafe import Markup, escape
from sqlalchemy import select

from hub.accounts.models import Person
from hub.archive.approvals.actions import ask
from hub.archive.approvals.kinds import A_SECOND_PERSON, Kind, add_kind
from hub.archive.approvals.models import Approval
from hub.archive.approvals.rules import approved_by
from hub.archive.models import Collection
from hub.core import audit, clock
from hub.core.database import db
from hub.core.errors import Refused
from hub.core.mail import post_mail
from hub.core.policy import Actor, can

from .members import member_named

# The purpose of the mail, and a kind of approval.
TOLD, CHANGE = "collection.approver", "approver"


def name_approver(
    actor: Actor, collection: Collection, handle: str, reason: str = "", second: str = ""
) -> Approval | None:
    """From now on nothing leaves the collection without them.

    handle: empty for nobody. Where there is an approver, another takes their place only when a second person
    agrees: the approval that was asked for is returned.
    """
    person = member_named(handle) if handle.strip() else None
    if person is not None and person.id == collection.approver_id:
        raise Refused(_("%(name)s approves what leaves already. Nothing was changed.", name=person.name))
    if collection.approver_id is None:
        if person is None:
            raise Refused(_("Write the handle of a member. Nothing was changed."))
        _set(actor, collection, person)
        return None
    return ask(
        actor, CHANGE, collection, reason, second=second, person_id=person.id if person is not None else None
    )


def approved(actor: Actor) -> Sequence[Collection]:
    """The collections that nothing leaves without the actor, by name. They need not keep them."""
    return db.session.scalars(
        select(Collection)
        .where(approved_by(Collection.id, actor))
        .order_by(Collection.name, Collection.token)
    ).all()


def step_down(actor: Actor, collection: Collection) -> None:
    """The approver no longer wants to be; the keepers are told."""
    if not actor.signed_in or collection.approver_id != actor.person_id:
        raise Refused(_("You do not approve what leaves this collection. Nothing was changed."))
    _set(actor, collection, None)


def _set(actor: Actor, collection: Collection, person: Person | None) -> None:
    before = collection.approver
    collection.approver = person
    db.session.flush()
    audit.record(
        actor,
        "collection.set_approver",
        collection,
        before=before.id if before else None,
        after=person.id if person else None,
    )
    told = {one.id: one for one in (before, person, *(keeper.person for keeper in collection.keepers)) if one}
    for one in told.values():
        if one.id != actor.person_id:
            key = f"{TOLD}:{collection.id}:{one.id}:{clock.now().isoformat()}"
            post_mail(TOLD, one.email, key=key, person_id=one.id, collection_id=collection.id)


def _carry_out(actor: Actor, approval: Approval) -> str:
    collection = approval.collection
    if not can(actor, "collection.keep", collection):
        raise PermissionError("collection.keep")
    wanted = approval.details.get("person_id")
    person = db.session.get(Person, wanted) if wanted else None
    if wanted and (person is None or not person.active):
        raise Refused(_("Whoever was to approve has no account any more."))
    _set(actor, collection, person)
    return f"{collection.path}/keepers"


def _show(_actor: Actor, approval: Approval) -> Markup:
    wanted = approval.details.get("person_id")
    person = db.session.get(Person, wanted) if wanted else None
    now = approval.collection.approver
    first = _("Until now: %(name)s.", name=now.name) if now else _("Until now: nobody.")
    then = _("From then on: %(name)s.", name=person.name) if person else _("From then on: nobody.")
    return Markup("<p>{} {}</p>").format(escape(first), escape(then))


add_kind(
    Kind(
        code=CHANGE,
        name=lazy_gettext("Change who approves what leaves the collection"),
        decides=A_SECOND_PERSON,
        carry_out=_carry_out,
        show=_show,
    )
)
