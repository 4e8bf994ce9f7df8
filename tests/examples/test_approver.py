"""Where a collection has an approver, no example shows its posts without them."""

import pytest
from sqlalchemy import delete

from hub.archive.approvals.actions import decide
from hub.archive.approvals.models import APPROVED, Approval
from hub.archive.keeping.approver import name_approver
from hub.archive.models import Collection, Keeper
from hub.content.models import Item
from hub.core.carrying import drain
from hub.core.database import db, unit_of_work
from hub.core.errors import Refused
from hub.examples.models import Example
from tests.factories.content import fresh
from tests.factories.people import actor_of, person, sign_in
from tests.mail import the_mail


@pytest.fixture
def press(scene):
    named = person("Press Office", handle="press")
    with unit_of_work():
        name_approver(
            actor_of(scene.keeper), db.session.get_one(Collection, scene.collection.id), named.handle
        )
    db.session.expire_all()
    return named


def ask(client, scene) -> Approval:
    sign_in(client, scene.keeper)
    page = scene.saying_path(scene.choice("Schools").ref)
    answer = client.submit(page, {"caption": "What closing looks like"})
    assert answer.status_code == 303
    return db.session.query(Approval).filter_by(token=answer.location.rpartition("/")[2]).one()


def decided(press, asked, approve=True, reason=""):
    actor = actor_of(press)
    with unit_of_work():
        decide(actor, db.session.get_one(Approval, asked.id), approve=approve, reason=reason)
    return fresh(asked)


def test_attaching_waits_for_the_approver_and_then_happens_by_itself(client, scene, press):
    asked = ask(client, scene)
    assert db.session.query(Example).count() == 0
    sign_in(client, press)
    page = client.get(asked.path).get_data(as_text=True)
    assert "What closing looks like" in page
    assert "Schools are closed today" in page
    assert "everybody, without an account" in page
    after = decided(press, asked)
    assert after.state == APPROVED
    made = db.session.query(Example).one()
    assert made.person_id == scene.keeper.id
    assert after.led_to == made.path
    drain()
    assert made.path in the_mail(scene.keeper.email).get_body(("plain",)).get_content()


def test_the_approver_sees_the_very_version_and_the_words_that_are_marked(client, scene, press):
    sign_in(client, scene.keeper)
    choice = scene.choice("Schools")
    fields = {"caption": "What closing looks like", "passages": "closed today"}
    answer = client.submit(scene.saying_path(choice.ref), fields)
    assert answer.status_code == 303
    sign_in(client, press)
    page = client.get(answer.location).get_data(as_text=True)
    assert "As readers will see it" in page
    assert "<mark>closed today</mark>" in page


def test_a_refusal_attaches_nothing_and_says_why(client, scene, press):
    asked = ask(client, scene)
    decided(press, asked, approve=False, reason="Not while the inquiry lasts")
    assert db.session.query(Example).count() == 0
    drain()
    assert "Not while the inquiry" in the_mail(scene.keeper.email).get_body(("plain",)).get_content()


def test_nothing_is_attached_for_somebody_who_keeps_the_posts_no_longer(client, scene, press):
    asked = ask(client, scene)
    with unit_of_work():
        db.session.execute(delete(Keeper).where(Keeper.person_id == scene.keeper.id))
    assert "no longer keeps them" in decided(press, asked).problem
    assert db.session.query(Example).count() == 0


def test_no_code_attaches_past_the_approver(scene, press):
    with pytest.raises(Refused, match="approver"):
        scene.attach("Schools")


def test_the_approver_is_not_told_of_a_place_that_they_do_not_see(client, scene, press):
    asked = ask(client, scene)
    with unit_of_work():
        db.session.get_one(Item, scene.item.id).group.visibility = "hidden"
    sign_in(client, press)
    page = client.get(asked.path).get_data(as_text=True)
    assert "How long do we keep deleted posts?" not in page
    assert "in a group that you do not see" in page
