"""The export that Facebook gives a profile or a page of itself, as HTML.

It says less than the JSON one: dates have no time zone and no numbers stand anywhere. So its posts have ids
of their own (the same post out of the JSON export is another), times are those of whatever zone Facebook
wrote them in, and no post is ever missed from it.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from typing import Any

from flask_babel import lazy_gettext as _l

from hub.archive.adapters.base import (
    Account,
    CapturedPost,
    Deletion,
    Export,
    LeftOut,
    Link,
    MediaRef,
    Record,
    Slice,
    content_hash,
)
from hub.archive.adapters.derived_ids import DerivedIds
from hub.archive.adapters.export_files import ExportFiles, Survey, media_kind
from hub.archive.adapters.facebook_archive import (
    COMMENT,
    ELSEWHERE,
    GROUP_COMMENT,
    GROUP_POST,
    KINDS,
    PICTURES,
    POST,
    kinds,
    why_not,
)
from hub.archive.adapters.facebook_html_blocks import Block, block_rows
from hub.archive.adapters.facebook_profile import Owner, name_in, owner_of
from hub.archive.adapters.facebook_rows import PLATFORM
from hub.archive.sources import Broken, Source, Unreadable, limits

# What is read, under which ids, and what has become of it.
READ = (
    ("posts", POST, ""),
    ("archived", POST, "protected"),
    ("trash", POST, "deleted"),
    ("elsewhere", ELSEWHERE, ""),
    ("group_posts", GROUP_POST, ""),
    ("comments", COMMENT, ""),
    ("group_comments", GROUP_COMMENT, ""),
)
# Blocks looked at to tell the format, and the name that their headings begin with.
LOOKED_AT = 30
PROFILE_ADDRESS = re.compile(rb"https://(?:www\.)?facebook\.com/(?!dyi/|l/|help/)[\w.\-/?=]{2,100}")


class FacebookHtml:
    name = "facebook-html"
    label = "Facebook export (HTML)"
    evidence = "import"
    how = _l(
        "The zip as you downloaded it. Choose JSON instead if you can: the HTML does not say in which time "
        "zone its dates are."
    )

    def recognises(self, source: Source) -> bool:
        if not source.holds_files:
            return False
        files = ExportFiles(source, kinds("html"), why_not)
        return any(
            _is_post(block)
            for kind, _ids, _gone in READ
            for name in files.of(kind)
            for block in _first_blocks(source, name)
        )

    def read(self, source: Source) -> Iterator[Record]:
        return _Reading(source).records()


def _first_blocks(source: Source, name: str) -> list[Block | None]:
    try:
        with source.open(name) as stream:
            return [row.value for row in itertools.islice(block_rows(stream), LOOKED_AT)]
    except (Broken, Unreadable):
        return []


def _is_post(block: Any) -> bool:
    """A post has a date, and words or a picture or an address; blocks of other things have names at most."""
    return isinstance(block, Block) and bool(block.stated and (block.text or block.media or block.links))


class _Reading:
    """One pass over one export, after the survey of it."""

    def __init__(self, source: Source):
        self.source = source
        self.files = ExportFiles(source, kinds("html"), why_not)
        self.survey = Survey(source, self.files, block_rows)
        owner = owner_of(self._profile(), self._name(), self.files.root)
        if owner is None:
            raise Unreadable("no_account")
        self.owner: Owner = owner
        self.ids = {kind: DerivedIds(f"html_{kind}") for kind in KINDS}

    def _profile(self) -> dict:
        """The account's address, which stands on the page about it."""
        for name in self.files.of("profile"):
            try:
                with self.source.open(name) as stream:
                    found = PROFILE_ADDRESS.search(stream.read(limits.MB))
            except Unreadable:
                continue
            if found:
                return {"profile": {"profile_uri": found[0].decode("ascii", "replace")}}
        return {}

    def _name(self) -> str:
        return name_in(
            block.header
            for kind, _ids, _gone in READ
            for name in self.files.of(kind)
            for block in _first_blocks(self.source, name)
            if block
        )

    def records(self) -> Iterator[Record]:
        yield from self.survey.look((kind for kind, _ids, _gone in READ), _moments)
        newest = self.survey.newest
        yield Account(PLATFORM, self.owner.account_id, newest, self.owner.handle, self.owner.name, own=True)
        for name in self.files.of("edits"):
            yield LeftOut("unmatched_edit", name)
        for kind, ids, gone in READ:
            for row, source in self.survey.rows(kind):
                if not _is_post(row.value):
                    yield LeftOut("unexpected_shape", source.file)
                    continue
                post = self._captured(row.value, source, ids)
                yield post
                if gone:
                    yield Deletion(
                        PLATFORM, post.post_id, "own_export", source, gone,
                        account_id=post.account_id, posted_at=post.posted_at, known_at=newest,
                    )  # fmt: skip
        yield Export(PLATFORM, self.owner.account_id, None, whole=False, spans=())

    def _captured(self, block: Block, source: Slice, ids: str) -> CapturedPost:
        when = int(block.at.timestamp()) if block.at else block.stated
        post_id = self.ids[ids].of(PLATFORM, self.owner.account_id, when)
        # Files change their folders from export to export; how many there are does not.
        said = content_hash(PLATFORM, block.text, block.links, len(block.media))
        return CapturedPost(
            "import", PLATFORM, post_id, post_id, self.owner.account_id, block.text, said, source,
            posted_at=block.at, stated_at=block.stated, captured_at=self.survey.newest,
            audience="group" if ids in (GROUP_POST, GROUP_COMMENT) else "",
            form="comment" if ids in (COMMENT, GROUP_COMMENT) else "",
            links=[Link(one, one) for one in block.links],
            media=[
                MediaRef("", media_kind(one) or "other", file=self.files.media(one.lstrip("./"), PICTURES))
                for one in block.media
            ],
        )  # fmt: skip


def _moments(block: Any) -> Iterator:
    if _is_post(block) and block.at:
        yield block.at
