"""Recounts what is counted in the transaction that changes it."""

from collections.abc import Iterator

from sqlalchemy import Select, func, select

from hub.core.checks import check
from hub.core.database import db
from hub.groups.models import Group, Membership

from .models import ANSWER, REPLY, Item, Post, Vote
from .rules import DRAWN_NUMBERS


@check("counters")
def _counters() -> Iterator[str]:
    """Every kept counter says what a recount says."""
    posts = select(func.count()).where(
        Post.item_id == Item.id, Post.kind.in_((REPLY, ANSWER)), Post.withdrawn_at.is_(None)
    )
    last = select(func.coalesce(func.max(Post.position), 0)).where(Post.item_id == Item.id)
    votes = select(func.count()).where(Vote.post_id == Post.id)
    members = select(func.count()).where(Membership.group_id == Group.id)
    numbers = select(func.coalesce(func.max(Item.number), 0)).where(
        Item.group_id == Group.id, Item.number < DRAWN_NUMBERS.start
    )
    yield from _wrong("item", "reply_count", Item, Item.reply_count, posts)
    yield from _wrong("item", "last_position", Item, Item.last_position, last)
    yield from _wrong("post", "score", Post, Post.score, votes)
    yield from _wrong("group", "member_count", Group, Group.member_count, members)
    yield from _wrong("group", "last_number", Group, Group.last_number, numbers)


def _wrong(name: str, counter: str, model: type, kept, recount: Select) -> Iterator[str]:
    counted = recount.correlate(model).scalar_subquery()
    rows = db.session.execute(select(model.id, kept, counted).where(kept != counted).limit(20))
    for row_id, says, is_really in rows:
        yield f"{name} {row_id}: {counter} says {says}, a recount says {is_really}."
