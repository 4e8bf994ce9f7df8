"""What an outside tool captured of others' posts: pages of the platform's interface, one a line, and
the rows by which the platform later tells of deletions."""

import json
from datetime import datetime
from typing import Any
from zlib import crc32

from .channel import Account, Channel, ChannelPost, post_id, stamp
from .channel_text import found, picture_page, short_link, shortened

TOOL_VERSION = "2.14.0"


def capture(channel: Channel, key: str) -> bytes:
    """One capture: what the tool met at that moment, one page a line."""
    told = channel.captures[key]
    seen = told["retrieved"]
    posts = [channel.posts[name] for name in told["posts"]]
    beside = [channel.posts[name] for name in told.get("includes", [])]
    page = {
        "data": [_post(channel, post, seen) for post in posts],
        "includes": {
            "users": [_user(account) for account in _authors([*posts, *beside])],
            "tweets": [_post(channel, post, seen) for post in beside],
            "media": [_media(channel, name, post) for post in beside for name in post.pictures],
        },
        "meta": {"result_count": len(posts), "newest_id": posts[0].as_of(seen)[-1].id},
        "__twarc": {
            "url": "https://api.twitter.com/2/tweets/search/all?query=StrathcarronCncl",
            "version": TOOL_VERSION,
            "retrieved_at": seen.isoformat(timespec="seconds"),
        },
    }
    return (json.dumps(page, ensure_ascii=False) + "\n").encode()


def compliance(channel: Channel, key: str) -> bytes:
    """What the platform says was deleted since, one row a line."""
    lines = []
    for row in channel.compliance[key]:
        first = channel.posts[row["post"]].versions[0]
        told = {
            "id": first.id,
            "action": "delete",
            "created_at": stamp(first.at),
            "redacted_at": stamp(row["redacted"]),
            "reason": row["reason"],
        }
        lines.append(json.dumps(told) + "\n")
    return "".join(lines).encode()


def _post(channel: Channel, post: ChannelPost, seen: datetime) -> dict[str, Any]:
    version = post.as_of(seen)[-1]
    text, addresses = shortened(version.text)
    if post.pictures:
        addresses.append(picture_page(post.author.handle, version.id))
        text += " " + short_link(addresses[-1])
    pull = crc32(post.key.encode()) % 40
    told: dict[str, Any] = {
        "id": version.id,
        "text": text,
        "author_id": post.author.id,
        "created_at": stamp(version.at),
        "conversation_id": _conversation(channel, post),
        "edit_history_tweet_ids": [each.id for each in post.as_of(seen)],
        "entities": found(text, addresses, channel.ids()),
        "lang": "en",
        "possibly_sensitive": False,
        "reply_settings": "everyone",
        "source": "Twitter Web App",
        "public_metrics": {
            "retweet_count": pull // 5,
            "reply_count": pull // 7,
            "like_count": pull + (seen - version.at).days // 30,
            "quote_count": pull // 11,
        },
    }
    if post.reply_to:
        parent = channel.posts[post.reply_to]
        told["in_reply_to_user_id"] = parent.author.id
        told["referenced_tweets"] = [{"type": "replied_to", "id": parent.versions[0].id}]
    if post.pictures:
        told["attachments"] = {"media_keys": [_media_key(name, post) for name in post.pictures]}
    return told


def _conversation(channel: Channel, post: ChannelPost) -> str:
    while post.reply_to:
        post = channel.posts[post.reply_to]
    return post.versions[0].id


def _authors(posts: list[ChannelPost]) -> list[Account]:
    return list({post.author.id: post.author for post in posts}.values())


def _user(account: Account) -> dict[str, Any]:
    return {
        "id": account.id,
        "username": account.handle,
        "name": account.name,
        "created_at": stamp(account.created),
        "description": account.bio,
        "protected": False,
        "verified": False,
        "url": "",
        "public_metrics": {"followers_count": 120, "following_count": 80, "tweet_count": 900},
    }


def _media_key(name: str, post: ChannelPost) -> str:
    """The picture's number in the account's own archive, behind the platform's code for photographs."""
    return f"3_{post_id(name, post.latest.at)}"


def _media(channel: Channel, name: str, post: ChannelPost) -> dict[str, Any]:
    told = {"media_key": _media_key(name, post), "type": "photo", "width": 800, "height": 450}
    alt = channel.pictures[name].alt
    return told | ({"alt_text": alt} if alt else {})
