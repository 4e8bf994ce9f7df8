"""The calendar of guidance (RFC 5545): for each page the day by which it is to be looked at again.

These are the only days ahead that items have: the date of the law that something speaks of lies behind, and
the hub holds no consultations of its own.
"""

from datetime import timedelta

from flask_babel import gettext as _
from icalendar import Calendar, Event
from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from hub.content.models import Item
from hub.core.database import db
from hub.core.policy import Actor, visible
from hub.core.site import address
from hub.guidance.models import SUPERSEDED, Guidance

from . import wording
from .naming import host
from .rules import MOST_EVENTS
from .subjects import Subject

LOOK_AGAIN = timedelta(hours=12)


def calendar_of(actor: Actor, subject: Subject) -> tuple[bytes, list[Guidance]]:
    """The calendar as bytes, the same for the same pages, and the pages it tells of."""
    pages = _pages(actor, subject)
    calendar = Calendar()
    calendar.add("prodid", "-//Knowledge Hub//Guidance//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    title = wording.title_of(subject)
    calendar.add("name", title)
    calendar.add("x-wr-calname", title)
    calendar.add("x-wr-caldesc", wording.about(subject))
    calendar.add("refresh-interval", LOOK_AGAIN, parameters={"VALUE": "DURATION"})
    for page in pages:
        calendar.add_component(_event(page, actor))
    return calendar.to_ical(), pages


def _pages(actor: Actor, subject: Subject) -> list[Guidance]:
    statement = (
        select(Guidance)
        .join(Guidance.item)
        .join(Item.group)
        .options(contains_eager(Guidance.item).contains_eager(Item.group))
        .where(visible(Item, actor), Item.is_out)
        .where(Guidance.review_by.is_not(None), Item.state != SUPERSEDED)
        .order_by(Guidance.review_by.desc(), Item.group_id, Item.number)
        .limit(MOST_EVENTS)
    )
    if subject.group is not None:
        statement = statement.where(Item.group_id == subject.group.id)
    elif actor.signed_in:
        statement = statement.where(Item.group_id.in_(list(actor.roles)))  # one's own work
    return list(db.session.scalars(statement).unique())


def _event(page: Guidance, actor: Actor) -> Event:
    item, day = page.item, page.review_by
    assert day is not None, "only pages that have a day are asked for"
    url = address(item.path)
    said = [
        item.summary,
        _("You answer for this page.") if actor.signed_in and page.owner_id == actor.person_id else "",
        _("Guidance of %(group)s.", group=item.group.name),
        url,
    ]
    event = Event()
    event.add("uid", f"{item.group.slug}-guidance-{item.number}@{host()}")
    event.add("dtstamp", item.last_activity_at)
    event.add("last-modified", item.last_activity_at)
    event.add("dtstart", day)
    event.add("dtend", day + timedelta(days=1))
    event.add("summary", _("Check by today: %(title)s", title=item.title))
    event.add("description", "\n".join(part for part in said if part))
    event.add("url", url)
    event.add("categories", [item.group.name])
    event.add("transp", "TRANSPARENT")  # nobody is busy all day
    return event
