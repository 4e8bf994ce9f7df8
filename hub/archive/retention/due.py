"""What is due: posts whose class's time is over, counted from what starts it.

Nothing is written down for each post: the day up to which something must have begun for its time to be over
today says for all posts of a class at once which are due.
"""

from __future__ import annotations

from calendar import monthrange
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from sqlalchemy import ColumnElement, Select, and_, extract, func, or_, select, true
from sqlalchemy.orm import aliased

from hub.archive.became import FOR_GOOD
from hub.archive.models import DELETED, FOUND_AGAIN, ArchivedPost, ArchiveEvent, Collection, Import
from hub.archive.rules import event_counts, revealed
from hub.core import clock
from hub.core.database import db

from .holds import is_held
from .schedule_models import (
    FINANCIAL_YEAR,
    GIVEN,
    GONE,
    KEEP,
    KEPT,
    YEAR,
    CollectionClass,
    KeptOn,
    PostClass,
    ScheduleEntry,
)

# The British financial year, of local authorities and central government alike, begins on 1 April.
FINANCIAL_YEAR_BEGINS = 4
# How far ahead the picture of what comes looks.
MONTHS_AHEAD = 24
# When a post went, as far as is known.
WENT_AT = func.coalesce(ArchiveEvent.at, ArchiveEvent.known_at, ArchiveEvent.recorded_at)


@dataclass(frozen=True)
class Use:
    """A class as a collection uses it: for its posts without one of their own, or for some. given: the date
    that starts the time, where one must be given."""

    entry: ScheduleEntry
    by_default: bool
    given: date | None

    @property
    def key(self) -> str:
        """Names it in an address, among those of its collection."""
        if self.by_default:
            return "default"
        return f"{self.entry.reference}@{self.given}" if self.given else self.entry.reference


def uses(collection: Collection) -> list[Use]:
    """Every class that posts of the collection have, the default first."""
    found = []
    default = db.session.get(CollectionClass, collection.id)
    if default is not None:
        found.append(Use(default.entry, True, default.given))
    rows = db.session.execute(
        select(ScheduleEntry, PostClass.given)
        .join(PostClass, PostClass.entry_id == ScheduleEntry.id)
        .where(PostClass.collection_id == collection.id)
        .distinct()
        .order_by(ScheduleEntry.reference, PostClass.given)
    )
    return found + [Use(entry, False, given) for entry, given in rows]


def posts_with(collection: Collection, use: Use) -> Select[tuple[int]]:
    """The ids of the posts of a class."""
    statement = select(ArchivedPost.id).where(
        ArchivedPost.collection_id == collection.id,
        ArchivedPost.erased_at.is_(None),
        revealed(ArchivedPost.import_id),
    )
    if use.by_default:
        own = select(PostClass.post_id).where(PostClass.collection_id == collection.id)
        return statement.where(ArchivedPost.id.not_in(own))
    theirs = select(PostClass.post_id).where(
        PostClass.collection_id == collection.id,
        PostClass.entry_id == use.entry.id,
        PostClass.given.is_not_distinct_from(use.given),
    )
    return statement.where(ArchivedPost.id.in_(theirs))


def is_due(use: Use, today: date | None = None) -> ColumnElement[bool] | None:
    """The condition under which an ArchivedPost of that class is due; None: none is, or ever will be."""
    today = today or clock.now().date()
    if use.entry.months is None or use.entry.action == KEEP:
        return None
    if use.entry.starts == GIVEN:
        over = use.given is not None and add_months(use.given, use.entry.months) <= today
        return _not_kept_on(today) if over else None
    begun = _moment(began_before(use.entry, today))
    return and_(_starts_before(use.entry.starts, begun), _not_kept_on(today))


def began_before(entry: ScheduleEntry, today: date) -> date:
    """The time is over today for whatever began before this day."""
    last = add_months(today, -(entry.months or 0))
    if entry.starts == YEAR:  # counted from the year's last day
        return date(last.year + (last.month == 12 and last.day == 31), 1, 1)
    if entry.starts == FINANCIAL_YEAR:
        ended = last.month > 3 or (last.month == 3 and last.day == 31)
        return date(last.year if ended else last.year - 1, FINANCIAL_YEAR_BEGINS, 1)
    return date.fromordinal(last.toordinal() + 1)


def _starts_before(starts: str, moment: datetime) -> ColumnElement[bool]:
    if starts == KEPT:
        came = select(Import.id).where(Import.uploaded_at < moment)
        return ArchivedPost.import_id.in_(came)
    if starts == GONE:
        gone = select(ArchiveEvent.post_id).where(
            ArchiveEvent.collection_id == ArchivedPost.collection_id, _still_gone(), moment > WENT_AT
        )
        return ArchivedPost.id.in_(gone.correlate(ArchivedPost))
    return ArchivedPost.posted_at < moment


def _still_gone() -> ColumnElement[bool]:
    """Deletions that a post has not come back from: see `became.still_gone`."""
    back = aliased(ArchiveEvent)
    returned = select(back.id).where(
        back.post_id == ArchiveEvent.post_id,
        back.kind == FOUND_AGAIN,
        func.coalesce(back.known_at, back.recorded_at) >= WENT_AT,
        revealed(back.import_id),
    )
    for_good = or_(ArchiveEvent.cause == FOR_GOOD, ~returned.correlate(ArchiveEvent).exists())
    return and_(ArchiveEvent.kind == DELETED, event_counts(), for_good)


def _not_kept_on(today: date) -> ColumnElement[bool]:
    longer = select(KeptOn.post_id).where(KeptOn.post_id == ArchivedPost.id, KeptOn.until > today)
    return ~longer.correlate(ArchivedPost).exists()


def add_months(day: date, months: int) -> date:
    """The same day of another month, or its last; the end of what there are dates for."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not 1 <= year < 9999:
        return date.min if year < 1 else date.max
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _moment(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


@dataclass(frozen=True)
class Due:
    """Posts of one class whose time is over; how many of them are held, and cannot be disposed of."""

    use: Use
    number: int
    held: int


def due_now(collection: Collection) -> list[Due]:
    """What is due in a collection, by class; classes of which nothing is due are left out."""
    told = []
    for use in uses(collection):
        condition = is_due(use)
        if condition is None:
            continue
        ids = posts_with(collection, use).where(condition)
        number = db.session.scalar(select(func.count()).select_from(ids.subquery())) or 0
        if number:
            held = select(func.count()).select_from(ids.where(is_held()).subquery())
            told.append(Due(use, number, db.session.scalar(held) or 0))
    return told


def due_posts(collection: Collection, use: Use) -> Select[tuple[ArchivedPost]]:
    """The posts of a class that are due; those that the caller may see."""
    condition = is_due(use)
    ids = posts_with(collection, use).where(condition if condition is not None else ~true())
    return select(ArchivedPost).where(ArchivedPost.id.in_(ids))


def by_month(collection: Collection) -> list[tuple[date, int]]:
    """How many posts become due in this month (with what was due before) and in each that comes."""
    today = clock.now().date()
    first = today.replace(day=1)
    counted: Counter[date] = Counter()
    for use in uses(collection):
        entry = use.entry
        if entry.months is None or entry.action == KEEP:
            continue
        for began, number in _began(collection, use):
            counted[max(first, add_months(_end(entry.starts, began), entry.months).replace(day=1))] += number
    months = [add_months(first, ahead) for ahead in range(MONTHS_AHEAD)]
    return [(month, counted.get(month, 0)) for month in months]


def _began(collection: Collection, use: Use) -> list[tuple[date, int]]:
    """(a day of the month in which the time of so many posts began, how many)."""
    starts = use.entry.starts
    ids = posts_with(collection, use).where(_not_kept_on(clock.now().date()))
    if starts == GIVEN:
        number = db.session.scalar(select(func.count()).select_from(ids.subquery())) or 0
        return [(use.given, number)] if use.given is not None else []
    if starts == KEPT:
        at = Import.uploaded_at
        source = select(Import.id).join(ArchivedPost, ArchivedPost.import_id == Import.id)
    elif starts == GONE:
        at = WENT_AT
        source = select(ArchiveEvent.id).join(ArchivedPost, ArchivedPost.id == ArchiveEvent.post_id)
        source = source.where(_still_gone())
    else:
        at, source = ArchivedPost.posted_at, select(ArchivedPost.id)
    year, month = extract("year", at), extract("month", at)
    rows = db.session.execute(
        source.with_only_columns(year, month, func.count(ArchivedPost.id.distinct()))
        .where(ArchivedPost.id.in_(ids), at.is_not(None))
        .group_by(year, month)
    )
    return [(date(int(y), int(m), 28), number) for y, m, number in rows]


def _end(starts: str, began: date) -> date:
    if starts == YEAR:
        return date(began.year, 12, 31)
    if starts == FINANCIAL_YEAR:
        return date(began.year + (began.month >= FINANCIAL_YEAR_BEGINS), 3, 31)
    return began
