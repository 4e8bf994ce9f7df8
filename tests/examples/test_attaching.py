"""A keeper attaches archived posts to what they write; readers see cards, and no more of the collection."""

import re

import pytest
from sqlalchemy import select

from hub.archive.models import ArchivedPost, Media, PostVersion
from hub.content.actions.permitting import NotPermitted
from hub.core.database import db, unit_of_work
from hub.core.errors import Refused
from hub.core.policy import ANYBODY, visible
from hub.examples.actions import attach, detach, restore, withdraw
from hub.examples.models import Example
from hub.examples.queries import choices, chosen
from tests.budget import queries
from tests.factories.archived import bring_in, collection
from tests.factories.content import form_on
from tests.factories.people import actor_of, sign_in
from tests.factories.x_archive import XArchive

DELETED = "Wrong channel"


def test_a_keeper_attaches_a_post_and_readers_see_what_became_of_it(scene, client):
    browser = sign_in(client, scene.keeper)
    assert "Deleted on the platform" in browser.get(f"{scene.new_path}?q=wrong").text
    page = scene.saying_path(scene.choice(DELETED).ref)
    answer = browser.submit(page, {"caption": "A post that was taken back within minutes"})
    assert answer.status_code == 303
    shown = client.get(answer.location).text
    assert "Wrong channel, sorry" in shown
    assert "A post that was taken back within minutes" in shown
    assert "Strathtay Council" in shown
    assert "@strathtay" in shown
    assert "1 February 2024" in shown


def test_whoever_attaches_is_asked_whose_account_it_is_that_nobody_has_spoken_for(scene, client, tmp_path):
    asked = "Is @rob_resident an account of Strathtay Council?"
    assert asked not in sign_in(client, scene.keeper).get(scene.new_path).text
    own = XArchive(handle="rob_resident", name="Rob Resident", account_id="77")
    bring_in(scene.keeper, scene.collection, own.write(tmp_path / "rob.zip"))
    assert asked in client.get(scene.new_path).text


def test_each_row_says_whose_post_it_is_how_it_will_be_shown_when_and_from_where(scene, client):
    page = words_of(sign_in(client, scene.keeper).get(scene.new_path).text)
    assert "Strathtay Council @strathtay · shown by name" in page
    assert "Rob Resident @rob_resident · readers see “Private person, name not shown”" in page
    assert "1 February 2024, 10:00" in page
    assert "Our channel" not in page  # there is no other that it could be from
    assert "ask @[private person]" in page  # the text as readers will see it


def test_once_a_post_is_chosen_what_is_said_about_it_stands_beneath_it_alone(scene, client):
    browser = sign_in(client, scene.keeper)
    page = browser.get(scene.new_path).text
    assert "Go on with what is ticked" in page
    assert "What this shows" not in page
    chosen = scene.choice("my street").ref
    page = browser.get(scene.saying_path(chosen)).text
    assert "ask @[private person]" in page
    assert "Schools are closed" not in page
    assert "Masking leaves out handles, not first names in the text" in page
    assert page.index("ask @[private person]") < page.index("What this shows")


def test_another_post_is_added_to_what_was_chosen(scene, client):
    browser = sign_in(client, scene.keeper)
    first, second = scene.choice("my street").ref, scene.choice("Schools").ref
    page = browser.get(f"{scene.saying_path(first)}&others=yes&q=schools").text
    assert f'value="{first}" id="post-{first}" checked' in page
    assert f'value="{second}" id="post-{second}">' in page
    page = browser.get(f"{scene.saying_path(first)}&post={second}&chosen=yes").text
    assert "The posts that you chose" in page
    assert browser.get(f"{scene.new_path}?chosen=yes").text.count("Choose at least one archived post") == 1
    theirs = sign_in(client, scene.member).get(scene.saying_path(first))
    assert theirs.status_code == 404


def test_a_keeper_of_several_collections_is_told_from_which_each_post_is(scene, client):
    collection(scene.keeper, "The other channel")
    page = words_of(sign_in(client, scene.keeper).get(scene.new_path).text)
    assert "1 February 2024, 10:00 · Our channel" in page


def words_of(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page))


@pytest.mark.parametrize(
    ("state", "there", "absent"),
    [("deleted", "Wrong channel", "Schools"), ("edited", "Schools", "Wrong channel"), ("x", "Schools", "\0")],
)
def test_what_is_offered_is_narrowed_by_what_happened_to_it(scene, client, state, there, absent):
    page = sign_in(client, scene.keeper).get(f"{scene.new_path}?state={state}").text
    assert there in page
    assert absent not in page


def test_the_same_form_sent_twice_attaches_once(scene, client):
    page = sign_in(client, scene.keeper).get(scene.saying_path(scene.choice(DELETED).ref))
    sent = form_on(page, scene.new_path) | {"post": scene.choice(DELETED).ref, "caption": "Once"}
    first, second = (client.post(scene.new_path, data=sent) for _ in range(2))
    assert first.location == second.location
    assert db.session.query(Example).count() == 1


def test_a_form_without_a_post_or_a_caption_says_so_and_keeps_what_was_typed(scene, client):
    page = sign_in(client, scene.keeper).get(scene.saying_path(scene.choice(DELETED).ref))
    sent = form_on(page, scene.new_path)
    sent.pop("post", None)
    answer = client.post(scene.new_path, data=sent | {"caption": "My typed caption"})
    assert answer.status_code == 422
    assert "Choose at least one archived post" in answer.text
    assert "My typed caption" in answer.text
    ref = scene.choice(DELETED).ref
    answer = client.post(scene.new_path, data=sent | {"post": ref, "caption": " "})
    assert answer.status_code == 422
    assert f'value="{ref}" id="post-{ref}" checked' in answer.text


def test_several_posts_make_one_example(scene):
    example = scene.attach(DELETED, "Schools")
    assert [part.position for part in example.shows] == [1, 2]


def test_each_version_of_an_edited_post_can_be_chosen(scene):
    found = choices(actor_of(scene.keeper), None, "Schools are closed")
    assert [(choice.number, choice.total) for choice in found] == [(2, 2), (1, 2)]
    assert found[1].version.text == "Schools are closed today."


def test_a_post_is_found_by_its_address(scene):
    post = scene.choice(DELETED).post
    found = choices(actor_of(scene.keeper), None, f"https://twitter.com/strathtay/status/{post.platform_id}")
    assert [choice.post.id for choice in found] == [post.id]


@pytest.mark.parametrize("words", ["100%", "_", "\x00", "'; --", "x" * 200, "https://", "٣"])
def test_hostile_words_find_nothing_and_break_nothing(scene, client, words):
    sign_in(client, scene.keeper)
    assert client.get(scene.new_path, query_string={"q": words}).status_code == 200


def test_only_keepers_have_something_to_choose_from(scene):
    assert choices(actor_of(scene.member), None, "") == []
    assert chosen(actor_of(scene.member), [scene.choice(DELETED).ref]) == []


def test_attaching_shows_one_version_and_the_rest_stays_the_keepers(scene):
    example = scene.attach("Schools")  # the newest version
    seen = db.session.scalars(select(PostVersion.text).where(visible(PostVersion, ANYBODY))).all()
    assert seen == ["Schools are closed today and tomorrow."]
    posts = db.session.scalars(select(ArchivedPost.id).where(visible(ArchivedPost, ANYBODY))).all()
    assert posts == [example.shows[0].archived_post_id]
    assert db.session.scalars(select(Media.id).where(visible(Media, ANYBODY))).all() == []


def test_nobody_sees_an_example_of_what_they_may_not_read(scene):
    scene.attach(DELETED)
    with unit_of_work():
        db.session.get_one(type(scene.group), scene.group.id).visibility = "hidden"
    assert db.session.scalars(select(PostVersion.id).where(visible(PostVersion, ANYBODY))).all() == []
    assert db.session.scalars(select(Example.id).where(visible(Example, ANYBODY))).all() == []
    assert (
        len(db.session.scalars(select(Example.id).where(visible(Example, actor_of(scene.member)))).all()) == 1
    )


def test_who_may_not_edit_the_post_may_not_attach_to_it(scene, client):
    assert sign_in(client, scene.member).get(scene.new_path).status_code == 404
    with pytest.raises(NotPermitted), unit_of_work():
        attach(actor_of(scene.member), scene.post, [scene.choice(DELETED)], "x")


def test_limits_are_said(scene):
    with pytest.raises(Refused, match="up to 10"), unit_of_work():
        attach(actor_of(scene.keeper), scene.post, [scene.choice(DELETED)] * 11, "x")
    with pytest.raises(Refused, match="1000"), unit_of_work():
        attach(actor_of(scene.keeper), scene.post, [scene.choice(DELETED)], "x" * 1001)


def test_an_example_can_be_taken_away_and_the_archive_keeps_the_post(scene, client):
    path = scene.attach(DELETED).path
    page = sign_in(client, scene.keeper).get(path)
    answer = client.post(f"{path}/removal", data=form_on(page, f"{path}/removal"))
    assert answer.status_code == 303
    assert client.get(path).status_code == 404
    assert scene.choice(DELETED)


def test_others_may_not_take_it_away(scene):
    example = scene.attach(DELETED)
    with pytest.raises(NotPermitted), unit_of_work():
        detach(actor_of(scene.member), example)


def test_withdrawing_is_at_once_and_reversible(scene, client):
    example = scene.attach(DELETED)
    assert "Wrong channel" in client.get(scene.item.path).text
    with unit_of_work():
        withdraw(actor_of(scene.moderator), db.session.get_one(Example, example.id), "looked at")
    assert "Wrong channel" not in client.get(scene.item.path).text
    assert client.get(example.path).status_code == 404
    assert "Wrong channel" not in client.get("/examples").text
    with unit_of_work():
        restore(actor_of(scene.moderator), db.session.get_one(Example, example.id))
    assert "Wrong channel" in client.get(scene.item.path).text


def test_a_page_of_many_examples_costs_what_a_page_of_one_costs(scene, client):
    scene.attach(DELETED)
    with queries() as few:
        client.get(scene.item.path)
    for _ in range(5):
        scene.attach("Schools")
    client.get(scene.item.path)  # the text's fragments are rendered anew once
    with queries() as many:
        client.get(scene.item.path)
    assert many.count <= few.count, many
