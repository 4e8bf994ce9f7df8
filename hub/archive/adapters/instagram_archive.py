"""The exports that Instagram and Threads give an account of itself, as JSON.

Posts have no number in them: see `derived_ids`. An Instagram export may hold the account's Threads too; its
own adapter reads a zip that holds nothing else. Neither has a date, and either may cover some months only or
be one of several zips: see `Survey.spans`.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from flask_babel import lazy_gettext as _l

from hub.archive.adapters import instagram_rows as rows
from hub.archive.adapters.base import (
    Account,
    CapturedPost,
    Deletion,
    Export,
    LeftOut,
    MediaRef,
    Parent,
    Record,
    Slice,
    content_hash,
)
from hub.archive.adapters.derived_ids import DerivedIds
from hub.archive.adapters.export_files import ExportFiles, Kind, Survey, by_place, json_rows, media_kind
from hub.archive.adapters.fields import as_dict
from hub.archive.adapters.instagram_owner import Owner, owner_of
from hub.archive.adapters.meta_text import repaired
from hub.archive.sources import Broken, Source, Unreadable
from hub.archive.sources.json_lists import Path
from hub.archive.sources.json_stream import single_value

INSTAGRAM, THREADS = "instagram", "threads"
ACTIVITY = r"(?:^|(?<=/))(?:your_instagram_activity/)?"
CONTENT = ACTIVITY + r"(?:content|media)/"
POST, REEL, STORY, THREAD = "post", "reel", "story", "thread"
COMMENT, REEL_COMMENT = "comment", "reel_comment"
IDS = (POST, REEL, STORY, THREAD, COMMENT, REEL_COMMENT)
LOOKED_AT = 3


def _kind(name: str, pattern: str, ids: str = "") -> Kind:
    return Kind(name, re.compile(rf"{pattern}\.json$"), f"{ids}:" if ids else "")


THREADS_KINDS = (
    _kind("threads", ACTIVITY + r"threads/threads_and_replies(?:_(\d{1,4}))?", THREAD),
    _kind("archived_threads", ACTIVITY + r"threads/archived_threads"),
    _kind("threads_profile", ACTIVITY + r"threads/personal_information"),
)
INSTAGRAM_KINDS = (
    _kind("posts", CONTENT + r"posts(?:_(\d{1,4}))?", POST),
    _kind("reels", CONTENT + r"reels(?:_(\d{1,4}))?", REEL),
    _kind("films", CONTENT + r"igtv_videos"),
    _kind("stories", CONTENT + r"stories(?:_(\d{1,4}))?", STORY),
    _kind("archived", CONTENT + r"archived_posts"),
    _kind("deleted", CONTENT + r"recently_deleted_content"),
    _kind("comments", ACTIVITY + r"comments/post_comments(?:_(\d{1,4}))?", COMMENT),
    _kind("reel_comments", ACTIVITY + r"comments/reels_comments(?:_(\d{1,4}))?", REEL_COMMENT),
    _kind("first_media", r"(?:^|(?<=/))media(?:_(\d{1,4}))?"),
    _kind("first_comments", r"(?:^|(?<=/))(?:comments/)?comments"),
)
PROFILE_KINDS = (
    _kind("profile", r"(?:^|(?<=/))(?:account_information/|personal_information/){0,2}personal_information"),
    _kind("changes", r"(?:^|(?<=/))(?:account_information/|personal_information/){0,2}profile_changes"),
)
ABOUT = {"profile", "changes", "threads_profile"}

PICTURES = re.compile(r"^(?:media|photos|videos|stories)/(?!.*(?:messages|direct)/)")
PRIVATE = re.compile(
    r"(?:^|/)(?:messages|personal_information|account_information|security|logged|login|connections|contacts"
    r"|followers|ads|apps_and_websites|preferences|information_about_you|device|shopping|direct)[^/]*"
)
why_not = by_place(PRIVATE, PICTURES)


def lists(path: Path) -> bool:
    """The whole file, or the list under one key; of the first layout, what was posted only."""
    return not path or (len(path) == 1 and path[0] not in ("profile", "direct"))


class InstagramArchive:
    name = "instagram-archive"
    label = "Instagram export (JSON)"
    evidence = "import"
    how = _l(
        "The zip as you downloaded it. On Instagram: Settings, Accounts Centre, “Your information and "
        "permissions”, “Download your information”; choose all time and the format JSON. Threads are read "
        "too, if they are in it. If it comes as several zips, unpack them into one folder and zip that."
    )

    def recognises(self, source: Source) -> bool:
        if _holds(source, INSTAGRAM_KINDS):
            return True
        return _holds(source, PROFILE_KINDS) and not _holds(source, THREADS_KINDS)

    def read(self, source: Source) -> Iterator[Record]:
        return _Reading(source, INSTAGRAM).records()


class ThreadsArchive:
    name = "threads-archive"
    label = "Threads export (JSON)"
    evidence = "import"
    how = _l(
        "The zip as you downloaded it. On Threads: Settings, Account, “Download your information”; choose "
        "all time and the format JSON."
    )

    def recognises(self, source: Source) -> bool:
        return _holds(source, THREADS_KINDS)

    def read(self, source: Source) -> Iterator[Record]:
        return _Reading(source, THREADS).records()


def _holds(source: Source, kinds: tuple[Kind, ...]) -> bool:
    """Whether a file of one of these kinds holds what it should, judged by its first rows."""
    if not source.holds_files:
        return False
    files = ExportFiles(source, kinds, why_not)
    return any(
        _is_row(kind.name, value)
        for kind in kinds
        for name in files.of(kind.name)
        for value in _first(source, name)
    )


def _first(source: Source, name: str) -> list[Any]:
    try:
        with source.open(name) as stream:
            return [row.value for row in itertools.islice(json_rows(lists)(stream), LOOKED_AT)]
    except (Broken, Unreadable):
        return []


def _is_row(kind: str, value: Any) -> bool:
    row = as_dict(value)
    if kind in ABOUT:
        return isinstance(row.get("string_map_data"), dict)
    if kind in ("comments", "reel_comments", "first_comments"):
        return rows.comment_at(value) is not None and rows.comment_in(value) is not None
    return rows.posted_at(row) is not None and any(key in row for key in ("media", "uri", "path"))


class _Reading:
    """One pass over one export, after the survey of it. `platform`: whose export it is."""

    def __init__(self, source: Source, platform: str):
        self.source, self.platform = source, platform
        own = INSTAGRAM_KINDS if platform == INSTAGRAM else ()
        self.kinds = (*own, *THREADS_KINDS, *PROFILE_KINDS)
        self.files = ExportFiles(source, self.kinds, why_not)
        self.survey = Survey(source, self.files, json_rows(lists))
        owner = owner_of(self._small("profile"), self._small("changes"), self.files.root)
        owner = owner or owner_of(self._small("threads_profile"), None, "")
        if owner is None:
            raise Unreadable("no_account")
        self.owner: Owner = owner
        self.ids = {ids: DerivedIds(ids) for ids in IDS}

    def _small(self, kind: str) -> Any:
        for name in self.files.of(kind):
            try:
                with self.source.open(name) as stream:
                    return single_value(stream)
            except (Broken, Unreadable):
                continue
        return None

    def account_id(self, platform: str) -> str:
        """The oldest username; on Threads with the "@" of its addresses, so that what an Instagram export
        lacks is never looked for among Threads."""
        return f"@{self.owner.first}" if platform == THREADS else self.owner.first

    def records(self) -> Iterator[Record]:
        every = [kind.name for kind in self.kinds if kind.name not in ABOUT]
        yield from self.survey.look(every, rows.moments)
        if self.platform == INSTAGRAM:
            yield from self._accounts(INSTAGRAM)
        if self.platform == THREADS or self.files.of("threads"):
            yield from self._accounts(THREADS)
        for kind, ids in (("posts", POST), ("reels", REEL), ("films", REEL), ("stories", STORY)):
            yield from self._posts(kind, INSTAGRAM, ids)
        yield from self._posts("first_media", INSTAGRAM, POST)
        yield from self._posts("archived", INSTAGRAM, POST, gone="protected")
        yield from self._posts("deleted", INSTAGRAM, POST, gone="deleted")
        yield from self._posts("threads", THREADS, THREAD)
        yield from self._posts("archived_threads", THREADS, THREAD, gone="protected")
        for kind, ids in (
            ("comments", COMMENT),
            ("first_comments", COMMENT),
            ("reel_comments", REEL_COMMENT),
        ):
            yield from self._comments(kind, ids)
        spans = self.survey.spans()
        yield Export(self.platform, self.account_id(self.platform), None, self.survey.whole, spans)

    def _accounts(self, platform: str) -> Iterator[Account]:
        owner, own_id = self.owner, self.account_id(platform)
        for at, before, after in owner.renamed:
            yield Account(platform, own_id, at - timedelta(seconds=1), before, own=True)
            yield Account(platform, own_id, at, after, own=True)
        yield Account(
            platform, own_id, self.survey.newest, owner.username, owner.name, own=True,
            description=owner.description,
        )  # fmt: skip

    def _posts(self, kind: str, platform: str, ids: str, gone: str = "") -> Iterator[Record]:
        for row, source in self.survey.rows(kind):
            if not _is_row(kind, row.value):
                yield LeftOut("unexpected_shape", source.file)
                continue
            said = rows.said_in(row.value)
            is_reel = any("/reels/" in repaired(one.get("uri")) for one in said.media)
            post = self._captured(row.value, source, platform, REEL if is_reel and gone else ids)
            post.text, post.content_hash = said.text, said.content_hash(platform)
            post.url = rows.permalink_in(row.value)
            post.media = [ref for one in said.media if (ref := self._media(one))]
            yield post
            if gone:
                yield Deletion(
                    platform, post.post_id, "own_export", source, gone,
                    account_id=post.account_id, posted_at=post.posted_at, known_at=self.survey.newest,
                )  # fmt: skip

    def _comments(self, kind: str, ids: str) -> Iterator[Record]:
        for row, source in self.survey.rows(kind):
            if not _is_row(kind, row.value):
                yield LeftOut("unexpected_shape", source.file)
                continue
            text, owner = rows.comment_in(row.value)
            post = self._captured(row.value, source, INSTAGRAM, ids)
            post.text, post.content_hash = text, content_hash(INSTAGRAM, text)
            post.form = "comment"
            # Which post it answers is not said, only whose.
            if owner and owner.isprintable():
                post.reply_to = Parent(None, owner.lower()[:200], owner[:200])
            yield post

    def _captured(self, value: Any, source: Slice, platform: str, ids: str) -> CapturedPost:
        at = rows.posted_at(value) or rows.comment_at(value)
        account_id = self.account_id(platform)
        post_id = self.ids[ids].of(platform, account_id, int(at.timestamp()))
        return CapturedPost(
            "import", platform, post_id, post_id, account_id, "", "", source,
            posted_at=at, captured_at=self.survey.newest,
        )  # fmt: skip

    def _media(self, one: dict) -> MediaRef | None:
        """A picture or film; None for the empty place that Threads gives a post of words."""
        uri = repaired(one.get("uri") or one.get("path"))
        if not uri:
            return None
        return MediaRef(key="", kind=media_kind(uri) or "other", file=self.files.media(uri, PICTURES))
