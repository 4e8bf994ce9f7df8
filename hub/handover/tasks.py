"""Jobs of hand-overs: making one, and deleting the files of those that were made some days ago."""

from datetime import timedelta

from sqlalchemy import select

from hub.core import carrying, clock
from hub.core.database import db
from hub.core.jobs import job, scheduled

from . import actions, making, store
from .models import DONE, FAILED, GONE, UNDER_WAY, HandOver


def given_up(hand_over_id: int) -> None:
    """It failed again and again, on our side."""
    made = db.session.get(HandOver, hand_over_id)
    if made is not None and made.under_way:
        made.state, made.problem, made.finished_at = FAILED, "trouble", clock.now()
        actions.not_made(made)


@job("hand_over.make", long=True, given_up=given_up)
def make(hand_over_id: int) -> None:
    making.make(hand_over_id, sign_of_life=carrying.heartbeat)


@job("hand_over.sweep")
def sweep() -> None:
    """Files are there for some days; what was made stays known."""
    old = db.session.scalars(
        select(HandOver).where(HandOver.state == DONE, HandOver.finished_at < clock.now() - store.KEPT)
    )
    for made in old:
        made.state = GONE
    db.session.flush()
    kept = (DONE, *UNDER_WAY)
    store.sweep(set(db.session.scalars(select(HandOver.token).where(HandOver.state.in_(kept)))))


scheduled("hand_over.sweep", timedelta(days=1))
