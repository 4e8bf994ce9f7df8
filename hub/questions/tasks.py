"""What follows from changes on the spine."""

from hub.content.models import Item
from hub.core.database import db
from hub.core.outbox import on

from .actions import forget_accepted


@on("post.withdrawn")
def wait_again(post_id: int, item_id: int) -> None:
    """A question whose accepted answer is out of sight waits for an answer again."""
    item = db.session.get(Item, item_id)
    if item is not None:
        forget_accepted(item, post_id)
