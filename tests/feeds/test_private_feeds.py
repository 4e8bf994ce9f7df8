"""Private feeds: made by whoever reads, opened by a key alone, judged at each request, revoked at will."""

import re
from datetime import timedelta

import pytest
from lxml import etree
from sqlalchemy import delete, select

from hub.accounts.models import Person
from hub.content.actions import withdraw
from hub.content.models import Item
from hub.core import clock
from hub.core.carrying import drain
from hub.core.database import db, unit_of_work
from hub.feeds.actions import make_private
from hub.feeds.models import PrivateFeed
from hub.feeds.rules import MOST_PRIVATE
from hub.feeds.subjects import subject_at
from hub.groups.models import Group, Membership, RecordedAccess
from hub.guidance.actions import start_guidance
from hub.subscriptions.actions import own_subscriber
from hub.subscriptions.models import SavedSearch
from tests.budget import queries
from tests.conftest import DATABASES
from tests.factories.content import question
from tests.factories.groups import group, member
from tests.factories.people import actor_of, administrator, person, sign_in

from .reading import FORMATS, HOST, read_at, titles


@pytest.fixture
def hidden(world) -> Item:
    """A question in a group that only its members know of; Bob is one."""
    closed = group("Closed", slug="closed", visibility="hidden")
    member(world.bob, closed)
    member(world.ann, closed, "moderator")
    return question(world.ann, closed, "What do only we know?", "The xylophone.")


def made(browser, of: str) -> str:
    """The path of a private feed without its format, made on the page."""
    page = browser.submit(f"/me/feeds?of={of}", {"of": of}, button="Make this feed")
    assert page.status_code == 200
    return re.search(rf'value="{HOST}(/feeds/private/[\w-]+)\.\w+"', page.text)[1]


def feed_for(someone: Person, of: str) -> str:
    actor = actor_of(someone)
    with unit_of_work():
        _feed, key = make_private(actor, subject_at(of, actor))
    return f"/feeds/private/{key}"


def test_a_member_makes_one_and_a_program_reads_it_without_signing_in(app, client, world, hidden):
    path = made(sign_in(client, world.bob), "/groups/closed")
    reader = app.test_client()
    for one in FORMATS:
        feed = read_at(reader, f"{path}.{one}", one)
        assert titles(feed) == ["What do only we know?"]
        answer = reader.get(f"{path}.{one}")
        assert answer.headers["Cache-Control"] == "private, no-cache"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["X-Robots-Tag"] == "noindex"
        again = reader.get(f"{path}.{one}", headers={"If-None-Match": answer.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")
        assert again.headers["Cache-Control"] == "private, no-cache"


def test_the_key_is_shown_once_and_kept_nowhere(app, client, world, hidden):
    browser = sign_in(client, world.bob)
    key = made(browser, "/groups/closed").rpartition("/")[2]
    row = db.session.scalars(select(PrivateFeed)).one()
    kept = {column.name: str(getattr(row, column.name)) for column in PrivateFeed.__table__.columns}
    assert not [name for name, value in kept.items() if key in value]
    listed = browser.get("/me/feeds")
    assert "Closed: Everything new" in listed.text
    assert key not in listed.text


def test_a_form_sent_twice_makes_one_feed(client, world):
    browser = sign_in(client, world.bob)
    page = browser.get("/me/feeds")
    fields = dict(re.findall(r'name="(\w+_token)"[^>]*value="([^"]+)"', page.text))
    sent = {**fields, "of": "/"}
    assert browser.post("/me/feeds", data=sent).status_code == 200
    assert browser.post("/me/feeds", data=sent).location == "/me/feeds"
    assert db.session.query(PrivateFeed).count() == 1


@pytest.mark.parametrize(
    "of",
    ["/", "/questions", "/questions/unanswered", "/groups/closed", "/groups/closed/questions", "{item}"],
)
def test_whoever_leaves_is_suspended_or_loses_sight_reads_it_no_more(app, client, world, hidden, of):
    of = of.format(item=hidden.path)
    path = feed_for(world.bob, of)
    reader = app.test_client()

    def told() -> list[str]:
        answer = reader.get(f"{path}.atom")
        assert answer.status_code in {200, 404}
        return titles(read_at(reader, f"{path}.atom", "atom")) if answer.status_code == 200 else []

    assert told() == ["What do only we know?"]
    with unit_of_work():
        withdraw(actor_of(world.ann), db.session.get_one(Item, hidden.id))
    assert told() == []
    with unit_of_work():
        db.session.get_one(Item, hidden.id).withdrawn_at = None
    assert told()
    with unit_of_work():
        db.session.get_one(Person, world.bob.id).active = False
    assert reader.get(f"{path}.atom").status_code == 404
    with unit_of_work():
        db.session.get_one(Person, world.bob.id).active = True
        db.session.execute(delete(Membership).where(Membership.person_id == world.bob.id))
    assert told() == []
    assert b"xylophone" not in reader.get(f"{path}.atom").data


def test_a_moderator_reads_in_it_neither_drafts_nor_what_was_withdrawn(app, client, world):
    with unit_of_work():
        there = db.session.get_one(Group, world.group.id)
        start_guidance(world.as_ann, there, "A draft", "Not yet.", "Not yet.")
    asked = question(world.bob, world.group)
    with unit_of_work():
        withdraw(world.as_ann, db.session.get_one(Item, asked.id))
    for of in ("/", "/guidance", world.group.path):
        assert titles(read_at(client, f"{feed_for(world.ann, of)}.atom", "atom")) == []


def test_what_an_administrator_reads_by_a_recorded_act_is_in_no_feed(client, world, hidden):
    admin = administrator()
    with unit_of_work():
        db.session.add(
            RecordedAccess(
                person_id=admin.id,
                group_id=hidden.group_id,
                reason="A complaint",
                until=clock.now() + timedelta(hours=1),
            )
        )
    assert titles(read_at(client, f"{feed_for(admin, '/')}.atom", "atom")) == []


def test_a_search_finds_what_its_person_would_find(client, world, hidden):
    drain()
    for someone, found in ((world.bob, ["What do only we know?"]), (world.cat, [])):
        path = feed_for(someone, "/search?q=xylophone")
        assert titles(read_at(client, f"{path}.atom", "atom")) == found
    path = feed_for(world.bob, "/search?group=closed")
    assert titles(read_at(client, f"{path}.atom", "atom")) == ["What do only we know?"]
    assert subject_at("/search?group=closed", world.as_cat) is None


def test_revoked_it_opens_nothing(app, client, world, hidden):
    browser = sign_in(client, world.bob)
    kept, revoked = made(browser, "/groups/closed"), made(browser, "/questions")
    token = db.session.scalars(select(PrivateFeed.token).order_by(PrivateFeed.id.desc())).first()
    page = browser.get("/me/feeds")
    fields = dict(re.findall(r'name="(csrf_token)"[^>]*value="([^"]+)"', page.text))
    stranger = sign_in(app.test_client(), world.cat)
    strangers = dict(re.findall(r'name="(csrf_token)"[^>]*value="([^"]+)"', stranger.get("/me/feeds").text))
    assert stranger.post(f"/me/feeds/{token}/revocation", data=strangers).status_code == 404
    assert app.test_client().get(f"{revoked}.atom").status_code == 200
    assert browser.get(f"/me/feeds/{token}/revocation").status_code == 405
    assert browser.post(f"/me/feeds/{token}/revocation", data=fields).location == "/me/feeds"
    assert app.test_client().get(f"{revoked}.atom").status_code == 404
    assert app.test_client().get(f"{kept}.atom").status_code == 200


def test_a_key_opens_its_own_feed_and_nothing_else(client, world, hidden):
    path = feed_for(world.bob, "/groups/closed")
    key = path.rpartition("/")[2]
    token = db.session.scalars(select(PrivateFeed.token)).one()
    for other in (key[:-1], token):
        assert client.get(f"/feeds/private/{other}.atom").status_code == 404
    for written in ("ics", "txt"):
        assert client.get(f"{path}.{written}").status_code == 404
    assert client.get(hidden.path).status_code == 404
    assert client.get(f"{hidden.path}/feed.atom?key={key}").status_code == 404
    missing = client.get(f"/feeds/private/{key[:-1]}.atom")
    assert key[:-1] not in missing.text  # a key that is nearly right is not repeated


def test_only_what_one_sees_can_be_chosen(client, world, hidden):
    browser = sign_in(client, world.cat)
    page = browser.get("/me/feeds?of=/groups/closed")
    assert "Closed" not in page.text
    fields = dict(re.findall(r'name="(\w+_token)"[^>]*value="([^"]+)"', page.text))
    assert browser.post("/me/feeds", data={**fields, "of": "/groups/closed"}).status_code == 422
    assert db.session.query(PrivateFeed).count() == 0
    assert client.get("/me/feeds").status_code in {200, 302}


def test_nobody_makes_more_than_the_limit(client, world):
    for _ in range(MOST_PRIVATE):
        feed_for(world.bob, "/")
    browser = sign_in(client, world.bob)
    refused = browser.submit("/me/feeds", {"of": "/"}, button="Make this feed")
    assert refused.status_code == 422
    assert "as many as one person can have" in refused.text


@pytest.mark.parametrize("app", DATABASES, indirect=True)
def test_a_list_holds_everything_of_mine_and_each_address_works(app, client, world, hidden):
    question(world.ann, world.group, "Openly asked?")
    with unit_of_work():
        subscriber = own_subscriber(db.session.get_one(Person, world.bob.id))
        db.session.add(SavedSearch(subscriber_id=subscriber.id, name="X", asked={"q": "xylophone"}))
    drain()
    browser = sign_in(client, world.bob)
    fields = dict(re.findall(r'name="(csrf_token)"[^>]*value="([^"]+)"', browser.get("/me/feeds").text))
    answer = browser.post("/me/feeds/list", data=fields)
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="my-feeds.opml"'
    root = etree.fromstring(answer.data)
    assert (root.tag, root.get("version")) == ("opml", "2.0")
    listed = {one.get("text"): one.get("xmlUrl").removeprefix(HOST) for one in root.iter("outline")}
    assert list(listed) == [
        "Everything new",
        "Closed: Everything new",
        "Records: Everything new",
        "Search: “xylophone”",
    ]
    assert listed["Records: Everything new"] == "/groups/rims/feed.atom"  # open to all: it needs no key
    told = {name: titles(read_at(app.test_client(), at, "atom")) for name, at in listed.items()}
    assert told == {
        "Everything new": ["Openly asked?", "What do only we know?"],
        "Closed: Everything new": ["What do only we know?"],
        "Records: Everything new": ["Openly asked?"],
        "Search: “xylophone”": ["What do only we know?"],
    }
    assert db.session.query(PrivateFeed).count() == 3


def test_the_list_of_open_feeds_names_feeds_that_anybody_reads(client, world, hidden):
    answer = client.get("/feeds.opml")
    assert answer.content_type == "text/x-opml; charset=utf-8"
    assert b"Closed" not in answer.data
    for one in etree.fromstring(answer.data).iter("outline"):
        read_at(client, one.get("xmlUrl").removeprefix(HOST), "atom")


def test_it_costs_as_little_for_thirty_as_for_three(client, world, hidden):
    path = feed_for(world.bob, "/groups/closed")

    def cost() -> int:
        with queries() as sent:
            assert client.get(f"{path}.atom").status_code == 200
        return sent.count

    few = cost()
    for number in range(12):
        question(world.ann, hidden.group, f"More {number}?")
    assert cost() == few <= 10


def test_moments_and_words_are_in_its_persons_zone(client, world):
    far = person("Kim", time_zone="Pacific/Auckland", locale="en_GB")
    question(world.ann, world.group, applies_to="scotland")
    feed = read_at(client, f"{feed_for(far, '/')}.atom", "atom")
    assert feed.feed.language == "en-GB"
