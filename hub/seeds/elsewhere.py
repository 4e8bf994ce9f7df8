"""The sample council on other platforms: reads elsewhere.toml and writes the files that each would give."""

import tomllib
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zlib import crc32

from hub.archive.adapters.base import provisional_id
from hub.archive.adapters.derived_ids import DerivedIds
from hub.archive.adapters.facebook_archive import POST
from hub.archive.adapters.facebook_rows import PLATFORM
from hub.archive.capturing.by_hand import FILE_NAME, Seen, pack
from hub.core import clock

from .channel import Picture
from .facebook_files import facebook_zip
from .mastodon_files import mastodon_tar, replies_file

# Whoever sees something writes it down soon after.
UNTIL_WRITTEN_DOWN = timedelta(minutes=20)

# Below a Mastodon server's ids stand the milliseconds since 1970, then bits of its own.
SERVERS_BITS = 16


@dataclass(frozen=True)
class Elsewhere:
    """The tables of elsewhere.toml, each with what the files need: posts of Mastodon have their `id`."""

    mastodon: dict[str, Any]
    replies: dict[str, Any]
    facebook: dict[str, Any]
    by_hand: list[dict[str, Any]]
    kinds: dict[str, str]
    post_ids: dict[str, str]

    @property
    def files(self) -> set[str]:
        """The keys of everything that can be brought in."""
        own = (self.mastodon, self.replies, self.facebook)
        return {table["key"] for table in (*own, *self.by_hand)}


def read_elsewhere(path: Path) -> Elsewhere:
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    mastodon, replies, facebook = table["mastodon"], table["replies"], table["facebook"]
    actor = f"{mastodon['server']}/users/{mastodon['user']}"
    actors = {row["key"]: row["actor"] for row in table["neighbours"]}
    for post in mastodon["posts"]:
        post |= {"author": actor, "id": _status(actor, post)}
    for post in replies["posts"]:
        post |= {"author": actors[post["by"]], "id": _status(actors[post["by"]], post)}
    ids = {post["key"]: post["id"] for post in (*mastodon["posts"], *replies["posts"])}
    for post in (*mastodon["posts"], *replies["posts"]):
        post["parent"] = ids[post["reply_to"]] if "reply_to" in post else None
    # Facebook's export names its account by the second at which it was made, and gives its posts no ids.
    page = f"made-{int(facebook['registered'].timestamp())}"
    for post in facebook["posts"]:
        ids[post["key"]] = DerivedIds(POST).of(PLATFORM, page, int(post["at"].timestamp()))
    kinds = {row["actor"]: row["kind"] for row in table["neighbours"]}
    kinds |= {actor: "organisation", page: "organisation"}
    kinds |= {provisional_id(row["handle"]): row["kind"] for row in table["by_hand"]}
    return Elsewhere(mastodon | {"actor": actor}, replies, facebook, table["by_hand"], kinds, ids)


def _status(actor: str, post: dict[str, Any]) -> str:
    milliseconds = int(post["at"].timestamp() * 1000)
    bits = crc32(post["key"].encode()) & (1 << SERVERS_BITS) - 1
    return f"{actor}/statuses/{milliseconds << SERVERS_BITS | bits}"


def write_elsewhere(elsewhere: Elsewhere, pictures: dict[str, Picture], folder: Path) -> dict[str, Path]:
    """Every file, by its key, named as it would arrive."""
    mastodon, replies, facebook = elsewhere.mastodon, elsewhere.replies, elsewhere.facebook
    made = {
        mastodon["key"]: (f"archive-{_day(mastodon['made'])}.tar.gz", mastodon_tar(mastodon, pictures)),
        replies["key"]: (f"replies-{_day(replies['retrieved'])}.json", replies_file(replies)),
        facebook["key"]: (
            f"facebook-{facebook['address']}-{_day(facebook['made'])}.zip",
            facebook_zip(facebook),
        ),
    }
    made |= {row["key"]: (FILE_NAME, _written_down(row)) for row in elsewhere.by_hand}
    paths = {}
    for key, (name, content) in made.items():
        paths[key] = folder / key / name
        paths[key].parent.mkdir()
        paths[key].write_bytes(content)
    return paths


def _written_down(row: dict[str, Any]) -> bytes:
    seen = Seen(
        address=row["address"],
        text=row["text"],
        handle=row["handle"],
        name=row["name"],
        posted_at=row["posted"],
        seen_at=row["seen"],
        by=row["by"],
        how=row["how"],
    )
    with clock.at(row["seen"] + UNTIL_WRITTEN_DOWN), pack(seen) as packed:
        return packed.read()


def _day(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d")
