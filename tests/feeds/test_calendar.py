"""Calendars: by which days guidance is to be checked and consultations end, for all or for one's groups."""

from datetime import date, timedelta

import pytest
from icalendar import Calendar

from hub.content.actions import withdraw
from hub.content.models import Item
from hub.core import clock
from hub.core.database import db, unit_of_work
from hub.discussions.actions import start_discussion
from hub.groups.models import Group
from hub.guidance.actions import mark_checked, publish, start_guidance
from tests.factories.groups import group, member

from .test_private_feeds import feed_for

TITLE = "Keeping, and closing; a channel\\ " + "of the council " * 8


@pytest.fixture
def page(world) -> Item:
    with unit_of_work():
        there = db.session.get_one(Group, world.group.id)
        made = start_guidance(world.as_ann, there, TITLE, "Summary, with; marks.", "Keep it.")
        publish(world.as_ann, made, world.ann, date(2027, 3, 1))
        return made


def events(client, address: str) -> list:
    answer = client.get(address)
    assert answer.status_code == 200, address
    assert answer.content_type == "text/calendar; charset=utf-8"
    lines = answer.data.split(b"\r\n")
    assert max(map(len, lines)) <= 75  # folded, by octets
    assert lines[-1] == b""
    calendar = Calendar.from_ical(answer.data)
    assert not calendar.errors
    assert calendar["VERSION"] == "2.0"
    assert calendar["PRODID"]
    assert calendar["X-WR-CALNAME"]
    return list(calendar.walk("VEVENT"))


def test_each_page_has_the_whole_day_by_which_it_is_to_be_checked(client, world, page):
    for address in ("/calendar.ics", f"{world.group.path}/calendar.ics"):
        (event,) = events(client, address)
        assert event["SUMMARY"] == f"Check by today: {page.title}"
        assert event["DTSTART"].dt == date(2027, 3, 1)
        assert event["DTEND"].dt == date(2027, 3, 2)
        assert event["DTSTAMP"].dt.tzinfo is not None
        assert event["UID"] == f"rims-guidance-{page.number}@localhost"
        assert event["URL"] == f"http://localhost{page.path}"
        assert event["TRANSP"] == "TRANSPARENT"
        assert "Summary, with; marks." in event["DESCRIPTION"]


def test_a_consultation_has_its_last_day_until_it_is_withdrawn(client, world):
    with unit_of_work():
        there = db.session.get_one(Group, world.group.id)
        talk = start_discussion(world.as_bob, there, "What is missing?", "Tell.", replies_by=date(2027, 3, 4))
        start_discussion(world.as_bob, there, "Just talk", "Of this and that.")
    for address in ("/calendar.ics", f"{world.group.path}/calendar.ics"):
        (event,) = events(client, address)
        assert event["SUMMARY"] == "Replies wanted by today: What is missing?"
        assert event["DTSTART"].dt == date(2027, 3, 4)
        assert event["UID"] == f"rims-discussion-{talk.number}@localhost"
        assert "A discussion in" in event["DESCRIPTION"]
    assert len(events(client, f"{feed_for(world.bob, '/calendar')}.ics")) == 1
    with unit_of_work():
        withdraw(world.as_ann, db.session.get_one(Item, talk.id))
    assert events(client, "/calendar.ics") == []


def test_a_page_that_was_checked_moves_and_stays_the_same_event(client, world, page, time_machine):
    before = client.get("/calendar.ics")
    same = client.get("/calendar.ics", headers={"If-None-Match": before.headers["ETag"]})
    assert same.status_code == 304
    (first,) = events(client, "/calendar.ics")
    time_machine.move_to(clock.now() + timedelta(days=1))
    with unit_of_work():
        mark_checked(world.as_ann, db.session.get_one(Item, page.id), date(2027, 9, 1))
    (second,) = events(client, "/calendar.ics")
    assert second["UID"] == first["UID"]
    assert second["DTSTART"].dt == date(2027, 9, 1)
    assert second["LAST-MODIFIED"].dt > first["LAST-MODIFIED"].dt


def test_drafts_and_what_was_withdrawn_are_in_no_calendar(client, world, page):
    with unit_of_work():
        start_guidance(world.as_ann, db.session.get_one(Group, world.group.id), "A draft", "No.", "No.")
        withdraw(world.as_ann, db.session.get_one(Item, page.id))
    assert events(client, "/calendar.ics") == []
    assert events(client, f"{feed_for(world.ann, '/calendar')}.ics") == []


def test_ones_own_calendar_is_of_ones_own_groups_and_says_what_one_answers_for(client, world, page):
    other = group("Other")
    member(world.cat, other)
    assert (
        "You answer for this page."
        in events(client, f"{feed_for(world.ann, '/calendar')}.ics")[0]["DESCRIPTION"]
    )
    (event,) = events(client, f"{feed_for(world.bob, '/calendar')}.ics")
    assert "You answer" not in event["DESCRIPTION"]
    assert events(client, f"{feed_for(world.dan, '/calendar')}.ics") == []
    private = feed_for(world.bob, f"{world.group.path}/calendar")
    assert len(events(client, f"{private}.ics")) == 1
    assert client.get(f"{private}.atom").status_code == 404


def test_the_calendar_of_a_group_that_is_not_open_is_its_members_alone(client, world, page):
    private = feed_for(world.bob, f"{world.group.path}/calendar")
    with unit_of_work():
        db.session.get_one(Group, world.group.id).visibility = "hidden"
    assert client.get(f"{world.group.path}/calendar.ics").status_code == 404
    assert events(client, "/calendar.ics") == []
    assert len(events(client, f"{private}.ics")) == 1
