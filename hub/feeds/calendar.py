"""The calendar (RFC 5545): by which day guidance is to be looked at again, and until when consultations ask
for replies."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _
from icalendar import Calendar, Event
from sqlalchemy import Select, select
from sqlalchemy.orm import contains_eager

from hub.content.models import GUIDANCE, Item
from hub.core.database import db
from hub.core.policy import Actor, visible
from hub.core.site import address
from hub.guidance.models import SUPERSEDED, Guidance

from . import wording
from .naming import host
from .rules import MOST_EVENTS
from .subjects import Subject

LOOK_AGAIN = timedelta(hours=12)


@dataclass(frozen=True)
class Day:
    """A day of an item. summary: what it is the last day for; owner_id: whose work that is."""

    item: Item
    on: date
    summary: str
    owner_id: int | None = None


def calendar_of(actor: Actor, subject: Subject) -> tuple[bytes, list[Item]]:
    """The calendar as bytes, the same for the same items, and the items it tells of."""
    days = [*_of_guidance(actor, subject), *_of_consultations(actor, subject)]
    calendar = Calendar()
    calendar.add("prodid", "-//Knowledge Hub//Days//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    title = wording.title_of(subject)
    calendar.add("name", title)
    calendar.add("x-wr-calname", title)
    calendar.add("x-wr-caldesc", wording.about(subject))
    calendar.add("refresh-interval", LOOK_AGAIN, parameters={"VALUE": "DURATION"})
    for one in days:
        calendar.add_component(_event(one, actor))
    return calendar.to_ical(), [one.item for one in days]


def _of_guidance(actor: Actor, subject: Subject) -> list[Day]:
    statement = (
        select(Guidance)
        .join(Guidance.item)
        .join(Item.group)
        .options(contains_eager(Guidance.item).contains_eager(Item.group))
        .where(Guidance.review_by.is_not(None), Item.state != SUPERSEDED)
        .order_by(Guidance.review_by.desc(), Item.group_id, Item.number)
    )
    pages = db.session.scalars(_told_to(actor, subject, statement)).unique()
    return [
        Day(page.item, page.review_by, _("Check by today: %(title)s", title=page.item.title), page.owner_id)
        for page in pages
        if page.review_by
    ]


def _of_consultations(actor: Actor, subject: Subject) -> list[Day]:
    statement = (
        select(Item)
        .join(Item.group)
        .options(contains_eager(Item.group))
        .where(Item.replies_by.is_not(None))
        .order_by(Item.replies_by.desc(), Item.group_id, Item.number)
    )
    items = db.session.scalars(_told_to(actor, subject, statement))
    return [
        Day(item, item.replies_by, _("Replies wanted by today: %(title)s", title=item.title))
        for item in items
        if item.replies_by
    ]


def _told_to(actor: Actor, subject: Subject, statement: Select[Any]) -> Select[Any]:
    """Without a group: of whoever is signed in, only what is of their own groups."""
    statement = statement.where(visible(Item, actor), Item.is_out).limit(MOST_EVENTS)
    if subject.group is not None:
        return statement.where(Item.group_id == subject.group.id)
    return statement.where(Item.group_id.in_(list(actor.roles))) if actor.signed_in else statement


def _place(item: Item) -> str:
    if item.kind == GUIDANCE:
        return _("Guidance of %(group)s.", group=item.group.name)
    return _("A discussion in %(group)s.", group=item.group.name)


def _event(one: Day, actor: Actor) -> Event:
    item, url = one.item, address(one.item.path)
    said = [
        item.summary,
        _("You answer for this page.") if actor.signed_in and one.owner_id == actor.person_id else "",
        _place(item),
        url,
    ]
    event = Event()
    event.add("uid", f"{item.group.slug}-{item.kind}-{item.number}@{host()}")
    event.add("dtstamp", item.last_activity_at)
    event.add("last-modified", item.last_activity_at)
    event.add("dtstart", one.on)
    event.add("dtend", one.on + timedelta(days=1))
    event.add("summary", one.summary)
    event.add("description", "\n".join(part for part in said if part))
    event.add("url", url)
    event.add("categories", [item.group.name])
    event.add("transp", "TRANSPARENT")  # nobody is busy all day
    return event
