"""What follows from changes on the spine."""

from sqlalchemy import select

from hub.content.actions.spine import change_item
from hub.content.models import Item
from hub.core.database import db
from hub.core.outbox import on

from .models import ANSWERED, WAITING, Question


@on("post.withdrawn")
def wait_again(post_id: int, item_id: int) -> None:
    """A question whose accepted answer is out of sight waits for an answer again. What the asker chose is
    kept: the answer may be put back."""
    _set_state(post_id, item_id, WAITING)


@on("post.restored")
def be_answered_again(post_id: int, item_id: int) -> None:
    _set_state(post_id, item_id, ANSWERED)


def _set_state(post_id: int, item_id: int, state: str) -> None:
    chosen = db.session.scalar(select(Question.accepted_post_id).where(Question.item_id == item_id))
    item = db.session.get(Item, item_id) if chosen == post_id else None
    if item is not None:
        change_item(item, state=state)
