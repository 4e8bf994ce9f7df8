"""Who reports, who decides, and how often."""

from sqlalchemy import ColumnElement, and_, false, or_, select

from hub.archive.models import ArchivedPost
from hub.archive.rules import kept_by
from hub.content.models import Post
from hub.core.audit import AuditEntry
from hub.core.policy import Actor, permission, visibility, visible
from hub.examples.models import Example, ExamplePost

from .models import Report

LONGEST_REPORT = 4_000
LONGEST_REASON = 1_000
# Enough for somebody who goes through a whole page of abuse; too few to bury a desk.
REPORTS_ALLOWED = "10 per hour"
# Each may take something out of sight at once, so fewer.
TAKEDOWNS_ALLOWED = "5 per hour"


@visibility(Report)
def _sees_report(actor: Actor) -> ColumnElement[bool]:
    """A group's moderators; the administrators see what is in no group; the keepers of what an example shows,
    who see where it stands, see that somebody asks for it to be taken down."""
    in_no_group = Report.group_id.is_(None) if actor.administrator else false()
    return or_(Report.group_id.in_(actor.moderated_groups), in_no_group, _asked_of_keepers(actor))


def _asked_of_keepers(actor: Actor) -> ColumnElement[bool]:
    if not actor.signed_in:
        return false()
    kept = (
        select(ExamplePost.example_id)
        .join(ArchivedPost, ArchivedPost.id == ExamplePost.archived_post_id)
        .join(Example, Example.id == ExamplePost.example_id)
        .join(Post, Post.id == Example.post_id)
        .where(kept_by(ArchivedPost.collection_id, actor), visible(Post, actor))
    )
    return and_(Report.takedown != "", Report.example_id.in_(kept))


@visibility(AuditEntry)
def _sees_the_log(actor: Actor) -> ColumnElement[bool]:
    """What was decided in a group is open to all its moderators; the rest to administrators."""
    in_no_group = AuditEntry.group_id.is_(None) if actor.administrator else false()
    return or_(AuditEntry.group_id.in_(actor.moderated_groups), in_no_group)


@permission("report.make", on=False)
def _may_report(_actor: Actor, _subject: None) -> bool:
    """Anybody, signed in or not."""
    return True


@permission("report.decide")
def _may_decide(actor: Actor, report: Report) -> bool:
    if report.takedown and report.example is not None and _keeps(actor, report.example):
        return True
    if report.group_id is None:
        return actor.administrator
    return actor.moderates(report.group_id)


def _keeps(actor: Actor, example: Example) -> bool:
    """Whether they keep something that the example shows; that they see the request is judged already."""
    return actor.signed_in and any(
        keeper.person_id == actor.person_id
        for part in example.shows
        for keeper in part.archived_post.collection.keepers
    )


@permission("desk.read", on=False)
def _may_sit_at_the_desk(actor: Actor, _subject: None) -> bool:
    return actor.administrator or bool(actor.moderated_groups)


def waits(actor: Actor, group_ids: list[int]) -> ColumnElement[bool]:
    """Which reports wait for the actor, of these groups; an administrator's are looked at with any."""
    in_no_group = Report.group_id.is_(None) if actor.administrator else false()
    mine = [group_id for group_id in group_ids if actor.moderates(group_id)]
    return and_(Report.decided_at.is_(None), or_(Report.group_id.in_(mine), in_no_group))
