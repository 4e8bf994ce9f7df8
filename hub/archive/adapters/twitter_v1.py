"""Captures of the Twitter API v1.1: one tweet an object, with its author inside (twarc and others)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l

from hub.archive.adapters import twitter_fields as fields
from hub.archive.adapters.base import (
    Account,
    CapturedPost,
    Deletion,
    LeftOut,
    MediaRef,
    Parent,
    Record,
    Slice,
)
from hub.archive.adapters.capture_file import first_values, read_capture
from hub.archive.adapters.fields import as_count, as_dict, as_word, counts_of, dicts
from hub.archive.adapters.twitter_fields import PLATFORM, as_id, as_text
from hub.archive.sources import Source
from hub.archive.sources.json_spans import PART, Part, parts_of, scan
from hub.archive.sources.json_stream import Row

COUNTS = {
    "likes": "favorite_count",
    "reposts": "retweet_count",
    "replies": "reply_count",
    "quotes": "quote_count",
}
# A tweet holds the whole of the tweet that it passes on or quotes: a post of its own.
INNER = {"retweeted_status": PART, "quoted_status": PART}


class TwitterV1:
    name = "twitter-v1"
    label = "Twitter API v1.1 capture"
    evidence = "capture"
    how = _l("A capture of the Twitter API, version 1.1, as twarc or a similar tool wrote it.")

    def recognises(self, source: Source) -> bool:
        return any(_is_tweet(value) or _is_delete(value) for value in first_values(source))

    def read(self, source: Source) -> Iterator[Record]:
        return read_capture(source, _read)


def _is_tweet(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("user"), dict) and as_id(_id(value)) is not None


def _is_delete(value: Any) -> bool:
    return as_id(as_dict(as_dict(as_dict(value).get("delete")).get("status")).get("id_str")) is not None


def _id(tweet: dict) -> Any:
    return tweet.get("id_str") or tweet.get("id")


def _read(row: Row, file: str) -> Iterator[Record]:
    if _is_delete(row.value):
        yield _deletion(row, file)
    elif _is_tweet(row.value):
        yield from _tweets(Part(row.value, row.raw), file, row.number)
    elif isinstance(row.value, dict) and not {"id", "id_str", "text", "full_text"} & row.value.keys():
        yield LeftOut("platform_message", file)
    else:
        yield LeftOut("unexpected_shape", file)


def _tweets(part: Part, file: str, number: int) -> Iterator[Record]:
    """The accounts and posts of a tweet: what it passes on or quotes first, then itself."""
    tweet = part.value
    if any(isinstance(tweet.get(name), dict) for name in INNER):
        scanned, _ = scan(part.raw.decode("utf-8", "surrogateescape"), 0, INNER)
        for name in INNER:
            for inner in parts_of(scanned.get(name)):
                if _is_tweet(inner.value):
                    yield from _tweets(inner, file, number)
    account = _account(tweet)
    if not account:
        yield LeftOut("no_author", file)
        return
    yield account
    yield _captured(tweet, account, Slice(part.raw, file, number))


def _account(tweet: dict) -> Account | None:
    user = as_dict(tweet.get("user"))
    account_id = as_id(user.get("id_str") or user.get("id"))
    if not account_id:
        return None
    return Account(
        platform=PLATFORM,
        account_id=account_id,
        at=fields.as_time(tweet.get("created_at")),
        handle=as_word(user.get("screen_name")),
        name=as_word(user.get("name")),
        description=as_word(user.get("description"), 1_000),
    )


def _captured(tweet: dict, account: Account, source: Slice) -> CapturedPost:
    own_id = as_id(_id(tweet))
    extended = as_dict(tweet.get("extended_tweet"))
    text = as_text(extended.get("full_text") or tweet.get("full_text") or tweet.get("text"))
    written_at, stated_at = fields.believable_time(tweet.get("created_at"), own_id, None)
    entities = as_dict(extended.get("entities")) or as_dict(tweet.get("entities"))
    chain = fields.chain_of(as_dict(tweet.get("edit_history")).get("edit_tweet_ids"), own_id)
    return CapturedPost(
        evidence="capture",
        platform=PLATFORM,
        post_id=chain[0],
        version_id=own_id,
        chain=chain,
        account_id=account.account_id,
        text=text,
        content_hash=fields.hash_of_words(text),
        source=source,
        posted_at=fields.when_posted(chain, own_id, written_at),
        written_at=written_at,
        stated_at=stated_at,
        complete=not (tweet.get("truncated") is True and not extended),
        language=as_word(tweet.get("lang"), 10),
        url=fields.post_url(own_id),
        reply_to=_parent(tweet),
        quotes=as_id(tweet.get("quoted_status_id_str")),
        reposts=as_id(as_dict(tweet.get("retweeted_status")).get("id_str")),
        links=fields.links_of(entities),
        mentions=fields.mentions_of(entities.get("user_mentions")),
        media=list(_media(extended or tweet)),
        counts=counts_of(tweet, COUNTS),
    )


def _parent(tweet: dict) -> Parent | None:
    parent = Parent(
        as_id(tweet.get("in_reply_to_status_id_str")),
        as_id(tweet.get("in_reply_to_user_id_str")),
        as_word(tweet.get("in_reply_to_screen_name")),
    )
    return parent if parent.post_id or parent.account_id else None


def _media(tweet: dict) -> Iterator[MediaRef]:
    extended = as_dict(tweet.get("extended_entities")) or as_dict(tweet.get("entities"))
    for one in dicts(extended.get("media")):
        yield MediaRef(
            key=as_id(one.get("id_str")) or "",
            kind=fields.media_kind(one.get("type")),
            url=as_word(one.get("media_url_https") or one.get("media_url"), 2_000),
            alt_text=as_word(one.get("ext_alt_text"), 5_000),
        )


def _deletion(row: Row, file: str) -> Deletion:
    """The streaming API told its listeners to delete a post, with the millisecond."""
    message = row.value["delete"]
    at = _milliseconds(message.get("timestamp_ms"))
    return Deletion(
        platform=PLATFORM,
        post_id=as_id(message["status"]["id_str"]),
        told_by="stream",
        source=Slice(row.raw, file, row.number),
        account_id=as_id(message["status"].get("user_id_str")),
        deleted_at=at,
        known_at=at,
    )


def _milliseconds(value: Any) -> datetime | None:
    count = as_count(value)
    try:
        return datetime.fromtimestamp(count / 1000, fields.UTC) if count else None
    except (ValueError, OverflowError, OSError):
        return None
