"""Who sees a group, who reads its talk, who may do what in it."""

from sqlalchemy import ColumnElement, or_, select

from hub.core.policy import Actor, permission, visibility

from .models import BY_INVITATION, HIDDEN, PART_OPEN, PUBLIC, Group, Membership


@visibility(Group)
def _sees_group(actor: Actor) -> ColumnElement[bool]:
    return or_(Group.visibility != HIDDEN, Group.id.in_(actor.roles))


@visibility(Membership)
def _sees_membership(actor: Actor) -> ColumnElement[bool]:
    """Members know each other; a public group's facilitators are known to all."""
    known = select(Group.id).where(Group.visibility == PUBLIC)
    return or_(
        Membership.group_id.in_(actor.roles),
        Membership.group_id.in_(known) & (Membership.role != "member"),
    )


def talk_is_read(group_id: ColumnElement[int], actor: Actor) -> ColumnElement[bool]:
    """The condition under which everything that members write in a group is read by the actor."""
    return or_(
        group_id.in_(select(Group.id).where(Group.visibility == PUBLIC)),
        group_id.in_(actor.roles),
    )


def chosen_is_read(group_id: ColumnElement[int]) -> ColumnElement[bool]:
    """The condition under which anyone reads what moderators have chosen to show of a group."""
    return group_id.in_(select(Group.id).where(Group.visibility.in_((PUBLIC, PART_OPEN))))


def reads_talk(actor: Actor, group: Group) -> bool:
    return group.visibility == PUBLIC or actor.is_member(group.id)


@permission("group.read")
def _may_read(_actor: Actor, _group: Group) -> bool:
    return True  # whoever sees it


@permission("group.join")
def _may_join(actor: Actor, group: Group) -> bool:
    return actor.signed_in and not actor.is_member(group.id) and group.joining != BY_INVITATION


@permission("group.leave")
def _may_leave(actor: Actor, group: Group) -> bool:
    return actor.is_member(group.id)


@permission("group.write")
def _may_write(actor: Actor, group: Group) -> bool:
    """Start a discussion, ask a question, propose guidance."""
    return actor.is_member(group.id)


@permission("group.moderate")
def _may_moderate(actor: Actor, group: Group) -> bool:
    return actor.moderates(group.id)


@permission("group.own")
def _may_own(actor: Actor, group: Group) -> bool:
    return actor.owns(group.id)
