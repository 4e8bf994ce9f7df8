"""The direct messages in the archive that X gives an account of itself. For sealed collections only: of the
same archive, `x_archive` reads the posts and leaves these out.

A message's number is X's own. Everything else in the archive is left out here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import PurePosixPath

from flask_babel import lazy_gettext as _l

from hub.archive.adapters import twitter_fields as fields
from hub.archive.adapters.base import (
    Account,
    CapturedPost,
    Counted,
    Export,
    LeftOut,
    Link,
    MediaRef,
    Parent,
    Record,
    Slice,
    StillReading,
)
from hub.archive.adapters.fields import as_dict, as_word, dicts
from hub.archive.adapters.twitter_fields import PLATFORM, as_id, as_text, as_time
from hub.archive.adapters.x_datasets import ACCOUNT, MANIFEST
from hub.archive.adapters.x_layout import Layout, data_folder
from hub.archive.sources import Broken, Source, Unreadable
from hub.archive.sources.json_spans import PART, Part, parts_of, scan
from hub.archive.sources.json_stream import array_rows, single_value

MESSAGES = {"direct_messages", "direct_messages_group", "direct_message", "direct_message_group"}
MEDIA_FOLDERS = ("direct_messages_media/", "direct_messages_group_media/", "direct_message_media/")
PLAN = {"dmConversation": {"messages": PART}}


class XMessages:
    name = "x-messages"
    label = _l("Direct messages of an X/Twitter archive")
    evidence = "import"
    how = _l("The zip, as you downloaded it; of everything in it only the direct messages are kept.")

    def recognises(self, source: Source) -> bool:
        return data_folder(source) is not None and bool(Layout(source).files(MESSAGES))

    def read(self, source: Source) -> Iterator[Record]:
        yield from _Reading(source).records()


class _Reading:
    """One pass over one archive."""

    def __init__(self, source: Source):
        self.source = source
        self.layout = Layout(source)
        self.whole = True
        self.media: dict[str, list[str]] = defaultdict(list)
        for member in source.members():
            folder, slash, name = member.name.rpartition("/")
            if f"{folder}{slash}".endswith(MEDIA_FOLDERS):
                self.media[name.partition("-")[0]].append(member.name)

    def records(self) -> Iterator[Record]:
        account = as_dict(as_dict(self._first(ACCOUNT)).get("account"))
        manifest = as_dict(self._first(MANIFEST))
        user, info = as_dict(manifest.get("userInfo")), as_dict(manifest.get("archiveInfo"))
        own = as_id(account.get("accountId")) or as_id(user.get("accountId"))
        if not own:
            raise Unreadable("no_account")
        made_at = as_time(info.get("generationDate"))
        handle = as_word(account.get("username")) or as_word(user.get("userName"))
        name = as_word(account.get("accountDisplayName")) or as_word(user.get("displayName"))
        yield Account(PLATFORM, own, made_at, handle, name, own=True)
        read = self.layout.files(MESSAGES)
        for refused in self.source.refused:
            yield LeftOut(refused.reason, refused.name)
        yield from self._left_out({*read, *(name for names in self.media.values() for name in names)})
        for file in read:
            yield from self._file(file, made_at)
        yield Export(PLATFORM, own, made_at, self.whole and bool(made_at))

    def _left_out(self, kept: set[str]) -> Iterator[LeftOut]:
        count = sum(member.name not in kept for member in self.source.members())
        if count:
            yield LeftOut("not_messages", self.layout.folder, count)

    def _first(self, wanted: set[str]):
        for name in self.layout.files(wanted):
            try:
                with self.source.open(name) as stream:
                    value = single_value(stream, assigned=True)
            except (Broken, Unreadable):
                continue
            return value[0] if isinstance(value, list) and value else value
        return None

    def _file(self, file: str, made_at) -> Iterator[Record]:
        try:
            found = 0
            with self.source.open(file) as stream:
                for row in array_rows(stream, assigned=True):
                    found += sum(1 for _ in _parts(row.raw))
                    yield StillReading()
        except (Broken, Unreadable) as error:
            self.whole = False
            yield LeftOut(error.reason, file, detail=str(getattr(error, "row", "")))
            yield Counted(file, None, 0)
            return
        yield Counted(file, None, found)
        number = 0
        with self.source.open(file) as stream:
            for row in array_rows(stream, assigned=True):
                for part in _parts(row.raw):
                    number += 1
                    yield from self._message(part, Slice(part.raw, file, number), made_at)

    def _message(self, part: Part, source: Slice, made_at) -> Iterator[Record]:
        message = as_dict(as_dict(part.value).get("messageCreate"))
        own_id, sender = as_id(message.get("id")), as_id(message.get("senderId"))
        if not message:
            yield LeftOut("system_lines", source.file)
            return
        if not own_id or not sender:
            yield LeftOut("no_id", source.file)
            return
        text = as_text(message.get("text"))
        posted_at, stated_at = fields.believable_time(message.get("createdAt"), own_id, made_at)
        recipient = as_id(message.get("recipientId"))
        yield CapturedPost(
            evidence="import",
            platform=PLATFORM,
            post_id=own_id,
            version_id=own_id,
            account_id=sender,
            text=text,
            content_hash=fields.hash_of_words(text),
            source=source,
            posted_at=posted_at,
            stated_at=stated_at,
            captured_at=made_at,
            form="message",
            reply_to=Parent(None, recipient, None) if recipient else None,
            links=[
                Link(shown, expanded)
                for one in dicts(message.get("urls"))
                if (shown := as_word(one.get("url"), 2_000))
                and (expanded := as_word(one.get("expanded"), 2_000))
            ],
            media=list(self._media(own_id, message.get("mediaUrls"))),
        )

    def _media(self, own_id: str, urls) -> Iterator[MediaRef]:
        held = self.media.get(own_id, [])
        for position, url in enumerate(urls if isinstance(urls, list) else []):
            last = PurePosixPath(str(url).partition("?")[0]).name
            file = next((name for name in held if name.endswith(f"-{last}")), None)
            yield MediaRef(
                key=str(position),
                kind="photo" if "/dm/" in str(url) else "other",
                url=as_word(url, 2_000),
                file=file,
            )


def _parts(raw: bytes) -> Iterator[Part]:
    """The messages of one conversation, each with its exact bytes."""
    conversation, _end = scan(raw.decode("utf-8", "surrogateescape"), 0, PLAN)
    yield from parts_of(as_dict(as_dict(conversation).get("dmConversation")).get("messages"))
