"""What a private person has deleted is shown only when a second person agrees."""

import json

import pytest
from sqlalchemy import select

from hub.archive.approvals.actions import decide
from hub.archive.approvals.models import Approval
from hub.archive.models import CHILD, ArchivedPost, Keeper
from hub.archive.unmasking import protect
from hub.content.models import Post
from hub.core.carrying import drain
from hub.core.database import db, unit_of_work
from hub.core.errors import Refused
from hub.examples.approved import ask_to_show, attach_or_ask
from hub.examples.cards import cards_of
from hub.examples.models import Example
from tests.factories.archived import bring_in, declare
from tests.factories.people import actor_of, person, sign_in

SAYS = "my street is still shut"


@pytest.fixture
def gone(scene, tmp_path):
    """Rob has deleted his reply since, as the platform tells those who kept a copy."""
    file = tmp_path / "compliance.jsonl"
    told = {
        "id": "1750000000000000001",
        "action": "delete",
        "created_at": "2024-01-16T09:00:00.000Z",
        "redacted_at": "2024-01-20T09:00:00.000Z",
        "reason": "deleted",
    }
    file.write_text(json.dumps(told) + "\n")
    second = person("Second", handle="second")
    with unit_of_work():
        db.session.add(Keeper(collection_id=scene.collection.id, person_id=second.id))
    scene.second = second
    scene.delete = lambda: bring_in(scene.keeper, scene.collection, file)
    return scene


def ask(scene, reason: str = "It shows what a compliance file tells."):
    with unit_of_work():
        post = db.session.get_one(Post, scene.post.id)
        return attach_or_ask(actor_of(scene.keeper), post, [scene.choice("my street")], "Gone", reason=reason)


def agree(scene, asked) -> Approval:
    with unit_of_work():
        return decide(actor_of(scene.second), db.session.get_one(Approval, asked.id), approve=True)


def test_attaching_it_waits_for_a_second_person_and_then_happens_masked(gone, client):
    gone.delete()
    with pytest.raises(Refused, match="a second person has to agree"):
        gone.attach("my street")
    asked = ask(gone)
    assert isinstance(asked, Approval)
    assert SAYS not in client.get(gone.item.path).text
    assert agree(gone, asked).problem == ""
    page = client.get(gone.item.path).text
    assert SAYS in page
    assert "Rob Resident" not in page


def test_the_reason_is_needed(gone):
    gone.delete()
    with pytest.raises(Refused, match="Give your reason"):
        ask(gone, "")


def test_what_stands_already_goes_out_of_sight_when_its_author_deletes_it(gone, client):
    example = gone.attach("my street")
    assert SAYS in client.get(gone.item.path).text
    gone.delete()
    drain()
    for path in (gone.item.path, example.path, "/examples", "/search?q=street"):
        page = client.get(path)
        assert page.status_code == 200
        assert SAYS not in page.text, path
    assert "Its author has deleted it since" in client.get(gone.item.path).text
    with unit_of_work():
        asked = ask_to_show(actor_of(gone.keeper), db.session.get_one(Example, example.id), "It is evidence.")
    agree(gone, asked)
    assert SAYS in client.get(gone.item.path).text


def test_whoever_attached_it_is_offered_to_ask(gone, client):
    example = gone.attach("my street")
    gone.delete()
    browser = sign_in(client, gone.keeper)
    assert f"{example.path}/showing" in browser.get(example.path).text
    page = browser.submit(
        f"{example.path}/showing", {"reason": "It is evidence."}, button="Ask a second person"
    )
    assert page.status_code == 303
    assert db.session.scalars(select(Approval.kind)).all() == ["show_deleted"]
    assert sign_in(client, gone.member).get(f"{example.path}/showing").status_code == 404


def test_nobody_is_asked_about_what_was_not_deleted(gone, client):
    example = gone.attach("my street")
    browser = sign_in(client, gone.keeper)
    assert browser.get(f"{example.path}/showing").status_code == 404
    assert browser.post(f"{example.path}/showing").status_code in (400, 404)
    assert db.session.scalars(select(Approval.id)).all() == []


def test_an_organisations_deleted_post_needs_nobody_else(gone):
    assert gone.attach("Wrong channel").shows


def test_a_child_is_masked_whatever_is_said_of_the_account(gone):
    example = gone.attach("my street")
    declare(gone.keeper, gone.collection, "77")
    with unit_of_work():
        post = db.session.get_one(ArchivedPost, example.shows[0].archived_post_id)
        protect(actor_of(gone.keeper), post, CHILD, "He is twelve.")
    db.session.rollback()
    (card,) = cards_of([db.session.get_one(Example, example.id, populate_existing=True)])[example.id]
    assert (card.masked, card.name, card.handle) == (True, "", "")
