"""An archived post is attached while one still writes: what is typed is kept, and the example follows it."""

import re

import pytest
from sqlalchemy import select

from hub.archive.models import Keeper
from hub.content.models import Item
from hub.core.database import db, unit_of_work
from hub.examples.models import Example, PreparedExample
from tests.factories.people import person, sign_in

PLACES = ("questions/new", "discussions/new")


def on_the_way(browser, page: str, typed: dict[str, str], action: str | None = None) -> str:
    """Press “Attach an archived post to this” in the editor: where that leads."""
    fields = tokens(browser, page) | typed | {"keep": "attach"}
    answer = browser.post(action or page, data=fields)
    assert answer.status_code == 303
    return answer.headers["Location"]


def tokens(browser, page: str) -> dict[str, str]:
    html = browser.get(page).text
    names = ("csrf_token", "sent_token")
    return {name: re.search(rf'name="{name}"[^>]* value="([^"]*)"', html)[1] for name in names}


@pytest.mark.parametrize("place", PLACES)
def test_what_was_typed_is_kept_and_the_example_is_attached_when_it_is_sent(scene, client, place):
    browser = sign_in(client, scene.keeper)
    page = f"/groups/records/{place}"
    typed = {"title": "Is a slip a record, or is it not?", "text": "It was gone in five minutes."}
    there = on_the_way(browser, page, typed)
    there += f"&post={scene.choice('Wrong channel').ref}"
    said = {"caption": "A slip", "passages": "Wrong channel"}
    back = browser.submit(there, said, button="Attach this example").headers["Location"]
    assert back == page
    again = browser.get(page).text
    assert typed["text"] in again
    assert "Attached once you send this" in again
    browser.submit(
        page, typed, button="Ask this question" if "questions" in place else "Start this discussion"
    )
    example = db.session.scalars(select(Example)).one()
    assert example.post.item.title == typed["title"]
    assert "<mark>Wrong channel</mark>" in client.get(example.post.item.path).text
    assert db.session.scalars(select(PreparedExample)).all() == []


def test_an_answer_takes_its_example_along(scene, client):
    browser = sign_in(client, scene.keeper)
    there = on_the_way(browser, scene.item.path, {"text": "Five years."}, f"{scene.item.path}/answers")
    there += f"&post={scene.choice('my street').ref}"
    browser.submit(there, {"caption": "As here"}, button="Attach this example")
    sent = tokens(browser, scene.item.path) | {"text": "Five years."}
    assert browser.post(f"{scene.item.path}/answers", data=sent).status_code == 303
    assert db.session.scalars(select(Example)).one().post.source == "Five years."


def test_what_was_chosen_can_be_left_out_by_whoever_chose_it(scene, client):
    browser = sign_in(client, scene.keeper)
    page = "/groups/records/questions/new"
    there = on_the_way(browser, page, {"title": "A title that is long enough"})
    there += f"&post={scene.choice('my street').ref}"
    browser.submit(there, {"caption": "As here"}, button="Attach this example")
    token = db.session.scalars(select(PreparedExample.token)).one()
    drop = f"/examples/prepared/{token}/drop"
    assert sign_in(client, scene.member).get(drop).status_code == 404
    browser = sign_in(client, scene.keeper)
    browser.submit(drop, button="Leave it out")
    assert db.session.scalars(select(PreparedExample)).all() == []
    assert "Attached once you send this" not in browser.get(page).text


@pytest.mark.parametrize("place", ["https://evil.example/", "//evil.example/groups/", "/groups/\\evil", ""])
def test_it_leads_to_places_of_this_hub_only(scene, client, place):
    browser = sign_in(client, scene.keeper)
    query = {"place": "/groups/records/questions/new", "back": place}
    assert browser.get("/examples/prepare", query_string=query).status_code == 404


def test_what_was_written_is_sent_even_if_its_example_can_no_longer_be_attached(scene, client):
    browser = sign_in(client, scene.keeper)
    page = "/groups/records/questions/new"
    typed = {"title": "Is a slip a record, or is it not?", "text": "It was gone."}
    there = on_the_way(browser, page, typed)
    there += f"&post={scene.choice('my street').ref}"
    browser.submit(there, {"caption": "As here"}, button="Attach this example")
    other = person("Other", handle="other")
    with unit_of_work() as session:
        session.add(Keeper(collection_id=scene.collection.id, person_id=other.id))
        session.flush()
        session.delete(session.get(Keeper, (scene.collection.id, scene.keeper.id)))
    answer = browser.submit(page, typed, button="Ask this question")
    assert answer.status_code == 303
    assert "An example was not attached" in browser.get(answer.headers["Location"]).text
    assert db.session.scalar(select(Item.id).where(Item.title == typed["title"]))
    assert db.session.scalars(select(Example)).all() == []
