"""Archived posts as documents of the search: found by the keepers of their collection, by nobody else.

What is attached as an example is found by others as an example, masked: that is the examples' document.
"""

from __future__ import annotations

from collections.abc import Collection as Container
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from hub.core import search
from hub.core.database import db
from hub.core.outbox import on
from hub.core.pages import day
from hub.core.policy import Actor
from hub.core.search import Document, documents

from .models import ArchivedPost, ArchiveEvent, Keeper, PostVersion
from .queries import Context
from .rules import kept_by, revealed

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


@on("archive.imported", serial="archive.index")
def index_import(import_id: int) -> None:
    """Everything that an import added to is indexed anew, some hundreds at a time."""
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
            select(ArchivedPost)
            .where(ArchivedPost.id.in_(_ids(keys)), revealed(ArchivedPost.import_id))
            .options(joinedload(ArchivedPost.account))
        ).all()
        context = Context(posts)
        return [_document(post, context) for post in posts]

    def permitted(self, keys: Sequence[str], actor: Any) -> Container[str]:
        found = db.session.scalars(
            select(ArchivedPost.id).where(
                ArchivedPost.id.in_(_ids(keys)),
                kept_by(ArchivedPost.collection_id, actor),
                revealed(ArchivedPost.import_id),
            )
        )
        return {f"{KIND}:{post_id}" for post_id in found}


def _document(post: ArchivedPost, context: Context) -> Document:
    versions = context.versions[post.id]
    shown = context.show(post, versions[-1] if versions else None)
    name = shown.name or (f"@{shown.handle}" if shown.handle else _("an unnamed author"))
    return Document(
        key=f"{KIND}:{post.id}",
        kind=KIND,
        audiences=frozenset({f"collection:{post.collection_id}"}),
        title=_("%(kind)s by %(name)s", kind=shown.kind, name=name),
        text="\n".join(version.text for version in versions),
        created_at=post.sort_at,
        people=f"{shown.name} @{shown.handle}".strip(" @"),
        own_title=False,
        url=post.path,
        byline=day(post.sort_at),
        place=post.collection.name,
    )
