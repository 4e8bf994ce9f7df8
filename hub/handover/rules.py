"""Who sees hand-overs, who may make one, and who gets its files."""

from datetime import timedelta

from sqlalchemy import ColumnElement

from hub.archive.rules import kept_by
from hub.core.policy import Actor, can, permission, visibility

from .models import HandOver

# Whoever waits should not wait behind themselves: so many of one person are under way at a time.
MOST_AT_A_TIME = 3

# A job that made nothing for so long has stopped.
STUCK_AFTER = timedelta(hours=1)


@visibility(HandOver)
def _sees_hand_over(actor: Actor) -> ColumnElement[bool]:
    """The keepers of its collection know of every hand-over."""
    return kept_by(HandOver.collection_id, actor)


@permission("hand_over.read")
def _may_read(_actor: Actor, _made: HandOver) -> bool:
    return True  # whoever sees it


@permission("hand_over.keep")
def _may_keep(actor: Actor, made: HandOver) -> bool:
    """Its files, its redactions, stopping it: for whoever made it, while they keep the collection."""
    return (
        actor.signed_in
        and made.person_id == actor.person_id
        and can(actor, "collection.keep", made.collection)
    )
