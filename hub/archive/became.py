"""What became of a post on its platform, in words: the same on cards, in lists and on evidence pages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from hub.core.pages import day

from .models import DELETED, FOUND_AGAIN, ArchiveEvent

# The cause of a deletion that nobody takes back; an account that is suspended or locked may return with its
# posts, and an address that answers nothing may answer again.
FOR_GOOD = "deleted"

MINUTE, HOUR, TWO_DAYS = timedelta(minutes=1), timedelta(hours=1), timedelta(days=2)


def known(event: Any) -> datetime:
    """When what an event tells was so, as far as is known: no later than its upload."""
    return event.at or event.known_at or event.recorded_at


def still_gone(events: Sequence[ArchiveEvent]) -> list[ArchiveEvent]:
    """The deletions that a post has not come back from."""
    returned = max((known(event) for event in events if event.kind == FOUND_AGAIN), default=None)
    return [
        event
        for event in events
        if event.kind == DELETED and (event.cause == FOR_GOOD or returned is None or returned < known(event))
    ]


def deleted(gone: Sequence[ArchiveEvent], posted_at: datetime | None, copies: Sequence[datetime]) -> str:
    """When a post was deleted: to the minute, between two moments, or as far as it is known.

    gone: its deletions, in the order in which they came to be known; at least one. copies: when the versions
    that are kept were seen on the platform.
    """
    at = next((event.at for event in gone if event.at), None)
    known = next((event.known_at for event in gone if event.known_at), None)
    seen = max((copy for copy in copies if known is None or copy < known), default=None)
    if at:
        words = _("on the platform on %(day)s", day=day_of(at))
        later = _after(posted_at, at)
        return _("%(when)s, %(later)s", when=words, later=later) if later else words
    if seen and known and day_of(seen) == day_of(known):
        return _("on the platform on %(day)s", day=day_of(known))
    if seen and known:
        return _("on the platform between %(first)s and %(last)s", first=day_of(seen), last=day_of(known))
    if seen:
        return _("on the platform after %(day)s, when this copy was seen", day=day_of(seen))
    if known:
        return _("on the platform no later than %(day)s", day=day_of(known))
    return _("on the platform; when is not known")


def edited(edits: Sequence[Any], posted_at: datetime | None) -> str:
    """How often a post was edited, and how soon: "once, 17 minutes after it was posted".

    edits: versions with `written_at`, in order (hub.archive.importing.history.edits_among); at least one.
    """
    times = ngettext("once", "%(num)d times", len(edits))
    later = _after(posted_at, edits[-1].written_at)
    if not later:
        return times
    if len(edits) == 1:
        return _("%(times)s, %(later)s", times=times, later=later)
    return _("%(times)s, the last time %(later)s", times=times, later=later)


def day_of(moment: datetime) -> str:
    """A moment's day in the reader's zone. A date that came without an hour is that day in every zone."""
    return day(moment.date() if without_hour(moment) else moment)


def without_hour(moment: datetime) -> bool:
    """Files that give a day only are read as its midnight (UTC)."""
    return (moment.hour, moment.minute, moment.second, moment.microsecond) == (0, 0, 0, 0)


def _after(posted_at: datetime | None, moment: datetime | None) -> str:
    """ "12 minutes after it was posted"; nothing when that is not known, or cannot be."""
    if posted_at is None or moment is None or moment <= posted_at or without_hour(moment):
        return ""
    passed = moment - posted_at
    if passed < MINUTE:
        return _("less than a minute after it was posted")
    if passed < HOUR:
        return ngettext(
            "%(num)d minute after it was posted", "%(num)d minutes after it was posted", passed // MINUTE
        )
    if passed < TWO_DAYS:
        return ngettext(
            "%(num)d hour after it was posted", "%(num)d hours after it was posted", passed // HOUR
        )
    return ngettext("%(num)d day after it was posted", "%(num)d days after it was posted", passed.days)
