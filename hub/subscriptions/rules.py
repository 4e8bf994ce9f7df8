"""When subscriptions fall due, and who may subscribe to what."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import and_

from hub.accounts.models import Person
from hub.core.language import HUB_ZONE
from hub.core.policy import Actor, permission
from hub.groups.models import PART_OPEN, PUBLIC, Group

from .models import AT_ONCE, DAILY, DUE_HOUR, IN_DIGESTS, MENTIONS, NEVER, WEEKLY, Subscriber

# A link that asks for confirmation waits for people on holiday.
CONFIRM_WITHIN = timedelta(days=7)

# Members hear of their group once a week, unless they choose otherwise: often enough to come back, seldom
# enough to be read.
OF_MEMBERS = WEEKLY
# What members have by themselves who joined before there was a choice.
OF_MEMBERS_BEFORE = MENTIONS

# Only in groups can one be mentioned; of anything else that is told, nothing is left of "only mentions".
FOR_GROUPS = (AT_ONCE, DAILY, WEEKLY, MENTIONS, NEVER)
FOR_OTHERS = (AT_ONCE, DAILY, WEEKLY, NEVER)


def zone_named(name: str) -> ZoneInfo:
    """The time zone of that name; the hub's own when there is none."""
    try:
        return ZoneInfo(name)
    except (LookupError, ValueError, OSError):
        return ZoneInfo(HUB_ZONE)


def window_at(moment: datetime, zone: str, hour: int = DUE_HOUR) -> date:
    """The day of the newest window that has opened. It opens at that hour; where summer time skips or
    repeats it, it opens once."""
    local = moment.astimezone(zone_named(zone))
    today = local.date()
    return today if local.hour >= hour else today - timedelta(days=1)


def next_due(subscriber: Subscriber, frequency: str, after: datetime) -> datetime | None:
    """When the next window opens after a moment, by the subscriber's clock; not while they are away."""
    if frequency not in IN_DIGESTS:
        return None
    zone = zone_named(subscriber.zone)
    day = after.astimezone(zone).date()
    if subscriber.away_until is not None:
        day = max(day, subscriber.away_until)
    if frequency == WEEKLY:
        day += timedelta(days=(subscriber.weekly_on - day.weekday()) % 7)
    step = timedelta(days=7 if frequency == WEEKLY else 1)
    while (opens := _opens(day, subscriber.digest_hour, zone)) <= after:
        day += step
    return opens


def _opens(day: date, hour: int, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(hour), zone).astimezone(UTC)


def is_away(subscriber: Subscriber, at: datetime) -> bool:
    """Whether the subscriber asked not to be mailed yet."""
    today = at.astimezone(zone_named(subscriber.zone)).date()
    return subscriber.away_until is not None and today < subscriber.away_until


# Conditions on `Subscriber`, with `Person` joined from outside: whom `Subscriber.may_be_mailed` means.
of_an_account = and_(Person.active, Person.confirmed_at.is_not(None))
of_an_address = and_(Subscriber.person_id.is_(None), Subscriber.confirmed_at.is_not(None))


@permission("digest.subscribe")
def _may_subscribe(_actor: Actor, group: Group) -> bool:
    """Without an account: to what anyone may read."""
    return group.visibility in {PUBLIC, PART_OPEN}
