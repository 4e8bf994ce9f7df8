"""Who sees what was asked for, and who decides it."""

from sqlalchemy import ColumnElement, and_, false, or_, select

from hub.archive.models import Collection, Media, PostMedia, PostVersion
from hub.archive.rules import kept_by
from hub.core.policy import Actor, grant, permission, visibility

from .kinds import A_SECOND_PERSON, THE_APPROVER, codes, kind_of
from .models import WAITING, Approval, ApprovalPost

LONGEST_REASON = 1_000


def approved_by(collection_id: ColumnElement[int], actor: Actor) -> ColumnElement[bool]:
    """The collections that nothing leaves without the actor."""
    if not actor.signed_in:
        return false()  # nobody is the approver of collections that have none
    return collection_id.in_(select(Collection.id).where(Collection.approver_id == actor.person_id))


@visibility(Approval)
def _sees_approval(actor: Actor) -> ColumnElement[bool]:
    """The keepers, the approver, whoever was named to decide, and whoever asked."""
    if not actor.signed_in:
        return false()
    return or_(
        kept_by(Approval.collection_id, actor),
        approved_by(Approval.collection_id, actor),
        Approval.second_id == actor.person_id,
        Approval.asked_by_id == actor.person_id,
    )


@grant(Media)
def _pictures_to_decide_about(actor: Actor) -> ColumnElement[bool]:
    """Whoever decides sees the pictures of what they decide about."""
    if not actor.signed_in:
        return false()
    return ~Media.collection_id.in_(select(Collection.id).where(Collection.sealed)) & (
        select(PostMedia.id)
        .join(PostVersion, PostVersion.id == PostMedia.version_id)
        .join(ApprovalPost, ApprovalPost.post_id == PostVersion.post_id)
        .join(Approval, Approval.id == ApprovalPost.approval_id)
        .where(PostMedia.media_id == Media.id, waits_for(actor))
        .correlate(Media)
        .exists()
    )


def waits_for(actor: Actor) -> ColumnElement[bool]:
    """The condition under which an Approval waits for the actor's decision; `may_decide` for many."""
    if not actor.signed_in:
        return false()
    approver = approved_by(Approval.collection_id, actor)
    second = or_(kept_by(Approval.collection_id, actor), approver, Approval.second_id == actor.person_id)
    return and_(
        Approval.state == WAITING,
        Approval.asked_by_id.is_distinct_from(actor.person_id),
        or_(
            and_(Approval.kind.in_(codes(THE_APPROVER)), approver),
            and_(Approval.kind.in_(codes(A_SECOND_PERSON)), second),
        ),
    )


def may_decide(actor: Actor, approval: Approval) -> bool:
    """Never whoever asked."""
    if not actor.signed_in or not approval.waiting or approval.asked_by_id == actor.person_id:
        return False
    collection = approval.collection
    if collection.approver_id == actor.person_id:
        return True
    if kind_of(approval).decides == THE_APPROVER:
        return False
    keeps = any(keeper.person_id == actor.person_id for keeper in collection.keepers)
    return keeps or approval.second_id == actor.person_id


@permission("approval.read")
def _may_read(_actor: Actor, _approval: Approval) -> bool:
    return True  # whoever sees it


@permission("approval.decide")
def _may_decide(actor: Actor, approval: Approval) -> bool:
    return may_decide(actor, approval)


@permission("approval.take_back")
def _may_take_back(actor: Actor, approval: Approval) -> bool:
    return actor.signed_in and approval.waiting and approval.asked_by_id == actor.person_id
