"""The export that TikTok gives an account of itself, as JSON: one file, alone or in a zip.

Names of its sections change with the years ("Video", "Post"), and so does their case, so they are compared
by their letters only. A film has its number where the export gives its address, else one that is derived
(see `derived_ids`); comments have none. The export has no date; its owner may have asked for some sections
only, so each is missed only between its own first and last.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from flask_babel import lazy_gettext as _l

from hub.archive.adapters.base import (
    ROWS_BETWEEN_SIGNS,
    Account,
    CapturedPost,
    Counted,
    Deletion,
    Export,
    LeftOut,
    MediaRef,
    Parent,
    Record,
    Slice,
    Span,
    StillReading,
    content_hash,
)
from hub.archive.adapters.derived_ids import DerivedIds
from hub.archive.adapters.export_files import Reach
from hub.archive.adapters.fields import CLOCKS_DIFFER, as_count, as_dict, as_word, iso_time, web_address
from hub.archive.sources import Broken, Source, Unreadable
from hub.archive.sources.json_lists import Path, list_rows
from hub.archive.sources.json_stream import Row
from hub.core import clock

PLATFORM = "tiktok"
BEGAN = datetime(2014, 4, 1, tzinfo=UTC)  # as musical.ly, whose films are TikTok's today
VIDEO, DELETED, COMMENT = "video", "deleted", "comment"

# How an export begins. Only what begins so is looked through for an account.
SECTIONS = {
    "activity", "youractivity", "adsanddata", "appsettings", "comment", "directmessage", "directmessages",
    "incomepluswallettransactions", "incomewallet", "likesandfavorites", "locationreview",
    "offtiktokactivity", "post", "profile", "profileandsettings", "tiktoklive", "tiktokshop",
    "tiktokshopping", "video",
}  # fmt: skip
FIRST_KEY = re.compile(rb'\s*\{\s*"([^"\\]{1,60})"\s*:')
LETTERS = re.compile(r"[^a-z]")
NUMBER = re.compile(r"/(?:video|photo|v)/(\d{5,25})")
# "Public" where posts have an audience; whatever else stands there is not for everybody.
FOR_EVERYBODY = {"", "everyone", "public", "publictoeveryone"}
PRIVATE = re.compile(
    r"message|chat|login|shop|wallet|payment|contact|status|location|device|advert|adsand|block"
)
MOST_JSON_FILES = 20
MOST_PLACES = 200


def letters(name: Any) -> str:
    return LETTERS.sub("", name.lower()) if isinstance(name, str) else ""


def section_of(path: Path) -> str:
    """What the rows of a list are: films and comments of the account's own, or "" for everything else. What
    was watched lies in a list of the same name ("VideoList") elsewhere."""
    last = tuple(letters(one) for one in path[-2:])
    if last in (("videos", "videolist"), ("posts", "videolist")):
        return VIDEO
    if last[:1] == ("recentlydeletedposts",):
        return DELETED
    return COMMENT if last == ("comments", "commentslist") else ""


def is_profile(path: Path) -> bool:
    return bool(path) and letters(path[-1]) == "profilemap"


class TikTokExport:
    name = "tiktok-export"
    label = "TikTok export (JSON)"
    evidence = "import"
    how = _l(
        "The zip as you downloaded it, or the JSON file in it. On TikTok: Settings and privacy, Account, "
        "“Download your data”; choose all data and the format JSON."
    )

    def recognises(self, source: Source) -> bool:
        return _data_file(source) is not None

    def read(self, source: Source) -> Iterator[Record]:
        return _Reading(source).records()


def _data_file(source: Source) -> str | None:
    """The member that is an export, judged by how it begins and by the account in it."""
    members = [member.name for member in source.members()]
    if source.holds_files:
        members = sorted(name for name in members if name.endswith(".json"))[:MOST_JSON_FILES]
    return next((name for name in members if _begins_so(source, name) and _profile(source, name)), None)


def _begins_so(source: Source, name: str) -> bool:
    try:
        with source.open(name) as stream:
            head = stream.read(200).removeprefix(b"\xef\xbb\xbf")
    except Unreadable:
        return False
    found = FIRST_KEY.match(head)
    return bool(found) and letters(found[1].decode("utf-8", "replace")) in SECTIONS


def _profile(source: Source, name: str) -> dict:
    """The account's own fields by their letters; {} if there are none that name it."""
    try:
        with source.open(name) as stream:
            for _path, row in list_rows(stream, lambda path: False, is_profile):
                fields = {letters(key): value for key, value in as_dict(row.value).items()}
                if as_word(fields.get("username")):
                    return fields
    except (Broken, Unreadable):
        pass
    return {}


class _Reading:
    """One pass over one export, after a first that reads it to its end."""

    def __init__(self, source: Source):
        self.source = source
        self.file = _data_file(source) or ""
        profile = _profile(source, self.file)
        self.handle = (as_word(profile.get("username"), 100) or "").lstrip("@")
        if not self.handle or not self.handle.isprintable():
            raise Unreadable("no_account")
        self.name = as_word(profile.get("displayname") or profile.get("nickname"))
        self.description = as_word(profile.get("biodescription"), 1_000)
        self.account_id = self.handle.lower()
        self.hidden = False
        self.reach: defaultdict[str, Reach] = defaultdict(Reach)
        self.ids = {section: DerivedIds(section) for section in (VIDEO, COMMENT)}

    def records(self) -> Iterator[Record]:
        for problem in self.source.refused:
            yield LeftOut(problem.reason, problem.name)
        sound = yield from self._survey()
        newest = self.newest = max((one.newest for one in self.reach.values() if one.newest), default=None)
        yield Account(PLATFORM, self.account_id, newest, self.handle, self.name, True, self.description)
        if sound:
            for section, row in self._rows():
                if section:
                    yield from self._read(section, row)
        yield Export(PLATFORM, self.account_id, None, sound, self._spans() if sound else ())

    def _survey(self) -> Iterator[Record]:
        """Whether the file can be read to its end; on the way what it holds is counted."""
        counts: Counter[tuple[str, str]] = Counter()
        passed: Counter[tuple[str, str]] = Counter()
        try:
            with self.source.open(self.file) as stream:
                for path, row in list_rows(stream, lambda path: True):
                    if row.number % ROWS_BETWEEN_SIGNS == 0:
                        yield StillReading()
                    section = section_of(path)
                    if not section:
                        reason = "private" if PRIVATE.search(letters("".join(path))) else "not_posts"
                        passed[_place(passed, reason, path[:-1] or path)] += 1
                        continue
                    counts[_place(counts, section, path)] += 1
                    self.reach[section].add([time for time in [_moment(row.value)] if time])
        except (Broken, Unreadable) as error:
            yield LeftOut(error.reason, self.file, 1, str(getattr(error, "row", "")))
            return False
        for (reason, place), count in sorted(passed.items()):
            yield LeftOut(reason, place, count)
        for (_section, place), count in counts.items():
            yield Counted(place, None, count)
        return True

    def _rows(self) -> Iterator[tuple[str, Row]]:
        with self.source.open(self.file) as stream:
            for path, row in list_rows(stream, lambda path: bool(section_of(path))):
                yield section_of(path), row

    def _read(self, section: str, row: Row) -> Iterator[Record]:
        fields = {letters(key): value for key, value in as_dict(row.value).items()}
        at = _moment(row.value)
        if at is None or (section == COMMENT and not as_word(fields.get("comment"))):
            yield LeftOut("unexpected_shape", self.file)
            return
        if letters(fields.get("whocanview")) not in FOR_EVERYBODY:
            self.hidden = True
            yield LeftOut("private", self.file)
            return
        source = Slice(row.raw, self.file, row.number)
        if section == COMMENT:
            yield self._comment(fields, at, source)
            return
        post = self._video(fields, at, source)
        yield post
        if section == DELETED:
            gone_at = _time(fields.get("datedeleted") or fields.get("deleteddate"))
            yield Deletion(
                PLATFORM, post.post_id, "own_export", source, account_id=self.account_id, posted_at=at,
                deleted_at=gone_at, known_at=self.newest,
            )  # fmt: skip

    def _video(self, fields: dict, at: datetime, source: Slice) -> CapturedPost:
        text = as_word(fields.get("title"), 100_000) or ""
        address = web_address(fields.get("link")) or ""
        number = NUMBER.search(address)
        post_id = number[1] if number else self.ids[VIDEO].of(PLATFORM, self.account_id, int(at.timestamp()))
        likes = as_count(fields.get("likes"))
        return CapturedPost(
            "import", PLATFORM, post_id, post_id, self.account_id, text,
            # The film itself is not in the export and cannot be changed on TikTok; its address expires.
            content_hash(PLATFORM, text),
            source, posted_at=at, captured_at=self.newest, form="film",
            audience="public" if "whocanview" in fields else "",
            url=f"https://www.tiktok.com/@{self.handle}/video/{post_id}" if number else None,
            media=[MediaRef("", "video", alt_text=as_word(fields.get("alternatetext"), 5_000))],
            counts={"likes": likes} if likes is not None else {},
        )  # fmt: skip

    def _comment(self, fields: dict, at: datetime, source: Slice) -> CapturedPost:
        text = as_word(fields.get("comment"), 100_000) or ""
        addresses = (
            as_word(fields.get(one), 2_000) for one in ("url", "originalposturl", "originalpostlink")
        )
        under = next((found[1] for one in addresses if one and (found := NUMBER.search(one))), None)
        post_id = self.ids[COMMENT].of(PLATFORM, self.account_id, int(at.timestamp()))
        return CapturedPost(
            "import", PLATFORM, post_id, post_id, self.account_id, text, content_hash(PLATFORM, text), source,
            posted_at=at, captured_at=self.newest, form="comment",
            reply_to=Parent(under, None, None) if under else None,
        )  # fmt: skip

    def _spans(self) -> tuple[Span, ...]:
        """Films go by numbers of their own or by derived ids; comments by derived ids. A film that was left
        out since it is not for everybody (any more) is not missing, so where there is one, none is missed."""
        films = () if self.hidden else (f"{VIDEO}:", *"123456789")
        begin = {VIDEO: films, COMMENT: (f"{COMMENT}:",)}
        return tuple(
            Span(ids, reach.since, reach.until)
            for section, beginnings in begin.items()
            for ids in beginnings
            if (reach := self.reach[section]).since and reach.until
        )


def _place(known: Counter[tuple[str, str]], why: str, path: Path) -> tuple[str, str]:
    """Where rows lie, as the report names it; a hostile file could have millions of places."""
    place = why, " / ".join(path)[:200]
    return place if place in known or len(known) < MOST_PLACES else (why, "…")


def _moment(row: Any) -> datetime | None:
    fields = {letters(key): value for key, value in as_dict(row).items()}
    return _time(fields.get("date") or fields.get("createtime"))


def _time(value: Any) -> datetime | None:
    """TikTok writes UTC, with or without saying so."""
    time = iso_time(value.removesuffix(" UTC").strip()) if isinstance(value, str) else None
    return time if time and BEGAN <= time <= clock.now() + CLOCKS_DIFFER else None
