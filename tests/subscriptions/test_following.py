"""Where people are: a group, a topic, a list of guidance, the welcome page; each shows what was chosen."""

import pytest

from hub.core.carrying import drain
from hub.core.database import unit_of_work
from hub.groups import actions as groups
from tests.digests.telling import again, on, subscribed
from tests.factories.content import form_on, topic
from tests.factories.groups import group
from tests.factories.people import person, sign_in

from .choosing import due, frequencies


@pytest.fixture
def reader(client, world):
    topic("Retention", world.group)
    sign_in(client, world.dan)
    return client


def _post(client, page="/search?topic=retention", **sent):
    """The form of a page that follows, with other values than it offers."""
    return client.post("/me/mail/following", data={**form_on(client.get(page), "/me/mail/following"), **sent})


@pytest.mark.parametrize(
    ("page", "code"),
    [
        ("/groups/rims", "group-rims"),
        ("/groups/rims/guidance", "guidance-rims"),
        ("/guidance?topic=retention", "topic_guidance-retention"),
        ("/search?topic=retention", "topic-retention"),
        ("/questions?topic=retention", "topic-retention"),
        ("/discussions?topic=retention", "topic-retention"),
    ],
)
def test_each_page_offers_to_follow_it_and_shows_what_was_chosen(app, reader, page, code):
    assert f'name="subject" value="{code}"' in reader.get(page).text
    answer = reader.submit(page, {"subject": code, "often": "daily"}, button="Keep")
    assert answer.location == page
    assert frequencies() == {code: "daily"}
    assert '<option value="daily" selected>' in reader.get(page).text


def test_a_group_that_one_cannot_hear_of_offers_nothing(app, client, world):
    with unit_of_work():
        again(world.group).visibility = "listed"
    sign_in(client, world.dan)
    assert "/me/mail/following" not in client.get("/groups/rims").text
    other = group("Digital", slug="digital")
    for code in ("group-rims", "guidance-rims", "group-unknown", "search-1", ""):
        assert _post(client, other.path, subject=code, often="daily").status_code == 404
    assert frequencies() == {}


def test_nothing_that_is_no_frequency_is_kept(app, reader):
    for often in ("hourly", "mentions", ""):
        assert _post(reader, often=often).status_code == 400
    assert frequencies() == {}


def test_one_is_led_back_only_within_the_hub(app, reader):
    assert _post(reader, often="daily", next="https://elsewhere.example/").location == "/me/mail"


def test_joining_a_group_brings_its_weekly_digest_and_leaving_ends_it(app, client, world):
    sign_in(client, world.dan)
    assert "Once a week a message tells you what is new" in client.get("/groups/rims/join").text
    client.submit("/groups/rims/join", button="Join this group")
    drain()
    assert frequencies()["group-rims"] == "weekly"
    client.submit("/groups/rims/leave", button="Leave this group")
    drain()
    assert "group-rims" not in frequencies()


def test_joining_leaves_alone_what_was_chosen_before(app, client, world):
    subscribed(world.as_dan, world.group, "daily")
    with unit_of_work():
        groups.join(world.as_dan, again(world.group))
    drain()
    assert frequencies()["group-rims"] == "daily"


def test_who_leaves_and_comes_back_at_once_is_a_new_member(app, client, world):
    subscribed(world.as_dan, world.group, "never")
    with unit_of_work():
        groups.join(world.as_dan, again(world.group))
    with unit_of_work():
        groups.leave(world.as_dan, again(world.group))
    drain()
    assert "group-rims" not in frequencies()
    with unit_of_work():
        groups.join(world.as_dan, again(world.group))
    drain()
    assert frequencies()["group-rims"] == "weekly"


def test_on_the_welcome_page_a_newcomer_chooses_how_often(app, client, world):
    group("Digital", slug="digital")
    newcomer = person("Eve")
    sign_in(client, newcomer)
    page = client.get("/welcome").text
    assert '<option value="weekly" selected>' in page
    client.submit("/welcome", {"groups": ["rims", "digital"], "hears": "daily"}, button="Save and go on")
    drain()
    chosen = frequencies()
    assert (chosen["group-rims"], chosen["group-digital"]) == ("daily", "daily")


def test_a_new_time_zone_in_the_profile_moves_what_is_due(app, client, world):
    with on(18):
        subscribed(world.as_bob, world.group, "daily")
        sign_in(client, world.bob)
        assert due() == {"group-rims": "19 Nov 07:00"}
        client.submit("/me/profile", {"time_zone": "America/New_York"})
        drain()
        assert due()["group-rims"] == "19 Nov 12:00"


def test_what_is_due_already_stays_due_when_the_profile_changes(app, client, world):
    with on(18):
        subscribed(world.as_bob, world.group, "daily")
    with on(19, 8):
        sign_in(client, world.bob)
        client.submit("/me/profile", {"about": "Records"})
        drain()
    assert due()["group-rims"] == "19 Nov 07:00"
