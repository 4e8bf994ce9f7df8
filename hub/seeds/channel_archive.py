"""The account's own archive, as the platform gives it: a zip of JavaScript files and media."""

import json
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo
from zlib import crc32

from .channel import POST_LIMIT, Channel, ChannelPost, Text, post_id, stamp
from .channel_pictures import draw
from .channel_text import found, picture_page, short_link, shortened

# How far back an archive lists what was deleted.
DELETED_LISTED = timedelta(days=14)

# How long after posting an edit was possible.
EDITABLE = timedelta(hours=1)

DATA_TYPES = {
    "account": "account",
    "profile": "profile",
    "tweets": "tweets",
    "note-tweet": "noteTweet",
    "deleted-tweets": "deletedTweets",
    "deleted-tweet-headers": "deletedTweetHeaders",
    "direct-messages": "directMessages",
    "ip-audit": "ipAudit",
}
MEDIA_FOLDERS = {"tweets": "data/tweets_media", "deleted-tweets": "data/deleted_tweets_media"}


def archive(channel: Channel, generated: datetime, export: str) -> bytes:
    """The zip that the platform would have made at that moment."""
    files, media = _contents(channel, generated, export)
    made = generated.astimezone(UTC).timetuple()[:6]
    zipped = BytesIO()
    with ZipFile(zipped, "w", ZIP_DEFLATED) as folder:
        folder.writestr(ZipInfo("data/manifest.js", made), _manifest(channel, generated, files), ZIP_DEFLATED)
        for name, rows in files.items():
            text = f"window.YTD.{name.replace('-', '_')}.part0 = " + _json(rows)
            folder.writestr(ZipInfo(f"data/{name}.js", made), text, ZIP_DEFLATED)
        for name, picture in media.items():
            folder.writestr(ZipInfo(name, made), picture)
    return zipped.getvalue()


def _contents(
    channel: Channel, generated: datetime, export: str
) -> tuple[dict[str, list[dict[str, Any]]], dict[str, bytes]]:
    files: dict[str, list[dict[str, Any]]] = {name: [] for name in DATA_TYPES}
    files["account"] = [{"account": _account(channel)}]
    files["profile"] = [{"profile": {"description": {"bio": channel.account.bio, "location": ""}}}]
    files["direct-messages"] = [_direct_message(channel)]
    files["ip-audit"] = [
        {"ipAudit": {"accountId": channel.account.id, "createdAt": stamp(generated), "loginIp": "192.0.2.14"}}
    ]
    media: dict[str, bytes] = {}
    for post in channel.own():
        name = _file_of(post, generated, export)
        if name is None:
            continue
        for version in post.as_of(generated):
            tweet = _tweet(channel, post, version, generated)
            if name == "deleted-tweets" and post.deleted:
                tweet["deleted_at"] = _long_date(post.deleted)
                files["deleted-tweet-headers"].append({"tweet": _header(channel, version)})
            files[name].append({"tweet": tweet})
            for key in post.pictures:
                path = f"{MEDIA_FOLDERS[name]}/{version.id}-{_media_name(key)}"
                media[path] = draw(channel.pictures[key], channel.account.name)
        if post.long:
            files["note-tweet"].append({"noteTweet": _note(post)})
    files["tweets"].reverse()  # the platform writes the newest first
    return files, media


def _file_of(post: ChannelPost, generated: datetime, export: str) -> str | None:
    """Which of the archive's files holds a post at that moment; None: none."""
    if post.versions[0].at > generated or export in post.missing_from:
        return None
    if post.deleted is None or post.deleted > generated:
        return "tweets"
    return "deleted-tweets" if generated - post.deleted <= DELETED_LISTED else None


def _tweet(channel: Channel, post: ChannelPost, version: Text, generated: datetime) -> dict[str, Any]:
    text, addresses = shortened(version.text)
    entities = found(text, addresses, channel.ids())
    if post.long:
        text = text[: POST_LIMIT - 5].rstrip() + "…"
        entities = found(text, [], {})
    media = [_media(channel, key, version) for key in post.pictures]
    if media:
        text += " " + media[0]["url"]
    pull = crc32(post.key.encode()) % 60
    tweet = {
        "edit_info": _edits(post, version),
        "retweeted": False,
        "source": '<a href="https://mobile.twitter.com" rel="nofollow">Twitter Web App</a>',
        "entities": _entities(entities, media),
        "display_text_range": ["0", str(len(text))],
        "favorite_count": str(pull + (generated - version.at).days // 90),
        "id_str": version.id,
        "id": version.id,
        "truncated": False,
        "retweet_count": str(pull // 4),
        "created_at": _long_date(version.at),
        "favorited": False,
        "full_text": text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"),
        "lang": "en",
    }
    if media:
        tweet["extended_entities"] = {"media": media}
    return tweet | _reply(channel, post)


def _header(channel: Channel, version: Text) -> dict[str, str]:
    return {"tweet_id": version.id, "user_id": channel.account.id, "created_at": stamp(version.at)}


def _reply(channel: Channel, post: ChannelPost) -> dict[str, str]:
    if post.reply_to:
        parent = channel.posts[post.reply_to]
        return {
            "in_reply_to_status_id_str": parent.latest.id,
            "in_reply_to_status_id": parent.latest.id,
            "in_reply_to_user_id_str": parent.author.id,
            "in_reply_to_user_id": parent.author.id,
            "in_reply_to_screen_name": parent.author.handle,
        }
    if post.reply_to_handle:
        earlier = post_id(f"{post.key} parent", post.versions[0].at - timedelta(minutes=19))
        return {
            "in_reply_to_status_id_str": earlier,
            "in_reply_to_status_id": earlier,
            "in_reply_to_screen_name": post.reply_to_handle,
        }
    return {}


def _edits(post: ChannelPost, version: Text) -> dict[str, Any]:
    control = {
        "editTweetIds": [each.id for each in post.versions],
        "editableUntil": stamp(post.versions[0].at + EDITABLE),
        "editsRemaining": str(6 - len(post.versions)),
        "isEditEligible": not post.reply_to,
    }
    if version is post.versions[0]:
        return {"initial": control}
    return {"edit": {"initialTweetId": post.versions[0].id, "editControlInitial": control}}


def _entities(entities: dict[str, list[dict[str, Any]]], media: list[dict[str, Any]]) -> dict[str, Any]:
    """The platform's older names for what was found in a text."""

    def places(each: dict[str, Any]) -> list[str]:
        return [str(each["start"]), str(each["end"])]

    told: dict[str, Any] = {
        "hashtags": [{"text": each["tag"], "indices": places(each)} for each in entities["hashtags"]],
        "symbols": [],
        "user_mentions": [
            {"name": each["name"], "screen_name": each["username"], "indices": places(each)}
            | {"id_str": each["id"], "id": each["id"]}
            for each in entities["mentions"]
        ],
        "urls": [
            {name: each[name] for name in ("url", "expanded_url", "display_url")} | {"indices": places(each)}
            for each in entities["urls"]
        ],
    }
    if media:
        told["media"] = media
    return told


def _media(channel: Channel, key: str, version: Text) -> dict[str, Any]:
    picture = channel.pictures[key]
    address = picture_page(channel.account.handle, version.id)
    row = {
        "expanded_url": address,
        "url": short_link(address),
        "display_url": f"pic.twitter.com/{short_link(address)[-10:]}",
        "media_url": f"http://pbs.twimg.com/media/{_media_name(key)}",
        "media_url_https": f"https://pbs.twimg.com/media/{_media_name(key)}",
        "id_str": post_id(key, version.at),
        "type": "photo",
    }
    return row | ({"ext_alt_text": picture.alt} if picture.alt else {})


def _media_name(key: str) -> str:
    return short_link(key)[-10:].upper() + ".png"


def _note(post: ChannelPost) -> dict[str, Any]:
    first = post.versions[0]
    text, addresses = shortened(first.text)
    links = [{"expandedUrl": address, "shortUrl": short_link(address)} for address in addresses]
    return {
        "noteTweetId": post_id(f"{post.key} note", first.at),
        "createdAt": stamp(first.at),
        "updatedAt": stamp(first.at),
        "lifecycle": {"value": "0", "name": "Active", "originalName": "Active", "annotations": {}},
        "core": {"text": text, "urls": links, "mentions": [], "hashtags": [], "cashtags": []},
    }


def _account(channel: Channel) -> dict[str, str]:
    own = channel.account
    return {
        "email": channel.email,
        "createdVia": "web",
        "username": own.handle,
        "accountId": own.id,
        "createdAt": stamp(own.created),
        "accountDisplayName": own.name,
    }


def _direct_message(channel: Channel) -> dict[str, Any]:
    """Private matter, as every real archive holds: the import must leave it out."""
    message = {
        "senderId": "1458820013377261569",
        "recipientId": channel.account.id,
        "text": "A private message, which no import should bring in.",
        "createdAt": "2023-12-04T19:31:08.000Z",
        "id": "1731754398512066560",
    }
    return {"dmConversation": {"conversationId": "1-2", "messages": [{"messageCreate": message}]}}


def _manifest(channel: Channel, generated: datetime, files: dict[str, list[dict[str, Any]]]) -> str:
    types = {}
    for name, kind in DATA_TYPES.items():
        told: dict[str, Any] = {
            "files": [
                {
                    "fileName": f"data/{name}.js",
                    "globalName": f"YTD.{name.replace('-', '_')}.part0",
                    "count": str(len(files[name])),
                }
            ]
        }
        if name in MEDIA_FOLDERS:
            told["mediaDirectory"] = MEDIA_FOLDERS[name]
        types[kind] = told
    own = channel.account
    config = {
        "userInfo": {"accountId": own.id, "userName": own.handle, "displayName": own.name},
        "archiveInfo": {"generationDate": stamp(generated), "isPartialArchive": False},
        "dataTypes": types,
    }
    return "window.__THAR_CONFIG = " + _json(config)


def _long_date(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%a %b %d %H:%M:%S +0000 %Y")


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)
