"""Archived posts as documents of the search: found by the keepers of their collection, by nobody else.

What is attached as an example is found by others as an example, masked: that is the examples' document.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection as Container
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from hub.core import search
from hub.core.database import db, unit_of_work
from hub.core.outbox import on
from hub.core.pages import day
from hub.core.policy import Actor
from hub.core.search import Document, documents

from .importing.history import version_order
from .masking import Named, name_at, names_of
from .models import AccountName, ArchivedPost, ArchiveEvent, Keeper, PostVersion
from .rules import kept_by, revealed
from .showing import kind_of, said

KIND = "archived"
# Keys in one message to the index.
TOLD_AT_ONCE = 500


@search.audiences
def _collections_of(actor: Actor) -> Iterable[str]:
    """Keepers find what is in their collections."""
    if not actor.signed_in:
        return []
    kept = db.session.scalars(select(Keeper.collection_id).where(Keeper.person_id == actor.person_id))
    return [f"collection:{collection_id}" for collection_id in kept]


@on("archive.imported", serial="archive.index", long=True)
def index_import(import_id: int) -> None:
    """What an import added to is indexed anew, some hundreds at a time; told twice does no harm."""
    versions = select(PostVersion.post_id).where(PostVersion.import_id == import_id)
    events = select(ArchiveEvent.post_id).where(ArchiveEvent.import_id == import_id)
    ids = list(
        db.session.scalars(
            select(ArchivedPost.id)
            .where(ArchivedPost.id.in_(versions.union(events)))
            .order_by(ArchivedPost.id)
        )
    )
    for start in range(0, len(ids), TOLD_AT_ONCE):
        with unit_of_work():
            search.changed(*(f"{KIND}:{post_id}" for post_id in ids[start : start + TOLD_AT_ONCE]))


def _ids(keys: Iterable[str]) -> list[int]:
    return [int(key.partition(":")[2]) for key in keys]


@documents(KIND)
class ArchivedPosts:
    """Every version's words are found: also those that were edited away."""

    def keys(self) -> Iterator[str]:
        statement = select(ArchivedPost.id).where(revealed(ArchivedPost.import_id)).order_by(ArchivedPost.id)
        for post_id in db.session.scalars(statement.execution_options(yield_per=TOLD_AT_ONCE)):
            yield f"{KIND}:{post_id}"

    def load(self, keys: Sequence[str]) -> Iterable[Document]:
        posts = db.session.scalars(
            select(ArchivedPost).where(ArchivedPost.id.in_(_ids(keys)), revealed(ArchivedPost.import_id))
        ).all()
        texts = _texts([post.id for post in posts])
        names = names_of({post.account_id for post in posts if post.account_id})
        return [_document(post, texts[post.id], names.get(post.account_id or 0, ())) for post in posts]

    def permitted(self, keys: Sequence[str], actor: Any) -> Container[str]:
        found = db.session.scalars(
            select(ArchivedPost.id).where(
                ArchivedPost.id.in_(_ids(keys)),
                kept_by(ArchivedPost.collection_id, actor),
                revealed(ArchivedPost.import_id),
            )
        )
        return {f"{KIND}:{post_id}" for post_id in found}


def _texts(post_ids: Sequence[int]) -> dict[int, list[str]]:
    """The words of each post's versions, with what stands above them; latest last."""
    versions = db.session.execute(
        select(
            PostVersion.post_id,
            PostVersion.id,
            PostVersion.written_at,
            PostVersion.text,
            PostVersion.details,
        ).where(PostVersion.post_id.in_(post_ids), revealed(PostVersion.import_id))
    ).all()
    texts: dict[int, list[str]] = defaultdict(list)
    for version in sorted(versions, key=version_order):
        texts[version.post_id].append("\n".join(said(version.text, version.details)))
    return texts


def _document(post: ArchivedPost, texts: Sequence[str], names: Sequence[AccountName]) -> Document:
    named = name_at(names, post.posted_at) or Named("", "")
    name = named.name or (f"@{named.handle}" if named.handle else _("an unnamed author"))
    return Document(
        key=f"{KIND}:{post.id}",
        kind=KIND,
        audiences=frozenset({f"collection:{post.collection_id}"}),
        title=_("%(kind)s by %(name)s", kind=kind_of(post), name=name),
        text="\n".join(texts),
        created_at=post.sort_at,
        people=f"{named.name} @{named.handle}".strip(" @"),
        own_title=False,
        url=post.path,
        byline=day(post.sort_at),
        place=post.collection.name,
    )
