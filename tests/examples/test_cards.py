"""A card says who (as they were then), when, what, and what became of it; private people are masked."""

import hashlib
import json
import re

from sqlalchemy import update

from hub.archive.models import ORGANISATION, PRIVATE, PostVersion, SocialAccount
from hub.content.models import Item, Post
from hub.core.carrying import drain
from hub.core.database import db, unit_of_work
from hub.core.search import Query, register
from hub.examples.actions import attach
from hub.examples.cards import cards_of
from hub.examples.models import Example
from hub.examples.queries import choices
from hub.search.queries import find
from tests.factories.archived import bring_in, declare
from tests.factories.people import actor_of
from tests.factories.x_archive import XArchive


def cards(example: Example) -> list:
    return cards_of([example])[example.id]


def test_an_organisations_own_post_is_shown_by_name(scene):
    (card,) = cards(scene.attach("Wrong channel"))
    assert (card.name, card.handle, card.masked) == ("Strathtay Council", "strathtay", False)
    assert card.platform == "X (formerly Twitter)"
    assert card.kept_by == "Strathtay Council, as its keepers say"
    assert card.source == "export"
    assert len(card.sha256) == 64


def test_a_deletion_is_said_with_its_day_and_how_it_is_known(scene):
    (card,) = cards(scene.attach("Wrong channel"))
    assert (
        "deleted",
        "Deleted",
        "on the platform on 1 February 2024, 5 minutes after it was posted, as the account's own export says",
    ) in card.events


def test_an_edit_is_said_with_its_place_among_the_versions(scene):
    (card,) = cards(scene.attach("Schools are closed"))
    assert card.edited
    assert card.version == "Version 2 of 2"
    assert (
        "edited",
        "Edited",
        "once, 20 minutes after it was posted; this is its latest text that was kept",
    ) in card.events


def test_a_private_person_is_masked_in_name_and_text(scene):
    (card,) = cards(scene.attach("my street"))
    assert card.masked
    assert (card.name, card.handle) == ("", "")
    assert card.source == "capture"
    assert card.text == "@strathtay my street is still shut, ask @[private person]"


def test_private_people_whom_an_organisation_mentions_are_masked(scene):
    (card,) = cards(scene.attach("Thank you"))
    assert card.text == "Thank you @[private person] for telling us"


def test_an_import_shows_nobody_by_name(scene, tmp_path):
    """A resident's own archive, brought into the council's collection, makes nobody public."""
    own = XArchive(handle="rob_resident", name="Rob Resident", account_id="77")
    bring_in(scene.keeper, scene.collection, own.write(tmp_path / "rob.zip"))
    (card,) = cards(scene.attach("my street"))
    assert card.masked
    assert (card.name, card.handle) == ("", "")


def test_the_index_follows_when_a_keeper_says_whose_an_account_is(scene):
    example = scene.attach("my street")
    for kind, found in ((ORGANISATION, [example.path]), (PRIVATE, [])):
        declare(scene.keeper, scene.collection, "77", kind)
        drain()
        hits = find(actor_of(scene.member), Query("@rob_resident")).results.hits
        assert [hit.document.url for hit in hits] == found


def test_an_account_that_is_known_to_be_public_is_shown(scene):
    example = scene.attach("my street")
    with unit_of_work() as session:
        session.execute(
            update(SocialAccount).where(SocialAccount.platform_id == "77").values(kind=ORGANISATION)
        )
    (card,) = cards(example)
    assert (card.name, card.handle) == ("Rob Resident", "rob_resident")


def test_pages_never_name_a_private_person(scene, client):
    example = scene.attach("my street", "Thank you")
    for path in (scene.item.path, example.path, "/examples", "/groups/records/examples"):
        page = client.get(path)
        assert page.status_code == 200
        for name in ("rob_resident", "Rob Resident", "jane_doe"):
            assert name not in page.text, path


def test_an_example_is_found_under_the_whole_title_of_what_it_stands_in(scene):
    title = "Somebody asked for the figures in a reply. " * 4
    with unit_of_work():
        db.session.get_one(Item, scene.item.id).title = title
    example = scene.attach("Wrong channel")
    (document,) = register.providers["example"].load([f"example:{example.id}"])
    assert document.title == f"Example: {title}"


def test_a_card_leads_to_its_evidence_but_not_from_there_to_itself(scene, client):
    example = scene.attach("Wrong channel")
    to_evidence = f'<a href="{example.path}">Evidence</a>'
    assert to_evidence in client.get(scene.item.path).text
    assert to_evidence not in client.get(example.path).text


def test_the_evidence_page_gives_the_fingerprint_of_the_original_bytes(scene, client):
    example = scene.attach("Wrong channel")
    page = client.get(example.path).text
    assert cards(example)[0].sha256 in page
    assert "the account&#39;s own export" in page


def test_the_evidence_page_shows_how_attached_versions_differ_and_says_each_thing_once(scene, client):
    later, earlier = choices(actor_of(scene.keeper), None, "Schools are closed")
    with unit_of_work():
        post = db.session.get_one(Post, scene.post.id)
        both = attach(actor_of(scene.keeper), post, [later, earlier], "A correction")
        alone = attach(actor_of(scene.keeper), post, [later], "Its end")
    page = client.get(both.path).text
    assert page.count("What changed since the earlier version") == 1
    assert re.search(r"<ins>.*tomorrow.*</ins>", page, re.DOTALL)
    assert page.count("this is its latest text that was kept") == 1
    page = client.get(alone.path).text
    assert "What changed since" not in page
    assert "closed today.<" not in page  # the other version stays the keepers'


def test_the_evidence_page_says_how_to_check_its_numbers(scene, client):
    page = client.get(scene.attach("Wrong channel").path).text
    assert "sha256sum" in page
    words = json.dumps(["x", "Wrong channel, sorry"])
    assert hashlib.sha256(words.encode()).hexdigest() in page


def test_how_to_compute_the_hash_of_the_words_is_told_only_where_it_is_true(scene, client):
    example = scene.attach("Wrong channel")
    assert '["x", the words]' in client.get(example.path).text
    with unit_of_work() as session:
        session.get(PostVersion, example.shows[0].version_id).content_hash = "0" * 64
    page = client.get(example.path).text
    assert "the words]" not in page and "SHA-256 of all that it says" in page


def test_no_hash_lets_anybody_try_out_whose_handle_was_left_out(scene, client):
    example = scene.attach("my street")
    page = client.get(example.path).text
    assert example.shows[0].version.content_hash not in page
    assert "it would let anybody try out" in page
