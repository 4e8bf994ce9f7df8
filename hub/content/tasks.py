"""The worker numbers activities: windows of a digest are ranges of numbers, never of clock time."""

from sqlalchemy import select

from hub.core.database import db
from hub.core.outbox import on

from .models import Activity, Numbering

# One worker at a time. Whatever it can see is committed: numbers rise in order of commit.
NUMBERING = "activity numbers"


@on("activity", serial=NUMBERING)
def number_activities(activity_id: int) -> None:
    """Give the next numbers to everything committed that has none. Its own activity is one of them.

    The row of the last number is held meanwhile, so that even a worker whose lease ended cannot number beside
    another. It is kept apart from the activities, so that numbers are not given again after deletions: what a
    subscriber's watermark has passed would never be told.
    """
    numbering = db.session.scalars(select(Numbering).with_for_update()).one_or_none()
    if numbering is None:
        numbering = Numbering(id=1, last_number=0)
        db.session.add(numbering)
        db.session.flush()
    waiting = db.session.scalars(
        select(Activity).where(Activity.number.is_(None)).order_by(Activity.id)
    ).all()
    for activity in waiting:
        numbering.last_number += 1
        activity.number = numbering.last_number
