"""When digests are due, and who may subscribe to what."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from hub.core.language import HUB_ZONE
from hub.core.policy import Actor, permission
from hub.groups.models import PART_OPEN, PUBLIC, Group

# In the mailbox when people sit down to work, by their own clock.
DUE_HOUR = 7
# The weekly one comes on Monday: a week's reading at the beginning of the week.
WEEKLY_ON = 0

# A link that asks for confirmation waits for people on holiday.
CONFIRM_WITHIN = timedelta(days=7)


def zone_named(name: str) -> ZoneInfo:
    """The time zone of that name; the hub's own when there is none."""
    try:
        return ZoneInfo(name)
    except (LookupError, ValueError, OSError):
        return ZoneInfo(HUB_ZONE)


def window_at(moment: datetime, zone: str) -> date:
    """The day of the newest window that has fallen due. It opens at DUE_HOUR; in the hour that summer time
    skips or repeats it opens once."""
    local = moment.astimezone(zone_named(zone))
    today = local.date()
    return today if local.hour >= DUE_HOUR else today - timedelta(days=1)


def week_of(window: date) -> date:
    """The day of the newest weekly window that has fallen due at that of `window`."""
    return window - timedelta(days=(window.weekday() - WEEKLY_ON) % 7)


@permission("digest.subscribe")
def _may_subscribe(_actor: Actor, group: Group) -> bool:
    """Without an account: to what anyone may read."""
    return group.visibility in {PUBLIC, PART_OPEN}
