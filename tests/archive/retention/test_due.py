"""What is due, and what keepers decide about it."""

import json
from datetime import date

import pytest
import time_machine

from hub.archive.models import Collection
from hub.archive.retention import due, holds, reviewing, schedules, tasks
from hub.archive.retention.choosing import chosen
from hub.archive.retention.schedule_models import KeptOn, ScheduleEntry
from hub.core.carrying import drain
from hub.core.database import db, unit_of_work
from hub.core.errors import Refused
from tests.archive.conftest import count
from tests.archive.retention.test_holds import post_saying
from tests.archive.test_pages import text
from tests.conftest import DATABASES
from tests.factories.x_archive import XArchive, moment
from tests.mail import sent_mail, the_mail

TODAY = "2026-11-22T12:00:00+00:00"


@pytest.fixture(autouse=True)
def one_day():
    """Everything of a test happens on it, signing in, too: whatever day it is outside."""
    with time_machine.travel(TODAY, tick=False):
        yield


@pytest.fixture
def filled(kept):
    """Posts of three years, one of them deleted on the platform."""
    archive = XArchive()
    archive.post("From the first year", "2020-02-10T09:00")
    archive.post("From the second year", "2022-06-10T09:00")
    archive.deleted_post("Deleted there", "2024-05-20T10:00", "2024-05-21T10:05")
    archive.post("From this year", "2026-10-01T09:00")
    kept.bring_in(archive)
    return kept


def entry(kept, reference="SM1", starts="posted", months=36, action="dispose"):
    with unit_of_work():
        schedules.type_entry(
            kept.actor,
            db.session.get_one(Collection, kept.collection.id),
            "Ours",
            reference=reference,
            title=f"Posts of {reference}",
            starts=starts,
            months=months,
            action=action,
            authority="Policy 7",
        )


def set_class(kept, reference, given=None, **asked):
    with unit_of_work():
        collection = db.session.get_one(Collection, kept.collection.id)
        posts = chosen(kept.actor, collection, asked) if asked else None
        reviewing.set_class(kept.actor, collection, reference, given, posts)


def due_now(kept):
    db.session.rollback()
    collection = db.session.get_one(Collection, kept.collection.id, populate_existing=True)
    return {one.use.key: one.number for one in due.due_now(collection)}


# When.


@pytest.mark.parametrize(
    ("starts", "months", "number"),
    [
        ("posted", 36, 2),
        ("posted", 24, 3),
        ("posted", 0, 4),
        ("posted", 12 * 7, 0),
        ("kept", 1, 0),
        ("gone", 24, 1),
        ("gone", 36, 0),
        ("given", 0, 0),
    ],
)
def test_a_collections_class_says_which_posts_are_due(filled, starts, months, number):
    entry(filled, starts=starts, months=months)
    set_class(filled, "SM1")
    assert due_now(filled) == ({"default": number} if number else {})


@pytest.mark.parametrize("app", DATABASES, indirect=True)
def test_what_has_come_back_is_not_gone(filled):
    entry(filled, starts="gone", months=1)
    set_class(filled, "SM1")
    archive = XArchive(made_at="2023-09-01T09:00")
    tweet = archive.post("On an account that was suspended", "2023-02-10T09:00")
    gone = {"id": tweet["id_str"], "action": "delete", "reason": "suspended"}
    told = filled.folder / "compliance.jsonl"
    told.write_text(json.dumps(gone | {"redacted_at": "2023-10-01T09:00:00Z"}))
    filled.bring_in(archive)
    filled.bring_in(told)
    assert due_now(filled) == {"default": 2}
    archive.made_at = moment("2024-02-01T09:00")
    filled.bring_in(archive)
    assert due_now(filled) == {"default": 1}
    filled.bring_in(told)  # which says nothing new
    assert due_now(filled) == {"default": 1}


def test_nothing_is_due_without_a_class_and_nothing_that_is_kept_for_good(filled):
    assert due_now(filled) == {}
    entry(filled, months=None, action="keep")
    set_class(filled, "SM1")
    assert due_now(filled) == {}


def test_single_posts_have_a_class_of_their_own(filled):
    entry(filled, months=36)
    entry(filled, "SM2", months=12 * 50)
    set_class(filled, "SM1")
    set_class(filled, "SM2", post=post_saying("first year").token)
    assert due_now(filled) == {"default": 1}
    set_class(filled, "", post=post_saying("first year").token)
    assert due_now(filled) == {"default": 2}


@pytest.mark.parametrize("app", DATABASES, indirect=True)
def test_a_search_is_given_a_class_whose_time_begins_on_a_given_day(filled):
    entry(filled, starts="given", months=12)
    set_class(filled, "SM1", date(2024, 1, 1), q="year")
    assert due_now(filled) == {"SM1@2024-01-01": 3}
    set_class(filled, "SM1", date(2026, 1, 1), q="year")
    assert due_now(filled) == {}


@pytest.mark.parametrize(
    ("starts", "today", "months", "before"),
    [
        ("posted", date(2026, 11, 22), 12, date(2025, 11, 23)),
        ("year", date(2026, 11, 22), 12, date(2025, 1, 1)),
        ("year", date(2026, 12, 31), 12, date(2026, 1, 1)),
        ("financial_year", date(2026, 3, 30), 12, date(2024, 4, 1)),
        ("financial_year", date(2026, 3, 31), 12, date(2025, 4, 1)),
        ("posted", date(2024, 2, 29), 12, date(2023, 3, 1)),
    ],
)
def test_years_end_where_schedules_say_they_do(starts, today, months, before):
    assert due.began_before(ScheduleEntry(starts=starts, months=months), today) == before


@pytest.mark.parametrize("app", DATABASES, indirect=True)
def test_what_comes_is_counted_by_month(filled):
    entry(filled, months=36)
    set_class(filled, "SM1")
    collection = db.session.get_one(Collection, filled.collection.id)
    months = dict(due.by_month(collection))
    assert months[date(2026, 11, 1)] == 2
    assert months[date(2027, 5, 1)] == 1
    assert sum(months.values()) == 3


# Decided.


def keep_on(kept, until, reason="Still needed", **asked):
    with unit_of_work():
        collection = db.session.get_one(Collection, kept.collection.id)
        reviewing.keep_on(kept.actor, collection, chosen(kept.actor, collection, asked), until, reason)


def test_what_is_kept_on_is_due_again_after_its_day(filled):
    entry(filled, months=36)
    set_class(filled, "SM1")
    keep_on(filled, date(2027, 1, 1), q="first")
    assert due_now(filled) == {"default": 1}
    with time_machine.travel("2027-01-01T12:00:00+00:00", tick=False):
        assert due_now(filled) == {"default": 2}


def test_keeping_on_needs_a_reason_and_a_day_to_come(filled):
    for until, reason in ((date(2026, 11, 22), "Why"), (date(2027, 1, 1), " ")):
        with pytest.raises(Refused):
            keep_on(filled, until, reason, q="first")
    assert count(KeptOn) == 0


def test_what_is_on_hold_is_counted_among_what_is_due(filled):
    entry(filled, months=36)
    set_class(filled, "SM1")
    with unit_of_work():
        collection = db.session.get_one(Collection, filled.collection.id)
        first = chosen(filled.actor, collection, {"q": "first"})
        holds.place(filled.actor, collection, "FOI", "Asked", first)
    (one,) = due.due_now(db.session.get_one(Collection, filled.collection.id))
    assert (one.number, one.held) == (2, 1)


def test_keepers_are_reminded_once_a_month_while_something_is_due(filled):
    entry(filled, months=36)
    for _week in range(2):
        with unit_of_work():
            tasks.remind()
        drain()
    assert sent_mail() == []
    set_class(filled, "SM1")
    for day in (22, 29):
        with time_machine.travel(f"2026-11-{day}T12:00:00+00:00", tick=False):
            with unit_of_work():
                tasks.remind()
            drain()
    message = the_mail("keeper@example.org").get_body(("plain",)).get_content()
    assert "SM1 Posts of SM1: 2 posts" in message


# The pages.


def test_a_keeper_gives_a_class_sees_what_is_due_and_keeps_some_on(browser, filled):
    entry(filled, months=36)
    path = filled.collection.path
    assert browser.submit(f"{path}/class", {"reference": "SM1"}).status_code == 303
    page = text(browser.get(f"{path}/retention"))
    assert "2 posts are due" in page
    assert "3 years from the day it was posted" in page
    listed = browser.get(f"{path}/due?class=default")
    assert "From the first year" in text(listed)
    kept_on = f"{path}/due/keep?class=default&post={post_saying('first year').token}"
    answer = browser.submit(kept_on, {"until": "2030-01-01", "reason": "History"})
    assert answer.status_code == 303
    assert "1 post is due" in text(browser.get(f"{path}/retention"))


def test_a_year_typed_by_halves_makes_nothing_due(filled, browser):
    page = browser.submit(
        f"{filled.collection.path}/class", {"reference": "14.005.026", "given": "0024-05-01"}
    )
    assert (page.status_code, "Write the year in full" in page.text) == (422, True)


def test_an_unknown_class_is_refused(browser, filled):
    answer = browser.submit(f"{filled.collection.path}/class", {"reference": "NONE"})
    assert answer.status_code == 422
    assert browser.get(f"{filled.collection.path}/due?class=NONE").status_code == 404


def test_each_row_of_what_is_due_says_what_became_of_the_post(browser, filled):
    entry(filled, months=1)
    set_class(filled, "SM1")
    with unit_of_work():
        collection = db.session.get_one(Collection, filled.collection.id)
        posts = chosen(filled.actor, collection, {"post": post_saying("first year").token})
        holds.place(filled.actor, collection, "FOI", "Asked", posts)
    rows = browser.get(f"{filled.collection.path}/due?class=default").text.split('class="row-item"')[1:]
    asked = ("first year", "second year", "Deleted there")
    said = {words: next(row for row in rows if words in row) for words in asked}
    assert "On hold" in said["first year"]
    assert "On hold" not in said["second year"]
    assert "status-overdue" in said["Deleted there"]
    assert "status-overdue" not in said["second year"]
