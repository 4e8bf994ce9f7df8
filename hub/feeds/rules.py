"""Who reads which feed, and how much one holds."""

from sqlalchemy import ColumnElement, false

from hub.content.rules import is_open_to_all
from hub.core.policy import Actor, permission, visibility
from hub.groups.models import PART_OPEN, PUBLIC

from .models import PrivateFeed
from .subjects import Subject

# What is new since somebody last looked; what is older is on further pages.
ENTRIES = 30
# Documents that the index names before they are read again through the policy.
FOUND = 100
# Pages that one calendar tells of: more than one group ever looks after.
MOST_EVENTS = 500
# Somebody with more has a program that makes them.
MOST_PRIVATE = 100


@permission("feed.read")
def _may_read(_actor: Actor, subject: Subject) -> bool:
    """The open feed, whoever asks: it holds what anybody sees."""
    if subject.item is not None:
        return is_open_to_all(subject.item)
    return subject.group is None or subject.group.visibility in {PUBLIC, PART_OPEN}


@visibility(PrivateFeed)
def _sees_private(actor: Actor) -> ColumnElement[bool]:
    """Their own, to be revoked. What it shows is opened by its key alone."""
    return PrivateFeed.person_id == actor.person_id if actor.signed_in else false()


@permission("feed.revoke")
def _may_revoke(actor: Actor, feed: PrivateFeed) -> bool:
    return feed.person_id == actor.person_id
