"""A WhatsApp chat, as a phone exports it: a text of lines, alone or in a zip with its media. For sealed
collections only.

The text names no ids, no time zone and nobody but by the name that the phone's owner gave them. A message's
id is derived from its chat, its moment and its author, so that two exports of a chat meet; dates are read in
the order that the whole file fits. An author who is a number is shown by its last digits only.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import PurePosixPath

from flask_babel import lazy_gettext as _l

from hub.archive.adapters.base import (
    ROWS_BETWEEN_SIGNS,
    Account,
    CapturedPost,
    Counted,
    Deletion,
    LeftOut,
    MediaRef,
    Noted,
    Record,
    Slice,
    StillReading,
    content_hash,
    provisional_id,
)
from hub.archive.adapters.derived_ids import DerivedIds
from hub.archive.adapters.table_mapping import DAY_FIRST, guess_order, read_time
from hub.archive.adapters.told_once import ToldOnce
from hub.archive.adapters.whatsapp_lines import Message, begins_message, messages, said
from hub.archive.sources import Broken, Source, Unreadable
from hub.core.language import HUB_ZONE

PLATFORM = "whatsapp"
LOOKED_AT = 100
MOST_TEXTS = 20
CHAT_NAMES = ("WhatsApp Chat with ", "WhatsApp Chat - ")
KINDS = {
    ".jpg": "photo", ".jpeg": "photo", ".png": "photo", ".webp": "photo", ".gif": "animation",
    ".mp4": "video", ".mov": "video", ".3gp": "video",
}  # fmt: skip


class WhatsApp:
    name = "whatsapp"
    label = _l("WhatsApp chat")
    evidence = "import"
    how = _l(
        "Export the chat on the phone, with media: open it, “More”, “Export chat”. Upload the file as it is."
    )

    def recognises(self, source: Source) -> bool:
        return any(True for _ in _texts(source))

    def read(self, source: Source) -> Iterator[Record]:
        texts = list(_texts(source))
        reading = _Reading(source)
        for refused in source.refused:
            yield LeftOut(refused.reason, refused.name)
        for name in texts:
            yield from reading.chat(name)
        for member in source.members():
            if member.name not in texts and member.name not in reading.used:
                yield LeftOut("not_messages", member.name)


def _texts(source: Source) -> Iterator[str]:
    """Members that are chats, judged by their lines."""
    names = [
        one.name for one in source.members() if not source.holds_files or one.name.lower().endswith(".txt")
    ]
    for name in sorted(names)[:MOST_TEXTS]:
        try:
            with source.open(name) as stream:
                lines = [stream.readline(4_000) for _ in range(LOOKED_AT)]
        except Unreadable:
            continue
        lines = [line for line in lines if line.strip()]
        begun = [line for line in lines if begins_message(line)]
        if lines and begins_message(lines[0]) and any(said(line) for line in begun):
            yield name


@dataclass(slots=True)
class _Chat:
    """What the first pass found out: how many messages, in which order their dates are, the chat's name."""

    count: int
    order: str
    sure: bool
    name: str


class _Reading:
    """One pass over the chats of one export."""

    def __init__(self, source: Source):
        self.source = source
        self.used: set[str] = set()
        self._media = {PurePosixPath(one.name).name: one.name for one in source.members()}
        self._told = ToldOnce()
        self._stated, self._within = "", 0

    def chat(self, name: str) -> Iterator[Record]:
        try:
            chat = yield from self._look(name)
        except (Broken, Unreadable) as error:
            yield LeftOut(error.reason, name, detail=str(getattr(error, "row", "")))
            yield Counted(name, None, 0)
            return
        yield Counted(name, None, chat.count)
        yield Noted("times_local", name, HUB_ZONE.replace("_", " "))
        if not chat.sure:
            yield Noted("dates_day_first", name)
        ids, edited = DerivedIds("message"), 0
        with self.source.open(name) as stream:
            for message in messages(stream):
                edited += message.edited
                yield from self._message(message, name, chat, ids)
        if edited:
            yield Noted("marked_edited", name, str(edited))

    def _look(self, name: str):
        """Reads the chat to its end before anything of it is given."""
        count, dates, first = 0, _Dates(), ""
        with self.source.open(name) as stream:
            for message in messages(stream):
                count += 1
                dates.add(message.date)
                if count == 1 and message.system:
                    first = message.author
                if count % ROWS_BETWEEN_SIGNS == 0:
                    yield StillReading()
        return _Chat(count, dates.order or DAY_FIRST, dates.sure, first or _chat_name(name))

    def _message(self, message: Message, file: str, chat: _Chat, ids: DerivedIds) -> Iterator[Record]:
        if message.system:
            yield LeftOut("system_lines", file)
            return
        stated = f"{message.date} {message.clock}"
        minute = read_time(stated, chat.order, HUB_ZONE)
        at = self._in_order(stated, minute)
        account_id = _account_id(message.author)
        own_id = ids.of(chat.name, minute.isoformat() if minute else stated, message.author)
        piece = Slice(message.raw, file, message.number)
        yield from self._account(message.author, account_id, at)
        if message.deleted:
            yield Deletion(PLATFORM, own_id, "own_export", piece, account_id=account_id, posted_at=at)
            return
        media = [self._medium(name) for name in message.files]
        if message.omitted:
            yield LeftOut("media_not_in_file", file)
        yield CapturedPost(
            evidence="import",
            platform=PLATFORM,
            post_id=own_id,
            version_id=own_id,
            account_id=account_id,
            text=message.text,
            # The files' names stand for the media: a phone keeps them from export to export.
            content_hash=content_hash(PLATFORM, message.text, list(message.files)),
            source=piece,
            posted_at=at,
            stated_at=None if at else stated,
            form="message",
            media=media,
        )

    def _in_order(self, stated: str, at: datetime | None) -> datetime | None:
        """The moment, a millionth of a second later for each message before it that states the same: a clock
        may tell the minute only, and a chat must stay in its order."""
        self._within = self._within + 1 if stated == self._stated else 0
        self._stated = stated
        return at + timedelta(microseconds=self._within) if at else None

    def _account(self, author: str, account_id: str, at: datetime | None) -> Iterator[Account]:
        if self._told.is_new(account_id):
            yield Account(PLATFORM, account_id, at, name=_shown(author))

    def _medium(self, name: str) -> MediaRef:
        member = self._media.get(name)
        if member:
            self.used.add(member)
        kind = KINDS.get(PurePosixPath(name).suffix.lower(), "other")
        return MediaRef(key=name[:500], kind=kind, file=member)


class _Dates:
    """The order that all dates of a chat fit, without holding them all."""

    def __init__(self):
        self._possible: set[str] = {"dmy", "mdy", "ymd"}
        self._last = ""

    def add(self, date: str) -> None:
        if date == self._last or len(self._possible) == 1:
            return
        self._last = date
        one = guess_order([date])
        if one:
            self._possible = {one}
        elif not date[:4].isdigit():
            self._possible.discard("ymd")

    @property
    def sure(self) -> bool:
        return len(self._possible) == 1

    @property
    def order(self) -> str | None:
        return next(iter(self._possible)) if self.sure else None


def _chat_name(file: str) -> str:
    """ "WhatsApp Chat with Planning team.txt" """
    stem = PurePosixPath(file).stem
    return next((stem.removeprefix(one) for one in CHAT_NAMES if stem.startswith(one)), "")


def _is_number(author: str) -> bool:
    digits = sum(one.isdigit() for one in author)
    return digits >= 6 and not any(one.isalpha() for one in author)


def _digits(author: str) -> str:
    return "".join(one for one in author if one.isdigit())


def _account_id(author: str) -> str:
    if _is_number(author):
        return f"number:{content_hash(PLATFORM, _digits(author))[:24]}"
    return provisional_id(author)[:500]


def _shown(author: str) -> str:
    """A name as the phone's owner knows it; of a number only its last digits, to tell people apart."""
    return f"…{_digits(author)[-3:]}" if _is_number(author) else author[:200]
