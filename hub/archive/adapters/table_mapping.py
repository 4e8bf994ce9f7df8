"""What a keeper says about the columns of a table, and how its dates are read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from hub.archive.adapters.fields import iso_time
from hub.archive.adapters.twitter_fields import as_time

# What a column can be. The text is the one that every table must have.
TEXT, TIME, AUTHOR, HANDLE, ID, ADDRESS, REPLY_TO, PLATFORM = (
    "text", "time", "author", "handle", "id", "address", "reply_to", "platform",
)  # fmt: skip
ROLES = (TEXT, TIME, AUTHOR, HANDLE, ID, ADDRESS, REPLY_TO, PLATFORM)

DAY_FIRST, MONTH_FIRST, YEAR_FIRST = "dmy", "mdy", "ymd"
ORDERS = (DAY_FIRST, MONTH_FIRST, YEAR_FIRST)

_NUMERIC = re.compile(
    r"(?P<a>\d{1,4})[/.\-](?P<b>\d{1,2})[/.\-](?P<c>\d{1,4})"
    r"(?:,?[\sT\u00a0\u202f]+(?P<clock>.+))?"
)
_CLOCK = re.compile(
    r"(?P<hour>\d{1,2})[:.](?P<minute>\d\d)(?:[:.](?P<second>\d\d)(?:[.,]\d+)?)?"
    r"[\s\u00a0\u202f]*(?P<half>[ap])?\.?(?:m\.?)?",
    re.IGNORECASE,
)
_WORDED = re.compile(
    r"(?:[a-z]{3,9},?\s+)?(?:(?P<day>\d{1,2})(?:st|nd|rd|th)?\s+(?P<month>[a-z]{3,9})\.?|"
    r"(?P<month2>[a-z]{3,9})\.?\s+(?P<day2>\d{1,2})(?:st|nd|rd|th)?),?\s+(?P<year>\d{4})"
    r"(?:,?\s+(?:at\s+)?(?P<clock>\d.*))?",
    re.IGNORECASE,
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_EPOCH = re.compile(r"\d{10}(?:\.\d+)?|\d{13}")


@dataclass(frozen=True)
class Mapping:
    """`columns`: the place (from 0) of each role that has one. `platform`: a code, for tables without a
    column of it. `zone`: in which times without one are; `order`: of the numbers of a date. `header`: the row
    (from 1) that names the columns; 0: none does. `names`: what the columns are called there."""

    columns: dict[str, int]
    platform: str
    zone: str = "UTC"
    order: str = DAY_FIRST
    header: int = 1
    names: tuple[str, ...] = field(default=())

    def as_json(self) -> dict[str, Any]:
        return {
            "columns": self.columns,
            "platform": self.platform,
            "zone": self.zone,
            "order": self.order,
            "header": self.header,
            "names": list(self.names),
        }

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Mapping:
        return cls(**{**kept, "names": tuple(kept.get("names", ()))})

    def cell(self, cells: Sequence[str], role: str) -> str:
        at = self.columns.get(role)
        return cells[at].strip() if at is not None and at < len(cells) else ""

    def time(self, said: str) -> datetime | None:
        return read_time(said, self.order, self.zone)


def read_time(said: str, order: str, zone: str) -> datetime | None:
    """A moment as people and programs write it, in UTC; None for what is no moment."""
    said = said.strip()
    if not said or len(said) > 100:
        return None
    if _EPOCH.fullmatch(said):
        return _epoch(said)
    plain = said.removesuffix(" UTC").removesuffix(" GMT")
    there = ZoneInfo("UTC" if plain != said else zone)
    local = _iso(plain, there) or _numeric(plain, order, there) or _worded(plain, there)
    if local:
        return local.astimezone(UTC)
    return as_time(said) if said[0].isalpha() else None


def guess_order(said: Iterable[str]) -> str | None:
    """The order that all the dates fit, if only one does."""
    possible = set(ORDERS)
    for one in said:
        found = _NUMERIC.fullmatch(one.strip().removesuffix(" UTC"))
        if not found:
            continue
        if len(found["a"]) == 4:
            possible &= {YEAR_FIRST}
            continue
        possible -= {YEAR_FIRST}
        if int(found["a"]) > 12:
            possible -= {MONTH_FIRST}
        if int(found["b"]) > 12:
            possible -= {DAY_FIRST}
    return possible.pop() if len(possible) == 1 else None


def _epoch(said: str) -> datetime | None:
    seconds = float(said) / (1000 if len(said) == 13 else 1)
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _iso(said: str, zone: ZoneInfo) -> datetime | None:
    if len(said) < 10 or not said[:4].isdigit() or said[4] != "-" or iso_time(said) is None:
        return None
    found = datetime.fromisoformat(said)
    return found if found.tzinfo else found.replace(tzinfo=zone)


def _numeric(said: str, order: str, zone: ZoneInfo) -> datetime | None:
    found = _NUMERIC.fullmatch(said)
    if not found:
        return None
    parts = dict(zip(YEAR_FIRST if len(found["a"]) == 4 else order, found.group("a", "b", "c"), strict=True))
    year = int(parts["y"]) + (2000 if len(parts["y"]) <= 2 else 0)
    return _moment(year, int(parts["m"]), int(parts["d"]), found["clock"], zone)


def _worded(said: str, zone: ZoneInfo) -> datetime | None:
    found = _WORDED.fullmatch(said)
    month = (found["month"] or found["month2"])[:3].lower() if found else ""
    if month not in _MONTHS:
        return None
    day = int(found["day"] or found["day2"])
    return _moment(int(found["year"]), _MONTHS.index(month) + 1, day, found["clock"], zone)


def _moment(year: int, month: int, day: int, clock: str | None, zone: ZoneInfo) -> datetime | None:
    hour = minute = second = 0
    if clock:
        found = _CLOCK.fullmatch(clock.strip())
        if not found:
            return None
        hour, minute, second = int(found["hour"]), int(found["minute"]), int(found["second"] or 0)
        if found["half"]:
            hour = hour % 12 + (12 if found["half"].lower() == "p" else 0)
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=zone)
    except (ValueError, OverflowError):
        return None
