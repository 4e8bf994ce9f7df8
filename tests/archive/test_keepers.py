"""Keepers: two for an organisation; a collection is handed over, and never left without anybody."""

import pytest
from sqlalchemy import select

from hub.accounts.actions import set_active
from hub.accounts.models import Organisation, Person
from hub.archive import actions
from hub.archive.approvals.actions import decide
from hub.archive.approvals.models import Approval
from hub.archive.keeping import handover
from hub.archive.keeping.models import Handover
from hub.archive.keeping.transfer import transfer
from hub.archive.models import Collection, Keeper
from hub.core.audit import AuditEntry
from hub.core.database import db, unit_of_work
from hub.core.errors import Refused
from tests.archive.conftest import count
from tests.archive.test_pages import text
from tests.factories.people import actor_of, administrator, person, sign_in
from tests.mail import sent_mail, text_of, the_mail


def fresh(row):
    db.session.rollback()
    return db.session.get(type(row), row.id, populate_existing=True)


def keepers(kept):
    db.session.rollback()
    return set(db.session.scalars(select(Keeper.person_id).where(Keeper.collection_id == kept.collection.id)))


def offer(kept, to, leaves=True, by=None):
    with unit_of_work():
        collection = db.session.get_one(Collection, kept.collection.id, populate_existing=True)
        return handover.offer(by or kept.actor, collection, to.handle, "I retire", leaves=leaves)


def accept(made, by):
    actor = actor_of(by)
    with unit_of_work():
        handover.accept(actor, db.session.get_one(Handover, made.id))


# Handed over.


def test_an_organisations_collection_with_one_keeper_says_that_it_wants_another(browser, kept):
    assert "This collection has one keeper" in text(browser.get(kept.collection.path))


def test_a_successor_accepts_and_whoever_leaves_stops_keeping_it(kept):
    heir = person("Heir", handle="heir")
    made = offer(kept, heir)
    assert "I retire" in text_of(the_mail("heir@example.org"))
    assert keepers(kept) == {kept.person.id}
    accept(made, heir)
    assert keepers(kept) == {heir.id}
    assert "accepted" in text_of(the_mail("keeper@example.org"))
    assert count(AuditEntry, AuditEntry.action == "collection.accept") == 1


def test_whoever_stays_keeps_it_together_with_the_new_keeper(kept):
    heir = person("Heir", handle="heir")
    accept(offer(kept, heir, leaves=False), heir)
    assert keepers(kept) == {kept.person.id, heir.id}


def test_nothing_changes_when_it_is_declined(client, kept):
    heir = person("Heir", handle="heir")
    offer(kept, heir)
    sign_in(client, heir)
    assert "You are asked to keep" in text(client.get("/collections"))
    assert client.get(kept.collection.path).status_code == 404
    assert client.submit("/collections", {}, button="Decline").status_code == 303
    assert keepers(kept) == {kept.person.id}
    assert count(Handover) == 0


def test_only_whoever_was_asked_answers(client, kept):
    made = offer(kept, person("Heir", handle="heir"))
    sign_in(client, person())
    assert client.post(f"/handovers/{made.token}/accept").status_code in {400, 404}
    with pytest.raises(Refused), unit_of_work():
        handover.accept(kept.actor, db.session.get_one(Handover, made.id))


def test_the_last_keeper_cannot_leave_without_a_successor(kept):
    with pytest.raises(Refused, match="needs a keeper"), unit_of_work():
        actions.remove_keeper(
            kept.actor, db.session.get_one(Collection, kept.collection.id), kept.person.handle
        )


def test_it_is_handed_over_on_its_page(browser, kept):
    heir = person("Heir", handle="heir")
    answer = browser.submit(f"{kept.collection.path}/handover", {"handle": "@heir", "note": "Please"})
    assert answer.status_code == 303
    sign_in(browser, heir)
    answer = browser.submit("/collections", {}, button="Accept: keep this collection")
    assert answer.location == kept.collection.path
    assert keepers(kept) == {heir.id}


# Left behind.


def close(someone):
    with unit_of_work():
        set_active(db.session.get_one(Person, someone.id), False)


def test_when_an_account_is_closed_the_other_keepers_are_told(kept):
    other = person("Other", handle="other")
    with unit_of_work():
        db.session.add(Keeper(collection_id=kept.collection.id, person_id=other.id))
    close(kept.person)
    assert "name another one" in text_of(the_mail("other@example.org"))


def test_a_collection_that_nobody_is_left_to_keep_is_offered_on_by_an_administrator(client, kept):
    boss = administrator(handle="boss")
    heir = person("Heir", handle="heir")
    close(kept.person)
    told = {message["To"]: text_of(message) for _token, message in sent_mail()}
    assert "Nobody is left to keep" in told["boss@example.org"]
    sign_in(client, boss)
    page = text(client.get("/collections/unkept"))
    assert "channels" in page
    assert "Nobody keeps it" in page
    assert client.get(kept.collection.path).status_code == 404
    answer = client.submit("/collections/unkept", {"handle": "heir", "note": "She is the records manager"})
    assert answer.status_code == 303
    accept(db.session.scalars(select(Handover)).one(), heir)
    assert heir.id in keepers(kept)


def test_an_administrator_hands_over_nothing_that_somebody_keeps(kept):
    boss = administrator(handle="boss")
    with pytest.raises(Refused):
        offer(kept, person("Heir", handle="heir"), by=actor_of(boss))


def test_members_do_not_see_which_collections_lack_keepers(browser, kept):
    assert browser.get("/collections/unkept").status_code == 404


# For whom it is held.


def test_a_persons_collection_becomes_their_organisations_and_back_only_by_two(browser, kept):
    other = person("Other", handle="other")
    with unit_of_work():
        db.session.add(Keeper(collection_id=kept.collection.id, person_id=other.id))
    page = f"{kept.collection.path}/transfer"
    answer = browser.submit(page, {"reason": "It was mine all along"})
    asked = db.session.scalars(select(Approval)).one()
    assert answer.location == asked.path
    assert fresh(kept.collection).organisation_id is not None
    actor = actor_of(other)
    with unit_of_work():
        decide(actor, db.session.get_one(Approval, asked.id), approve=True)
    assert fresh(kept.collection).organisation_id is None
    with unit_of_work():
        collection = db.session.get_one(Collection, kept.collection.id)
        assert transfer(kept.actor, collection, "It is the council's") is None
    held_for = db.session.get(Organisation, fresh(kept.collection).organisation_id)
    assert held_for.name == "Organisation of keeper"
    assert count(AuditEntry, AuditEntry.action == "collection.transfer") == 2
