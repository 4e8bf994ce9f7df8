"""What adapters yield: plain records of what a file says, before anything is kept.

An adapter reads one format and knows nothing of the database. It yields, in an order that is the same each
time, accounts, posts, deletions, what it left out and what the file declares of itself.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

from hub.archive.sources import Source

#: The account's own export, or what somebody else observed. The two are never mixed up.
Evidence = Literal["import", "capture"]
#: What a format holds: one of them, or records of another hub that keep the kind they had there.
Holds = Literal["import", "capture", "kept"]


@dataclass(slots=True)
class Slice:
    """Exact bytes of the source: the record itself. `row` counts from 1 within `file`."""

    raw: bytes
    file: str
    row: int
    sha256: str = ""

    def __post_init__(self):
        self.sha256 = hashlib.sha256(self.raw).hexdigest()

    @property
    def size(self) -> int:
        return len(self.raw)


class LaidAside(Slice):
    """Exact bytes that an adapter laid aside on the disk: read when they are asked for, never held.

    `read` gives them, `size` is how many they are.
    """

    __slots__ = ("_read", "_size")

    def __init__(self, read: Callable[[], bytes], size: int, sha256: str, *, file: str, row: int):
        self._read, self._size = read, size
        self.sha256, self.file, self.row = sha256, file, row

    @property
    def raw(self) -> bytes:  # type: ignore[override]
        return self._read()

    @property
    def size(self) -> int:
        return self._size


@dataclass(slots=True)
class Cited:
    """Other bytes that a post's row leans on. `role`: account, media, long_text; of a web page also
    page, resource, page_list, package, signature."""

    role: str
    slice: Slice


@dataclass(slots=True)
class Account:
    """A social account's handle and name as they were at a time (None: when the import was made)."""

    platform: str
    account_id: str
    at: datetime | None = None
    handle: str | None = None
    name: str | None = None
    own: bool = False  # the account whose export this is
    description: str | None = None


@dataclass(slots=True)
class Parent:
    """The post that a post answers, as far as the source names it."""

    post_id: str | None
    account_id: str | None
    handle: str | None


@dataclass(slots=True)
class Link:
    """An address as it stands in the text, and where it led."""

    shown: str
    expanded: str


@dataclass(slots=True)
class Mention:
    handle: str
    account_id: str | None
    name: str | None


@dataclass(slots=True)
class MediaRef:
    """A picture or film of a post. `file` names the member of the upload that holds it, if one does."""

    key: str
    kind: str  # photo, video, animation, screenshot, other
    url: str | None = None
    file: str | None = None
    alt_text: str | None = None


@dataclass(slots=True)
class CapturedPost:
    """One version of one post, as one row of the source shows it.

    `post_id` names the post: the first id of its edit chain. `version_id` names this version. `complete` is
    False when the source is known to have cut the text short. `stated_at` is what the source gives as the
    time when that cannot be true or has no time zone; `posted_at` is then derived from the post's number,
    read as if it were in UTC, or None. `written_at`
    is when this version was, where a platform edits a post in place; None: as the post.

    `title`: of an article, a picture or a film. `warning`: what the author put in front of the text.
    `audience`: public, unlisted, group or friends; "" where the platform has no such thing or does not say.
    `author`: whom a page names as its author, where that is not its account: never shown on examples.
    `form`: article, page, picture, film, comment, pingback or message; "" for a plain post. `text` is plain:
    what a platform writes in HTML is turned into it, and the exact bytes keep the rest.
    """

    evidence: Evidence
    platform: str
    post_id: str
    version_id: str
    account_id: str
    text: str
    content_hash: str
    source: Slice
    chain: tuple[str, ...] = ()
    posted_at: datetime | None = None
    written_at: datetime | None = None
    stated_at: str | None = None
    captured_at: datetime | None = None
    complete: bool = True
    title: str | None = None
    warning: str | None = None
    audience: str = ""
    form: str = ""
    author: str | None = None
    language: str | None = None
    url: str | None = None
    reply_to: Parent | None = None
    quotes: str | None = None
    reposts: str | None = None
    links: list[Link] = field(default_factory=list)
    mentions: list[Mention] = field(default_factory=list)
    media: list[MediaRef] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    cites: list[Cited] = field(default_factory=list)


@dataclass(slots=True)
class Deletion:
    """The source says that a post is no longer on the platform, and how it came to know.

    `cause`: deleted, deactivated, protected, suspended, unknown. `told_by`: own_export (the account's own
    list), compliance (the platform's answer to somebody who held the post), stream, watch (the hub asked for
    it), by_hand (somebody looked). `deleted_at` is None
    when only the fact is known; `known_at` is when the source said so, None for the time of the import.
    """

    platform: str
    post_id: str
    told_by: str
    source: Slice
    cause: str = "deleted"
    account_id: str | None = None
    posted_at: datetime | None = None
    deleted_at: datetime | None = None
    known_at: datetime | None = None


@dataclass(slots=True)
class LeftOut:
    """Something of the source that is not kept: a code of `hub.archive.reasons`, where, and how many."""

    reason: str
    file: str
    count: int = 1
    detail: str = ""


@dataclass(slots=True)
class Counted:
    """How many rows of a kind the source declares, and how many were found (None: not known)."""

    dataset: str
    declared: int | None
    found: int | None


@dataclass(slots=True)
class Noted:
    """How something of the source was taken, which the person should know: a code of `reasons.NOTED`, where,
    and a fact (a name, a number), never a sentence."""

    note: str
    file: str
    detail: str = ""


@dataclass(slots=True)
class Span:
    """Of the posts whose ids begin with `ids`, an export holds all between two moments, both included."""

    ids: str
    since: datetime
    until: datetime


@dataclass(slots=True)
class Export:
    """What an account's own export says of itself. A missing post means something only if it is whole.

    `spans`: what a whole export covers, where its owner can ask for some years or some kinds of posts only,
    or where it comes in parts; None: everything up to `made_at`. An export without a date of its own
    (`made_at` is None) is missed only within its spans.
    """

    platform: str
    account_id: str
    made_at: datetime | None
    whole: bool
    spans: tuple[Span, ...] | None = None


@dataclass(slots=True)
class StillReading:
    """Nothing yet: a long file is being checked. Lets whoever waits know that somebody is at work."""


Record = Account | CapturedPost | Deletion | LeftOut | Counted | Noted | Export | StillReading

# How many rows are checked between two signs of life.
ROWS_BETWEEN_SIGNS = 5_000


class Adapter(Protocol):
    """One format. `name` is kept with each import (30 characters at most); `label` is what people read;
    `how` says, in a sentence, what to upload and where on the platform to ask for it."""

    name: str
    label: str
    evidence: Holds
    how: str  # lazily translated

    def recognises(self, source: Source) -> bool:
        """Whether the source's content is of this format. Never judges by the upload's name."""

    def read(self, source: Source) -> Iterator[Record]:
        """All records, streaming, in an order that is the same each time.

        Raises Unreadable when nothing of the source can be used.
        """


# An account that is known by its handle alone: another source may tell the platform's own id of it.
PROVISIONAL = "handle:"


def provisional_id(handle: str) -> str:
    """What an account goes by until a source tells the platform's own id of it."""
    return f"{PROVISIONAL}{handle.lstrip('@').casefold()}"


def is_provisional(account_id: str | None) -> bool:
    return (account_id or "").startswith(PROVISIONAL)


# `json.dumps` makes an encoder each time.
_as_json = json.JSONEncoder(ensure_ascii=True, sort_keys=True).encode


def content_hash(*parts: object) -> str:
    """Identifies what a post said, whatever the source's bytes look like.

    The raw bytes of an unchanged post differ from export to export (counts, names, resolved links), so only
    what its author wrote goes in.
    """
    # As the whole list would be written: text by itself goes a much shorter way than a list with text in it.
    written = f"[{', '.join(map(_as_json, parts))}]"
    return hashlib.sha256(written.encode()).hexdigest()
