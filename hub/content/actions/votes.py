"""One person, one vote a post; the counters are kept in the same transaction."""

from sqlalchemy import delete, update
from sqlalchemy.orm.attributes import set_committed_value

from hub.content.models import OPENING, Item, Post, Vote
from hub.core.database import db
from hub.core.policy import Actor

from .permitting import permit
from .spine import add_once, change_item


def set_vote(actor: Actor, post: Post, useful: bool) -> None:
    """Say that a post is useful, or take it back. Saying it twice is saying it once."""
    permit(actor, "post.vote", post)
    if useful:
        step = 1 if add_once(Vote, post_id=post.id, person_id=actor.person_id) else 0
    else:
        taken = db.session.execute(
            delete(Vote.__table__).where(Vote.post_id == post.id, Vote.person_id == actor.person_id)
        )
        step = -taken.rowcount  # type: ignore[attr-defined]
    if not step:
        return
    score = db.session.execute(
        update(Post.__table__)
        .where(Post.id == post.id)
        .values(score=Post.score + step)
        .returning(Post.__table__.c.score)
    ).scalar_one()
    set_committed_value(post, "score", score)
    change_item(post.item, **({"score": Item.score + step} if post.kind == OPENING else {}))
