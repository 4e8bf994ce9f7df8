"""Writes X archives in the exact layout in which X gives them, and as wrong as a test needs them.

    archive = XArchive(handle="strathtay", name="Strathtay Council")
    first = archive.post("Schools are closed today.", at="2024-01-16T07:00")
    archive.edit(first, "Schools are closed today and tomorrow.", at="2024-01-16T07:20")
    archive.deleted_post("Wrong channel, sorry", at="2024-02-01T10:00", deleted_at="2024-02-01T10:05")
    archive.write(path)

Everything in it is invented. The numbers of posts are true snowflakes of their times.
"""

from __future__ import annotations

import io
import json
import struct
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.factories.zips import write_zip

SNOWFLAKE_EPOCH_MS = 1_288_834_974_657


def moment(value: str | datetime) -> datetime:
    time = datetime.fromisoformat(value) if isinstance(value, str) else value
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def classic(time: datetime) -> str:
    return time.strftime("%a %b %d %H:%M:%S +0000 %Y")


def iso(time: datetime) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def snowflake(time: datetime, sequence: int) -> str:
    return str(((int(time.timestamp() * 1000) - SNOWFLAKE_EPOCH_MS) << 22) + sequence)


def png(width: int = 8, height: int = 8, colour: tuple[int, int, int] = (31, 78, 121)) -> bytes:
    """A true picture of one colour."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    row = b"\x00" + bytes(colour) * width
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(row * height)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


class XArchive:
    """An archive under construction. Methods that add a post return its tweet, to be changed at will."""

    def __init__(
        self,
        handle: str = "strathtay",
        name: str = "Strathtay Council",
        account_id: str = "830012345",
        made_at: str | datetime = "2024-06-01T09:00",
        partial: bool = False,
    ):
        self.handle, self.name, self.account_id = handle, name, account_id
        self.made_at = moment(made_at)
        self.partial = partial
        self.tweets: list[dict] = []
        self.deleted: list[dict] = []
        self.headers: list[dict] = []
        self.notes: list[dict] = []
        self.community: list[dict] = []
        self.handles: list[dict] = []
        self.files: dict[str, bytes] = {}
        self.extra: dict[str, list] = {}
        self._sequence = 0

    # What it holds.

    def post(self, text: str, at: str | datetime, *, reply_to: dict | None = None, **more) -> dict:
        tweet = self._tweet(text, moment(at), **more)
        if reply_to:
            tweet |= {
                "in_reply_to_status_id_str": reply_to["id_str"],
                "in_reply_to_status_id": reply_to["id_str"],
                "in_reply_to_user_id_str": self.account_id,
                "in_reply_to_screen_name": self.handle,
            }
        self.tweets.append({"tweet": tweet})
        return tweet

    def edit(self, first: dict, text: str, at: str | datetime) -> dict:
        """A later version of a post: a row of its own, in one chain with the first."""
        edited = self.post(text, at)
        control = first.setdefault("edit_info", {"initial": self._control(first, at)})["initial"]
        control["editTweetIds"].append(edited["id_str"])
        edited["edit_info"] = {
            "edit": {"initialTweetId": first["id_str"], "editControlInitial": control},
        }
        return edited

    def deleted_post(self, text: str, at: str | datetime, deleted_at: str | datetime) -> dict:
        tweet = self._tweet(text, moment(at)) | {"deleted_at": classic(moment(deleted_at))}
        self.deleted.append({"tweet": tweet})
        return tweet

    def deleted_header(self, at: str | datetime, deleted_at: str | datetime | None = None) -> dict:
        time = moment(at)
        header = {
            "tweet_id": self._next_id(time),
            "user_id": self.account_id,
            "created_at": classic(time),
        }
        if deleted_at:
            header["deleted_at"] = classic(moment(deleted_at))
        self.headers.append({"tweet": header})
        return header

    def long_post(self, text: str, at: str | datetime) -> dict:
        """A post too long for tweets.js: cut there, whole in note-tweet.js, which has no number for it."""
        time = moment(at)
        tweet = self.post(text[:275] + "… https://t.co/long", time)
        self.notes.append(
            {
                "noteTweet": {
                    "noteTweetId": self._next_id(time),
                    "createdAt": iso(time),
                    "updatedAt": iso(time),
                    "lifecycle": {"value": "Created"},
                    "core": {"text": text, "urls": [], "mentions": [], "hashtags": []},
                }
            }
        )
        return tweet

    def community_post(self, text: str, at: str | datetime) -> dict:
        tweet = self._tweet(text, moment(at)) | {"community_id_str": "149001122334455"}
        self.community.append({"tweet": tweet})
        return tweet

    def picture(self, tweet: dict, data: bytes, *, name: str = "", folder: str = "tweets_media") -> str:
        """Adds a picture to a post; returns the member that holds it."""
        key = self._next_id(self.made_at)
        name = name or f"F{key[-8:]}AbC.png"
        media = {
            "id_str": key,
            "type": "photo",
            "media_url_https": f"https://pbs.twimg.com/media/{name}",
            "url": f"https://t.co/{key[-8:]}",
        }
        tweet.setdefault("extended_entities", {"media": []})["media"].append(media)
        tweet["full_text"] += f" {media['url']}"
        member = f"data/{folder}/{tweet['id_str']}-{name}"
        self.files[member] = data
        return member

    def renamed(self, before: str, after: str, at: str | datetime) -> None:
        change = {"changedAt": iso(moment(at)), "changedFrom": before, "changedTo": after}
        self.handles.append({"screenNameChange": {"accountId": self.account_id, "screenNameChange": change}})

    def private_matter(self) -> XArchive:
        """What every archive holds beside posts, with words that must be found nowhere afterwards."""
        self.extra |= {
            "direct-messages": [{"dmConversation": {"messages": [{"text": "CANARY-DIRECT-MESSAGE"}]}}] * 3,
            "ip-audit": [{"ipAudit": {"accountId": self.account_id, "loginIp": "CANARY-203.0.113.9"}}] * 4,
            "contact": [{"contact": {"emails": ["CANARY-contact@example.org"]}}],
            "like": [{"like": {"tweetId": "1", "fullText": "CANARY-LIKED"}}] * 5,
        }
        self.files["data/direct_messages_media/1-2.jpg"] = b"CANARY-DIRECT-PICTURE"
        return self

    # How it is written.

    def write(self, path: Path, *, prefix: str = "", parts: int = 1) -> Path:
        """Write the zip; `parts` splits the posts over that many files, `prefix` wraps it in a folder."""
        return write_zip(path, ((prefix + name, data) for name, data in self.members(parts)))

    def bytes(self, **how) -> bytes:
        buffer = io.BytesIO()
        self.write(buffer, **how)
        return buffer.getvalue()

    def members(self, parts: int = 1) -> Iterator[tuple[str, bytes]]:
        data = list(self._data_files(parts))
        yield "data/manifest.js", self._manifest(data)
        for name, global_name, rows in data:
            yield name, javascript(f"YTD.{global_name}", rows)
        yield "Your archive.html", b"<!doctype html><title>Your archive</title>"
        yield "assets/js/runtime.js", b"!function(){}();"
        yield from self.files.items()

    def _data_files(self, parts: int) -> Iterator[tuple[str, str, list]]:
        account = {
            "phoneNumber": "+441632960000",
            "email": "CANARY-owner@example.org",
            "createdVia": "web",
            "username": self.handle,
            "accountId": self.account_id,
            "createdAt": "2011-04-01T08:00:00.000Z",
            "accountDisplayName": self.name,
        }
        yield "data/account.js", "account.part0", [{"account": account}]
        profile = {"description": {"bio": "News from Strathtay Council", "website": "", "location": ""}}
        yield "data/profile.js", "profile.part0", [{"profile": profile}]
        size = -(-len(self.tweets) // parts) or 1
        for part in range(parts):
            suffix = f"-part{part}" if part else ""
            rows = self.tweets[part * size : (part + 1) * size]
            yield f"data/tweets{suffix}.js", f"tweets.part{part}", rows
        yield "data/deleted-tweets.js", "deleted_tweets.part0", self.deleted
        yield "data/deleted-tweet-headers.js", "deleted_tweet_headers.part0", self.headers
        yield "data/note-tweet.js", "note_tweet.part0", self.notes
        yield "data/community-tweet.js", "community_tweet.part0", self.community
        yield "data/screen-name-change.js", "screen_name_change.part0", self.handles
        for name, rows in self.extra.items():
            yield f"data/{name}.js", f"{name.replace('-', '_')}.part0", rows

    def _manifest(self, data: list[tuple[str, str, list]]) -> bytes:
        types: dict[str, dict] = {}
        for name, global_name, rows in data:
            words = global_name.partition(".")[0].split("_")
            key = words[0] + "".join(word.title() for word in words[1:])
            files = types.setdefault(key, {"files": []})["files"]
            files.append({"fileName": name, "globalName": f"YTD.{global_name}", "count": str(len(rows))})
        config = {
            "userInfo": {
                "accountId": self.account_id,
                "userName": self.handle,
                "displayName": self.name,
            },
            "archiveInfo": {
                "sizeBytes": "0",
                "generationDate": iso(self.made_at),
                "isPartialArchive": self.partial,
                "maxPartSizeBytes": "53687091200",
            },
            "readmeInfo": {"fileName": "data/README.txt"},
            "dataTypes": types,
        }
        return javascript("__THAR_CONFIG", config)

    def _tweet(self, text: str, time: datetime, **more) -> dict:
        post_id = self._next_id(time)
        return {
            "edit_info": {"initial": self._control({"id_str": post_id}, time)},
            "retweeted": False,
            "source": '<a href="https://mobile.twitter.com" rel="nofollow">Twitter Web App</a>',
            "entities": {"hashtags": [], "symbols": [], "user_mentions": [], "urls": []},
            "display_text_range": ["0", str(len(text))],
            "favorite_count": "3",
            "id_str": post_id,
            "truncated": False,
            "retweet_count": "1",
            "id": post_id,
            "created_at": classic(time),
            "favorited": False,
            "full_text": text,
            "lang": "en",
        } | more

    @staticmethod
    def _control(tweet: dict, time: str | datetime) -> dict:
        until = moment(time) + timedelta(hours=1)
        return {
            "editTweetIds": [tweet["id_str"]],
            "editableUntil": iso(until),
            "editsRemaining": "5",
            "isEditEligible": True,
        }

    def _next_id(self, time: datetime) -> str:
        self._sequence += 1
        return snowflake(time, self._sequence)


def javascript(name: str, value) -> bytes:
    return f"window.{name} = {json.dumps(value, indent=2, ensure_ascii=False)}".encode()


def big_archive(count: int, **about) -> XArchive:
    """`count` posts, one every 40 minutes: some reply, some were edited, some deleted, some have links."""
    archive = XArchive(**about)
    start = archive.made_at - timedelta(minutes=40) * (count + 1)
    previous = None
    for number in range(count):
        at = start + timedelta(minutes=40) * number
        text = f"Notice {number}: the library at Bridge Street opens at {9 + number % 3}. Ask us anything."
        if number % 50 == 49:
            archive.deleted_post(text, at, at + timedelta(hours=3))
            continue
        if number % 100 == 98 and previous is not None:
            archive.edit(previous, f"{previous['full_text']} (corrected)", at)
            continue
        reply_to = previous if number % 10 == 3 else None
        tweet = archive.post(text, at, reply_to=reply_to)
        if number % 7 == 0:
            tweet["entities"]["urls"].append(
                {"url": f"https://t.co/{number}", "expanded_url": f"https://strathtay.example/{number}"}
            )
        previous = tweet
    return archive
