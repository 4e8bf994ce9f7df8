"""The export that Facebook gives a profile or a page of itself ("Download your information"), as JSON.

Two generations of folders are read (`posts/...` and `your_facebook_activity/posts/...`, the latter also under
other names). Posts have no number in it: see `derived_ids`. The export has no date and may cover some years
only, or be one of several zips: see `Survey.spans`.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from flask_babel import lazy_gettext as _l

from hub.archive.adapters import facebook_rows as rows
from hub.archive.adapters.base import (
    Account,
    CapturedPost,
    Cited,
    Deletion,
    Export,
    LeftOut,
    MediaRef,
    Record,
    Slice,
)
from hub.archive.adapters.derived_ids import DerivedIds
from hub.archive.adapters.export_files import ExportFiles, Kind, Survey, by_place, json_rows, media_kind
from hub.archive.adapters.facebook_edits import Edits
from hub.archive.adapters.facebook_profile import Owner, name_in, owner_of
from hub.archive.adapters.facebook_rows import PLATFORM, Said
from hub.archive.adapters.fields import as_dict
from hub.archive.adapters.meta_text import named_in, repaired
from hub.archive.sources import Broken, Source, Unreadable
from hub.archive.sources.json_lists import Path
from hub.archive.sources.json_stream import Row, single_value

ACTIVITY = (
    r"(?:^|(?<=/))(?:(?:your_facebook_activity|your_activity_across_facebook"
    r"|this_profile's_activity_across_facebook)/)?"
)
KINDS = POST, GROUP_POST, ELSEWHERE, COMMENT, GROUP_COMMENT = (
    "post", "group_post", "elsewhere", "comment", "group_comment",
)  # fmt: skip
# Rows looked at to tell whether a file is what its name says.
LOOKED_AT = 10
# Where pictures of posts lie, in both generations; those of messages lie elsewhere.
PICTURES = re.compile(
    r"^(?!.*(?:^|/)messages/)(?:[^/]+/)?(?:posts|groups|comments_and_reactions|comments|photos_and_videos|media)/"
)
PRIVATE = re.compile(
    r"(?:^|/)(?:messages|personal_information|security|logged|connections|friends|ads|apps_and_websites|payment"
    r"|location|search|device|preferences|profile_information|about_you|your_address_books)[^/]*"
)
why_not = by_place(PRIVATE, PICTURES)


def kinds(suffix: str) -> tuple[Kind, ...]:
    """The files that are read, in their JSON or their HTML form."""

    def one(name: str, below: str, ids: str = "", inside: str = ACTIVITY) -> Kind:
        return Kind(name, re.compile(rf"{inside}{below}\.{suffix}$"), ids)

    posts = r"posts/(?:your|profile)_posts(?:__check_ins__photos_and_videos)?(?:_(\d{1,4}))?"
    in_groups = r"groups/(?:group_posts_and_comments|your_posts(?:_and_comments)?_in_groups)"
    return (
        one("posts", posts, f"{POST}:"),
        one("archived", "posts/archive"),
        one("trash", "posts/trash"),
        one("edits", "posts/edits_you_made_to_posts"),
        one("elsewhere", "posts/posts_on_other_pages_and_profiles", f"{ELSEWHERE}:"),
        one("group_posts", in_groups, f"{GROUP_POST}:"),
        one("comments", r"comments(?:_and_reactions)?/(?:your_)?comments(?:_(\d{1,4}))?", f"{COMMENT}:"),
        one("group_comments", "groups/your_comments_in_groups", f"{GROUP_COMMENT}:"),
        one(
            "profile",
            "profile_information/profile_information",
            inside=r"(?:^|(?<=/))(?:personal_information/)?",
        ),
    )


def lists(path: Path) -> bool:
    """The lists of rows: the whole file, or under one key, in the first generation under two."""
    return len(path) <= 2


def first_rows(source: Source, name: str) -> list:
    """The first few rows of a file, to tell it by; none if it cannot be read."""
    try:
        with source.open(name) as stream:
            return [row.value for row in itertools.islice(json_rows(lists)(stream), LOOKED_AT)]
    except (Broken, Unreadable):
        return []


class FacebookArchive:
    name = "facebook-archive"
    label = "Facebook export (JSON)"
    evidence = "import"
    how = _l(
        "The zip as you downloaded it. On Facebook: Settings, Accounts Centre, “Your information and "
        "permissions”, “Download your information”; choose all time and the format JSON. If it comes as "
        "several zips, unpack them into one folder and zip that, so that pictures stand with their posts."
    )

    def recognises(self, source: Source) -> bool:
        if not source.holds_files:
            return False
        files = ExportFiles(source, kinds("json"), why_not)
        return any(
            _is_row(value)
            for kind in files.kinds
            if kind != "profile"
            for name in files.of(kind)
            for value in first_rows(source, name)
        ) or bool(_profile(source, files))

    def read(self, source: Source) -> Iterator[Record]:
        reading = _Reading(source)
        try:
            yield from reading.records()
        finally:
            reading.edits.close()


def _is_row(value) -> bool:
    row = as_dict(value)
    return rows.stamp_of(row) is not None and any(
        isinstance(row.get(key), list) for key in ("data", "attachments", "label_values")
    )


def _profile(source: Source, files: ExportFiles) -> dict:
    for name in files.of("profile"):
        try:
            with source.open(name) as stream:
                value = as_dict(single_value(stream))
        except (Broken, Unreadable):
            continue
        if any(as_dict(value.get(key)).get("name") for key in ("profile_v2", "profile")):
            return value
    return {}


class _Reading:
    """One pass over one export, after the survey of it."""

    def __init__(self, source: Source):
        self.source = source
        self.files = ExportFiles(source, kinds("json"), why_not)
        self.survey = Survey(source, self.files, json_rows(lists))
        self.edits = Edits()
        self.owner = self._owner()
        self.ids = {kind: DerivedIds(kind) for kind in KINDS}

    def _owner(self) -> Owner:
        """Raises Unreadable if nothing says whose export it is."""
        first = [
            as_dict(value)
            for kind in self.files.kinds
            if kind != "profile"
            for name in self.files.of(kind)
            for value in first_rows(self.source, name)
        ]
        authors = (repaired(comment.get("author")) for row in first for comment in rows.comments_in(row))
        name = next((one for one in authors if one), "") or name_in(
            repaired(row.get("title")) for row in first
        )
        owner = owner_of(_profile(self.source, self.files), name, self.files.root)
        if owner is None:
            raise Unreadable("no_account")
        return owner

    def records(self) -> Iterator[Record]:
        every = [kind for kind in self.files.kinds if kind != "profile"]
        yield from self.survey.look(every, rows.moments)
        yield Account(
            PLATFORM, self.owner.account_id, self.survey.newest, self.owner.handle, self.owner.name, own=True
        )
        for row, source in self.survey.rows("edits"):
            if not self.edits.add(row, source):
                yield LeftOut("unexpected_shape", source.file)
        yield from self._of("posts", POST)
        yield from self._of("archived", POST, gone="protected")
        yield from self._of("trash", POST, gone="deleted")
        yield from self._of("elsewhere", ELSEWHERE)
        yield from self._of("group_posts", GROUP_POST)
        yield from self._of("comments", COMMENT)
        yield from self._of("group_comments", GROUP_COMMENT)
        for file, count in self.edits.waiting():
            yield LeftOut("unmatched_edit", file, count)
        yield Export(PLATFORM, self.owner.account_id, None, self.survey.whole, self.survey.spans())

    def _of(self, kind: str, ids: str, gone: str = "") -> Iterator[Record]:
        for row, source in self.survey.rows(kind):
            if not _is_row(row.value):
                yield LeftOut("unexpected_shape", source.file)
                continue
            comments = rows.comments_in(row.value)
            if comments:
                in_group = ids in (GROUP_POST, GROUP_COMMENT)
                for comment in comments:
                    said = rows.said_in_comment(row.value, comment)
                    yield self._captured(row, source, said, GROUP_COMMENT if in_group else COMMENT)
            else:
                yield from self._post(row, source, ids, gone)

    def _post(self, row: Row, source: Slice, ids: str, gone: str) -> Iterator[Record]:
        said = rows.said_in(row.value)
        post = self._captured(row, source, said, ids)
        edits = self.edits.take(said.text, post.posted_at) if ids == POST and post.posted_at else []
        for text, at, bytes_of_it in edits:
            if text == said.text:
                post.written_at = at
                post.cites.append(Cited("edit", bytes_of_it))
            else:
                yield self._earlier(post, said, text, at, bytes_of_it)
        yield post
        if gone:
            yield Deletion(
                PLATFORM, post.post_id, "own_export", source, gone,
                account_id=post.account_id, posted_at=post.posted_at, known_at=self.survey.newest,
            )  # fmt: skip

    def _captured(self, row: Row, source: Slice, said: Said, ids: str) -> CapturedPost:
        at, stamp = rows.posted_at(row.value), rows.stamp_of(row.value)
        post_id = self.ids[ids].of(PLATFORM, self.owner.account_id, stamp)
        grouped = ids in (GROUP_POST, GROUP_COMMENT)
        return CapturedPost(
            evidence="import",
            platform=PLATFORM,
            post_id=post_id,
            version_id=post_id,
            account_id=self.owner.account_id,
            text=said.text,
            content_hash=said.content_hash,
            source=source,
            posted_at=at,
            stated_at=None if at else rows.as_date(stamp),
            written_at=rows.edited_at(row.value, at) if at else None,
            captured_at=self.survey.newest,
            audience="group" if grouped else "",
            form="comment" if ids in (COMMENT, GROUP_COMMENT) else "",
            links=said.links,
            mentions=list(named_in(rows.named_text(row.value))),
            media=[self._media(one) for one in said.media],
        )

    def _earlier(self, post: CapturedPost, said: Said, text: str, at, source: Slice) -> CapturedPost:
        """What a post said before: with the same pictures, as far as is known."""
        before = Said(text, said.media, said.links)
        return CapturedPost(
            "import", PLATFORM, post.post_id, post.version_id, post.account_id, text, before.content_hash,
            source, posted_at=post.posted_at, written_at=at, captured_at=post.captured_at, links=said.links,
        )  # fmt: skip

    def _media(self, one: dict) -> MediaRef:
        uri = repaired(one.get("uri"))
        return MediaRef(
            key="",
            kind=media_kind(uri) or "other",
            url=uri if uri.startswith("https://") else None,
            file=self.files.media(uri, PICTURES),
        )
