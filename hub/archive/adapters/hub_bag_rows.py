"""Lines of a hub's record, read strictly: what no hub would write is refused with its place."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hub.archive.bags.layout import DATA
from hub.archive.event_kinds import DONE_BY_PEOPLE, EVENT_KINDS
from hub.archive.importing.cleaning import UNFIT, fit
from hub.archive.platforms import LONGEST_ID

from .base import LaidAside, Slice
from .kept import (
    KeptAccount,
    KeptEvent,
    KeptImport,
    KeptMedium,
    KeptName,
    KeptPost,
    KeptSighting,
    KeptVersion,
)

EVIDENCE = ("import", "capture")
LONGEST_TEXT = 1_000_000
MOST_OF_ONE_POST = 100_000
LARGEST_NUMBER = 2**31 - 1
# Moments that have a day in every zone.
SHOWABLE = datetime(2, 1, 1, tzinfo=UTC), datetime(9998, 1, 1, tzinfo=UTC)


class NotOurs(ValueError):
    """A value that no hub would have written; its name."""


class Fields:
    """The fields of one object, each asked for with what it must be."""

    def __init__(self, value: Any, name: str = "value"):
        if not isinstance(value, dict):
            raise NotOurs(name)
        self._value = value

    def text(self, name: str, longest: int = LONGEST_ID) -> str:
        value = self._value.get(name)
        if not isinstance(value, str) or len(value) > longest or UNFIT.search(value):
            raise NotOurs(name)
        return value

    def text_or_none(self, name: str, longest: int = LONGEST_ID) -> str | None:
        return None if self._value.get(name) is None else self.text(name, longest)

    def name(self, name: str, longest: int = LONGEST_ID) -> str:
        """A text that is not empty."""
        value = self.text(name, longest)
        if not value:
            raise NotOurs(name)
        return value

    def one_of(self, name: str, allowed: tuple[str, ...]) -> str:
        value = self._value.get(name)
        if value not in allowed:
            raise NotOurs(name)
        return value

    def number(self, name: str, least: int = 0, most: int = LARGEST_NUMBER) -> int:
        value = self._value.get(name)
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise NotOurs(name)
        return value

    def number_or_none(self, name: str, least: int = 0, most: int = LARGEST_NUMBER) -> int | None:
        return None if self._value.get(name) is None else self.number(name, least, most)

    def flag(self, name: str) -> bool:
        value = self._value.get(name)
        if not isinstance(value, bool):
            raise NotOurs(name)
        return value

    def moment(self, name: str) -> datetime:
        try:
            value = datetime.fromisoformat(self.text(name, 40))
        except ValueError as problem:
            raise NotOurs(name) from problem
        if value.tzinfo is None or not SHOWABLE[0] < value < SHOWABLE[1]:
            raise NotOurs(name)
        return value.astimezone(UTC)

    def moment_or_none(self, name: str) -> datetime | None:
        return None if self._value.get(name) is None else self.moment(name)

    def object(self, name: str) -> dict[str, Any]:
        value = self._value.get(name)
        if not isinstance(value, dict) or fit(value) != value:
            raise NotOurs(name)
        return value

    def counts(self, name: str) -> dict[str, int]:
        value = self.object(name)
        if any(not isinstance(one, int) or isinstance(one, bool) for one in value.values()):
            raise NotOurs(name)
        return value

    def all(self, name: str) -> list[Fields]:
        value = self._value.get(name)
        if not isinstance(value, list) or len(value) > MOST_OF_ONE_POST:
            raise NotOurs(name)
        return [Fields(one, name) for one in value]


class Rows:
    """Makes records of lines. `folder` is the bag, checked and laid out; `member` says what the upload calls
    a file, `read` gives such a member's bytes. `imports`: how many the bag names."""

    def __init__(self, folder: Path, member: Callable[[str], str], read: Callable[[str], bytes]):
        self._folder, self._member, self._read = folder, member, read
        self.imports = 0

    def came_in(self, value: Any) -> KeptImport:
        of = Fields(value)
        return KeptImport(
            of.number("import", 1),
            {
                "number": of.number("number_there"),
                "file_name": of.text("file_name", 255),
                "file_size": of.number("file_size", most=2**62),
                "file_sha256": of.text("file_sha256", 64),
                "uploaded_at": of.moment("uploaded_at"),
                "adapter": of.text("adapter", 30),
                "evidence": of.text("evidence", 8),
                "account_id": of.text("account_id"),
                "made_at": of.moment_or_none("made_at"),
                "whole": of.flag("whole"),
                "report": of.object("report"),
            },
        )

    def account(self, value: Any) -> KeptAccount:
        of = Fields(value)
        names = [
            KeptName(
                one.text("handle", 200),
                one.text("name", 200),
                one.moment("seen_from"),
                one.moment("seen_to"),
                self._import(one),
            )
            for one in of.all("names")
        ]
        return KeptAccount(of.name("platform", 20), of.name("id"), names)

    def post(self, value: Any) -> KeptPost:
        of = Fields(value)
        versions = [self._version(one) for one in of.all("versions")]
        sightings = [self._sighting(one, len(versions)) for one in of.all("sightings")]
        return KeptPost(
            platform=of.name("platform", 20),
            post_id=of.name("id"),
            account_id=of.text_or_none("account"),
            values={
                "posted_at": of.moment_or_none("posted_at"),
                "sort_at": of.moment("sort_at"),
                "url": of.text("url"),
                "reply_to_id": of.text_or_none("reply_to"),
                "reply_to_account": of.text_or_none("reply_to_account"),
                "quotes_id": of.text_or_none("quotes"),
                "reposts_id": of.text_or_none("reposts"),
                "form": of.text("form", 12),
                "erased_at": of.moment_or_none("erased_at"),
            },
            versions=versions,
            sightings=sightings,
            events=[self._event(one, len(versions), len(sightings)) for one in of.all("events")],
        )

    def _import(self, of: Fields) -> int:
        return of.number("import", 1, self.imports)

    def _version(self, of: Fields) -> KeptVersion:
        return KeptVersion(
            version_id=of.name("id"),
            content_hash=of.name("content_hash", 64),
            values={
                "text": of.text("text", LONGEST_TEXT),
                "complete": of.flag("complete"),
                "language": of.text("language", 10),
                "written_at": of.moment_or_none("written_at"),
                "stated_at": of.text("stated_at", 200),
                "details": of.object("details"),
            },
            media=[self._medium(one) for one in of.all("media")],
        )

    def _medium(self, of: Fields) -> KeptMedium:
        file = of.text_or_none("file")
        if file is not None and not self._is(self._file(file), of.name("sha256", 64)):
            raise NotOurs("sha256")
        return KeptMedium(
            position=of.number("position"),
            key=of.text("key"),
            kind=of.text("kind", 10),
            url=of.text("url", LONGEST_TEXT),
            alt_text=of.text("alt_text", LONGEST_TEXT),
            sha256=of.text_or_none("sha256", 64),
            file=self._member(file) if file is not None else None,
        )

    def _sighting(self, of: Fields, versions: int) -> KeptSighting:
        return KeptSighting(
            version=of.number("version", 1, versions),
            account_id=of.text_or_none("account"),
            came_with=self._import(of),
            captured_at=of.moment_or_none("captured_at"),
            source=self._slice(of),
            cites=[(one.name("role", 12), self._slice(one)) for one in of.all("cites")],
            values={
                "evidence": of.one_of("evidence", EVIDENCE),
                "counts": of.counts("counts"),
                "file": of.text("file", 255),
                "row": of.number("row"),
            },
        )

    def _event(self, of: Fields, versions: int, sightings: int) -> KeptEvent:
        kind = of.one_of("kind", EVENT_KINDS)
        return KeptEvent(
            came_with=0 if kind in DONE_BY_PEOPLE else self._import(of),
            version=of.number_or_none("version", 1, versions),
            sighting=of.number_or_none("sighting", 1, sightings),
            source=self._slice(of) if of.text_or_none("bytes") is not None else None,
            values={
                "kind": kind,
                "at": of.moment_or_none("at"),
                "known_at": of.moment_or_none("known_at"),
                "recorded_at": of.moment("recorded_at"),
                "told_by": of.name("told_by", 12),
                "cause": of.text("cause", 12),
                "details": of.object("details"),
            },
        )

    def _file(self, name: str) -> Path:
        """A payload file of the bag. The bag's own check has seen that every file is one, and is listed."""
        path = self._folder / name
        if not name.startswith(DATA) or ".." in name.split("/") or not path.is_file():
            raise NotOurs(name)
        return path

    @staticmethod
    def _is(path: Path, sha256: str) -> bool:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == sha256

    def _slice(self, of: Fields) -> Slice:
        """Bytes that stay in the upload until they are written."""
        sha256 = of.name("sha256", 64)
        path = self._file(of.name("bytes"))
        if not self._is(path, sha256):
            raise NotOurs(path.name)
        member = self._member(of.name("bytes"))
        return LaidAside(lambda: self._read(member), path.stat().st_size, sha256, file=path.name, row=0)
