"""What choices are called."""

import re
from datetime import datetime

from babel.dates import get_day_names
from flask_babel import get_locale
from flask_babel import gettext as _

from hub.content.models import Topic
from hub.core.pages import day

from .models import (
    AT_ONCE,
    DAILY,
    GUIDANCE_ONLY,
    MENTIONS,
    NEVER,
    OPENINGS,
    TITLES,
    WEEKLY,
    WHOLE,
    Subscriber,
)
from .rules import zone_named
from .subjects import GROUP, GUIDANCE, TOPIC, TOPIC_GUIDANCE, Subject


def frequency_words() -> dict[str, str]:
    return {
        AT_ONCE: _("Each post at once"),
        DAILY: _("Every day"),
        WEEKLY: _("Every week"),
        MENTIONS: _("Only mentions and what I watch"),
        NEVER: _("Nothing"),
    }


def often_words() -> dict[str, str]:
    """The same within a sentence."""
    return {
        AT_ONCE: _("each post at once"),
        DAILY: _("every day"),
        WEEKLY: _("every week"),
        MENTIONS: _("only mentions and what you watch"),
        NEVER: _("not any more"),
    }


def length_words() -> dict[str, str]:
    return {
        TITLES: _("Titles only"),
        OPENINGS: _("Titles and first lines"),
        WHOLE: _("Everything that was written"),
    }


# What mail programs make a link of.
_LEADS_AWAY = re.compile(r"://|www\.|@|\w\.\w")


def name_for_strangers(subject: Subject) -> str:
    """The same in a message that somebody else may have caused: nothing in it leads where they want."""
    if subject.is_new_search and _LEADS_AWAY.search(subject.thing.name):
        return _("A search, which you see where you confirm")
    return name_of(subject)


def name_of(subject: Subject) -> str:
    """A subject by its full name."""
    if subject.is_new_search:
        return _("Search: %(name)s", name=subject.thing.name)
    if subject.told == GUIDANCE_ONLY:
        if isinstance(subject.thing, Topic):
            return _("Guidance on %(topic)s", topic=subject.thing.name)
        return _("Guidance of %(group)s", group=subject.thing.name)
    return subject.thing.name


def kinds_to_add() -> dict[str, str]:
    """Headings over what can be added."""
    return {
        GROUP: _("Groups"),
        GUIDANCE: _("Only the guidance of a group"),
        TOPIC: _("Topics, in all groups"),
        TOPIC_GUIDANCE: _("Only the guidance on a topic"),
    }


def weekdays() -> dict[int, str]:
    """0 is Monday."""
    return dict(get_day_names("wide", locale=get_locale() or "en_GB"))


def hour_words(hour: int) -> str:
    return f"{hour:02}:00"


def moment_of(subscriber: Subscriber, at: datetime) -> str:
    """'Monday 23 November 2026, 07:00', by the subscriber's clock."""
    local = at.astimezone(zone_named(subscriber.zone))
    return f"{weekdays()[local.weekday()]} {day(local.date())}, {local.hour:02}:{local.minute:02}"


def zone_words(zone: str) -> str:
    return zone.replace("_", " ")


def without_digest() -> str:
    """What becomes of the rest while a member is away."""
    return _("Where no digest comes, answers and mentions wait for you on your page of notices.")


def times_in_words(subscriber: Subscriber) -> str:
    """What stands over the folded choice of times."""
    return _(
        "At %(hour)s, weekly ones on %(weekday)s (%(zone)s)",
        hour=hour_words(subscriber.digest_hour),
        weekday=weekdays()[subscriber.weekly_on],
        zone=zone_words(subscriber.zone),
    )


def shape_in_words(subscriber: Subscriber) -> str:
    """What stands over the folded choice of what a digest is like."""
    together = (
        _("One message for each choice") if subscriber.separate else _("One message for everything due")
    )
    return f"{together} · {length_words()[subscriber.length].lower()}"
