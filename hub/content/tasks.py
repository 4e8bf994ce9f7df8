"""The worker numbers activities: windows of a digest are ranges of numbers, never of clock time. And it
renders anew what quotes a withdrawn post, where that is too much for one request."""

from sqlalchemy import select

from hub.core.database import db
from hub.core.outbox import emit, on

from .actions.rendering import hold_with_quoting, render_quoting
from .actions.spine import happened_in, hold_item, hold_numbering, touch
from .files import storing
from .models import JOINED, OPENED, Activity, Post

__all__ = ["number_activities", "render_what_is_left", "storing", "tell_that_it_is_open", "tell_who_joined"]

# One worker at a time. Whatever it can see is committed: numbers rise in order of commit.
NUMBERING = "activity numbers"


@on("activity", serial=NUMBERING)
def number_activities(activity_id: int) -> None:
    """Give the next numbers to everything committed that has none. Its own activity is one of them.

    The row of the last number is held meanwhile, so that even a worker whose lease ended cannot number beside
    another. It is kept apart from the activities, so that numbers are not given again after deletions: what a
    subscriber's watermark has passed would never be told.
    """
    numbering = hold_numbering()
    first = numbering.last_number + 1
    waiting = db.session.scalars(
        select(Activity).where(Activity.number.is_(None)).order_by(Activity.id)
    ).all()
    for activity in waiting:
        numbering.last_number += 1
        activity.number = numbering.last_number
    if waiting:
        emit("activities.numbered", first=first, last=numbering.last_number)


@on("group.joined")
def tell_who_joined(group_id: int, person_id: int) -> None:
    happened_in(JOINED, group_id, person_id)


@on("group.opened")
def tell_that_it_is_open(group_id: int, person_id: int | None) -> None:
    happened_in(OPENED, group_id, person_id)


@on("quotes.left")
def render_what_is_left(post_id: int, after: int) -> None:
    quoted = db.session.get(Post, post_id)
    if quoted is not None:
        hold_with_quoting(quoted)
        hold_item(quoted.item)
        render_quoting(quoted, after)
        touch(quoted.item)
