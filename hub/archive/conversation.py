"""A post's conversation: what it answers, and what answers it, several levels up and down, from all imports.

Each level is one or two queries, and the levels are bounded: what a page asks does not grow with the
collection.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select, union
from sqlalchemy.orm import joinedload

from hub.core.database import db

from .models import ArchivedPost, Import, PostVersion
from .queries import Row, rows_of
from .rules import revealed

# Who wants to read further opens the post at which it ends.
MOST_ABOVE = 6
MOST_LEVELS_BELOW = 5
MOST_BELOW = 60


@dataclass(frozen=True)
class Turn:
    """A post of a conversation. `level`: below the post that the page is about; 0 for those above it.

    `own`: it is by an account whose own export the collection holds; else by somebody else.
    """

    row: Row
    level: int
    own: bool


@dataclass(frozen=True)
class Conversation:
    """above: from the beginning down to the post itself; below: in the order of reading, each under what it
    answers. goes_on: which side has more than is shown. beyond: the number of an answered post that the
    collection does not hold."""

    above: tuple[Turn, ...]
    below: tuple[Turn, ...]
    more_above: bool
    more_below: bool
    beyond: str

    def __bool__(self) -> bool:
        return bool(self.above or self.below or self.beyond)


def conversation_of(post: ArchivedPost) -> Conversation:
    """The conversation of a post that the actor was shown to see; the same collection is theirs to see."""
    above = _above(post)
    below, more_below = _below(post)
    own = _own_accounts(post.collection_id)
    rows = {row.post.id: row for row in rows_of([*above, *(answer for answer, _level in below)])}

    def turn(one: ArchivedPost, level: int) -> Turn:
        account = one.account
        return Turn(rows[one.id], level, account is not None and account.platform_id in own)

    first = above[0] if above else post
    more_above = len(above) == MOST_ABOVE and bool(first.reply_to_id)
    return Conversation(
        above=tuple(turn(one, 0) for one in above),
        below=tuple(turn(one, level) for one, level in below),
        more_above=more_above,
        more_below=more_below,
        beyond="" if more_above else first.reply_to_id or "",
    )


def _above(post: ArchivedPost) -> list[ArchivedPost]:
    """What it answers, and what that answers, the earliest first."""
    found: list[ArchivedPost] = []
    seen = {post.id}
    current: ArchivedPost | None = post
    while current is not None and len(found) < MOST_ABOVE:
        current = _answered_by(current)
        if current is None or current.id in seen:
            break
        seen.add(current.id)
        found.insert(0, current)
    return found


def _answered_by(post: ArchivedPost) -> ArchivedPost | None:
    """The post that a post answers, by its number or by that of one of its versions."""
    if not post.reply_to_id:
        return None
    by_number = select(ArchivedPost.id).where(
        ArchivedPost.collection_id == post.collection_id,
        ArchivedPost.platform == post.platform,
        ArchivedPost.platform_id == post.reply_to_id,
    )
    by_version = select(PostVersion.post_id).where(
        PostVersion.collection_id == post.collection_id, PostVersion.version_id == post.reply_to_id
    )
    return db.session.scalars(
        select(ArchivedPost)
        .where(ArchivedPost.id.in_(union(by_number, by_version)), ArchivedPost.platform == post.platform)
        .where(revealed(ArchivedPost.import_id))
        .options(joinedload(ArchivedPost.account))
        .order_by(ArchivedPost.id)
        .limit(1)
    ).one_or_none()


def _below(post: ArchivedPost) -> tuple[list[tuple[ArchivedPost, int]], bool]:
    """What answers it, level by level, each with its level; and whether there is more."""
    answers: dict[int, list[ArchivedPost]] = defaultdict(list)
    seen, level, room = {post.id}, [post], MOST_BELOW
    for _depth in range(MOST_LEVELS_BELOW):
        if not level or room <= 0:
            break
        found = [one for one in _answers_to(level, room + 1) if one[1].id not in seen]
        for parent_id, answer in found[:room]:
            answers[parent_id].append(answer)
            seen.add(answer.id)
        room -= len(found)
        level = [answer for _parent, answer in found[: max(room + len(found), 0)]]
    more = room < 0 or bool(level and _answers_to(level, 1))
    return list(_in_order(post.id, answers, 1)), more


def _answers_to(posts: Sequence[ArchivedPost], most: int) -> list[tuple[int, ArchivedPost]]:
    """(id of the answered post, answer): answers to any of these posts or of their versions, oldest first."""
    versions = db.session.execute(
        select(PostVersion.version_id, PostVersion.post_id).where(
            PostVersion.post_id.in_([one.id for one in posts])
        )
    )
    asked = dict(versions.all()) | {one.platform_id: one.id for one in posts}
    found = db.session.scalars(
        select(ArchivedPost)
        .where(
            ArchivedPost.collection_id == posts[0].collection_id,
            ArchivedPost.reply_to_id.in_(asked),
            ArchivedPost.platform == posts[0].platform,
            revealed(ArchivedPost.import_id),
        )
        .order_by(ArchivedPost.sort_at, ArchivedPost.token)
        .limit(most)
        .options(joinedload(ArchivedPost.account))
    )
    return [(asked[one.reply_to_id or ""], one) for one in found]


def _in_order(post_id: int, answers: dict[int, list[ArchivedPost]], level: int):
    for answer in answers.get(post_id, ()):
        yield answer, level
        yield from _in_order(answer.id, answers, level + 1)


def _own_accounts(collection_id: int) -> set[str]:
    """The platform ids of the accounts whose own exports came in."""
    exported = select(Import.account_id).where(
        Import.collection_id == collection_id, Import.account_id != "", Import.revealed_at.is_not(None)
    )
    return set(db.session.scalars(exported.distinct()))
