"""The messages in Facebook's and Instagram's own exports (JSON). For sealed collections only: of the same
exports, their own adapters read the posts and leave these out.

A message has no number: its id is derived from its thread, its moment and its sender, so that two exports
meet. A thread is told by the number at the end of its folder, for its name changes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask_babel import lazy_gettext as _l

from hub.archive.adapters.base import (
    ROWS_BETWEEN_SIGNS,
    Account,
    CapturedPost,
    Counted,
    Deletion,
    LeftOut,
    Link,
    MediaRef,
    Record,
    Slice,
    StillReading,
    content_hash,
    provisional_id,
)
from hub.archive.adapters.derived_ids import DerivedIds
from hub.archive.adapters.export_files import json_rows, media_kind
from hub.archive.adapters.fields import as_dict, as_word, dicts, web_address
from hub.archive.adapters.meta_text import repaired
from hub.archive.adapters.told_once import ToldOnce
from hub.archive.sources import Broken, Source, Unreadable
from hub.archive.sources.json_stream import Row

FILES = re.compile(
    r"(?:^|/)(?P<activity>your_instagram_activity/|your_facebook_activity/|your_activity_across_facebook/)?"
    r"messages/(?:inbox|archived_threads|filtered_threads|message_requests|e2ee_cutover)/"
    r"(?P<thread>[^/]+)/message_(?P<number>\d{1,5})\.json$"
)
WITH_MESSAGES = re.compile(r"(?:^|/)messages/")
THREAD_NUMBER = re.compile(r"_(\d{6,30})$")
MEDIA = ("photos", "videos", "audio_files", "gifs", "files")
INSTAGRAM, FACEBOOK = "instagram", "facebook"

_ROWS = json_rows(lambda path: path == ("messages",))


class MetaMessages:
    name = "meta-messages"
    label = _l("Messages of a Facebook or Instagram export (JSON)")
    evidence = "import"
    how = _l(
        "The zip, as you downloaded it, in the format JSON; of everything in it only the messages are kept."
    )

    def recognises(self, source: Source) -> bool:
        """A thread's file begins with who takes part in it."""
        first = next((name for name in _threads(source)), None) if source.holds_files else None
        if first is None:
            return False
        try:
            with source.open(first) as stream:
                head = stream.read(200)
        except Unreadable:
            return False
        return head.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"{") and b'"participants"' in head

    def read(self, source: Source) -> Iterator[Record]:
        yield from _Reading(source).records()


def _threads(source: Source) -> list[str]:
    """Files of threads: a thread after another, the oldest file of each first."""
    found = [(found, one.name) for one in source.members() if (found := FILES.search(one.name))]
    found.sort(key=lambda one: (one[0]["thread"], -int(one[0]["number"]), one[1]))
    return [name for _, name in found]


@dataclass(frozen=True, slots=True)
class _Part:
    """One file of a thread: `thread` is told by its number, `root` is where paths in the file begin."""

    file: str
    platform: str
    thread: str
    root: str


class _Reading:
    """One pass over the messages of one export."""

    def __init__(self, source: Source):
        self.source = source
        self.used: set[str] = set()
        self._told = ToldOnce()

    def records(self) -> Iterator[Record]:
        files = _threads(self.source)
        for refused in self.source.refused:
            yield LeftOut(refused.reason, refused.name)
        thread, ids = "", DerivedIds("message")
        for file in files:
            found = FILES.search(file)
            if found["thread"] != thread:
                thread, ids = found["thread"], DerivedIds("message")
            yield from self._file(file, found, ids)
        rest = sum(one.name not in self.used and one.name not in files for one in self.source.members())
        if rest:
            yield LeftOut("not_messages", "", rest)

    def _file(self, file: str, found: re.Match[str], ids: DerivedIds) -> Iterator[Record]:
        try:
            count = 0
            with self.source.open(file) as stream:
                for _row in _ROWS(stream):
                    count += 1
                    if count % ROWS_BETWEEN_SIGNS == 0:
                        yield StillReading()
        except (Broken, Unreadable) as error:
            yield LeftOut(error.reason, file, detail=str(getattr(error, "row", "")))
            yield Counted(file, None, 0)
            return
        yield Counted(file, None, count)
        platform = INSTAGRAM if found["activity"] == "your_instagram_activity/" else FACEBOOK
        number = THREAD_NUMBER.search(found["thread"])
        thread = number[1] if number else found["thread"]
        root = file[: found.start("activity") if found["activity"] else file.index("messages/")]
        part = _Part(file, platform, thread, root)
        with self.source.open(file) as stream:
            for row in _ROWS(stream):
                yield from self._message(row, part, ids)

    def _message(self, row: Row, part: _Part, ids: DerivedIds) -> Iterator[Record]:
        message, piece = as_dict(row.value), Slice(row.raw, part.file, row.number)
        platform, file = part.platform, part.file
        sender, at = repaired(message.get("sender_name"))[:200].strip(), _moment(message.get("timestamp_ms"))
        if not sender or at is None:
            yield LeftOut("unexpected_shape", file)
            return
        account_id = provisional_id(sender)
        own_id = ids.of(platform, part.thread, at.isoformat(), sender)
        text = repaired(message.get("content")).strip()
        media = list(self._media(message, part.root))
        shared = as_dict(message.get("share"))
        link = web_address(repaired(shared.get("link")))
        if not text and not media and not link and message.get("is_unsent") is not True:
            yield LeftOut("system_lines", file)  # a call, somebody who joined
            return
        yield from self._account(platform, account_id, sender, at)
        if not text and not media and not link:
            yield Deletion(platform, own_id, "own_export", piece, account_id=account_id, posted_at=at)
            return
        yield CapturedPost(
            evidence="import",
            platform=platform,
            post_id=own_id,
            version_id=own_id,
            account_id=account_id,
            text=text,
            # Where its pictures lie in the zip changes with the thread's name; their own names do not.
            content_hash=content_hash(platform, text, link or "", [one.key for one in media]),
            source=piece,
            posted_at=at,
            form="message",
            links=[Link(link, link)] if link else [],
            media=media,
        )

    def _account(self, platform: str, account_id: str, name: str, at: datetime) -> Iterator[Account]:
        if self._told.is_new(account_id):
            yield Account(platform, account_id, at, name=name)

    def _media(self, message: dict[str, Any], root: str) -> Iterator[MediaRef]:
        """Pictures, films and voices that lie with the messages; a row must not fetch anything else."""
        for group in MEDIA:
            for one in dicts(message.get(group)):
                uri = as_word(one.get("uri"), 500)
                if not uri:
                    continue
                file = root + uri
                held = WITH_MESSAGES.search(uri) is not None and self.source.has(file)
                if held:
                    self.used.add(file)
                yield MediaRef(
                    key=uri.rpartition("/")[2], kind=media_kind(uri) or "other", file=file if held else None
                )


def _moment(value: Any) -> datetime | None:
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    try:
        return datetime.fromtimestamp(value / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return None
