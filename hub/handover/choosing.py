"""Which posts a hand-over is of: some, what a search finds, or the whole collection."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import ColumnElement, and_, func, select
from werkzeug.datastructures import MultiDict

from hub.archive.chosen import chosen
from hub.archive.filters import Filters
from hub.archive.finding import all_saying
from hub.archive.models import ArchivedPost, Collection, SocialAccount
from hub.archive.narrowing import narrowed
from hub.archive.retention.disposal_models import Disposal, DisposalPost
from hub.core.database import db
from hub.core.policy import Actor, visible

# As many as somebody ticks by hand.
MOST_CHOSEN = 500

WHOLE: dict[str, Any] = {}


def some(tokens: list[str]) -> dict[str, Any]:
    return {"posts": list(dict.fromkeys(tokens))[:MOST_CHOSEN]}


def found_by(query: str) -> dict[str, Any]:
    """What a search of the collection finds; query: of its page's address, without the "?". Posts may be
    named in it instead."""
    named = [value for name, value in parse_qsl(query) if name == "post"]
    if named:
        return some(named)
    asked = filters_of({"query": query})
    return {"query": asked.query().removeprefix("?")} if asked.narrowed else WHOLE


def filters_of(scope: dict[str, Any]) -> Filters:
    return Filters.of(MultiDict(parse_qsl(scope.get("query", ""))))


def wanted(actor: Actor, collection: Collection, scope: dict[str, Any]) -> ColumnElement[bool]:
    """The condition under which the actor hands a post over."""
    conditions = [ArchivedPost.collection_id == collection.id, visible(ArchivedPost, actor)]
    if "posts" in scope:
        conditions.append(ArchivedPost.token.in_(scope["posts"]))
    elif "transfer" in scope:
        parts = select(DisposalPost.post_id).join(Disposal, Disposal.id == DisposalPost.disposal_id)
        conditions.append(ArchivedPost.id.in_(parts.where(Disposal.token == scope["transfer"])))
    elif "query" in scope:
        asked = filters_of(scope)
        conditions += narrowed(collection, asked)
        if asked.words:
            conditions.append(all_saying(asked.words, [collection.id]))
    return and_(*conditions)


def fixed(actor: Actor, collection: Collection, scope: dict[str, Any]) -> dict[str, Any]:
    """The choice as it is now, post by post: what comes in while somebody reads and redacts is not in it."""
    tokens = select(ArchivedPost.token).where(wanted(actor, collection, scope))
    return {**(scope or {"whole": True}), "posts": list(db.session.scalars(tokens))}


def ids_of(actor: Actor, collection: Collection, scope: dict[str, Any]) -> list[int]:
    """The ids of the posts of a choice that names them one by one; none of any other."""
    if "posts" not in scope and "transfer" not in scope:
        return []
    return list(db.session.scalars(select(ArchivedPost.id).where(wanted(actor, collection, scope))))


def how_many(actor: Actor, collection: Collection, scope: dict[str, Any]) -> int:
    statement = select(func.count()).select_from(ArchivedPost).where(wanted(actor, collection, scope))
    return db.session.scalar(statement) or 0


def in_words(scope: dict[str, Any]) -> str:
    if "query" in scope:
        asked = filters_of(scope)
        accounts = select(SocialAccount).where(SocialAccount.token == asked.account)
        found = db.session.scalars(accounts).all() if asked.account else []
        said = ", ".join(one.words for one in chosen(asked, found))
        return _("what a search finds: %(said)s", said=said or scope["query"])
    if "transfer" in scope:
        return _("what is due to be transferred")
    if scope and not scope.get("whole"):
        return ngettext("%(num)d chosen post", "%(num)d chosen posts", len(scope["posts"]))
    return _("the whole collection")
