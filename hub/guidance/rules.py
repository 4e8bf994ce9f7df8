"""Who sees drafts, who edits, who publishes; when a page is to be looked at again."""

from datetime import date, timedelta

from sqlalchemy import ColumnElement, and_, select

from hub.content.models import ANSWER, GUIDANCE, Item, Post, Revision, RevisionFile, StoredFile
from hub.core.policy import Actor, grant, permission
from hub.groups.models import Group

from .models import SUPERSEDED, Guidance

# Law and practice move; a page that nobody looked at for a year is not to be trusted blindly.
USUAL_REVIEW = timedelta(days=365)
# A page that need not be looked at for longer has been forgotten, not reviewed.
LONGEST_REVIEW = timedelta(days=3 * 365)

LONGEST_NOTE = 300
LONGEST_DOUBT = 1000
MOST_SOURCES = 40
LONGEST_SOURCE = 300


@grant(Item)
def _members_see_drafts(actor: Actor) -> ColumnElement[bool]:
    """A draft is written together: the group's members see it before it is published."""
    return and_(
        Item.kind == GUIDANCE,
        Item.published_at.is_(None),
        Item.withdrawn_at.is_(None),
        Item.group_id.in_(list(actor.roles)),
    )


@grant(StoredFile)
def _members_see_files_of_what_waits(actor: Actor) -> ColumnElement[bool]:
    """Files of drafts, and of revisions that are newer than what readers see: the group writes
    them together."""
    newer = (
        select(RevisionFile.file_id)
        .join(Revision, Revision.id == RevisionFile.revision_id)
        .join(Post, and_(Post.id == Revision.post_id, Post.revision_number <= Revision.number))
        .join(Item, Item.id == Post.item_id)
        .where(
            RevisionFile.file_id == StoredFile.id,
            Item.kind == GUIDANCE,
            Item.withdrawn_at.is_(None),
            Item.group_id.in_(list(actor.roles)),
        )
        .correlate(StoredFile)
        .exists()
    )
    return and_(StoredFile.erased_at.is_(None), newer)


@permission("guidance.start")
def _may_start(actor: Actor, group: Group) -> bool:
    return actor.is_member(group.id)


@permission("guidance.derive")
def _may_derive(actor: Actor, answer: Post) -> bool:
    """Turn an answer into guidance. Needs `item` loaded."""
    return (
        answer.kind == ANSWER
        and answer.withdrawn_at is None
        and answer.item.withdrawn_at is None
        and actor.moderates(answer.item.group_id)
    )


@permission("guidance.edit")
def _may_edit(actor: Actor, item: Item) -> bool:
    """Every member proposes; what readers see changes only when a moderator publishes."""
    return (
        item.kind == GUIDANCE
        and actor.is_member(item.group_id)
        and not item.closed
        and item.withdrawn_at is None
    )


@permission("guidance.history")
def _may_read_history(actor: Actor, item: Item) -> bool:
    """Revisions that were never published are the group's own."""
    return item.kind == GUIDANCE and actor.is_member(item.group_id)


@permission("guidance.publish")
def _may_publish(actor: Actor, item: Item) -> bool:
    return item.kind == GUIDANCE and actor.moderates(item.group_id) and item.withdrawn_at is None


@permission("guidance.check")
def _may_check(actor: Actor, page: Guidance) -> bool:
    """Say that a published page is still true, or that it no longer is: its owner, and moderators."""
    item = page.item
    return (
        page.published_number is not None
        and item.state != SUPERSEDED
        and item.withdrawn_at is None
        and actor.is_member(item.group_id)
        and (actor.moderates(item.group_id) or page.owner_id == actor.person_id)
    )


def usual_review_by(today: date) -> date:
    return today + USUAL_REVIEW


def acceptable_review_by(review_by: date, today: date) -> bool:
    return today < review_by <= today + LONGEST_REVIEW
