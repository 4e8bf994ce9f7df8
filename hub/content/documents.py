"""Posts as documents of the search. A reply is found by its own words, and shown under its item's title."""

from collections.abc import Collection, Iterable, Iterator, Sequence

from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from hub.core import search
from hub.core.database import db
from hub.core.markup import plain_text
from hub.core.outbox import on
from hub.core.policy import Actor, visible
from hub.core.search import OPEN, Document, documents

from .actions.spine import TOLD_AT_ONCE
from .files.shown import names_of
from .models import GUIDANCE, OPENING, Item, Post
from .rules import is_open_to_all


def readers_of(group_id: int) -> str:
    """The audience of what only those find who read the group's talk."""
    return f"group:{group_id}"


def items_opened_by(keys: Iterable[str]) -> list[int]:
    """Of any documents, the items whose first posts they are: these say what an item is about."""
    posts = _ids(key for key in keys if key.startswith("post:"))
    return list(db.session.scalars(select(Post.item_id).where(Post.id.in_(posts), Post.position == 1)))


def _ids(keys: Iterable[str]) -> list[int]:
    return [int(key.removeprefix("post:")) for key in keys]


@search.audiences
def _groups_of(actor: Actor) -> Iterator[str]:
    return map(readers_of, actor.read_groups)


@documents("post")
class Posts:
    """Whatever is written under items."""

    def keys(self) -> Iterator[str]:
        for post_id in db.session.scalars(select(Post.id).order_by(Post.id)):
            yield f"post:{post_id}"

    def load(self, keys: Sequence[str]) -> Iterable[Document]:
        found = db.session.scalars(
            select(Post)
            .join(Post.item)
            .join(Item.group)
            .where(Post.id.in_(_ids(keys)), *_IN_SIGHT)
            .options(
                contains_eager(Post.item).contains_eager(Item.group),
                contains_eager(Post.item).selectinload(Item.topics),
            )
        )
        posts = list(found)
        files = names_of(posts)
        return [_document(post, files.get(post.id, [])) for post in posts]

    def permitted(self, keys: Sequence[str], actor: Actor) -> Collection[str]:
        in_sight = select(Post.id).join(Post.item).where(Post.id.in_(_ids(keys)), *_IN_SIGHT)
        rows = db.session.scalars(select(Post.id).where(Post.id.in_(in_sight), visible(Post, actor)))
        return {f"post:{post_id}" for post_id in rows}


# The search shows nobody what is withdrawn or not published.
_IN_SIGHT = (Post.withdrawn_at.is_(None), Item.is_out)


def _text(post: Post) -> str:
    """What the post says. A guidance page's summary is a sentence of its own, others repeat first words."""
    own = post.kind == OPENING and post.item.kind == GUIDANCE
    return f"{post.item.summary}\n{plain_text(post.html)}" if own else plain_text(post.html)


def _document(post: Post, files: Sequence[str]) -> Document:
    item = post.item
    opening = post.position == 1
    return Document(
        key=f"post:{post.id}",
        kind=item.kind,
        audiences=frozenset({OPEN if is_open_to_all(item) else readers_of(item.group_id)}),
        title=item.title,
        text="\n".join([_text(post), *files]),
        created_at=post.created_at,
        item=f"item:{item.id}",
        people=f"{post.byline.get('name', '')} @{post.byline.get('handle', '')}",
        topics=frozenset(topic.slug for topic in item.topics),
        applies_to=item.applies_to,
        group=item.group.slug,
        own_title=opening,
        url=item.path if opening else post.path,
        byline=post.byline.get("name", ""),
        place=item.group.name,
        sample=item.is_sample,
        part="" if opening else post.kind,
    )


@on("group.changed")
def _who_reads_it_may_have_changed(group_id: int) -> None:
    """A group's visibility decides who finds its posts."""
    ids = db.session.scalars(select(Post.id).join(Post.item).where(Item.group_id == group_id)).all()
    for start in range(0, len(ids), TOLD_AT_ONCE):
        search.changed(*(f"post:{post_id}" for post_id in ids[start : start + TOLD_AT_ONCE]))
