"""The sample channel: reads channel.toml and writes the files that the platform and a capturing tool
would have given, so that the seed goes through the same import as anybody's upload."""

import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zlib import crc32

# The first moment of the platform's ids, in milliseconds since 1970; an id holds its time above 22 bits.
PLATFORM_EPOCH = 1288834974657

# Longer posts are kept apart from the others, which hold their beginning only.
POST_LIMIT = 280


@dataclass(frozen=True)
class Account:
    key: str
    id: str
    handle: str
    name: str
    created: datetime
    bio: str
    kind: str = "organisation"


@dataclass(frozen=True)
class Text:
    """One version of a post: an edit has an id of its own."""

    id: str
    at: datetime
    text: str


@dataclass(frozen=True)
class ChannelPost:
    """versions: oldest first. pictures: keys. reply_to: a post's key. deleted: when it was taken down."""

    key: str
    author: Account
    versions: tuple[Text, ...]
    reply_to: str = ""
    reply_to_handle: str = ""
    pictures: tuple[str, ...] = ()
    deleted: datetime | None = None
    missing_from: tuple[str, ...] = ()
    long: bool = False

    @property
    def latest(self) -> Text:
        return self.versions[-1]

    def as_of(self, moment: datetime) -> tuple[Text, ...]:
        """The versions that existed at a moment."""
        return tuple(version for version in self.versions if version.at <= moment)


@dataclass(frozen=True)
class Picture:
    key: str
    kind: str
    title: str
    alt: str
    lines: tuple[str, ...] = ()
    bars: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class Channel:
    account: Account
    email: str
    posts: dict[str, ChannelPost]
    pictures: dict[str, Picture]
    exports: dict[str, datetime]
    captures: dict[str, dict[str, Any]]
    compliance: dict[str, list[dict[str, Any]]]

    def own(self) -> list[ChannelPost]:
        """The account's own posts, oldest first."""
        mine = (post for post in self.posts.values() if post.author is self.account)
        return sorted(mine, key=lambda post: post.versions[0].at)

    def post_ids(self) -> dict[str, str]:
        """The platform's id of each post, by its key."""
        return {key: post.versions[0].id for key, post in self.posts.items()}

    def ids(self) -> dict[str, tuple[str, str]]:
        """Handle to (account id, name) of everybody who posts here."""
        return {post.author.handle: (post.author.id, post.author.name) for post in self.posts.values()}


def post_id(key: str, at: datetime) -> str:
    """An id as the platform makes them: the time, then bits that tell posts of one moment apart."""
    milliseconds = int(at.timestamp() * 1000) - PLATFORM_EPOCH
    return str(milliseconds << 22 | crc32(key.encode()) & 0x3FFFFF)


def stamp(moment: datetime) -> str:
    """A moment as the newer files write it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def read_channel(path: Path) -> Channel:
    """The channel from its file, which `reading.read` has checked for names that lead nowhere."""
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    own = dict(table["account"])
    email = own.pop("email")
    account = Account(key="own", **own)
    others = {row["key"]: Account(**row) for row in table["accounts"]}
    posts = [_post(row, account) for row in table["posts"]]
    posts += [_post(row, others[row["by"]]) for row in table["captured"]]
    return Channel(
        account=account,
        email=email,
        posts={post.key: post for post in posts},
        pictures={row["key"]: _picture(row) for row in table["pictures"]},
        exports={row["key"]: row["generated"] for row in table["exports"]},
        captures={row["key"]: row for row in table["captures"]},
        compliance={row["key"]: row["rows"] for row in table["compliance"]},
    )


def _post(row: dict[str, Any], author: Account) -> ChannelPost:
    key = row["key"]
    texts = [row, *row.get("edits", [])]
    return ChannelPost(
        key=key,
        author=author,
        versions=tuple(Text(post_id(key, each["at"]), each["at"], each["text"].strip()) for each in texts),
        reply_to=row.get("reply_to", ""),
        reply_to_handle=row.get("reply_to_handle", ""),
        pictures=tuple(row.get("pictures", ())),
        deleted=row.get("deleted"),
        missing_from=tuple(row.get("missing_from", ())),
        long=row.get("long", False),
    )


def _picture(row: dict[str, Any]) -> Picture:
    lines, bars = tuple(row.get("lines", ())), tuple((name, number) for name, number in row.get("bars", ()))
    return Picture(row["key"], row["kind"], row["title"], row["alt"], lines, bars)
