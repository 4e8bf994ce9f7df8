"""Finding a post by its address on its platform, as somebody pasted it."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import unquote, urlsplit

from sqlalchemy import ColumnElement, select, union

from .models import ArchivedPost, PostVersion
from .post_addresses import read_address

# The number or name of a post in an address; shorter parts ("p", "status", "2024") name no post.
SHORTEST_ID = 5


# A number that is typed by itself is a post's when it is as long as platforms make them; else it is a word.
SHORTEST_NUMBER = 9


def is_address(typed: str) -> bool:
    """Whether somebody typed an address, or the number of a post, and not words."""
    typed = typed.strip()
    number = typed.isdecimal() and len(typed) >= SHORTEST_NUMBER
    return number or (typed.startswith(("http://", "https://", "at://")) and " " not in typed)


def at_address(typed: str, collection_ids: Iterable[int]) -> ColumnElement[bool]:
    """Posts of these collections, in any of their versions, to which an address leads or a number belongs."""
    typed, of = typed.strip(), list(collection_ids)
    ids = list(dict.fromkeys(_ids(typed)))
    kept = select(ArchivedPost.id).where(ArchivedPost.collection_id.in_(of))
    versions = select(PostVersion.post_id).where(
        PostVersion.collection_id.in_(of), PostVersion.version_id.in_(ids)
    )
    # Each way by itself, so that each uses its index.
    found = union(
        kept.where(ArchivedPost.platform_id.in_(ids)),
        kept.where(ArchivedPost.url.in_([typed, typed.rstrip("/"), _bare(typed)])),
        versions,
    )
    return ArchivedPost.id.in_(found)


def _ids(typed: str) -> Iterable[str]:
    """What a platform might call the post at an address: on the federated web the address itself."""
    yield typed
    yield _bare(typed)
    if known := read_address(typed):
        yield known.post_id
    try:
        parts = urlsplit(typed)
    except ValueError:
        return
    named = [*parts.path.split("/"), *(pair.partition("=")[2] for pair in parts.query.split("&"))]
    yield from (unquote(part) for part in named if len(part) >= SHORTEST_ID and any(map(str.isdigit, part)))


def _bare(typed: str) -> str:
    """Without what says where one came from."""
    return typed.partition("#")[0].partition("?")[0].rstrip("/")
