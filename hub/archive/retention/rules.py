"""Who sees holds: those who keep the collection."""

from sqlalchemy import ColumnElement, false, or_, select

from hub.archive.approvals.models import Approval
from hub.archive.rules import kept_by
from hub.core.policy import Actor, permission, visibility, visible

from .disposal_models import Disposal
from .models import Hold
from .schedule_models import Schedule, ScheduleDraft


@visibility(Hold)
def _sees_hold(actor: Actor) -> ColumnElement[bool]:
    return kept_by(Hold.collection_id, actor)


@permission("hold.keep")
def _may_release(actor: Actor, _hold: Hold) -> bool:
    return actor.signed_in  # whoever sees it keeps its collection


@visibility(Schedule)
def _sees_schedule(actor: Actor) -> ColumnElement[bool]:
    return kept_by(Schedule.collection_id, actor)


@visibility(ScheduleDraft)
def _sees_draft(actor: Actor) -> ColumnElement[bool]:
    return kept_by(ScheduleDraft.collection_id, actor)


@visibility(Disposal)
def _sees_disposal(actor: Actor) -> ColumnElement[bool]:
    """The keepers; and whoever was asked to agree, who sees what became of it."""
    if not actor.signed_in:
        return false()
    decided = select(Approval.id).where(visible(Approval, actor))
    return or_(kept_by(Disposal.collection_id, actor), Disposal.approval_id.in_(decided))


@permission("disposal.read")
def _may_read_disposal(_actor: Actor, _disposal: Disposal) -> bool:
    return True  # whoever sees it


@permission("schedule.keep")
def _may_keep_schedule(actor: Actor, _schedule: Schedule | ScheduleDraft) -> bool:
    return actor.signed_in  # whoever sees it keeps its collection
