"""Reads one object of ActivityStreams 2.0: a post, what somebody did with one, or an account.

Used for what an account's export holds (its outbox), for files that somebody captured, and fit for whatever
is fetched from a public account: `read_activity` takes the parsed value with its exact bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hub.archive.adapters import activity_fields as fields
from hub.archive.adapters.activity_fields import PLATFORM, as_list, id_of
from hub.archive.adapters.base import (
    CapturedPost,
    Deletion,
    Evidence,
    LeftOut,
    MediaRef,
    Record,
    Slice,
    content_hash,
)
from hub.archive.adapters.fields import as_count, as_dict, as_word, iso_time
from hub.archive.adapters.plain_text import from_html, links_in
from hub.archive.sources.json_spans import PART, Part, parts_of, scan

CONTEXT = "https://www.w3.org/ns/activitystreams"
FORMS = {
    "Note": "", "Question": "", "Event": "", "Audio": "", "Document": "",
    "Article": "article", "Page": "page", "Image": "picture", "Video": "film",
}  # fmt: skip
# Of these a summary is a warning put in front of the text; of the others it tells what they are about.
WARNED = frozenset({"Note", "Question"})
ACTORS = frozenset({"Person", "Service", "Organization", "Group", "Application"})
COLLECTIONS = frozenset({"Collection", "OrderedCollection", "CollectionPage", "OrderedCollectionPage"})
WRITTEN = frozenset({"Create", "Update"})
OTHER_ACTS = frozenset({
    "Accept", "Add", "Arrive", "Block", "Dislike", "Flag", "Follow", "Ignore", "Invite", "Join", "Leave",
    "Like", "Listen", "Move", "Offer", "Read", "Reject", "Remove", "TentativeAccept", "TentativeReject",
    "Travel", "Undo", "View", "EmojiReact",
})  # fmt: skip
TYPES = (
    frozenset(FORMS)
    | ACTORS
    | COLLECTIONS
    | WRITTEN
    | OTHER_ACTS
    | {"Announce", "Delete", "Tombstone", "Place"}
)

LONGEST_TITLE, LONGEST_WARNING = 1_000, 2_000


@dataclass(frozen=True)
class Reading:
    """What is known of the objects of one source.

    `strict`: only what says that it is public is read (an account's own export holds what is not). `member`
    names the file of the upload that holds a picture of this address. `owner`: whose posts they must be.
    """

    evidence: Evidence
    file: str
    captured_at: datetime | None = None
    strict: bool = False
    owner: str | None = None
    member: Callable[[str], str | None] = lambda address: None


def type_of(value: Any) -> str:
    found = as_list(as_dict(value).get("type"))
    return next((one for one in found if isinstance(one, str) and one in TYPES), "")


def read_activity(part: Part, row: int, reading: Reading) -> Iterator[Record]:
    """The records of one object, with its exact bytes: accounts first, then posts or deletions, or why it is
    left out."""
    value, kind = as_dict(part.value), type_of(part.value)
    source = Slice(part.raw, reading.file, row)
    if kind in WRITTEN and isinstance(value.get("object"), dict):
        yield from _written(value, source, reading)
    elif kind == "Announce":
        yield from _announced(part, source, reading)
    elif kind == "Delete":
        yield from _gone(value.get("object"), value, source, reading)
    elif kind == "Tombstone":
        yield from _gone(value, value, source, reading)
    elif kind == "Undo" and type_of(value.get("object")) == "Announce" and id_of(value["object"]):
        yield from _gone(value["object"], value, source, reading)
    elif kind in FORMS:
        yield from _post(value, value.get("attributedTo") or value.get("actor"), source, reading, value)
    elif kind in ACTORS and (account := fields.account_of(value, value.get("updated"))):
        yield account
        yield LeftOut("no_post", reading.file)
    else:
        yield LeftOut("not_posts" if kind in OTHER_ACTS | WRITTEN else "unexpected_shape", reading.file)


def _written(activity: dict, source: Slice, reading: Reading) -> Iterator[Record]:
    """Create and Update carry the object as it then was. The object's own audience counts, if it has one."""
    holder = as_dict(activity.get("object"))
    if type_of(holder) in ACTORS:
        if account := fields.account_of(holder, activity.get("published")):
            yield account
        yield LeftOut("no_post", reading.file)
    elif type_of(holder) not in FORMS:
        yield LeftOut("unexpected_shape", reading.file)
    else:
        author = holder.get("attributedTo") or activity.get("actor")
        yield from _post(holder, author, source, reading, holder, activity)


def _announced(part: Part, source: Slice, reading: Reading) -> Iterator[Record]:
    """A post passed on; the one who wrote it is read too, where the whole of it is there."""
    activity = part.value
    if isinstance(activity.get("object"), dict) and type_of(activity["object"]) in FORMS:
        yield from _inner(part, source.row, reading)
    yield from _post(activity, activity.get("actor"), source, reading, activity)


def _inner(part: Part, row: int, reading: Reading) -> Iterator[Record]:
    """The post inside, with its own bytes. It is somebody else's."""
    scanned, _ = scan(part.raw.decode("utf-8", "surrogateescape"), 0, {"object": PART})
    others = Reading(
        reading.evidence, reading.file, reading.captured_at, reading.strict, None, reading.member
    )
    for inner in parts_of(scanned.get("object")):
        yield from read_activity(inner, row, others)


def _post(holder: dict, author: Any, source: Slice, reading: Reading, *addressed: dict) -> Iterator[Record]:
    post_id = id_of(holder)
    audience = fields.audience_of(*addressed)
    account = fields.account_of(author or fields.author_in(post_id), holder.get("published"))
    if audience is None or (reading.strict and not audience):
        yield LeftOut("not_public", reading.file)
    elif not post_id:
        yield LeftOut("no_id", reading.file)
    elif not account:
        yield LeftOut("no_author", reading.file)
    elif reading.owner and account.account_id != reading.owner:
        yield LeftOut("another_account", reading.file)
    else:
        if account.account_id != reading.owner:
            yield account
        yield _captured(_Named(post_id, account.account_id, audience), holder, source, reading)


@dataclass(frozen=True)
class _Named:
    """Whose post it is, and for whom."""

    post_id: str
    account_id: str
    audience: str


def _captured(named: _Named, holder: dict, source: Slice, reading: Reading) -> CapturedPost:
    kind = type_of(holder)
    text = text_of(holder)
    title = _plain(holder.get("name"), LONGEST_TITLE)
    warning = _warning(holder, kind)
    media = list(_media(holder, reading)) if kind in FORMS else []
    posted_at, updated_at = iso_time(holder.get("published")), iso_time(holder.get("updated"))
    return CapturedPost(
        evidence=reading.evidence,
        platform=PLATFORM,
        post_id=named.post_id,
        version_id=named.post_id,
        account_id=named.account_id,
        text=text,
        content_hash=hash_of(text, title, warning, media, reposts := _reposted(holder, kind)),
        source=source,
        posted_at=posted_at,
        written_at=updated_at if updated_at and (not posted_at or updated_at > posted_at) else None,
        captured_at=reading.captured_at,
        title=title,
        warning=warning,
        audience=named.audience,
        form=FORMS.get(kind, ""),
        language=fields.language_of(holder),
        url=as_word(fields.address_of(holder.get("url")), 500),
        reply_to=fields.parent_of(holder),
        quotes=fields.quoted(holder),
        reposts=reposts,
        links=links_in(_content(holder)),
        mentions=fields.mentions_of(holder),
        media=media,
        counts=_counts(holder),
    )


def hash_of(
    text: str, title: str | None, warning: str | None, media: list[MediaRef], reposts: str | None
) -> str:
    """What an author wrote. The HTML around it changes with the server's version, so the plain text counts;
    of a picture its description, which the author writes, and the name that its server drew for it: its
    address differs between an export and what the server shows."""
    pictures = [[one.key, one.alt_text or ""] for one in media]
    return content_hash(PLATFORM, text, title or "", warning or "", pictures, reposts or "")


def _reposted(holder: dict, kind: str) -> str | None:
    return id_of(holder.get("object")) if kind == "Announce" else None


def _content(holder: dict) -> Any:
    content = holder.get("content")
    if content is None:
        content = next(iter(as_dict(holder.get("contentMap")).values()), None)
    return content


def text_of(holder: dict) -> str:
    """The text of a post, with the choices of a poll below it, one a line."""
    content = _content(holder)
    text = content if isinstance(content, str) else ""
    if not str(holder.get("mediaType", "")).startswith(("text/plain", "text/markdown")):
        text = from_html(text)
    choices = [
        as_word(as_dict(one).get("name"), 1_000)
        for key in ("oneOf", "anyOf")
        for one in as_list(holder.get(key))
    ]
    choices = (one for key in ("oneOf", "anyOf") for one in as_list(holder.get(key)))
    names = (as_word(as_dict(one).get("name"), 1_000) for one in choices)
    listed = "\n".join(f"- {name}" for name in names if name)
    return f"{text}\n\n{listed}".strip() if listed else text


def _plain(value: Any, longest: int) -> str | None:
    return from_html(value)[:longest] or None if isinstance(value, str) else None


def _warning(holder: dict, kind: str) -> str | None:
    if kind in WARNED or holder.get("sensitive") is True:
        return _plain(holder.get("summary"), LONGEST_WARNING)
    return None


def _media(holder: dict, reading: Reading) -> Iterator[MediaRef]:
    for one in fields.attachments_of(holder):
        one.file = reading.member(one.url or "")
        yield one


def _counts(holder: dict) -> dict[str, int]:
    found = {
        name: as_count(as_dict(holder.get(key)).get("totalItems"))
        for name, key in (("likes", "likes"), ("reposts", "shares"), ("replies", "replies"))
    }
    return {name: count for name, count in found.items() if count is not None}


def _gone(target: Any, holder: dict, source: Slice, reading: Reading) -> Iterator[Record]:
    """The author's own server said that a post is gone. An account that is gone is not a post."""
    post_id = id_of(target)
    by = as_dict(target).get("attributedTo") or holder.get("actor") or holder.get("attributedTo")
    account_id = id_of(by) or fields.author_in(post_id)
    # A Tombstone's own "published" is when the post was made.
    said_at = None if holder is target else iso_time(holder.get("published"))
    if not post_id:
        yield LeftOut("no_id", reading.file)
    elif post_id == account_id or type_of(target) in ACTORS:
        yield LeftOut("no_post", reading.file)
    else:
        yield Deletion(
            platform=PLATFORM,
            post_id=post_id,
            told_by="stream",
            source=source,
            account_id=account_id,
            posted_at=iso_time(as_dict(target).get("published")),
            deleted_at=iso_time(as_dict(target).get("deleted")) or said_at,
            known_at=said_at,
        )
