"""What the mail that the hub keeps leads to and is withdrawn."""

from collections.abc import Collection, Mapping
from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy import Select, select

from hub.content.models import Item, Post
from hub.core.database import db
from hub.core.markup import may_quote
from hub.examples.models import Example
from hub.groups.models import Group

from .subjects import named_example, named_item

# An item's path and the position of a post in it; 0 stands for the item.
Place = tuple[str, str, int, int]


def withdrawn_since(paths: Collection[str]) -> dict[str, datetime]:
    """The paths that lead to something withdrawn, and since when. Four queries, however many."""
    places, tokens = {}, {}
    for path in paths:
        try:
            parts = urlsplit(path)
        except ValueError:
            continue  # somebody wrote it, and it leads nowhere
        if (place := named_item(parts)) is not None:
            places[path] = place
        elif (token := named_example(parts)) is not None:
            tokens[path] = token
    return _items(places) | _examples(tokens)


def _items(places: Mapping[str, Place]) -> dict[str, datetime]:
    if not places:
        return {}
    slugs, kinds, numbers, positions = (set(names) for names in zip(*places.values(), strict=True))
    named = select(Group.slug, Item.kind, Item.number).join(Item.group)
    named = named.where(Group.slug.in_(slugs), Item.kind.in_(kinds), Item.number.in_(numbers))
    since = _withdrawn(named)
    quoted = _quoted(named, positions) if since else {}
    told = {path: {(*place[:3], 0), place, *quoted.get(place, ())} for path, place in places.items()}
    found = {path: [since[each] for each in each_told if each in since] for path, each_told in told.items()}
    return {path: max(moments) for path, moments in found.items() if moments}


def _withdrawn(named: Select) -> dict[Place, datetime]:
    """Since when these items, and posts of them, are withdrawn."""
    items = db.session.execute(named.add_columns(Item.withdrawn_at).where(Item.withdrawn_at.is_not(None)))
    posts = db.session.execute(
        named.join(Post, Post.item_id == Item.id)
        .add_columns(Post.position, Post.withdrawn_at)
        .where(Post.withdrawn_at.is_not(None))
    )
    since = {(slug, kind, number, 0): at for slug, kind, number, at in items}
    return since | {(slug, kind, number, position): at for slug, kind, number, position, at in posts}


def _quoted(named: Select, positions: Collection[int]) -> dict[Place, set[Place]]:
    """What posts quote: one that is nothing but a quote is told by the words that it quotes."""
    rows = db.session.execute(
        named.join(Post, Post.item_id == Item.id)
        .add_columns(Post.position, Post.source)
        .where(Post.position.in_(positions), Post.source.contains(">"))
    )
    return {
        (slug, kind, number, position): {(slug, kind, number, quoted) for quoted in may_quote(source)}
        for slug, kind, number, position, source in rows
    }


def _examples(tokens: Mapping[str, str]) -> dict[str, datetime]:
    """Also those whose post, or item, was withdrawn."""
    if not tokens:
        return {}
    rows = db.session.execute(
        select(Example.token, Example.withdrawn_at, Post.withdrawn_at, Item.withdrawn_at)
        .join(Example.post)
        .join(Post.item)
        .where(Example.token.in_(set(tokens.values())))
    )
    since = {token: max(moments) for token, *each in rows if (moments := [at for at in each if at])}
    return {path: since[token] for path, token in tokens.items() if token in since}
