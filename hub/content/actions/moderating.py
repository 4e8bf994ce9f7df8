"""Taking posts and items out of sight at once, reversibly, and putting them back."""

from sqlalchemy import update

from hub.content.models import SHOWN, Item, Post
from hub.core import clock
from hub.core.audit import record
from hub.core.database import db
from hub.core.outbox import emit
from hub.core.policy import Actor

from .permitting import permit
from .posts import COUNTED
from .rendering import hold_with_quoting, render_quoting
from .spine import change_item, changed, happened


def withdraw(actor: Actor, subject: Item | Post, reason: str = "") -> None:
    """Nobody but its author and the moderators see it from now on, and no post quotes it. An opening post
    takes its item with it."""
    _set(actor, subject, reason, withdrawn=True)


def restore(actor: Actor, subject: Item | Post, reason: str = "") -> None:
    """Undo a withdrawal."""
    _set(actor, subject, reason, withdrawn=False)


def _set(actor: Actor, subject: Item | Post, reason: str, *, withdrawn: bool) -> None:
    item = subject if isinstance(subject, Item) else subject.item
    permit(actor, "item.moderate", item)
    if isinstance(subject, Post) and subject.position == 1:
        subject = item
    done = _set_item(item, withdrawn) if isinstance(subject, Item) else _set_post(item, subject, withdrawn)
    if not done:
        return
    verb = "withdrawn" if withdrawn else "restored"
    record(actor, f"{subject.__tablename__}.{verb}", subject, group_id=item.group_id, reason=reason)
    if not withdrawn and item.published_at is not None:
        # Whoever was not told of it, because it was out of sight, is told now.
        happened(SHOWN, actor, item, subject if isinstance(subject, Post) else None)
    if isinstance(subject, Post):
        emit(f"post.{verb}", post_id=subject.id, item_id=item.id)
        changed(item, subject)
    else:
        emit(f"item.{verb}", item_id=item.id)
        changed(item)


def _set_item(item: Item, withdrawn: bool) -> bool:
    shown = Item.withdrawn_at.is_(None)
    return change_item(item, shown if withdrawn else ~shown, withdrawn_at=clock.now() if withdrawn else None)


def _set_post(item: Item, post: Post, withdrawn: bool) -> bool:
    shown = Post.withdrawn_at.is_(None)
    moment = clock.now() if withdrawn else None
    hold_with_quoting(post)
    done = db.session.execute(
        update(Post)
        .where(Post.id == post.id, shown if withdrawn else ~shown)
        .values(withdrawn_at=moment)
        .execution_options(synchronize_session=False)
    )
    if done.rowcount != 1:  # type: ignore[attr-defined]
        return False
    post.withdrawn_at = moment
    step = 0 if post.kind not in COUNTED else -1 if withdrawn else 1
    change_item(item, reply_count=Item.reply_count + step)
    render_quoting(post)
    return True
