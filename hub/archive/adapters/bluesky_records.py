"""Reads one record of Bluesky: a post or a repost, as a repository's CBOR or the API's JSON give it.

Both say the same; only references differ: bytes in the one, {"$link": "bafk..."} in the other. Whoever
fetches a public account's posts reads their `record` here too, and gets the same hash of content.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from hub.archive.adapters.base import (
    CapturedPost,
    Evidence,
    Link,
    MediaRef,
    Mention,
    Parent,
    Slice,
    content_hash,
)
from hub.archive.adapters.bluesky_repo import time_of
from hub.archive.adapters.fields import as_dict, as_word, dicts, iso_time, web_address
from hub.archive.platforms import LONGEST_ID
from hub.archive.sources.car_blocks import is_name, written

PLATFORM = "bluesky"
POST, REPOST, PROFILE = "app.bsky.feed.post", "app.bsky.feed.repost", "app.bsky.actor.profile"
EMBED = "app.bsky.embed."
# Clocks differ; a post that is younger than what holds it states a wrong time.
CLOCKS_DIFFER = timedelta(days=1)
# Posts are brought along from elsewhere under their old dates, but from nowhere older than this.
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
MOST_FACETS, MOST_PICTURES = 500, 100


@dataclass(frozen=True)
class Place:
    """Where a record stands: whose it is, under which key, in which bytes."""

    did: str
    key: str  # collection/record key
    source: Slice
    evidence: Evidence
    captured_at: datetime | None = None

    @property
    def uri(self) -> str:
        return f"at://{self.did}/{self.key}"


def read_post(record: dict, place: Place) -> CapturedPost:
    """A post (app.bsky.feed.post), of a field of whatever shape."""
    text = record["text"] if isinstance(record.get("text"), str) else ""
    embed = as_dict(record.get("embed"))
    links, mentions = [*_links(record, text), *_cards(embed)], _mentions(record, text)
    media, quotes, warning = list(_media(embed)), _quoted(embed), _warning(record)
    posted_at, stated_at = _times(record, place)
    return CapturedPost(
        evidence=place.evidence,
        platform=PLATFORM,
        post_id=place.uri,
        version_id=place.uri,
        account_id=place.did,
        text=text,
        content_hash=_hash(text, links, media, quotes, warning),
        source=place.source,
        posted_at=posted_at,
        stated_at=stated_at,
        captured_at=place.captured_at,
        warning=warning,
        audience="public",
        language=_language(record),
        url=f"https://bsky.app/profile/{place.did}/post/{place.key.rpartition('/')[2]}"[:500],
        reply_to=_parent(record),
        quotes=quotes,
        links=links,
        mentions=mentions,
        media=media,
    )


def read_repost(record: dict, place: Place) -> CapturedPost | None:
    """A repost (app.bsky.feed.repost); None when it does not say of what."""
    subject = uri_of(record.get("subject"))
    if not subject:
        return None
    posted_at, stated_at = _times(record, place)
    return CapturedPost(
        evidence=place.evidence,
        platform=PLATFORM,
        post_id=place.uri,
        version_id=place.uri,
        account_id=place.did,
        text="",
        content_hash=content_hash(PLATFORM, REPOST, subject),
        source=place.source,
        posted_at=posted_at,
        stated_at=stated_at,
        captured_at=place.captured_at,
        audience="public",
        reposts=subject,
    )


def uri_of(reference: Any) -> str | None:
    """The at:// address in a reference to a record."""
    uri = as_dict(reference).get("uri")
    if isinstance(uri, str) and uri.startswith("at://") and len(uri) <= LONGEST_ID and uri.isprintable():
        return uri
    return None


def did_in(uri: str) -> str | None:
    """Whose record an address names; None where it goes by a handle."""
    owner = uri.removeprefix("at://").partition("/")[0]
    return owner if owner.startswith("did:") else None


def _hash(
    text: str, links: list[Link], media: list[MediaRef], quotes: str | None, warning: str | None
) -> str:
    """What an author wrote: the words, where their links lead, pictures by the hash of their bytes (which is
    how Bluesky names them) with their descriptions, what is quoted, and what the author warned of."""
    pictures = [[one.key, one.alt_text or ""] for one in media]
    led = [[one.shown, one.expanded] for one in links]
    return content_hash(PLATFORM, POST, text, led, pictures, quotes or "", warning or "")


def _times(record: dict, place: Place) -> tuple[datetime | None, str | None]:
    """(posted_at, stated_at): the time its app stated if that can be true, else the one in its key."""
    stated, keyed = iso_time(record.get("createdAt")), time_of(place.key.rpartition("/")[2])
    latest = place.captured_at or keyed
    if stated and stated >= EARLIEST and (not latest or stated <= latest + CLOCKS_DIFFER):
        return stated, None
    return keyed, as_word(record.get("createdAt"))


def _language(record: dict) -> str | None:
    langs = record.get("langs")
    return as_word(langs[0], 10) if isinstance(langs, list) and len(langs) == 1 else None


def _parent(record: dict) -> Parent | None:
    uri = uri_of(as_dict(record.get("reply")).get("parent"))
    return Parent(uri, did_in(uri), None) if uri else None


def _warning(record: dict) -> str | None:
    """Labels that an author put on a post: "nudity", "graphic-media"."""
    values = dicts(as_dict(record.get("labels")).get("values"))
    return ", ".join(sorted(word for one in values if (word := as_word(one.get("val"))))) or None


# What stands in the text: facets count bytes, their forerunners (entities) characters.


def _features(record: dict, text: str) -> Iterator[tuple[str, dict]]:
    """(what of the text it covers, what it is)."""
    encoded = text.encode("utf-8", "replace")
    for facet in dicts(record.get("facets"))[:MOST_FACETS]:
        index = as_dict(facet.get("index"))
        shown = _cut(encoded, index.get("byteStart"), index.get("byteEnd"))
        if shown is not None:
            yield from ((shown.decode("utf-8", "replace"), one) for one in dicts(facet.get("features")))
    for entity in dicts(record.get("entities"))[:MOST_FACETS]:
        index = as_dict(entity.get("index"))
        shown = _cut(text, index.get("start"), index.get("end"))
        if shown is not None:
            key = "did" if entity.get("type") == "mention" else "uri"
            yield shown, {"$type": f"#{entity.get('type')}", key: entity.get("value")}


def _cut(text: Any, start: Any, end: Any) -> Any:
    if isinstance(start, int) and isinstance(end, int) and 0 <= start < end <= len(text):
        return text[start:end]
    return None


def _is(feature: dict, kind: str) -> bool:
    return str(feature.get("$type")).endswith("#" + kind)


def _links(record: dict, text: str) -> Iterator[Link]:
    for shown, feature in _features(record, text):
        if _is(feature, "link") and (address := web_address(feature.get("uri"))):
            yield Link(shown[:2_000], address)


def _mentions(record: dict, text: str) -> list[Mention]:
    return [
        Mention(shown.removeprefix("@")[:200], did[:LONGEST_ID], None)
        for shown, feature in _features(record, text)
        if _is(feature, "mention") and (did := as_word(feature.get("did"))) and did.startswith("did:")
    ]


# What is attached: pictures, a film, a card of a page, another post, or two of these.


def _parts(embed: dict) -> list[dict]:
    """An embed, and the medium inside one that holds a post as well."""
    return [embed, as_dict(embed.get("media"))]


def _media(embed: dict) -> Iterator[MediaRef]:
    for part in _parts(embed):
        for one in dicts(part.get("images"))[:MOST_PICTURES]:
            yield from _medium(one.get("image"), "photo", one.get("alt"))
        yield from _medium(part.get("video"), "video", part.get("alt"))


def _medium(blob: Any, kind: str, alt: Any) -> Iterator[MediaRef]:
    key = blob_name(blob)
    if key:
        yield MediaRef(key=key, kind=kind, alt_text=as_word(alt, 5_000))


def blob_name(blob: Any) -> str | None:
    """The hash that names a picture's bytes, as people write it."""
    blob = as_dict(blob)
    reference = blob.get("ref", blob.get("cid"))
    if is_name(reference):
        return written(reference)
    found = (
        as_word(as_dict(reference).get("$link") or reference) if not isinstance(reference, bytes) else None
    )
    return found if found and found.isprintable() else None


def _cards(embed: dict) -> Iterator[Link]:
    """The page whose card a post shows."""
    for part in _parts(embed):
        card = as_dict(part.get("external"))
        if address := web_address(card.get("uri")):
            yield Link(as_word(card.get("title"), 500) or address, address)


def _quoted(embed: dict) -> str | None:
    """The post (or list, or feed) that a post shows: one level deeper where there are media beside it."""
    record = as_dict(embed.get("record"))
    return uri_of(record) or uri_of(record.get("record"))
