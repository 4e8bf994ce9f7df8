"""The front page: says what the place is for, shows true content that the reader may see, and what waits."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from hub.content.models import Item
from hub.core import clock
from hub.core.database import db, unit_of_work
from hub.examples.models import Example
from hub.groups.models import Group
from tests.budget import queries
from tests.factories.groups import group, member
from tests.factories.people import person, sign_in


def item(of, title, kind="question", **fields):
    """An item of the spine, published now unless said otherwise."""
    with unit_of_work():
        last = select(func.max(Item.number)).where(Item.group_id == of.id)
        number = (db.session.scalar(last) or 0) + 1
        fields.setdefault("published_at", clock.now())
        fields.setdefault("last_position", 1)
        made = Item(group_id=of.id, number=number, kind=kind, title=title, **fields)
        db.session.add(made)
    return made


def test_a_visitor_sees_what_the_place_is_for_and_one_box(client):
    page = client.get("/").text
    assert "<h1>Where people who keep public records" in page
    assert page.count('type="search"') == 1
    assert 'href="/register"' in page
    assert '<a href="/subscribe">hearing by e-mail what is new</a>' in page


def test_an_empty_hub_says_what_belongs_where(client):
    page = client.get("/").text
    assert "There is no group yet" in page
    assert "No guidance has been published yet" in page


def test_the_columns_show_what_everybody_may_read(client):
    open_group = group("Open talk")
    item(open_group, "Who keeps the tweets?")
    item(open_group, "Keeping channels", "guidance", state="published")
    page = client.get("/").text
    assert "Who keeps the tweets?" in page
    assert "Keeping channels" in page
    assert "Open talk" in page


@pytest.mark.parametrize("visibility", ["hidden", "listed", "part_open"])
def test_what_a_visitor_may_not_read_is_not_there(client, visibility):
    closed = group("Closed talk", visibility=visibility)
    item(closed, "Canary question")
    item(closed, "Canary guidance", "guidance", state="published")
    page = client.get("/").text
    assert "Canary" not in page
    assert ("Closed talk" in page) == (visibility != "hidden")


def test_answered_questions_drafts_and_withdrawn_ones_do_not_wait(client):
    of = group()
    item(of, "Answered", reply_count=1)
    item(of, "Withdrawn", withdrawn_at=clock.now())
    item(of, "Closed", closed_at=clock.now())
    item(of, "A draft", "guidance", state="draft", published_at=None)
    item(of, "Replaced", "guidance", state="superseded")
    page = client.get("/").text
    for title in ("Answered", "Withdrawn", "Closed", "A draft", "Replaced"):
        assert f">{title}</a>" not in page


def test_a_member_sees_what_is_new_and_their_answered_question(client):
    of = group(visibility="listed")
    asker = member(None, of)
    with clock.at(clock.now() + timedelta(minutes=1)):
        item(of, "My own question", author_id=asker.id, reply_count=2)
        item(of, "News in the group", "discussion")
    page = sign_in(client, asker).get("/").text
    assert "New in your groups" in page
    assert "News in the group" in page
    assert "Your question has 2 answers" in page


def test_what_was_said_before_one_joined_is_not_news(client):
    of = group()
    with clock.at(clock.now() - timedelta(days=2)):
        item(of, "Old talk", "discussion")
    newcomer = member(None, of)
    assert "Old talk" not in sign_in(client, newcomer).get("/").text


def test_somebody_in_no_group_is_told_to_join_one(client):
    assert "You are in no group yet" in sign_in(client, person()).get("/").text


@pytest.mark.parametrize(("signed_in", "budget"), [(False, 5), (True, 9)])
def test_a_full_page_costs_as_many_queries_as_a_small_one(client, signed_in, budget):
    reader = person()
    if signed_in:
        sign_in(client, reader)
    costs = []
    for count in (3, 30):
        for number in range(count):
            of = group()
            member(reader, of)
            item(of, f"Question {number}")
            item(of, f"Guidance {number}", "guidance", state="published")
        with queries() as sent:
            client.get("/")
        costs.append(sent.count)
    assert costs[0] == costs[1] <= budget, sent


def test_the_front_page_is_small(client):
    of = group("A group with a name of some length")
    for number in range(10):
        item(of, f"A question of a usual length, number {number}", summary="Words " * 30)
    assert len(client.get("/").data) < 20_000


def test_a_worked_example_shows_what_became_of_a_post(scene, client):
    scene.attach("Wrong channel", caption="A slip, deleted after five minutes.")
    page = client.get("/").text
    assert "Wrong channel, sorry" in page
    assert "A slip, deleted after five minutes." in page
    assert "Deleted" in page
    assert f'href="{scene.item.path}?post=1#post-1"' in page


def test_what_was_deleted_is_shown_before_what_still_stands(scene, client):
    scene.attach("Wrong channel")
    scene.attach("Thank you")
    page = client.get("/").text
    assert "Wrong channel, sorry" in page
    assert "Thank you" not in page


@pytest.mark.parametrize("visibility", ["hidden", "listed", "part_open"])
def test_an_example_of_talk_that_one_may_not_read_is_not_there(scene, client, visibility):
    scene.attach("Wrong channel")
    with unit_of_work():
        db.session.get_one(Group, scene.group.id).visibility = visibility
    assert "Wrong channel" not in client.get("/").text


def test_a_withdrawn_example_is_gone_at_once(scene, client):
    example = scene.attach("Wrong channel")
    with unit_of_work():
        db.session.get_one(Example, example.id).withdrawn_at = clock.now()
    assert "Wrong channel" not in client.get("/").text


def test_many_examples_cost_as_many_queries_as_one(scene, client):
    scene.attach("Wrong channel")
    costs = []
    for _count in range(2):
        with queries() as sent:
            client.get("/")
        costs.append(sent.count)
        scene.attach("Schools", "Thank you", "Wrong channel")
    assert costs[0] == costs[1] <= 18, sent
