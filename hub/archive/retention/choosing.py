"""Which posts something is about: one, or the result of a search in the collection, as it is now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import Select, select
from werkzeug.datastructures import MultiDict

from hub.archive.chosen import chosen as in_words
from hub.archive.filters import Filters
from hub.archive.finding import all_saying
from hub.archive.models import ArchivedPost, Collection
from hub.archive.narrowing import narrowed
from hub.core.policy import Actor, visible


@dataclass(frozen=True)
class Chosen:
    """ids: selects the ids of ArchivedPosts that the actor sees. words: how they were chosen."""

    ids: Select[tuple[int]]
    words: str


def chosen(actor: Actor, collection: Collection, asked: Mapping[str, str]) -> Chosen | None:
    """What an address of the collection names: `post`, or a search. None: nothing narrower than all of it."""
    seen = select(ArchivedPost.id).where(
        ArchivedPost.collection_id == collection.id, visible(ArchivedPost, actor)
    )
    if token := asked.get("post", "")[:24].replace("\x00", ""):
        return Chosen(seen.where(ArchivedPost.token == token), _("chosen by itself"))
    filters = Filters.of(MultiDict(asked))
    if not filters.narrowed:
        return None
    ids = seen.where(*narrowed(collection, filters))
    if filters.words:
        ids = ids.where(all_saying(filters.words, [collection.id]))
    return Chosen(ids, ", ".join(one.words for one in in_words(filters, []))[:300])
