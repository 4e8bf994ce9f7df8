"""What the codes of schedules are called on pages."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from .schedule_models import (
    DISPOSE,
    FINANCIAL_YEAR,
    GIVEN,
    GONE,
    KEEP,
    KEPT,
    POSTED,
    REVIEW,
    TRANSFER,
    YEAR,
    ScheduleEntry,
)

STARTS = {
    POSTED: _l("the day it was posted"),
    YEAR: _l("the end of the year it was posted in"),
    FINANCIAL_YEAR: _l("the end of the financial year it was posted in (31 March)"),
    KEPT: _l("the day it was kept here"),
    GONE: _l("the day it was deleted on the platform"),
    GIVEN: _l("a date that a keeper gives (closure, superseded)"),
}
ACTIONS = {
    DISPOSE: _l("Dispose of it"),
    REVIEW: _l("Review it"),
    KEEP: _l("Keep it permanently"),
    TRANSFER: _l("Transfer it to the archive"),
}


def how_long(entry: ScheduleEntry) -> str:
    """'6 years from the day it was posted': an entry's period in the hub's own words."""
    if entry.months is None:
        return _("For good")
    starts = str(STARTS[entry.starts])
    if entry.months == 0:
        return _("Until %(day)s", day=starts)
    years, months = divmod(entry.months, 12)
    parts = [ngettext("%(num)s year", "%(num)s years", years)] if years else []
    parts += [ngettext("%(num)s month", "%(num)s months", months)] if months else []
    return _("%(period)s from %(day)s", period=" ".join(parts), day=starts)
