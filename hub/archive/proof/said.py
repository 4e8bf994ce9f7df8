"""What the check of one post comes to, in the words of both its page and `hub verify --post`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from flask_babel import gettext as _
from flask_babel import ngettext

from hub.archive.models import ArchiveEvent
from hub.archive.words import event_word
from hub.core.pages import day, moment_with_zone

from . import stamping
from .checking import Checked
from .models import LogCheckpoint, LogEntry


class Verdict(NamedTuple):
    """`meaning`: as the house's notices have it."""

    meaning: str
    title: str
    text: str


def verdict(checked: Checked) -> Verdict:
    """What it comes to."""
    if checked.faults:
        return Verdict(
            "overdue",
            ngettext("%(num)s fault was found", "%(num)s faults were found", len(checked.faults)),
            _(
                "What is named below is no longer what was sealed. Do not rely on it, change nothing, and "
                "tell an administrator."
            ),
        )
    if not checked.entries:
        return Verdict("info", _("Nothing is sealed yet"), _("What came in is sealed within some minutes."))
    anchored = checked.standing.anchored
    return Verdict(
        "verified",
        _("Everything is as it was sealed"),
        _anchored(anchored) if anchored else _("It is not yet anchored: the log is signed once a day."),
    )


def _anchored(checkpoint: LogCheckpoint) -> str:
    told = [
        _("It is anchored by the checkpoint of %(day)s.", day=day(checkpoint.made_at)),
        stamped(checkpoint),
    ]
    return " ".join(filter(None, told))


def stamped(checkpoint: LogCheckpoint) -> str:
    """Which time-stamping authority saw a checkpoint, and when; that none did yet; "" where none is asked."""
    if checkpoint.timestamp is None or checkpoint.stamped_at is None:
        return _("It has no time stamp yet.") if stamping.is_wanted() else ""
    at = moment_with_zone(checkpoint.stamped_at)
    if by := stamping.by_whom(checkpoint.timestamp):
        return _("“%(authority)s” put a time stamp on it on %(at)s (RFC 3161).", authority=by, at=at)
    return _("A time-stamping authority saw it on %(at)s (RFC 3161).", at=at)


def what_was_checked(checked: Checked) -> Sequence[tuple[str, int]]:
    """Each sort of thing, and how many of it."""
    told = [
        (_("Entries of the log"), len(checked.entries)),
        (_("Exact bytes"), checked.slices),
        (_("Pictures and films"), checked.media),
    ]
    if checked.standing.waiting:
        told.append((_("Not sealed yet"), checked.standing.waiting))
    return told


def its_entries(checked: Checked) -> Sequence[tuple[datetime, str]]:
    """When each was made, and what it is."""
    return [(entry.at, _entry(entry, kind)) for entry, kind in checked.entries]


def _entry(entry: LogEntry, kind: str) -> str:
    if not entry.statement:
        return _("Entry %(number)s, erased lawfully", number=entry.seq)
    word = event_word(ArchiveEvent(kind=kind, cause=""))[1]
    return _("Entry %(number)s: %(kind)s", number=entry.seq, kind=word)
