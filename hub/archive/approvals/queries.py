"""Reads of approvals: what waits for the actor, what they asked for, what was decided lately."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from hub.archive.models import ArchivedPost
from hub.archive.queries import Row, rows_of
from hub.archive.rules import revealed
from hub.core.database import db
from hub.core.policy import Actor, visible

from .models import WAITING, Approval, ApprovalPost
from .rules import waits_for

# As many as somebody works through; the others come up as they do.
SHOWN = 50
# Posts of one approval that a page shows whole; of a whole collection's export nobody reads more.
POSTS_SHOWN = 20

_WITH_PEOPLE = (joinedload(Approval.asked_by), joinedload(Approval.second), joinedload(Approval.decided_by))


def waiting_for(actor: Actor) -> Sequence[Approval]:
    """What the actor may decide, the oldest first."""
    statement = select(Approval).where(visible(Approval, actor), waits_for(actor)).options(*_WITH_PEOPLE)
    return db.session.scalars(statement.order_by(Approval.asked_at, Approval.id).limit(SHOWN)).all()


def how_many_wait_for(actor: Actor) -> int:
    return db.session.scalar(select(func.count()).select_from(Approval).where(waits_for(actor))) or 0


def asked_by(actor: Actor) -> Sequence[Approval]:
    """What the actor asked for and is not decided, the oldest first."""
    statement = select(Approval).where(
        visible(Approval, actor), Approval.asked_by_id == actor.person_id, Approval.state == WAITING
    )
    statement = statement.options(*_WITH_PEOPLE).order_by(Approval.asked_at, Approval.id)
    return db.session.scalars(statement.limit(SHOWN)).all()


def others_asked(actor: Actor) -> Sequence[Approval]:
    """What another asked for and a third decides: of collections that the actor keeps or approves for."""
    statement = select(Approval).where(
        visible(Approval, actor),
        Approval.state == WAITING,
        Approval.asked_by_id.is_distinct_from(actor.person_id),
        ~waits_for(actor),
    )
    statement = statement.options(*_WITH_PEOPLE).order_by(Approval.asked_at, Approval.id)
    return db.session.scalars(statement.limit(SHOWN)).all()


def decided_lately(actor: Actor) -> Sequence[Approval]:
    """What was decided of all that the actor sees, the newest first."""
    statement = select(Approval).where(visible(Approval, actor), Approval.state != WAITING)
    statement = statement.options(*_WITH_PEOPLE).order_by(Approval.decided_at.desc(), Approval.id.desc())
    return db.session.scalars(statement.limit(SHOWN)).all()


def asked_already(code: str, post_ids: Sequence[int]) -> set[int]:
    """Of these posts, those about which something of this kind waits for a decision."""
    return set(
        db.session.scalars(
            select(ApprovalPost.post_id)
            .join(Approval, Approval.id == ApprovalPost.approval_id)
            .where(Approval.kind == code, Approval.state == WAITING, ApprovalPost.post_id.in_(post_ids))
        )
    )


def how_many_posts(approval: Approval) -> int:
    return db.session.scalar(
        select(func.count()).select_from(ApprovalPost).where(ApprovalPost.approval_id == approval.id)
    )


def posts_of(approval: Approval) -> list[Row]:
    """The first posts that an approval is about, as whoever decides reads them."""
    statement = (
        select(ArchivedPost)
        .join(ApprovalPost, ApprovalPost.post_id == ArchivedPost.id)
        .where(ApprovalPost.approval_id == approval.id, revealed(ArchivedPost.import_id))
        .order_by(ArchivedPost.sort_at, ArchivedPost.token)
        .limit(POSTS_SHOWN)
        .options(joinedload(ArchivedPost.account))
    )
    return rows_of(db.session.scalars(statement).all())
