"""The one page on which everything that somebody hears of is seen and changed, signed in or by a link from
mail."""

from datetime import date

import pytest

from hub.core.database import db, unit_of_work
from hub.subscriptions.actions import choose, choose_times, own_subscriber
from hub.subscriptions.models import GUIDANCE_ONLY, Subscriber
from hub.subscriptions.searches import save_search
from tests.budget import queries
from tests.conftest import DATABASES
from tests.digests.telling import again, asked, on, sent, subscribed, visitor
from tests.factories.content import topic
from tests.factories.groups import group, member
from tests.factories.people import sign_in

from .choosing import choices_path, due, frequencies, link_in_mail

KEEP = "Keep these choices"

both = pytest.mark.parametrize("app", DATABASES, indirect=True)


def _own(person) -> Subscriber:
    db.session.rollback()
    return own_subscriber(again(person))


@both
def test_a_member_sees_and_changes_everything_on_one_page(app, client, world):
    topic("Retention", world.group)
    group("Digital", slug="digital")
    sign_in(client, world.bob)
    page = client.get("/me/mail").text
    assert "Only mentions and what I watch</option>" in page  # of a member of before, who never chose
    assert '<option value="mentions" selected>' in page
    client.submit("/me/mail", {"group-rims": "at_once", "hour": "9"}, button=KEEP)
    assert frequencies() == {"group-rims": "at_once"}
    client.submit(
        "/me/mail",
        {"add": ["guidance-digital", "topic-retention"], "add_frequency": "daily"},
        button=KEEP,
    )
    assert frequencies() == {
        "group-rims": "at_once",
        "guidance-digital": "daily",
        "topic-retention": "daily",
    }
    page = client.get("/me/mail").text
    for name in ("Records", "Guidance of Digital", "Retention"):
        assert f">{name}</label>" in page


def test_what_was_chosen_as_nothing_can_be_chosen_again(app, client, world):
    retention = topic("Retention", world.group)
    sign_in(client, world.bob)
    for often in ("daily", "never"):
        with unit_of_work():
            choose(_own(world.bob), again(retention), often)
    page = client.get("/me/mail").text
    assert 'name="topic-retention"' not in page
    assert 'value="topic-retention"' in page


def test_it_says_when_the_next_mail_comes(app, client, world):
    sign_in(client, world.bob)
    with on(18):
        assert "No digest is on its way" in client.get("/me/mail").text
        subscribed(world.as_bob, world.group, "weekly")
        assert "Monday 23 November 2026, 07:00 (Europe/London)" in client.get("/me/mail").text
        with unit_of_work():
            choose(_own(world.bob), again(world.group), "daily")
        assert "Thursday 19 November 2026, 07:00" in client.get("/me/mail").text


def test_day_hour_and_zone_move_what_is_due(app, client, world):
    with on(18):
        subscribed(world.as_bob, world.group, "weekly")
        sign_in(client, world.bob)
        client.submit("/me/mail", {"hour": "16", "weekday": "4", "zone": "America/New_York"}, button=KEEP)
        assert due() == {"group-rims": "20 Nov 21:00"}
        assert "Friday 20 November 2026, 16:00 (America/New York)" in client.get("/me/mail").text
    assert again(world.bob).time_zone == "America/New_York"


def test_what_digests_are_like_is_chosen_and_shown(app, client, world):
    sign_in(client, world.bob)
    client.submit("/me/mail", {"separate": "yes", "length": "titles"}, button=KEEP)
    own = _own(world.bob)
    assert (own.separate, own.length) == (True, "titles")
    assert "One message for each choice · titles only" in client.get("/me/mail").text


def test_being_away_is_said_and_ended_with_one_button(app, client, world):
    with on(18):
        subscribed(world.as_bob, world.group, "daily")
        sign_in(client, world.bob)
        client.submit("/me/mail", {"away_until": "2026-12-01"}, button=KEEP)
        page = client.get("/me/mail").text
        assert "You are away until 1 December 2026: nothing is mailed" in page
        assert page.count("Where no digest comes, answers and mentions wait for you") == 2
        assert "The security of your account is the exception" in page
        assert due() == {"group-rims": "01 Dec 07:00"}
        client.submit("/me/mail", button="I am back")
        assert due() == {"group-rims": "19 Nov 07:00"}
        assert "You are away until" not in client.get("/me/mail").text


@pytest.mark.parametrize(
    ("until", "said"), [("2026-11-18", "This day has come"), ("2030-01-01", "within a year"), ("x", "")]
)
def test_a_day_that_cannot_be_is_refused_and_nothing_is_lost(app, client, world, until, said):
    with on(18):
        subscribed(world.as_bob, world.group, "daily")
        sign_in(client, world.bob)
        fields = {"away_until": until, "group-rims": "never", "hour": "11", "add": ["guidance-rims"]}
        page = client.submit("/me/mail", fields, button=KEEP)
        assert page.status_code == 422
        assert '<option value="never" selected>' in page.text
        assert '<option selected value="11">' in page.text
        assert 'value="guidance-rims" checked' in page.text
        assert said in page.text
        assert frequencies() == {"group-rims": "daily"}


def test_a_member_cannot_choose_what_they_do_not_see(app, client, world):
    topic("Retention", world.group)
    with unit_of_work():
        again(world.group).visibility = "hidden"
    member(world.dan, group())
    sign_in(client, world.dan)
    for code in ("group-rims", "guidance-rims", "topic-retention"):
        client.submit("/me/mail", {"add": [code], "add_frequency": "daily"}, button=KEEP)
    assert [code for code in frequencies() if code.startswith(("guidance", "topic"))] == []
    assert "group-rims" not in frequencies()
    assert "Records" not in client.get("/me/mail").text


def test_the_link_in_the_mail_leads_to_the_same_page_without_signing_in(app, client, world, folder):
    topic("Retention", world.group)
    with on(20):
        visitor(world.group)
        asked(world.as_cat, world.group)
    with on(21, 7):
        sent()
        path = link_in_mail(folder, "choices")
        page = client.get(path)
        assert "visitor@example.org" in page.text
        assert page.headers["Cache-Control"] == "no-store"
        for name in ("hour", "weekday", "zone", "separate", "length", "away_until", "add"):
            assert f'name="{name}"' in page.text
        assert 'value="mentions"' not in page.text  # nobody mentions an address
        fields = {
            "group-rims": "weekly",
            "add": ["topic-retention"],
            "add_frequency": "at_once",
            "zone": "Asia/Kolkata",
            "hour": "8",
        }
        saved = client.submit(path, fields, button=KEEP)
        assert "Your choices are kept" in saved.text
        assert frequencies() == {"group-rims": "weekly", "topic-retention": "at_once"}
        assert due()["group-rims"] == "23 Nov 02:30"
        away = client.submit(path, {"away_until": "2026-12-01"}, button=KEEP).text
        assert "comes with the first digest afterwards" in away
        assert "security of your account" not in away  # they have none
        assert "page of notices" not in away


def test_the_link_needs_no_session_and_a_look_changes_nothing(app, client, world):
    subscriber = visitor(world.group)
    path = choices_path(subscriber)
    app.config["WTF_CSRF_ENABLED"] = True
    for method in (client.get, client.head):
        assert method(path).status_code == 200
    assert frequencies() == {"group-rims": "daily"}
    fields = {"group-rims": "never", "hour": "7", "weekday": "0", "zone": "Europe/London"}
    answer = app.test_client().post(path, data={**fields, "separate": "no", "length": "openings"})
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert frequencies() == {"group-rims": "never"}


def test_a_person_changes_by_link_what_else_is_mailed_to_them(app, client, world):
    path = choices_path(subscribed(world.as_bob, world.group))
    action = path.replace("/mail/choices/", "/mail/choices-of-notices/")
    assert f'action="{action}"' in client.get(path).text
    assert client.post(action, data={"answers": "1"}).location == path
    sign_in(client, world.bob)
    page = client.get("/me/mail").text
    assert 'name="answers" value="1" checked' in page
    assert 'name="mentions" value="1" checked' not in page


@both
def test_the_page_costs_as_much_with_many_choices_as_with_few(app, client, world):
    sign_in(client, world.bob)
    subscribed(world.as_bob, world.group)
    own = _own(world.bob)
    with unit_of_work():
        save_search(own, "one", {"q": "one"})
        choose(own, again(world.group), "daily", GUIDANCE_ONLY)
    client.get("/me/mail")
    with queries() as few:
        client.get("/me/mail")
    for number in range(12):
        other = group(f"Group {number}", slug=f"group-{number}")
        subject = topic(f"Topic {number}", other)
        with unit_of_work():
            own = again(own)
            choose(own, again(other), "daily")
            choose(own, again(other), "weekly", GUIDANCE_ONLY)
            choose(own, again(subject), "daily")
            save_search(own, str(number), {"q": str(number)})
    with queries() as many:
        client.get("/me/mail")
    assert many.count == few.count
    with queries() as kept:
        client.submit("/me/mail", {"group-rims": "weekly"}, button=KEEP)
    assert kept.count <= few.count + 25


def test_choosing_the_times_leaves_alone_what_was_not_changed(app, world):
    with on(18, 8):
        own = subscribed(world.as_bob, world.group, "daily")
    with on(19, 8), unit_of_work():  # due since seven, not claimed yet
        choose_times(again(own), length="titles", digest_hour=7, weekly_on=0, away_until=None)
    assert due() == {"group-rims": "19 Nov 07:00"}
    with on(19, 8), unit_of_work():
        choose_times(again(own), away_until=date(2026, 11, 30))
    assert due() == {"group-rims": "30 Nov 07:00"}
