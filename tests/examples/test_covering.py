"""Faces are covered by hand: others see the covered picture alone, and the original is never touched."""

import hashlib
import re
from io import BytesIO

import pytest
from PIL import Image
from sqlalchemy import select, update

from hub.archive.covering import COVER, cover
from hub.archive.models import CHILD, Collection, CoveredPicture, Media, PostMedia, SocialAccount
from hub.archive.storage import MediaStore
from hub.core.database import db, unit_of_work
from hub.core.errors import Refused
from hub.examples.cards import cards_of
from hub.examples.models import Example
from tests.archive.proof.test_proofs import check
from tests.examples.test_proofs import seal
from tests.factories.archived import bring_in
from tests.factories.people import actor_of, sign_in
from tests.factories.x_archive import XArchive, png


@pytest.fixture
def pictured(scene, tmp_path):
    """The council's own post with a picture, shown as an example."""
    archive = XArchive(handle="strathtay", name="Strathtay Council")
    archive.picture(archive.post("Our new crossing", at="2024-03-01T09:00"), png(40, 20))
    bring_in(scene.keeper, scene.collection, archive.write(tmp_path / "pictures.zip"))
    scene.example = scene.attach("crossing")
    scene.media = db.session.scalars(select(Media)).one()
    scene.path = f"{scene.collection.path}/media/{scene.media.token}"
    return scene


def cover_in(scene, *boxes):
    with unit_of_work():
        collection = db.session.get_one(Collection, scene.collection.id)
        media = db.session.get_one(Media, scene.media.id)
        return cover(actor_of(scene.keeper), collection, media, boxes)


def medium(scene) -> dict:
    db.session.rollback()
    example = db.session.get_one(Example, scene.example.id, populate_existing=True)
    return cards_of([example])[example.id][0].media[0]


def test_others_see_the_covered_picture_and_never_the_original(pictured, client):
    assert client.get(pictured.path).status_code == 200
    cover_in(pictured, [50, 0, 50, 100])
    told = medium(pictured)
    answer = client.get(told["path"])
    assert hashlib.sha256(answer.data).hexdigest() == told["sha256"]
    assert pictured.media.sha256 not in str(answer.headers)
    picture = Image.open(BytesIO(answer.data)).convert("RGB")
    assert max(abs(a - b) for a, b in zip(picture.getpixel((35, 10)), COVER, strict=True)) < 12
    assert picture.getpixel((5, 10))[2] > 90
    assert client.get(pictured.path).status_code == 404
    assert client.get(f"{pictured.path}/thumbnail").status_code == 404
    assert told["path"] in client.get(pictured.item.path).text
    assert sign_in(client, pictured.keeper).get(pictured.path).status_code == 200


@pytest.mark.parametrize(
    ("stored", "shown"),
    [((40, 20), (40, 20)), ((1600, 640), (800, 320)), ((1, 90_000), (1, 320)), ((None, None), None)],
)
def test_a_card_keeps_the_place_of_its_picture_until_it_comes(pictured, client, stored, shown):
    with unit_of_work():
        media = db.session.get_one(Media, pictured.media.id)
        media.width, media.height = stored
    (drawn,) = re.findall(rf'<img src="{pictured.path}"[^>]*>', client.get(pictured.item.path).text)
    size = re.findall(r'(?:width|height)="(\d+)"', drawn)
    assert size == ([str(each) for each in shown] if shown else [])


def test_the_original_stays_byte_for_byte(pictured):
    path = MediaStore(pictured.collection.token).path(pictured.media.sha256)
    cover_in(pictured, [0, 0, 10, 10])
    assert hashlib.sha256(path.read_bytes()).hexdigest() == pictured.media.sha256


def test_a_proof_says_no_more_of_a_picture_than_its_card(pictured, client, tmp_path):
    proof = f"{pictured.example.path}/proof/1"
    seal(pictured)
    assert "pbs.twimg.com" in client.get(proof).text
    cover_in(pictured, [50, 0, 50, 100])
    assert "pbs.twimg.com" not in client.get(proof).text
    assert check(tmp_path, client.get(proof).json).returncode == 0


def test_a_description_names_no_private_person_and_neither_does_the_proof(pictured, client):
    with unit_of_work() as session:
        session.execute(update(PostMedia).values(alt_text="The first to cross was @jane_doe"))
    seal(pictured)
    assert medium(pictured)["alt"] == "The first to cross was @[private person]"
    for path in (pictured.item.path, pictured.example.path, f"{pictured.example.path}/proof/1"):
        assert "jane_doe" not in client.get(path).text


def test_uncovered_it_is_shown_whole_again(pictured, client):
    cover_in(pictured, [0, 0, 10, 10])
    before = medium(pictured)["path"]
    cover_in(pictured)
    assert medium(pictured)["path"] == pictured.path
    assert client.get(before).status_code == 404


@pytest.mark.parametrize(
    "box", [[-1, 0, 5, 5], [0, 0, 0, 5], [0, 100, 5, 5], [0, 0, 101, 1], [float("nan")] * 4]
)
def test_a_place_outside_of_the_picture_is_refused(pictured, box):
    with pytest.raises(Refused):
        cover_in(pictured, box)


def test_a_private_persons_picture_is_shown_only_covered_and_a_childs_never(pictured, client):
    def account(**said):
        with unit_of_work() as session:
            session.execute(
                update(SocialAccount).where(SocialAccount.platform_id == "830012345").values(**said)
            )

    account(kind="private")
    assert medium(pictured)["path"] == ""
    assert client.get(pictured.path).status_code == 404
    cover_in(pictured, [0, 0, 10, 10])
    covered = medium(pictured)["path"]
    assert client.get(covered).status_code == 200
    account(protected=CHILD)
    assert medium(pictured)["path"] == ""
    assert client.get(covered).status_code == 404


def test_without_a_script_four_numbers_do(pictured, client):
    browser = sign_in(client, pictured.keeper)
    sent = {"left": "10", "top": "10", "width": "20", "height": "20,5"}
    assert browser.submit(f"{pictured.path}/cover", sent, button="Save what is covered").status_code == 303
    assert db.session.scalars(select(CoveredPicture.boxes)).one() == [[10, 10, 20, 20.5]]
    wrong = browser.post(
        f"{pictured.path}/cover",
        data={"left": "x", "top": "1", "width": "1", "height": "1"} | tokens(browser, pictured),
    )
    assert wrong.status_code == 422
    assert "Each place needs four numbers" in wrong.text
    assert sign_in(client, pictured.member).get(f"{pictured.path}/cover").status_code == 404


def tokens(browser, pictured) -> dict[str, str]:
    page = browser.get(f"{pictured.path}/cover").text
    return {
        name: re.search(rf'name="{name}"[^>]* value="([^"]*)"', page)[1]
        for name in ("csrf_token", "sent_token")
    }
