"""The parts of an X archive's rows that are written in more than one way."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hub.archive.adapters import twitter_fields as fields
from hub.archive.adapters.base import Parent
from hub.archive.adapters.fields import as_count, as_dict, as_word, dicts
from hub.archive.adapters.twitter_fields import as_id
from hub.archive.sources.json_stream import Row


def tweet_of(row: Row) -> dict:
    """The post in a row: wrapped as {"tweet": ...} since 2019, bare before."""
    outer = as_dict(row.value)
    return as_dict(outer.get("tweet")) or outer


def film_urls(media: dict) -> list[str]:
    """Addresses of a film's copies, the finest first: the archive holds one of them."""
    copies = dicts(as_dict(media.get("video_info")).get("variants"))
    copies.sort(key=lambda copy: as_count(copy.get("bitrate")) or 0, reverse=True)
    return [url for copy in copies if (url := as_word(copy.get("url"), 2_000))]


def parent_of(tweet: dict) -> Parent | None:
    parent = Parent(
        as_id(tweet.get("in_reply_to_status_id_str") or tweet.get("in_reply_to_status_id")),
        as_id(tweet.get("in_reply_to_user_id_str") or tweet.get("in_reply_to_user_id")),
        as_word(tweet.get("in_reply_to_screen_name")),
    )
    return parent if parent.post_id or parent.account_id else None


def edit_chain(info: Any, own_id: str) -> tuple[str, ...]:
    """The versions' ids: listed under `initial` in the first version, under `edit` in those that follow."""
    info = as_dict(info)
    if not info:
        return (own_id,)
    edit = as_dict(info.get("edit"))
    control = as_dict(info.get("initial")) or as_dict(edit.get("editControlInitial"))
    chain = fields.chain_of(control.get("editTweetIds"), own_id)
    first = as_id(edit.get("initialTweetId"))
    return chain if first is None or first in chain else (first, *chain)


def declared_counts(manifest: dict) -> Iterator[tuple[str, int]]:
    """(file name, rows) of everything that the manifest lists."""
    for dataset in as_dict(manifest.get("dataTypes")).values():
        for file in dicts(as_dict(dataset).get("files")):
            name, count = as_word(file.get("fileName"), 500), as_count(file.get("count"))
            if name and count is not None:
                yield name, count
