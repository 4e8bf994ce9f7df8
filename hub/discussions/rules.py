"""Who may reply."""

from hub.content.models import DISCUSSION, Item
from hub.core.policy import Actor, can, permission

# What one reads in one go; also what keeps a page of the longest replies small enough for a phone.
POSTS_A_PAGE = 20


@permission("discussion.reply")
def _may_reply(actor: Actor, item: Item) -> bool:
    return item.kind == DISCUSSION and can(actor, "item.contribute", item)
