"""Bounds of writing by mail, and who sees and settles what is held."""

from datetime import timedelta

from sqlalchemy import ColumnElement

from hub.core.policy import Actor, permission, visibility

from .models import HeldMessage

# A person who writes more than this by mail in an hour is not one; counted over all groups.
POSTS_AN_HOUR = 20
# Answers of ours to one address in a day: enough to mend what went wrong, too few for two machines to talk.
ANSWERS_A_DAY = 5
# Who is written to in somebody's name finds a few messages waiting, never a heap.
MOST_HELD = 10
# Long enough for a holiday; what was not wanted by then is forgotten.
HELD_FOR = timedelta(days=14)
# A message that comes again after this is another one.
REMEMBERED = timedelta(days=90)


@visibility(HeldMessage)
def _sees_held(actor: Actor) -> ColumnElement[bool]:
    """One's own: nobody else reads what was perhaps not meant to be read."""
    return HeldMessage.person_id == (actor.person_id or 0)


@permission("held_message.settle")
def _may_settle(actor: Actor, held: HeldMessage) -> bool:
    return actor.person_id is not None and held.person_id == actor.person_id
