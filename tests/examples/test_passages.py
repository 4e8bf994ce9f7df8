"""Passages are marked, captions are changed with their history kept, posts are put in another order."""

import pytest

from hub.content.actions.permitting import NotPermitted
from hub.content.models import Post
from hub.core.database import db, unit_of_work
from hub.core.errors import Refused
from hub.core.policy import Actor
from hub.examples.actions import attach
from hub.examples.cards import cards_of
from hub.examples.editing import edit
from hub.examples.models import Example
from tests.factories.people import actor_of, sign_in


def marked(scene, words: str, *passages: str) -> Example:
    with unit_of_work():
        post = db.session.get_one(Post, scene.post.id)
        return attach(actor_of(scene.keeper), post, [scene.choice(words)], "A closure", passages)


def runs(example: Example) -> list[tuple[str, bool]]:
    db.session.rollback()
    (card,) = cards_of([db.session.get_one(Example, example.id, populate_existing=True)])[example.id]
    return list(card.runs)


def again(example: Example) -> Example:
    return db.session.get_one(Example, example.id)


def change(scene, example, caption="A closure", *, order=(1,), passages=((),), who: Actor | None = None):
    with unit_of_work():
        edit(who or actor_of(scene.keeper), again(example), caption, order, passages)


def test_a_passage_is_marked_on_the_card_and_on_the_page(scene, client):
    example = marked(scene, "my street", "still shut,  ask")
    assert runs(example) == [
        ("@strathtay my street is ", False),
        ("still shut, ask", True),
        (" @[private person]", False),
    ]
    assert "<mark>still shut, ask</mark>" in client.get(scene.item.path).text


def test_what_is_not_in_the_text_cannot_be_marked(scene):
    with pytest.raises(Refused, match="is not in the text"):
        marked(scene, "my street", "never said")
    with pytest.raises(Refused, match="is not in the text"):
        marked(scene, "my street", "ask @jane_doe")  # readers do not see it


def test_the_page_gives_back_what_was_typed_when_a_passage_is_not_there(scene, client):
    browser = sign_in(client, scene.keeper)
    sent = {"caption": "Mine", "passages": "never said"}
    page = browser.submit(
        scene.saying_path(scene.choice("my street").ref), sent, button="Attach this example"
    )
    assert page.status_code == 422
    assert "is not in the text" in page.text
    assert "never said" in page.text


def test_a_caption_is_changed_and_the_earlier_one_is_kept_for_whoever_attached_it(scene, client):
    example = marked(scene, "my street")
    browser = sign_in(client, scene.keeper)
    sent = {"caption": "A road that stayed shut", "passages-1": "my street"}
    browser.submit(f"{example.path}/edit", sent, button="Save this example")
    shown = client.get(scene.item.path).text
    assert "A road that stayed shut" in shown
    assert "A closure" not in shown
    assert "<mark>my street</mark>" in shown
    assert "A closure" in browser.get(f"{example.path}/edit").text
    assert sign_in(client, scene.member).get(f"{example.path}/edit").status_code == 404


def test_only_whoever_attached_it_changes_it(scene):
    example = marked(scene, "my street")
    for other in (scene.member, scene.moderator):
        with pytest.raises(NotPermitted):
            change(scene, example, caption="Mine now", who=actor_of(other))


def test_several_posts_are_put_in_another_order(scene):
    example = scene.attach("Wrong channel", "Thank you", "Schools are closed")
    change(scene, example, "What a deletion looks like", order=(3, 1, 2), passages=((), (), ()))
    db.session.rollback()
    cards = cards_of([db.session.get_one(Example, example.id, populate_existing=True)])[example.id]
    assert [card.text[:9] for card in cards] == ["Thank you", "Schools a", "Wrong cha"]
    assert cards[-1].caption == "What a deletion looks like"


def test_a_marked_passage_survives_that_more_is_masked_later(scene):
    from tests.factories.archived import declare

    example = marked(scene, "Schools are closed", "closed today")
    assert ("closed today", True) in runs(example)
    declare(scene.keeper, scene.collection, "830012345", "private")
    assert ("closed today", True) in runs(example)
