"""Fields that Twitter and X write the same way wherever they write them."""

from __future__ import annotations

import html
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from hub.archive.adapters.base import Link, Mention, content_hash
from hub.archive.adapters.fields import as_word, dicts

PLATFORM = "x"

MEDIA_KINDS = {"photo": "photo", "video": "video", "animated_gif": "animation"}

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
FIRST_TWEET = datetime(2006, 3, 21, tzinfo=UTC)
CLOCKS_DIFFER = timedelta(days=1)

# Since November 2010 a post's number holds the millisecond it was made; numbers before are a plain count.
SNOWFLAKE_EPOCH_MS = 1_288_834_974_657
FIRST_SNOWFLAKE = 29_700_859_247
LONGEST_ID = 20


def as_id(value: Any) -> str | None:
    """A post's or account's number as text; None for anything else."""
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if isinstance(text, str) and text.isascii() and text.isdigit() and len(text) <= LONGEST_ID:
        return text
    return None


def as_text(value: Any) -> str:
    """Text without the escapes that the API adds ("&amp;")."""
    return html.unescape(value) if isinstance(value, str) else ""


def media_kind(value: Any) -> str:
    """What a picture or film is, in the archive's words."""
    return MEDIA_KINDS.get(str(value), "other")


def as_time(value: Any) -> datetime | None:
    """A time as the archive ("Wed Oct 10 20:19:24 +0000 2018") or the API (ISO 8601) writes it, in UTC."""
    if not isinstance(value, str):
        return None
    try:
        found = datetime.fromisoformat(value if value[:1].isdigit() else _classic_as_iso(value))
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _classic_as_iso(value: str) -> str:
    """ "Wed Oct 10 20:19:24 +0000 2018" as ISO 8601: strptime takes ten times as long. Raises ValueError."""
    _, month, day, clock, zone, year = value.split(" ")
    return f"{year}-{MONTHS.index(month) + 1:02}-{day}T{clock}{zone}"


def time_from_id(post_id: str) -> datetime | None:
    """When a post of this number was made, for numbers that tell."""
    number = int(post_id)
    if number < FIRST_SNOWFLAKE:
        return None
    try:
        return datetime.fromtimestamp(((number >> 22) + SNOWFLAKE_EPOCH_MS) / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def believable_time(stated: Any, post_id: str, latest: datetime | None) -> tuple[datetime | None, str | None]:
    """(posted_at, stated_at): the stated time if it can be true, else the number's and what was stated.

    `latest` is when the source was made; nothing in it can be younger.
    """
    time = as_time(stated)
    too_young = time and latest and time > latest + CLOCKS_DIFFER
    if time and time >= FIRST_TWEET and not too_young:
        return time, None
    return time_from_id(post_id), as_word(stated)


def when_posted(chain: Sequence[str], own_id: str, own: datetime | None) -> datetime | None:
    """When the post of an edit chain was posted: at its first version, whose number tells, whichever of them
    this one is. own: when this version was written."""
    first = time_from_id(chain[0]) if own and chain[0] != own_id else None
    return first.replace(microsecond=0) if first and first <= own else own


def post_url(post_id: str) -> str:
    """An address that keeps working when the account changes its handle."""
    return f"https://twitter.com/i/web/status/{post_id}"


def links_of(entities: dict) -> list[Link]:
    """Shortened addresses and where they led."""
    return [
        Link(shown, expanded)
        for one in dicts(entities.get("urls"))
        if (shown := as_word(one.get("url"), 2_000))
        and (expanded := as_word(one.get("unwound_url") or one.get("expanded_url"), 2_000))
    ]


def mentions_of(mentions: Any) -> list[Mention]:
    """People named in the text: v1.1 says screen_name and id_str, v2 username and id."""
    return [
        Mention(handle, as_id(one.get("id_str") or one.get("id")), as_word(one.get("name")))
        for one in dicts(mentions)
        if (handle := as_word(one.get("screen_name") or one.get("username")))
    ]


def hash_of_words(text: str) -> str:
    """What an X post said.

    Its pictures, quotes and links stand in the text as addresses of their own (t.co), which never change;
    the fields that describe them differ between export and capture, so they are left out.
    """
    return content_hash(PLATFORM, text)


def chain_of(ids: Any, own_id: str) -> tuple[str, ...]:
    """The ids of a post's versions in order; always holds its own."""
    found = tuple(i for one in (ids if isinstance(ids, list) else []) if (i := as_id(one)))
    return found if own_id in found else (*found, own_id)
