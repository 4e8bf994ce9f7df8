"""Who sees holds: those who keep the collection."""

from sqlalchemy import ColumnElement

from hub.archive.rules import kept_by
from hub.core.policy import Actor, permission, visibility

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


@permission("schedule.keep")
def _may_keep_schedule(actor: Actor, _schedule: Schedule | ScheduleDraft) -> bool:
    return actor.signed_in  # whoever sees it keeps its collection
