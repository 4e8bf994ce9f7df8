"""Which posts something is about: one, or the result of a search in the collection, as it is now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import Select, select

from hub.archive import queries
from hub.archive.models import ArchivedPost, Collection
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
        return Chosen(seen.where(ArchivedPost.token == token), _("One post"))
    filters = _filters(asked)
    if filters == queries.Filters():
        return None
    return Chosen(queries.narrowed(seen, collection, filters), _in_words(filters))


def _filters(asked: Mapping[str, str]) -> queries.Filters:
    state = asked.get("state", queries.ALL)
    return queries.Filters(
        words=asked.get("q", "")[:200].replace("\x00", ""),
        state=state if state in queries.STATES else queries.ALL,
        account=asked.get("account", "")[:24].replace("\x00", ""),
    )


def _in_words(filters: queries.Filters) -> str:
    parts = []
    if filters.words:
        parts.append(_("posts with the words “%(words)s”", words=filters.words))
    if filters.state != queries.ALL:
        states = {
            queries.GONE: _("deleted or gone"),
            queries.CHANGED: _("edited"),
            queries.REPLIES: _("replies"),
            queries.MISSED: _("not found in a later export"),
        }
        parts.append(states[filters.state])
    if filters.account:
        parts.append(_("of one account"))
    return ", ".join(parts)[:300]
