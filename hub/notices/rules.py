"""Who sees a notice, and when it counts as read."""

from datetime import timedelta

from sqlalchemy import ColumnElement, and_, or_, select

from hub.content.models import Post, ReadMark
from hub.core.policy import Actor, visibility, visible

from .models import ACCEPTED, ANSWERED, MENTIONED, POSTED, Notice

# What is mailed at once, and the column of `NoticePreference` that says whether somebody wants it. The rest
# waits on the page, and in digests.
MAILED = {ANSWERED: "answers", MENTIONED: "mentions", POSTED: "watched"}

# "At once" that comes days later is no news: the page of notices and the digest have told it.
MAILED_WITHIN = timedelta(days=2)

# Counted up to here; "more than this" is the same news.
MOST_COUNTED = 99

# Nobody looks for what they were told half a year ago.
KEPT = timedelta(days=180)


@visibility(Notice)
def _sees_notice(actor: Actor) -> ColumnElement[bool]:
    """One's own, of what one may see now."""
    post = select(Post.id).where(Post.id == Notice.post_id, visible(Post, actor)).correlate(Notice)
    return and_(Notice.person_id == (actor.person_id or 0), post.exists())


def is_unread() -> ColumnElement[bool]:
    """Not marked as read, and not passed by while reading the item. That an answer was accepted is told of a
    post that was there before."""
    passed = (
        select(ReadMark.item_id)
        .join(Post, Post.id == Notice.post_id)
        .where(
            ReadMark.person_id == Notice.person_id,
            ReadMark.item_id == Notice.item_id,
            ReadMark.position >= Post.position,
        )
        .correlate(Notice)
    )
    return and_(Notice.read_at.is_(None), or_(Notice.kind == ACCEPTED, ~passed.exists()))
