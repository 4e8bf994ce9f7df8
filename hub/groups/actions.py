"""Founding a group, coming in, going out, and who carries which role."""

from flask_babel import gettext as _
from sqlalchemy import delete, func, select

from hub.accounts.models import Person
from hub.core import audit, clock
from hub.core.database import db, new_token
from hub.core.errors import Refused
from hub.core.mail import post_mail
from hub.core.markup import render
from hub.core.outbox import emit
from hub.core.policy import MEMBER, OWNER, ROLES, Actor
from hub.core.slugs import numbered, slug

from .models import JOINING, OPEN, PUBLIC, VISIBILITIES, Group, Invitation, JoinRequest, Membership
from .models import RecordedAccess as Access
from .rules import RECORDED_ACCESS_LASTS, opens

INVITATION, ACCEPTED, DECLINED = "group.invitation", "group.request_accepted", "group.request_declined"

# Parts of addresses under /groups/ that are pages of their own.
RESERVED_SLUGS = frozenset({"new"})


def create_group(
    actor: Actor,
    *,
    name: str,
    address: str = "",
    summary: str = "",
    welcome: str = "",
    visibility: str = PUBLIC,
    joining: str = OPEN,
    is_sample: bool = False,
) -> Group:
    """A new group, owned by whoever founds it (by nobody yet when the hub itself does).

    address: the last part of its address; made of the name when empty, numbered when taken.
    """
    base = slug(address or name, 50) or "group"
    taken = set(db.session.scalars(select(Group.slug).where(Group.slug.startswith(base)))) | RESERVED_SLUGS
    number = 1
    while numbered(base, number) in taken:
        number += 1
    group = Group(slug=numbered(base, number), is_sample=is_sample)
    _describe(group, name=name, summary=summary, welcome=welcome, visibility=visibility, joining=joining)
    db.session.add(group)
    db.session.flush()
    emit("group.created", group_id=group.id)
    if actor.person_id is not None:
        add_member(group, actor.person_id, OWNER)
    return group


def change_group(
    actor: Actor,
    group: Group,
    *,
    name: str,
    summary: str,
    welcome: str,
    visibility: str,
    joining: str,
    mails_words: bool | None = None,
) -> None:
    """New settings. A change of who may read, and of what is mailed, is kept on record.

    mails_words: None leaves it as it is.
    """
    before = group.visibility
    _describe(group, name=name, summary=summary, welcome=welcome, visibility=visibility, joining=joining)
    db.session.flush()
    if before != visibility:
        audit.record(actor, "group.visibility", group, group_id=group.id, before=before, after=visibility)
        if opens(before, visibility):
            emit("group.opened", group_id=group.id, person_id=actor.person_id)
    if mails_words is not None and mails_words != group.mails_words:
        group.mails_words = mails_words
        audit.record(actor, "group.mails_words", group, group_id=group.id, after=mails_words)
    emit("group.changed", group_id=group.id)


def _describe(group: Group, *, name: str, summary: str, welcome: str, visibility: str, joining: str) -> None:
    if visibility not in VISIBILITIES or joining not in JOINING:
        raise Refused(_("Choose who may read and who may join of the lists."))
    group.name, group.summary = name.strip(), summary.strip()
    group.welcome_source, group.welcome_html = welcome, render(welcome)
    group.visibility, group.joining = visibility, joining


def add_member(group: Group, person_id: int, role: str = MEMBER) -> Membership:
    """Make somebody a member, whatever way they came. A member already keeps their role."""
    membership = db.session.get(Membership, (person_id, group.id))
    if membership is not None:
        return membership
    membership = Membership(person_id=person_id, group_id=group.id, role=role)
    db.session.add(membership)
    group.member_count = Group.member_count + 1  # counted by the database: two may come at once
    db.session.execute(
        delete(JoinRequest).where(JoinRequest.group_id == group.id, JoinRequest.person_id == person_id)
    )
    db.session.flush()
    emit("group.joined", group_id=group.id, person_id=person_id)
    return membership


def join(actor: Actor, group: Group) -> Membership:
    """Come into a group that anyone can join."""
    if group.joining != OPEN:
        raise Refused(_("This group chooses who joins it. Nothing has changed."))
    return add_member(group, _who(actor))


def ask_to_join(actor: Actor, group: Group, message: str = "") -> JoinRequest:
    """Ask the moderators. Asking again replaces the message."""
    request = db.session.get(JoinRequest, (group.id, _who(actor)))
    if request is None:
        request = JoinRequest(group_id=group.id, person_id=_who(actor))
        db.session.add(request)
    request.message = message.strip()
    db.session.flush()
    emit("group.requested", group_id=group.id, person_id=_who(actor))
    return request


def approve_request(actor: Actor, group: Group, request: JoinRequest) -> Membership:
    """Let them in, and tell them."""
    person = request.person
    membership = add_member(group, person.id)
    audit.record(actor, "group.approve_request", group, group_id=group.id, person=person.handle)
    _mail(person, ACCEPTED, group)
    return membership


def decline_request(actor: Actor, group: Group, request: JoinRequest, reason: str = "") -> None:
    """Say no, with a reason that they are told."""
    audit.record(
        actor, "group.decline_request", group, group_id=group.id, reason=reason, person=request.person.handle
    )
    _mail(request.person, DECLINED, group, reason=reason)
    db.session.delete(request)
    db.session.flush()


def invite(actor: Actor, group: Group, address: str) -> Invitation:
    """Invite an e-mail address. The mail holds a link; opening it changes nothing."""
    invitation = Invitation(
        group_id=group.id, group=group, to_address=address.strip().lower(), invited_by_id=actor.person_id
    )
    db.session.add(invitation)
    db.session.flush()
    post_mail(
        INVITATION,
        invitation.to_address,
        key=f"{INVITATION}:{invitation.token}",
        invitation_id=invitation.id,
    )
    return invitation


def accept_invitation(actor: Actor, invitation: Invitation) -> Membership:
    """Come in by an invitation, once."""
    if not invitation.stands:
        raise Refused(_("This invitation has been used or is too old. Ask for a new one."))
    invitation.accepted_at = clock.now()
    return add_member(invitation.group, _who(actor))


def leave(actor: Actor, group: Group) -> None:
    """Go. What one wrote stays; a group keeps an owner."""
    membership = db.session.get(Membership, (_who(actor), group.id))
    if membership is not None:
        _keep_an_owner(membership, _("You are its last owner. Make somebody else an owner first."))
        _remove(group, membership)


def remove_member(actor: Actor, group: Group, membership: Membership, reason: str) -> None:
    """A moderator removes a member; only an owner removes a moderator or an owner."""
    if membership.role != MEMBER and not actor.owns(group.id):
        raise Refused(_("Only an owner can remove a moderator."))
    _keep_an_owner(membership, _("This is the group's last owner."))
    audit.record(
        actor,
        "group.remove_member",
        group,
        group_id=group.id,
        reason=reason,
        person=membership.person.handle,
    )
    _remove(group, membership)


def _remove(group: Group, membership: Membership) -> None:
    person_id = membership.person_id
    db.session.delete(membership)
    group.member_count = Group.member_count - 1
    db.session.flush()
    emit("group.left", group_id=group.id, person_id=person_id)


def set_role(actor: Actor, group: Group, membership: Membership, role: str) -> None:
    """An owner changes a role; the group keeps an owner."""
    if role not in ROLES:
        raise Refused(_("There is no such role."))
    if role == membership.role:
        return
    if role != OWNER:
        _keep_an_owner(membership, _("This is the group's last owner. Make somebody else an owner first."))
    before, membership.role = membership.role, role
    db.session.flush()
    audit.record(
        actor,
        "group.set_role",
        group,
        group_id=group.id,
        person=membership.person.handle,
        before=before,
        after=role,
    )
    emit("group.role_changed", group_id=group.id, person_id=membership.person_id, role=role)


def _keep_an_owner(membership: Membership, sentence: str) -> None:
    if membership.role != OWNER:
        return
    owners = db.session.scalar(
        select(func.count())
        .select_from(Membership)
        .where(Membership.group_id == membership.group_id, Membership.role == OWNER)
    )
    if owners == 1:
        raise Refused(sentence)


def read_by_recorded_act(actor: Actor, group: Group, reason: str) -> Access:
    """An administrator reads a group for a while. Its members see who and why."""
    access = Access(
        person_id=_who(actor), group_id=group.id, reason=reason, until=clock.now() + RECORDED_ACCESS_LASTS
    )
    db.session.add(access)
    db.session.flush()
    audit.record(actor, "group.read", group, group_id=group.id, reason=reason, until=access.until.isoformat())
    emit("group.read_by_administrator", group_id=group.id, person_id=access.person_id)
    return access


def end_recorded_act(access: Access) -> None:
    access.until = min(access.until, clock.now())


def _who(actor: Actor) -> int:
    if actor.person_id is None:
        raise Refused(_("Sign in first."))
    return actor.person_id


def _mail(person: Person, purpose: str, group: Group, **payload: str) -> None:
    post_mail(
        purpose,
        person.email,
        key=f"{purpose}:{new_token()}",
        person_id=person.id,
        group_id=group.id,
        **payload,
    )
