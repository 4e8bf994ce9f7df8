"""What the rows of a Facebook export say, however the year of the export lays them out.

A row is `{timestamp, data[], attachments[], title}`, or a list of labelled values with the same `timestamp`.
Titles ("... shared a memory") are Facebook's words and name other people, so they stay in the bytes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from hub.archive.adapters.base import Link, content_hash
from hub.archive.adapters.fields import as_dict, dicts, unix_time, web_address
from hub.archive.adapters.meta_text import repaired, without_marks

PLATFORM = "facebook"
BEGAN = datetime(2004, 2, 4, tzinfo=UTC)

# Seconds since 1970 that still are a date: the year 5138.
LATEST = 10**11

# What the labelled layout calls the words of a post.
WORDS_LABELS = {"Message", "Text", "Post", "Comment"}


@dataclass(slots=True)
class Said:
    """What the author of a row said. `media`: the row's own objects, in order."""

    text: str
    media: list[dict] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)

    @property
    def content_hash(self) -> str:
        """Of the words, the addresses shared, and each picture's time and caption.

        Files change their folders between generations of the export; when a picture was added and what
        stands under it does not.
        """
        media = [[_whole(one.get("creation_timestamp")), caption_of(one)] for one in self.media]
        return content_hash(PLATFORM, self.text, media, [link.expanded for link in self.links])


def stamp_of(row: Any) -> int | None:
    """What a row gives as its time, in seconds since 1970: pages may date a post before Facebook began, or
    before 1970."""
    value = as_dict(row).get("timestamp")
    return value if _whole(value) is not None and abs(value) < LATEST else None


def as_date(stamp: int) -> str:
    """A time that cannot be when something was posted, as people read it."""
    try:
        return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=stamp)).isoformat()
    except OverflowError:
        return str(stamp)


def posted_at(row: Any) -> datetime | None:
    return unix_time(as_dict(row).get("timestamp"), BEGAN)


def moments(row: Any) -> Iterator[datetime]:
    """When it was posted and, if it was edited, when; nothing for a row that is no post."""
    if time := posted_at(row):
        yield time
        if edited := edited_at(row, time):
            yield edited


def edited_at(row: Any, posted: datetime) -> datetime | None:
    """When Facebook last changed the post, where that is later than it was posted."""
    times = (unix_time(one.get("update_timestamp"), BEGAN) for one in dicts(as_dict(row).get("data")))
    return max((time for time in times if time and time > posted), default=None)


def comments_in(row: dict) -> list[dict]:
    """The comments of a row; none if it is a post."""
    return [one["comment"] for one in dicts(row.get("data")) if isinstance(one.get("comment"), dict)]


def said_in(row: dict) -> Said:
    """What a post's row says; a picture's caption stands in for a text that is not there."""
    media, links = _attached(row)
    words = [repaired(one.get("post")) for one in dicts(row.get("data"))] + _labelled_words(row)
    text = "\n\n".join(dict.fromkeys(one for one in words if one))
    if not text:
        text = "\n\n".join(dict.fromkeys(caption for one in media if (caption := caption_of(one))))
    return Said(without_marks(text), media, links)


def said_in_comment(row: dict, comment: dict) -> Said:
    media, links = _attached(row)
    return Said(without_marks(repaired(comment.get("comment"))), media, links)


def named_text(row: dict) -> str:
    """The text with Facebook's marks of names, to find who is named."""
    parts = [repaired(one.get("post")) for one in dicts(row.get("data"))]
    parts += [repaired(one.get("comment")) for one in comments_in(row)]
    return "\n".join(parts)


def caption_of(media: dict) -> str:
    return without_marks(repaired(media.get("description")))


def _attached(row: dict) -> tuple[list[dict], list[Link]]:
    media, links = [], []
    for attachment in dicts(row.get("attachments")):
        for one in dicts(attachment.get("data")):
            if isinstance(one.get("media"), dict):
                media.append(one["media"])
            elif url := web_address(repaired(as_dict(one.get("external_context")).get("url"))):
                links.append(Link(url, url))
    for label in dicts(row.get("label_values")):
        media += dicts(label.get("media"))
    media += dicts(row.get("media"))
    return media, links


def _labelled_words(row: dict) -> list[str]:
    """The text among labelled values. Labels come in the account's language, so where none is known the
    first value without an address is taken."""
    values = [one for one in dicts(row.get("label_values")) if repaired(one.get("value"))]
    known = [one for one in values if repaired(one.get("label")) in WORDS_LABELS]
    plain = [one for one in values if not one.get("href") and not one.get("timestamp_value")]
    return [repaired(one["value"]) for one in (known or plain)[:1]]


def _whole(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
