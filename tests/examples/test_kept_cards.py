"""Cards on pages are made once and kept; whatever changes what they show makes them anew at once."""

from datetime import UTC, datetime

import pytest

from hub.accounts.models import BY_ADDRESS, Organisation, Person
from hub.archive.actions import classify_account
from hub.archive.models import ORGANISATION, PRIVATE, ArchivedPost, SocialAccount
from hub.core.database import db, unit_of_work
from tests.budget import queries
from tests.factories.archived import bring_in
from tests.factories.people import actor_of
from tests.factories.x_archive import XArchive


@pytest.fixture(params=["the item's page", "the front page"])
def page(request, scene, client):
    """Where a visitor sees the first card."""
    path = scene.item.path if request.param == "the item's page" else "/"
    return lambda: client.get(path).text


def _classify(scene, platform_id: str, kind: str) -> None:
    with unit_of_work():
        account = db.session.query(SocialAccount).filter_by(platform_id=platform_id).one()
        classify_account(actor_of(scene.keeper), account, kind, "They hold an office")


def test_a_person_who_is_unmasked_or_masked_again_is_shown_so_at_once(scene, page):
    scene.attach("my street")
    assert "rob_resident" not in page()
    _classify(scene, "77", ORGANISATION)
    assert "rob_resident" in page()
    _classify(scene, "77", PRIVATE)
    assert "rob_resident" not in page()


def test_what_a_later_import_tells_is_on_the_card(scene, page, tmp_path):
    scene.attach("Thank you")
    assert "Deleted" not in page()
    later = XArchive(handle="strathtay", name="Strathtay Council", made_at="2025-03-01T10:00")
    known = (
        db.session.query(ArchivedPost).filter(ArchivedPost.posted_at > datetime(2024, 2, 2, tzinfo=UTC)).one()
    )
    deleted = later.deleted_post("Thank you", at="2024-02-02T10:00", deleted_at="2025-01-02T08:00")
    deleted |= {"id": known.platform_id, "id_str": known.platform_id}
    bring_in(scene.keeper, scene.collection, later.write(tmp_path / "later.zip"))
    assert "Deleted" in page()


def test_an_organisation_that_is_renamed_is_named_so(scene, page):
    scene.attach("Schools")
    assert "Strathtay Council" in page()
    with unit_of_work():
        db.session.query(Organisation).filter_by(name="Strathtay Council").one().name = "Tay Valley Council"
    assert "Tay Valley Council" in page()


def test_cards_that_are_kept_cost_one_query(scene, client):
    client.get(scene.item.path)
    with queries() as bare:
        client.get(scene.item.path)
    scene.attach("Schools", "Wrong channel", "Thank you")
    client.get(scene.item.path)
    with queries() as carried:
        client.get(scene.item.path)
    assert carried.count == bare.count + 1, carried


def test_whose_the_posts_are_is_said_with_how_that_is_known(scene, page):
    """Anybody can say that they work for a council."""
    scene.attach("Schools")
    assert "Kept by Strathtay Council, as its keepers say" in page()
    with unit_of_work() as session:
        session.get_one(Person, scene.keeper.id).organisation_id = scene.collection.organisation_id
        session.get_one(Person, scene.keeper.id).organisation_confirmed = BY_ADDRESS
    assert "Kept by Strathtay Council" in page()
    assert "as its keepers say" not in page()
