"""Captures of the Twitter API v2: pages with their includes, or single posts (twarc and others)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l

from hub.archive.adapters import twitter_fields as fields
from hub.archive.adapters.base import (
    Account,
    CapturedPost,
    Cited,
    LeftOut,
    MediaRef,
    Parent,
    Record,
    Slice,
)
from hub.archive.adapters.capture_file import first_values, read_capture
from hub.archive.adapters.fields import as_dict, as_word, counts_of, dicts
from hub.archive.adapters.twitter_fields import PLATFORM, as_id, as_text
from hub.archive.sources import Source
from hub.archive.sources.json_spans import PART, Part, parts_of, scan
from hub.archive.sources.json_stream import Row

COUNTS = {
    "likes": "like_count",
    "reposts": "retweet_count",
    "replies": "reply_count",
    "quotes": "quote_count",
}
PAGE = {"data": PART, "includes": {"users": PART, "tweets": PART, "media": PART}}
# A post taken out of its page ("flattened") carries its author and media itself.
FLAT = {"author": PART, "attachments": {"media": PART}}


class TwitterV2:
    name = "twitter-v2"
    label = "Twitter API v2 capture"
    evidence = "capture"
    how = _l("A capture of the Twitter API, version 2, as twarc wrote it.")

    def recognises(self, source: Source) -> bool:
        return any(_is_page(value) or _is_flat(value) for value in first_values(source))

    def read(self, source: Source) -> Iterator[Record]:
        return read_capture(source, _read)


def _is_page(value: Any) -> bool:
    """A response: its data are posts or accounts, or there are includes or a note of the tool."""
    if not isinstance(value, dict) or not isinstance(value.get("data"), (dict, list)):
        return _is_error(value)
    inner = value["data"]
    first = inner[0] if isinstance(inner, list) and inner else inner
    return "includes" in value or "__twarc" in value or _is_post(first) or "username" in as_dict(first)


def _is_error(value: Any) -> bool:
    errors = as_dict(value).get("errors")
    return bool(dicts(errors)) and "data" not in value and "title" in dicts(errors)[0]


def _is_post(value: Any) -> bool:
    """Bare text and number are not enough: they could be anything."""
    marks = {"author_id", "edit_history_tweet_ids", "conversation_id", "public_metrics"}
    post = as_dict(value)
    named = as_id(post.get("id")) is not None and isinstance(post.get("text"), str)
    return named and bool(marks & post.keys())


def _is_flat(value: Any) -> bool:
    return _is_post(value) and as_id(value.get("author_id")) is not None


def _read(row: Row, file: str) -> Iterator[Record]:
    if _is_flat(row.value):
        yield from _flat(row, file)
    elif _is_page(row.value) and "data" in row.value:
        yield from _page(row, file)
    elif isinstance(row.value, dict) and not {"id", "text"} & row.value.keys():
        yield LeftOut("platform_message", file)
    else:
        yield LeftOut("unexpected_shape", file)


@dataclass
class _Context:
    """What the posts of one page lean on, and when it was captured."""

    file: str
    row: int
    captured_at: datetime | None
    users: dict[str, Part] = field(default_factory=dict)
    media: dict[str, Part] = field(default_factory=dict)
    _slices: dict[int, Slice] = field(default_factory=dict)

    def slice(self, part: Part) -> Slice:
        """Many posts cite one account; its bytes are hashed once."""
        found = self._slices.get(id(part))
        if found is None:
            found = self._slices[id(part)] = Slice(part.raw, self.file, self.row)
        return found


def _captured_at(value: dict) -> datetime | None:
    return fields.as_time(as_dict(value.get("__twarc")).get("retrieved_at"))


def _by(parts: Iterator[Part], key: str) -> dict[str, Part]:
    return {name: part for part in parts if (name := as_word(as_dict(part.value).get(key)))}


def _page(row: Row, file: str) -> Iterator[Record]:
    page, _ = scan(row.raw.decode("utf-8", "surrogateescape"), 0, PAGE)
    includes = as_dict(page.get("includes"))
    data = list(parts_of(page.get("data")))
    found = [part for part in data if _is_post(part.value)]
    accounts = [part for part in data if "username" in as_dict(part.value)]
    context = _Context(
        file,
        row.number,
        _captured_at(page),
        _by((*parts_of(includes.get("users")), *accounts), "id"),
        _by(parts_of(includes.get("media")), "media_key"),
    )
    if len(found) < len(data):
        yield LeftOut("no_post", file, len(data) - len(found))
    if errors := dicts(page.get("errors")):
        yield LeftOut("platform_message", file, len(errors))
    yield from _posts(found, parts_of(includes.get("tweets")), context)


def _posts(found: list[Part], included: Iterator[Part], context: _Context) -> Iterator[Record]:
    """A page often includes a post that it also gives: the same bytes are one sighting."""
    seen: set[bytes] = set()
    for part in (*included, *found):
        if part.raw not in seen and _is_post(part.value):
            seen.add(part.raw)
            yield from _post(part, context)


def _flat(row: Row, file: str) -> Iterator[Record]:
    post, _ = scan(row.raw.decode("utf-8", "surrogateescape"), 0, FLAT)
    context = _Context(
        file,
        row.number,
        _captured_at(row.value),
        _by(parts_of(post.get("author")), "id"),
        _by(parts_of(as_dict(post.get("attachments")).get("media")), "media_key"),
    )
    yield from _post(Part(row.value, row.raw), context)


def _post(part: Part, context: _Context) -> Iterator[Record]:
    post = part.value
    author_id = as_id(post.get("author_id"))
    if not author_id:
        yield LeftOut("no_author", context.file)
        return
    author = context.users.get(author_id)
    yield _account(author_id, as_dict(author.value) if author else {}, context)
    yield _captured(part, author_id, author, context)


def _account(account_id: str, user: dict, context: _Context) -> Account:
    return Account(
        platform=PLATFORM,
        account_id=account_id,
        at=context.captured_at,
        handle=as_word(user.get("username")),
        name=as_word(user.get("name")),
        description=as_word(user.get("description"), 1_000),
    )


def _captured(part: Part, author_id: str, author: Part | None, context: _Context) -> CapturedPost:
    post = part.value
    own_id = as_id(post.get("id"))
    chain = fields.chain_of(post.get("edit_history_tweet_ids"), own_id)
    long = as_dict(post.get("note_tweet"))
    text = as_text(long.get("text") or post.get("text"))
    entities = as_dict(long.get("entities")) or as_dict(post.get("entities"))
    written_at, stated_at = fields.believable_time(post.get("created_at"), own_id, context.captured_at)
    related = {str(one.get("type")): as_id(one.get("id")) for one in dicts(post.get("referenced_tweets"))}
    media = [context.media[key] for key in _media_keys(post) if key in context.media]
    return CapturedPost(
        evidence="capture",
        platform=PLATFORM,
        post_id=chain[0],
        version_id=own_id,
        chain=chain,
        account_id=author_id,
        text=text,
        content_hash=fields.hash_of_words(text),
        source=Slice(part.raw, context.file, context.row),
        posted_at=fields.when_posted(chain, own_id, written_at),
        written_at=written_at,
        stated_at=stated_at,
        captured_at=context.captured_at,
        language=as_word(post.get("lang"), 10),
        url=fields.post_url(own_id),
        reply_to=_parent(post, related.get("replied_to"), context),
        quotes=related.get("quoted"),
        reposts=related.get("retweeted"),
        links=fields.links_of(entities),
        mentions=fields.mentions_of(entities.get("mentions")),
        media=list(_media(post, context)),
        counts=counts_of(as_dict(post.get("public_metrics")), COUNTS),
        cites=[
            *([Cited("account", context.slice(author))] if author else []),
            *(Cited("media", context.slice(one)) for one in media),
        ],
    )


def _parent(post: dict, parent_id: str | None, context: _Context) -> Parent | None:
    account_id = as_id(post.get("in_reply_to_user_id"))
    if not parent_id and not account_id:
        return None
    user = context.users.get(account_id or "")
    return Parent(parent_id, account_id, as_word(as_dict(user.value).get("username")) if user else None)


def _media_keys(post: dict) -> list[str]:
    keys = as_dict(post.get("attachments")).get("media_keys")
    return [key for key in keys if isinstance(key, str)] if isinstance(keys, list) else []


def _media(post: dict, context: _Context) -> Iterator[MediaRef]:
    for key in _media_keys(post):
        part = context.media.get(key)
        one = as_dict(part.value) if part else {}
        yield MediaRef(
            key=key.rpartition("_")[2][:50],
            kind=fields.media_kind(one.get("type")),
            url=as_word(one.get("url") or one.get("preview_image_url"), 2_000),
            alt_text=as_word(one.get("alt_text"), 5_000),
        )
