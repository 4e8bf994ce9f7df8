"""The worker numbers activities: windows of a digest are ranges of numbers, never of clock time."""

from sqlalchemy import func, select

from hub.core.database import db
from hub.core.outbox import on

from .models import Activity

# One worker at a time. Whatever it can see is committed: numbers rise in order of commit.
NUMBERING = "activity numbers"


@on("activity", serial=NUMBERING)
def number_activities(activity_id: int) -> None:
    """Give the next numbers to everything committed that has none. Its own activity is one of them."""
    last = db.session.scalar(select(func.max(Activity.number))) or 0
    waiting = db.session.scalars(
        select(Activity).where(Activity.number.is_(None)).order_by(Activity.id)
    ).all()
    for number, activity in enumerate(waiting, start=last + 1):
        activity.number = number
