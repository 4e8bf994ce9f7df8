"""How many posts a collection holds of each month, and what became of them: as numbers, and as a picture.

Counted once for each version of the collection (an import raises it) and kept by the process: 200,000
posts take about a second to count.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import format_date
from sqlalchemy import ColumnElement, String, case, func, select, type_coerce

from hub.core.database import db
from hub.core.fragments import fragments

from .filters import Filters
from .models import DELETED, EDITED, ArchivedPost, ArchiveEvent, Collection, SocialAccount
from .rules import event_counts, revealed

# Above so many months the picture shows years, each leading to its months.
MOST_MONTHS = 30
# Roughly what a month and a platform take in memory.
BYTES_A_MONTH = 200


@dataclass(frozen=True)
class Count:
    """Posts of a while. `deleted` and `edited` are of these; `both` of both."""

    posts: int = 0
    deleted: int = 0
    edited: int = 0
    both: int = 0

    def __add__(self, other: Count) -> Count:
        return Count(
            self.posts + other.posts,
            self.deleted + other.deleted,
            self.edited + other.edited,
            self.both + other.both,
        )

    @property
    def only_edited(self) -> int:
        return self.edited - self.both

    @property
    def rest(self) -> int:
        return self.posts - self.deleted - self.only_edited


@dataclass(frozen=True)
class Outline:
    """What a collection holds: counts by (year, month), and the platforms and forms that there are."""

    months: dict[tuple[int, int], Count]
    platforms: tuple[str, ...]
    forms: tuple[str, ...]

    @property
    def posts(self) -> int:
        return sum(count.posts for count in self.months.values())


def outline(collection: Collection) -> Outline:
    """The outline of a collection as it is now: kept, or counted."""
    key = ("archive outline", collection.id, collection.version)
    found: Outline = fragments.get(
        key, lambda: _count(collection.id), lambda made: BYTES_A_MONTH * (len(made.months) + 10)
    )
    return found


def _count(collection_id: int) -> Outline:
    of_collection = (ArchivedPost.collection_id == collection_id, revealed(ArchivedPost.import_id))
    month = _month()
    posts = db.session.execute(select(month, func.count()).where(*of_collection).group_by(month))
    fates = _fates(collection_id)
    fate_of = db.session.execute(
        select(month, func.sum(fates.c.gone), func.sum(fates.c.changed), func.sum(fates.c.both))
        .join(fates, fates.c.post_id == ArchivedPost.id)
        .where(*of_collection)
        .group_by(month)
    )
    told = {text: (deleted, edited, both) for text, deleted, edited, both in fate_of}
    months = {
        (int(text[:4]), int(text[5:7])): Count(number, *map(int, told.get(text, (0, 0, 0))))
        for text, number in posts
    }
    platforms = select(SocialAccount.platform).where(SocialAccount.collection_id == collection_id).distinct()
    forms = select(ArchivedPost.form).where(*of_collection, ArchivedPost.form != "").distinct()
    return Outline(
        dict(sorted(months.items())),
        tuple(sorted(db.session.scalars(platforms))),
        tuple(sorted(db.session.scalars(forms))),
    )


def _month() -> ColumnElement[str]:
    """The month of a post as "2024-01", in UTC on both databases."""
    if db.engine.dialect.name == "postgresql":
        return func.to_char(func.timezone("UTC", ArchivedPost.sort_at), "YYYY-MM")
    return func.substr(type_coerce(ArchivedPost.sort_at, String), 1, 7)


def _fates(collection_id: int):
    """Each post to which something happened once: 1 or 0 for gone, changed, both."""

    def ever(kind: str) -> ColumnElement[int]:
        return func.max(case((ArchiveEvent.kind == kind, 1), else_=0))

    return (
        select(
            ArchiveEvent.post_id,
            ever(DELETED).label("gone"),
            ever(EDITED).label("changed"),
            (ever(DELETED) * ever(EDITED)).label("both"),
        )
        .where(
            ArchiveEvent.collection_id == collection_id,
            ArchiveEvent.kind.in_((DELETED, EDITED)),
            event_counts(),
        )
        .group_by(ArchiveEvent.post_id)
        .subquery()
    )


# The picture. Lengths are in the units of its own view box.

WIDTH, HEIGHT = 720, 170
BASE = HEIGHT - 22  # the line on which bars stand; below it are words
TOP = 4
# What is there is seen, however little it is beside the rest.
LEAST = 2


@dataclass(frozen=True)
class Part:
    """A piece of a bar: "rest", "edited" or "deleted"."""

    kind: str
    y: float
    height: float


@dataclass(frozen=True)
class Bar:
    """A month or a year: what its link asks for, where it stands, and its pieces from below."""

    label: str
    short: str
    filters: Filters
    count: Count
    x: float
    width: float
    parts: tuple[Part, ...]
    chosen: bool

    @property
    def middle(self) -> float:
        return self.x + self.width / 2


@dataclass(frozen=True)
class Picture:
    """Bars over time. `highest`: the most posts of one bar; `wider`: what shows the whole again, if this is
    but a part; `period`: "year" or "month"."""

    bars: tuple[Bar, ...]
    highest: int
    period: str
    wider: Filters | None
    total: Count


def picture(found: Outline, filters: Filters) -> Picture | None:
    """The bars of a collection for what is asked for; None where there are not two to compare."""
    spans = _spans(found, filters)
    if not spans or len(found.months) < 2:
        return None
    scale = _Scale(
        step=WIDTH / len(spans),
        highest=max(count.posts for _since, _until, count in spans),
        by_year=spans[0][0].replace(day=31, month=12) == spans[0][1],
        filters=filters,
    )
    bars = tuple(scale.bar(number, span) for number, span in enumerate(spans))
    whole = not (filters.since or filters.until)
    wider = None if whole else filters.but(since=None, until=None)
    total = sum((count for _since, _until, count in spans), Count())
    return Picture(bars, scale.highest, "year" if scale.by_year else "month", wider, total)


Span = tuple[date, date, Count]


def _spans(found: Outline, filters: Filters) -> list[Span]:
    """Every month, or every year, from the first to the last; those without posts too."""
    if not found.months:
        return []
    first, last = _reach(found, filters)
    months = list(_months(first, last))
    if len(months) <= MOST_MONTHS:
        return [
            (date(year, month, 1), _end(year, month), found.months.get((year, month), Count()))
            for year, month in months
        ]
    years: dict[int, Count] = {year: Count() for year in range(first[0], last[0] + 1)}
    for (year, _of_year), count in found.months.items():
        if year in years:
            years[year] += count
    return [(date(year, 1, 1), date(year, 12, 31), count) for year, count in years.items()]


def _reach(found: Outline, filters: Filters) -> tuple[tuple[int, int], tuple[int, int]]:
    """The first and last month to show: all of the year where a part of one is asked for."""
    first, last = min(found.months), max(found.months)
    if filters.since and filters.until and not filters.backwards:
        asked = (filters.since.year, 1), (filters.until.year, 12)
        inside = max(first, asked[0]), min(last, asked[1])
        if inside[0] <= inside[1] and len(list(_months(*inside))) <= MOST_MONTHS:
            return inside
    return first, last


def _months(first: tuple[int, int], last: tuple[int, int]) -> Iterable[tuple[int, int]]:
    year, month = first
    while (year, month) <= last:
        yield year, month
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)


def _end(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


@dataclass(frozen=True)
class _Scale:
    """What all bars of a picture have in common."""

    step: float
    highest: int
    by_year: bool
    filters: Filters

    def bar(self, number: int, span: Span) -> Bar:
        since, until, count = span
        gap = min(4.0, self.step / 5)
        return Bar(
            label=str(since.year) if self.by_year else format_date(since, "MMMM y"),
            short=str(since.year) if self.by_year else format_date(since, "MMM"),
            filters=self.filters.but(since=since, until=until),
            count=count,
            x=round(number * self.step + gap / 2, 2),
            width=round(self.step - gap, 2),
            parts=tuple(self._parts(count)),
            chosen=(self.filters.since, self.filters.until) == (since, until),
        )

    def _parts(self, count: Count) -> Iterable[Part]:
        """From below: what nothing happened to, what was edited, what was deleted."""
        y = float(BASE)
        for kind, number in (("rest", count.rest), ("edited", count.only_edited), ("deleted", count.deleted)):
            if number > 0:
                height = max(LEAST, (BASE - TOP) * number / max(self.highest, 1))
                y -= height
                yield Part(kind, round(max(y, 0), 2), round(height, 2))


def label_every(bars: Sequence[Bar], room: int = 12) -> int:
    """Which bars have their name under them: each, or every second, third ... where they are many."""
    return -(-len(bars) // room) or 1
