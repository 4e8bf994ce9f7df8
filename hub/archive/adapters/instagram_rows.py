"""What the rows of an Instagram or Threads export say.

Three layouts: `{media[], title, creation_timestamp}`; values under labels in the account's language
(`string_map_data`, later `label_values`); and the first one of all (`{path, caption, taken_at}`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from hub.archive.adapters.base import content_hash
from hub.archive.adapters.fields import CLOCKS_DIFFER, as_dict, dicts, iso_time, unix_time
from hub.archive.adapters.meta_text import repaired
from hub.core import clock

BEGAN = datetime(2010, 10, 6, tzinfo=UTC)

WORDS_LABELS = {"Caption", "Title", "Text"}
COMMENT_LABELS, OWNER_LABELS = {"Comment"}, {"Media Owner", "Owner", "Username"}
PERMALINK = re.compile(r"https://(?:www\.)?instagram\.com/(?:p|reel|tv)/[\w-]+/?")


@dataclass(slots=True)
class Said:
    """What a post says. `media`: the row's own objects, in order."""

    text: str
    media: list[dict] = field(default_factory=list)

    def content_hash(self, platform: str) -> str:
        """Of the words and of when each picture was taken in: files change their names from export to
        export."""
        return content_hash(platform, self.text, [_stamp(one) for one in self.media])


@dataclass(slots=True)
class Value:
    """A value under a label, whichever layout it comes from."""

    label: str
    text: str
    at: datetime | None


def posted_at(row: Any) -> datetime | None:
    """When a post was made: of several pictures, the post's own time comes before theirs."""
    row = as_dict(row)
    times = [
        row.get("creation_timestamp"),
        *(one.get("creation_timestamp") for one in dicts(row.get("media"))),
    ]
    found = (unix_time(time, BEGAN) for time in (*times, row.get("timestamp")))
    return next((time for time in found if time), None) or _taken_at(row.get("taken_at"))


def moments(row: Any) -> Iterator[datetime]:
    """When a post or a comment was made; nothing for a row that is neither."""
    time = posted_at(row) or comment_at(row)
    if time:
        yield time


def said_in(row: dict) -> Said:
    """The caption stands with the post, or with its only picture; where both say something, the post's."""
    media = dicts(row.get("media")) or ([row] if isinstance(row.get("uri") or row.get("path"), str) else [])
    labelled = [one.text for one in values_of(row) if one.label in WORDS_LABELS]
    texts = [row.get("title"), row.get("caption"), *(one.get("title") for one in media)]
    text = next((found for one in texts if (found := repaired(one))), "")
    return Said(text or next((one for one in labelled if one), ""), media)


def permalink_in(row: dict) -> str | None:
    found = (PERMALINK.fullmatch(one.text) for one in values_of(row))
    return next((one[0] for one in found if one), None)


# Comments.


def comment_at(row: Any) -> datetime | None:
    if isinstance(row, list):
        return _taken_at(row[0]) if row else None
    stamped = [one.at for one in values_of(row) if one.at]
    return stamped[0] if stamped else unix_time(as_dict(row).get("timestamp"), BEGAN)


def comment_in(row: Any) -> tuple[str, str] | None:
    """(text, whose post it stands under); None for a row that is no comment.

    Labels are in the account's language, so where they are not known the order tells: first what was said,
    then to whom.
    """
    if isinstance(row, list):
        words = [repaired(one) for one in row[1:3]]
        return (words[0], words[1] if len(words) > 1 else "") if words and words[0] else None
    found = [one for one in values_of(row) if one.text and not one.at]
    said = next((one.text for one in found if one.label in COMMENT_LABELS), "")
    owner = next((one.text for one in found if one.label in OWNER_LABELS), "")
    if not said and not owner and found:
        said, owner = found[0].text, found[1].text if len(found) > 1 else ""
    return (said, owner) if said else None


def values_of(row: Any) -> list[Value]:
    """The labelled values of a row, in their order."""
    row = as_dict(row)
    mapped = as_dict(row.get("string_map_data")).items()
    found = [(label, as_dict(one)) for label, one in mapped]
    found += [(one.get("label"), one) for one in dicts(row.get("label_values"))]
    return [
        Value(
            repaired(label),
            repaired(one.get("value")),
            unix_time(one.get("timestamp") or one.get("timestamp_value"), BEGAN),
        )
        for label, one in found
    ]


def _taken_at(value: Any) -> datetime | None:
    """The oldest exports write times as text."""
    time = iso_time(value)
    return time if time and BEGAN <= time <= clock.now() + CLOCKS_DIFFER else None


def _stamp(media: dict) -> Any:
    value = media.get("creation_timestamp") or media.get("taken_at")
    return value if isinstance(value, int | str) and not isinstance(value, bool) else None
