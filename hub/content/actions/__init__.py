"""What people do with items and posts. Actor first; the policy is asked; nothing commits.

Every change that a reader could see raises the item's version, writes what follows to the outbox, and is
told as an activity when it is news.
"""

from .drafts import drop_draft, keep_draft
from .following import mark_read, unwatch, watch
from .items import close_item, edit_item, link_items, reopen_item, start_item
from .moderating import restore, withdraw
from .permitting import NotPermitted
from .posts import EditConflict, add_post, edit_post
from .spine import happened, touch
from .topics import set_group_topics
from .votes import set_vote

__all__ = [
    "EditConflict",
    "NotPermitted",
    "add_post",
    "close_item",
    "drop_draft",
    "edit_item",
    "edit_post",
    "happened",
    "keep_draft",
    "link_items",
    "mark_read",
    "reopen_item",
    "restore",
    "set_group_topics",
    "set_vote",
    "start_item",
    "touch",
    "unwatch",
    "watch",
    "withdraw",
]
