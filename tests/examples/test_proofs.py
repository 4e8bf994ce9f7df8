"""A card says verified only when it verifies; its proof tells its reader no more than the example does."""

from __future__ import annotations

import json

from sqlalchemy import select, update

from hub.archive.changes import posts_look_different
from hub.archive.models import ArchivedPost, PostVersion, SourceSlice
from hub.archive.proof import checkpoints, sealing
from hub.archive.proof.erasing import erase
from hub.core.database import db, unit_of_work
from hub.examples.actions import withdraw
from hub.examples.cards import Card, cards_of
from hub.examples.models import Example
from tests.archive.proof.test_proofs import check
from tests.budget import queries
from tests.factories.people import actor_of, sign_in


def seal(scene) -> None:
    sealing.seal(scene.collection.id)
    checkpoints.make(scene.collection.id)
    db.session.rollback()


def card(example: Example) -> Card:
    db.session.rollback()
    db.session.expire_all()
    return cards_of([db.session.get_one(Example, example.id)])[example.id][0]


def words_of(one: Card) -> list[str]:
    return [word for _meaning, word, _text in one.events]


def test_it_is_kept_until_it_is_sealed_and_then_verified(scene):
    example = scene.attach("Wrong channel")
    assert "Kept" in words_of(card(example))
    seal(scene)
    assert "Verified" in words_of(card(example))


def test_it_does_not_verify_once_its_words_or_bytes_were_changed(scene):
    example = scene.attach("Wrong channel")
    seal(scene)
    for change in (
        update(SourceSlice).values(raw=b"{}"),
        update(PostVersion).where(PostVersion.text.startswith("Wrong")).values(text="Right channel"),
    ):
        with unit_of_work() as session:
            session.execute(change)
        assert "Does not verify" in words_of(card(example))
        assert "Verified" not in words_of(card(example))


def test_what_is_sealed_is_shown_on_pages_that_kept_the_card(scene, client):
    scene.attach("Wrong channel")
    reader = sign_in(client, scene.member)
    assert "Verified" not in reader.get(scene.item.path).text
    seal(scene)
    assert "Verified" in reader.get(scene.item.path).text


def test_thirty_cards_cost_as_many_queries_as_one(scene):
    one = [scene.attach("Wrong channel")]
    many = [*one, scene.attach("Schools are closed"), scene.attach("Thank you"), scene.attach("my street")]
    seal(scene)
    counts = []
    for examples in (one, many):
        found = [db.session.get_one(Example, example.id) for example in examples]
        cards_of(found)
        with queries() as sent:
            cards_of(found)
        counts.append(sent.count)
    assert counts[1] <= counts[0] + 1  # when posts were seen is asked where a deletion does not say its time


def test_whoever_sees_the_example_takes_its_proof_away(scene, client, tmp_path):
    example = scene.attach("Wrong channel")
    seal(scene)
    reader = sign_in(client, scene.member)
    page = reader.get(example.path).text
    assert "anchored by the signed checkpoint" in page
    proof = json.loads(reader.get(f"{example.path}/proof/1").text)
    told = check(tmp_path, proof)
    assert told.returncode == 0, told.stdout
    assert "Wrong channel" in told.stdout
    assert reader.get(f"{example.path}/proof/2").status_code == 404


def test_whoever_does_not_see_it_does_not(scene, client):
    example = scene.attach("Wrong channel")
    seal(scene)
    with unit_of_work():
        withdraw(actor_of(scene.moderator), db.session.get_one(Example, example.id), "Asked for.")
    assert sign_in(client, scene.member).get(f"{example.path}/proof/1").status_code == 404


def test_a_private_persons_proof_does_not_tell_who_it_is(scene, client, tmp_path):
    example = scene.attach("my street")
    seal(scene)
    text = sign_in(client, scene.member).get(f"{example.path}/proof/1").text
    for secret in ("rob_resident", "Rob Resident", "1750000000000000001", "jane_doe", "my street", '"77"'):
        assert secret not in text
    opened = {part["name"] for part in json.loads(text)["entries"][0]["parts"] if "line" in part}
    assert opened == {"about", "bytes"}
    assert check(tmp_path, json.loads(text)).returncode == 0


def test_a_public_post_that_names_a_private_person_keeps_the_words_back(scene, client):
    example = scene.attach("Thank you")
    seal(scene)
    text = sign_in(client, scene.member).get(f"{example.path}/proof/1").text
    assert "jane_doe" not in text
    opened = {part["name"] for part in json.loads(text)["entries"][0]["parts"] if "line" in part}
    assert not opened & {"words", "said", "post", "source"}


def test_an_erased_post_is_said_to_be_erased(scene):
    example = scene.attach("Wrong channel")
    seal(scene)
    with unit_of_work():
        post = db.session.get_one(
            ArchivedPost,
            db.session.scalar(select(PostVersion.post_id).where(PostVersion.text.startswith("Wrong"))),
        )
        erase(post, "Article 17", "", actor_of(scene.keeper))
        posts_look_different(post.collection_id)
    shown = card(example)
    assert "Erased" in words_of(shown)
    assert "Wrong channel" not in shown.text
