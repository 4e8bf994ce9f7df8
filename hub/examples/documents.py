"""Examples as documents of the search: their captions and the posts' text, masked as on their cards."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from hub.archive.models import ArchivedPost
from hub.content.documents import readers_of
from hub.content.models import Item, Post
from hub.content.rules import is_open_to_all
from hub.core import search
from hub.core.database import db, unit_of_work
from hub.core.outbox import on
from hub.core.policy import visible
from hub.core.search import OPEN, Document, documents

from .cards import cards_of, with_all_that_cards_show
from .models import Example, ExamplePost

TOLD_AT_ONCE = 500


@on("archive.account_classified", serial="archive.index", long=True)
def index_anew(collection_id: int) -> None:
    """Who is masked has changed, as an author or where somebody mentions them: the index follows."""
    shows = select(ExamplePost.example_id).join(ArchivedPost, ArchivedPost.id == ExamplePost.archived_post_id)
    ids = list(db.session.scalars(shows.where(ArchivedPost.collection_id == collection_id).distinct()))
    for start in range(0, len(ids), TOLD_AT_ONCE):
        with unit_of_work():
            search.changed(*(f"example:{example_id}" for example_id in ids[start : start + TOLD_AT_ONCE]))


def _ids(keys: Iterable[str]) -> list[int]:
    return [int(key.partition(":")[2]) for key in keys]


@documents("example")
class Examples:
    def keys(self) -> Iterator[str]:
        for example_id in db.session.scalars(select(Example.id).order_by(Example.id)):
            yield f"example:{example_id}"

    def load(self, keys: Sequence[str]) -> Iterable[Document]:
        found = db.session.scalars(
            select(Example)
            .join(Example.post)
            .where(Example.id.in_(_ids(keys)), Example.withdrawn_at.is_(None), Post.withdrawn_at.is_(None))
            .options(
                *with_all_that_cards_show(),
                joinedload(Example.post).joinedload(Post.item).selectinload(Item.topics),
            )
        ).all()
        cards = cards_of(found)
        return [_document(example, cards[example.id]) for example in found]

    def follows(self, keys: Sequence[str]) -> Collection[str]:
        """Examples under these posts: they are read by whoever reads the post, and named after its item."""
        posts = [int(key.removeprefix("post:")) for key in keys if key.startswith("post:")]
        rows = db.session.scalars(select(Example.id).where(Example.post_id.in_(posts)))
        return [f"example:{example_id}" for example_id in rows]

    def permitted(self, keys: Sequence[str], actor: Any) -> Collection[str]:
        rows = db.session.scalars(
            select(Example.id).where(
                Example.id.in_(_ids(keys)), Example.withdrawn_at.is_(None), visible(Example, actor)
            )
        )
        return {f"example:{example_id}" for example_id in rows}


def _document(example: Example, cards: Sequence[Any]) -> Document:
    item = example.post.item
    who = " ".join(f"{card.name} @{card.handle}" for card in cards if not card.masked)
    audiences = {OPEN} if is_open_to_all(item) else {readers_of(item.group_id)} if item.is_out else set()
    return Document(
        key=f"example:{example.id}",
        kind="example",
        audiences=frozenset(audiences),
        title=_("Example: %(title)s", title=item.title),
        text="\n".join([*(card.text for card in cards), example.caption]),
        created_at=example.attached_at,
        item=f"example:{example.id}",
        people=who,
        topics=frozenset(topic.slug for topic in item.topics),
        applies_to=item.applies_to,
        group=item.group.slug,
        url=example.path,
        byline=cards[-1].kept_by if cards else "",
        place=item.group.name,
        sample=item.is_sample,
    )
