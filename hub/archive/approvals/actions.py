"""Asking, deciding, taking back, lapsing. Actor first; nothing commits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from hub.accounts.models import Person
from hub.archive.models import Collection
from hub.core import audit, clock
from hub.core.database import db
from hub.core.errors import Refused
from hub.core.mail import post_mail
from hub.core.policy import ANYBODY, Actor, can

from .kinds import LASTS, THE_APPROVER, Kind, kind, kind_of
from .models import APPROVED, LAPSED, REFUSED, TAKEN_BACK, WAITING, Approval, ApprovalPost
from .rules import LONGEST_REASON

# Purposes of mail.
ASKED, DECIDED = "approval.asked", "approval.decided"


def ask(
    actor: Actor,
    code: str,
    collection: Collection,
    reason: str,
    *,
    posts: Sequence[int] = (),
    second: str = "",
    **details: Any,
) -> Approval:
    """Ask for something to be decided by somebody else; those who may decide are told by mail.

    code: of a `Kind`. posts: ids of the archived posts that it is about. second: the handle of a member who
    is to decide, where nobody else of the collection could. details: what the kind needs to carry it out.
    Raises Refused when there is no reason, or nobody who could decide.
    """
    wanted, reason = kind(code), reason.strip()[:LONGEST_REASON]
    if not reason:
        raise Refused(_("Give your reason: whoever decides has to know it. Nothing was changed."))
    named = _second(actor, wanted, collection, second)
    made = Approval(
        collection=collection,
        kind=code,
        details=details,
        reason=reason,
        asked_by_id=actor.person_id,
        lapses_at=clock.now() + LASTS,
        second_id=named.id if named else None,
        posts=[ApprovalPost(post_id=post_id) for post_id in dict.fromkeys(posts)],
    )
    db.session.add(made)
    db.session.flush()
    audit.record(actor, "approval.ask", made, reason=reason, kind=code)
    for person in deciders(made):
        key = f"{ASKED}:{made.id}:{person.id}"
        post_mail(ASKED, person.email, key=key, person_id=person.id, approval_id=made.id)
    return made


def others(actor: Actor, collection: Collection) -> list[Person]:
    """Who of a collection could be the second person for something that the actor asks."""
    people = [keeper.person for keeper in collection.keepers]
    if collection.approver is not None:
        people.append(collection.approver)
    return [one for one in {each.id: each for each in people}.values() if _acts(one, actor.person_id)]


def deciders(approval: Approval) -> list[Person]:
    """The members who may decide about it now."""
    asker = approval.asked_by_id
    if kind_of(approval).decides == THE_APPROVER:
        approver = approval.collection.approver
        return [approver] if approver is not None and _acts(approver, asker) else []
    named = db.session.get(Person, approval.second_id) if approval.second_id else None
    people = [keeper.person for keeper in approval.collection.keepers]
    people += [one for one in (approval.collection.approver, named) if one is not None]
    return [one for one in {each.id: each for each in people}.values() if _acts(one, asker)]


def _acts(person: Person, asker_id: int | None) -> bool:
    return person.active and person.id != asker_id


def _second(actor: Actor, wanted: Kind, collection: Collection, handle: str) -> Person | None:
    """Whoever was named to decide, where that is needed. Raises Refused."""
    if wanted.decides == THE_APPROVER or others(actor, collection):
        return None
    handle = handle.strip().lstrip("@").lower()
    if not handle:
        raise Refused(
            _(
                "You keep this collection alone, and this needs a second person. Name a member who is to"
                " decide about it, or another keeper. Nothing was changed."
            )
        )
    person = db.session.scalar(
        select(Person).where(Person.handle == handle, Person.active, Person.confirmed_at.is_not(None))
    )
    if person is None or person.id == actor.person_id:
        raise Refused(
            _("“%(handle)s” is not the handle of another member here. Nothing was changed.", handle=handle)
        )
    return person


def decide(actor: Actor, approval: Approval, *, approve: bool, reason: str = "") -> Approval:
    """Approve, and what was asked for is done; or refuse, with a reason. Whoever asked is told."""
    approval, reason = _held(approval), reason.strip()[:LONGEST_REASON]
    if not can(actor, "approval.decide", approval):
        raise Refused(_("This is not yours to decide, so nothing was changed."))
    if not approve and not reason:
        raise Refused(_("Give your reason: whoever asked has a right to know it. Nothing was decided."))
    _settle(approval, APPROVED if approve else REFUSED, actor, reason)
    if approve:
        _carry_out(approval)
    _tell_asker(approval)
    return approval


def take_back(actor: Actor, approval: Approval) -> None:
    """Whoever asked no longer wants it."""
    approval = _held(approval)
    if not can(actor, "approval.take_back", approval):
        raise Refused(_("Only whoever asked can take it back. Nothing was changed."))
    _settle(approval, TAKEN_BACK, actor, "")


def lapse() -> None:
    """What nobody decided in time is no longer asked; whoever asked is told."""
    overdue = db.session.scalars(
        select(Approval).where(Approval.state == WAITING, Approval.lapses_at <= clock.now())
    ).all()
    for approval in overdue:
        lapse_now(approval)


def lapse_now(approval: Approval) -> None:
    """It waits no longer: its time is over, or what it was about is gone."""
    _settle(approval, LAPSED, ANYBODY, "")
    _tell_asker(approval)


def _held(approval: Approval) -> Approval:
    """As it is now; another who decides at the same time waits."""
    held = db.session.scalars(
        select(Approval)
        .where(Approval.id == approval.id)
        .with_for_update(of=Approval)
        .execution_options(populate_existing=True)
    ).one()
    if not held.waiting:
        raise Refused(_("This has been decided already, or was taken back. Nothing was changed."))
    return held


def _settle(approval: Approval, state: str, actor: Actor, reason: str) -> None:
    approval.state, approval.decided_at = state, clock.now()
    approval.decided_by_id, approval.decided_reason = actor.person_id, reason
    if state != APPROVED:
        kind_of(approval).dropped(approval)
    db.session.flush()
    audit.record(actor, f"approval.{state}", approval, reason=reason, kind=approval.kind)


def _carry_out(approval: Approval) -> None:
    """Done as the act of whoever asked, if they still may; else the approval says why it was not."""
    asker = db.session.get(Person, approval.asked_by_id) if approval.asked_by_id else None
    if asker is None or not asker.active:
        approval.problem = _("Whoever asked for this has no account any more.")
        return
    try:
        with db.session.begin_nested():
            approval.led_to = kind_of(approval).carry_out(asker.as_actor(), approval) or ""
    except Refused as refused:
        approval.problem = refused.sentence
    except PermissionError:
        approval.problem = _("Whoever asked may no longer do this.")


def _tell_asker(approval: Approval) -> None:
    asker = db.session.get(Person, approval.asked_by_id) if approval.asked_by_id else None
    if asker is not None and asker.active:
        post_mail(
            DECIDED, asker.email, key=f"{DECIDED}:{approval.id}", person_id=asker.id, approval_id=approval.id
        )
