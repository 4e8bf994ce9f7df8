"""Recounts what is counted in the transaction that changes it."""

from collections.abc import Iterator

from sqlalchemy import Select, func, select

from hub.core.checks import check
from hub.core.database import db
from hub.core.stored import sha256_of
from hub.groups.models import Group, Membership

from .files.storing import store
from .models import ANSWER, REPLY, Item, Post, Revision, RevisionFile, StoredFile, Vote
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


@check("files of posts")
def _files() -> Iterator[str]:
    """Every file's bytes lie where they should and are what they were; posts know how many they have."""
    counted = (
        select(func.count())
        .select_from(RevisionFile)
        .join(Revision, Revision.id == RevisionFile.revision_id)
        .join(StoredFile, StoredFile.id == RevisionFile.file_id)
        .where(
            Revision.post_id == Post.id,
            Revision.number == Post.revision_number,
            StoredFile.erased_at.is_(None),
        )
    )
    yield from _wrong("post", "file_count", Post, Post.file_count, counted)
    rows = db.session.execute(
        select(StoredFile.token, StoredFile.sha256, StoredFile.size)
        .where(StoredFile.erased_at.is_(None))
        .order_by(StoredFile.id)
        .execution_options(yield_per=500)
    )
    for token, sha256, size in rows:
        path = store().path(sha256)
        if not path.is_file():
            yield f"The bytes of file {token} are not in the data folder."
        elif path.stat().st_size != size or sha256_of(path) != sha256:
            yield f"The bytes of file {token} are no longer what they were."


def _wrong(name: str, counter: str, model: type, kept, recount: Select) -> Iterator[str]:
    counted = recount.correlate(model).scalar_subquery()
    rows = db.session.execute(select(model.id, kept, counted).where(kept != counted).limit(20))
    for row_id, says, is_really in rows:
        yield f"{name} {row_id}: {counter} says {says}, a recount says {is_really}."
