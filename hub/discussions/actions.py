"""Starting a discussion and replying."""

from collections.abc import Iterable, Sequence
from datetime import date

from hub.content import actions as content
from hub.content.actions.permitting import permit
from hub.content.models import DISCUSSION, REPLY, Item, Post, StoredFile, Topic
from hub.core.policy import Actor
from hub.groups.models import Group


def start_discussion(
    actor: Actor,
    group: Group,
    title: str,
    source: str,
    *,
    topics: Iterable[Topic] = (),
    applies_to: str = "",
    law_date: date | None = None,
    replies_by: date | None = None,
    files: Sequence[StoredFile] = (),
) -> Item:
    """A new discussion in a group; who starts it watches it. replies_by: the last day of a consultation."""
    filed = {"topics": topics, "applies_to": applies_to, "law_date": law_date, "replies_by": replies_by}
    return content.start_item(actor, group, DISCUSSION, title, source, files=files, **filed)


def reply(
    actor: Actor, item: Item, source: str, *, to: Post | None = None, files: Sequence[StoredFile] = ()
) -> Post:
    """The next post of a discussion; `to` is the post that it answers, if one."""
    permit(actor, "discussion.reply", item)
    return content.add_post(actor, item, REPLY, source, parent=to, files=files)
