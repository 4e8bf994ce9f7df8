"""Who sees a group, who reads its talk, who may do what in it."""

from datetime import timedelta

from sqlalchemy import ColumnElement, false, or_, select, true

from hub.accounts.models import Person
from hub.core.policy import MEMBER, Actor, grant, permission, visibility

from .models import (
    HIDDEN,
    OPEN,
    PART_OPEN,
    PUBLIC,
    Group,
    Invitation,
    JoinRequest,
    Membership,
)

# One on holiday must not leave a group without anybody to ask.
FACILITATORS_WANTED = 2

# Long enough to answer a complaint, short enough that nobody forgets they are reading.
RECORDED_ACCESS_LASTS = timedelta(hours=1)


@visibility(Group)
def _sees_group(actor: Actor) -> ColumnElement[bool]:
    return or_(Group.visibility != HIDDEN, Group.id.in_(actor.read_groups))


@visibility(Membership)
def _sees_membership(actor: Actor) -> ColumnElement[bool]:
    """Members know each other; the facilitators of a group that anyone reads are known to all."""
    known = select(Group.id).where(Group.visibility.in_((PUBLIC, PART_OPEN)))
    return or_(
        Membership.group_id.in_(actor.read_groups),
        Membership.group_id.in_(known) & (Membership.role != MEMBER),
    )


@visibility(JoinRequest)
def _sees_request(actor: Actor) -> ColumnElement[bool]:
    return JoinRequest.group_id.in_(actor.moderated_groups)


@visibility(Invitation)
def _sees_invitation(_actor: Actor) -> ColumnElement[bool]:
    """Whoever holds its address, which is random; it is never listed."""
    return true()


@grant(Person)
def _meets_person(actor: Actor) -> ColumnElement[bool]:
    """People of one's own groups; for who is signed in, people of any group that is not hidden; and for
    all, the facilitators of groups that anyone reads. Moderators meet who asks to join. Being in a hidden
    group shows nobody to others."""
    ways = [Membership.group_id.in_(actor.read_groups)]
    if actor.signed_in:
        ways.append(Group.visibility != HIDDEN)
    else:
        ways.append(Group.visibility.in_((PUBLIC, PART_OPEN)) & (Membership.role != MEMBER))
    met = (
        select(Membership.person_id)
        .join(Group, Group.id == Membership.group_id)
        .where(Membership.person_id == Person.id, or_(false(), *ways))
    )
    asking = select(JoinRequest.person_id).where(
        JoinRequest.person_id == Person.id, JoinRequest.group_id.in_(actor.moderated_groups)
    )
    return Person.active & or_(met.exists(), asking.exists())


def talk_is_read(group_id: ColumnElement[int], actor: Actor) -> ColumnElement[bool]:
    """The condition under which everything that members write in a group is read by the actor."""
    return or_(
        group_id.in_(select(Group.id).where(Group.visibility == PUBLIC)),
        group_id.in_(actor.read_groups),
    )


def chosen_is_read(group_id: ColumnElement[int]) -> ColumnElement[bool]:
    """The condition under which anyone reads what moderators have chosen to show of a group."""
    return group_id.in_(select(Group.id).where(Group.visibility.in_((PUBLIC, PART_OPEN))))


def reads_talk(actor: Actor, group: Group) -> bool:
    return group.visibility == PUBLIC or group.id in actor.read_groups


def opens(before: str, after: str) -> bool:
    """Whether people who read nothing of a group until now read something of it after such a change."""
    read_by_more = {PUBLIC: 2, PART_OPEN: 1}
    return read_by_more.get(after, 0) > read_by_more.get(before, 0)


@permission("group.read")
def _may_read(_actor: Actor, _group: Group) -> bool:
    return True  # whoever sees it


@permission("group.members")
def _may_see_members(actor: Actor, group: Group) -> bool:
    return group.id in actor.read_groups


@permission("group.join")
def _may_join(actor: Actor, group: Group) -> bool:
    return actor.signed_in and not actor.is_member(group.id) and group.joining == OPEN


@permission("group.enter")
def _may_enter(actor: Actor, _group: Group) -> bool:
    """See the page on which one joins, asks, or reads that joining is by invitation."""
    return actor.signed_in


@permission("group.accept_invitation")
def _may_accept(actor: Actor, invitation: Invitation) -> bool:
    """See it and, once signed in, take it up."""
    return invitation.stands or actor.is_member(invitation.group_id)


@permission("group.leave")
def _may_leave(actor: Actor, group: Group) -> bool:
    return actor.is_member(group.id)


@permission("group.write")
def _may_write(actor: Actor, group: Group) -> bool:
    """Start a discussion, ask a question, propose guidance."""
    return actor.is_member(group.id)


@permission("group.moderate")
def _may_moderate(actor: Actor, group: Group) -> bool:
    """Answer requests, invite, confirm organisations, remove members."""
    return actor.moderates(group.id)


@permission("group.own")
def _may_own(actor: Actor, group: Group) -> bool:
    """Change its settings and roles."""
    return actor.owns(group.id)


@permission("group.create", on=False)
def _may_create(actor: Actor, _subject: None) -> bool:
    return actor.administrator
