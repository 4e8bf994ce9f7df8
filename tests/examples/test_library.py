"""The library is searched by words, narrowed by what examples show, and says where the same posts stand."""

import pytest

from hub.archive.models import Collection
from hub.content.models import Post
from hub.core.carrying import drain
from hub.core.database import db, unit_of_work
from hub.examples.actions import attach
from tests.budget import queries
from tests.factories.content import question
from tests.factories.groups import group, member
from tests.factories.people import actor_of, sign_in

GONE, EDITED, REPLIED = "Wrong channel, sorry", "closed today and tomorrow", "my street is still shut"


@pytest.fixture
def shelf(scene):
    """Three examples, each of another fate."""
    for words, caption in (
        ("Wrong channel", "A slip"),
        ("Schools are", "A correction"),
        ("my street", "A complaint"),
    ):
        scene.attach(words, caption=caption)
    drain()
    return scene


def shown(client, path: str) -> set[str]:
    page = client.get(path)
    assert page.status_code == 200
    return {words for words in (GONE, EDITED, REPLIED) if words in page.text}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {GONE, EDITED, REPLIED}),
        ("?shows=deleted", {GONE}),
        ("?shows=edited", {EDITED}),
        ("?shows=reply", {REPLIED}),
        ("?q=school", {EDITED}),
        ("?q=complaint", {REPLIED}),
        ("?q=complaint&shows=deleted", set()),
        ("?q=%00", set()),
        ("?platform=x", {GONE, EDITED, REPLIED}),
        ("?platform=mastodon", set()),
        ("?shows=%00&platform=%00", {GONE, EDITED, REPLIED}),
    ],
)
def test_it_is_narrowed_by_what_examples_show_and_by_words(shelf, client, query, found):
    assert shown(client, f"/groups/records/examples{query}") == found
    assert shown(client, f"/examples{query}") == found


def test_it_is_narrowed_by_the_sector_of_whoever_keeps_the_posts(shelf, client):
    assert shown(client, "/examples?sector=health") == set()
    assert shown(client, "/examples?sector=%00") == {GONE, EDITED, REPLIED}
    with unit_of_work() as session:
        held_for = session.get_one(Collection, shelf.collection.id).organisation
        held_for.sector = "local_government"
    assert shown(client, "/examples?sector=local_government") == {GONE, EDITED, REPLIED}
    assert shown(client, "/groups/records/examples?sector=local_government&shows=deleted") == {GONE}
    assert "local government</a>" in client.get("/examples?sector=local_government").text


def test_it_says_where_else_the_same_posts_stand_but_only_where_the_reader_may_look(shelf, client):
    hidden = group("Secret", slug="secret", visibility="hidden")
    member(shelf.keeper, hidden)
    for where, title in ((shelf.group, "What a slip teaches"), (hidden, "Between us")):
        item = question(shelf.keeper, where, title)
        with unit_of_work():
            post = db.session.query(Post).filter_by(item_id=item.id, position=1).one()
            attach(actor_of(shelf.keeper), post, [shelf.choice("Wrong channel")], "Again")
    page = client.get("/groups/records/examples").text
    assert "Also shown in" in page
    assert "What a slip teaches" in page
    assert "Between us" not in page
    assert "Between us" in sign_in(client, shelf.keeper).get("/groups/records/examples").text


def test_ten_examples_cost_as_many_queries_as_three(shelf, client):
    counts = []
    for _ in range(2):
        with queries() as sent:
            assert client.get("/examples?shows=deleted").status_code == 200
        counts.append(sent.count)
        for _more in range(6):
            shelf.attach("Wrong channel", caption="Again and again")
    assert counts[0] == counts[1] <= 24, sent
