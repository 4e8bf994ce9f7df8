"""What time does to guidance."""

from datetime import timedelta

from hub.core import clock
from hub.core.jobs import job, scheduled

from .actions.publishing import move_due

# Days begin at midnight; an hour's delay is nothing to a page that was true for a year.
OFTEN = timedelta(hours=1)


@job("guidance.due")
def notice_due() -> None:
    move_due(clock.now().date())


scheduled("guidance.due", OFTEN)
