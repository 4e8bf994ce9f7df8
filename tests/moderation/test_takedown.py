"""Who is shown in an example asks for it to be taken down, and need have no account."""

import pytest
from sqlalchemy import func, select

from hub.archive.models import RESTORED, WITHDRAWN, ArchiveEvent, Keeper
from hub.core.carrying import drain
from hub.core.database import db, unit_of_work
from hub.examples.models import Example
from hub.groups.models import HIDDEN
from hub.moderation import takedown
from hub.moderation.actions import decide
from hub.moderation.models import KEPT, REMOVED, Report
from tests.archive.test_pages import text
from tests.factories.content import fresh
from tests.factories.people import actor_of, person, sign_in
from tests.mail import sent_mail, text_of, the_mail


@pytest.fixture
def example(scene):
    return scene.attach("Schools")


def ask(client, example, email="jane@example.org", why="It is my street"):
    return client.submit(f"{example.path}/takedown", {"relation": "shown", "text": why, "email": email})


def the_report() -> Report:
    db.session.rollback()
    return db.session.scalars(select(Report).order_by(Report.id.desc())).first()


def decided(by, decision, reason="We looked at it"):
    actor, report = actor_of(by), the_report()
    with unit_of_work():
        decide(actor, db.session.get_one(Report, report.id), decision, reason)


def happened(kind):
    return db.session.scalar(select(func.count()).where(ArchiveEvent.kind == kind))


def body(to):
    return the_mail(to).get_body(("plain",)).get_content()


# At once.


def test_a_visitor_asks_and_it_is_out_of_sight_at_once(client, example, scene):
    assert "Schools are closed" in text(client.get(example.path))
    assert "takedown" in client.get(example.path).get_data(as_text=True)
    assert ask(client, example).status_code == 303
    assert client.get(example.path).status_code == 404
    assert "Schools are closed" not in text(client.get(scene.item.path))
    assert happened(WITHDRAWN) == 1


def test_the_keepers_and_whoever_attached_it_are_told_but_not_who_asked(client, example, scene):
    other = person("Other Keeper", handle="otherkeeper")
    with unit_of_work():
        db.session.add(Keeper(collection_id=scene.collection.id, person_id=other.id))
    ask(client, example)
    drain()
    told = {message["To"]: text_of(message) for _token, message in sent_mail()}
    assert "out of sight" in told["otherkeeper@example.org"]
    assert the_report().token in told["otherkeeper@example.org"]
    assert scene.keeper.email in told
    assert not any("jane@example.org" in words or "my street" in words for words in told.values())


def test_a_keeper_who_does_not_see_the_place_is_not_told_of_it(client, example, scene):
    outside = person("Outside", handle="outside")
    with unit_of_work():
        db.session.add(Keeper(collection_id=scene.collection.id, person_id=outside.id))
        fresh(scene.group)
    sign_in(client, scene.member)
    with unit_of_work():
        db.session.get_one(type(scene.group), scene.group.id).visibility = HIDDEN
    client.submit(f"{example.path}/takedown", {"relation": "acts_for", "text": ""})
    drain()
    assert "outside@example.org" not in [message["To"] for _token, message in sent_mail()]
    sign_in(client, outside)
    assert client.get(f"/desk/reports/{the_report().token}").status_code == 404


# Decided.


def test_a_moderator_lets_it_stand_with_a_reason_and_whoever_asked_is_told(client, example, scene):
    ask(client, example)
    decided(scene.moderator, KEPT, "It is the council's own notice")
    assert fresh(example).withdrawn_at is None
    assert happened(RESTORED) == 1
    drain()
    assert "the council's own notice" in body("jane@example.org")


def test_a_keeper_who_moderates_nothing_decides_too(client, example, scene):
    ask(client, example)
    sign_in(client, scene.keeper)
    page = f"/desk/reports/{the_report().token}"
    shown = text(client.get(page))
    assert "I am shown in it" in shown
    assert "Schools are closed" in shown
    assert client.submit(page, {"decision": REMOVED, "reason": "She is right"}).status_code == 303
    assert fresh(example).withdrawn_at is not None
    drain()
    assert "She is right" in body("jane@example.org")


def test_a_keeper_finds_the_request_on_the_page_of_the_collection(client, example, scene):
    words = "Decide whether an example is taken down"
    ask(client, example)
    page = sign_in(client, scene.keeper).get(scene.collection.path)
    assert words in text(page)
    assert f"/desk/reports/{the_report().token}" in page.text
    decided(scene.moderator, KEPT)
    assert words not in text(client.get(scene.collection.path))


def test_nobody_else_sees_the_request(client, example, scene):
    ask(client, example)
    sign_in(client, scene.member)
    assert client.get(f"/desk/reports/{the_report().token}").status_code == 404


# Bounded.


def test_once_a_person_has_decided_another_request_waits_for_a_person(client, example, scene):
    ask(client, example)
    decided(scene.moderator, KEPT)
    sent_mail()
    assert "read by a person" in text(client.get(f"{example.path}/takedown"))
    assert ask(client, example, "other@example.org").status_code == 303
    assert fresh(example).withdrawn_at is None
    assert the_report().waiting
    drain()
    assert "stays as it is" in body(scene.keeper.email)


def test_many_requests_in_a_day_empty_no_library(client, scene, monkeypatch):
    monkeypatch.setattr(takedown, "BY_ITSELF_IN_A_DAY", 1)
    first, second = scene.attach("Schools"), scene.attach("Wrong channel")
    for each in (first, second):
        assert ask(client, each).status_code == 303
    assert fresh(first).withdrawn_at is not None
    assert fresh(second).withdrawn_at is None
    assert the_report().example_id == second.id


def test_what_is_not_seen_cannot_be_asked_about(client, example):
    ask(client, example)
    assert client.get(f"{example.path}/takedown").status_code == 404
    assert client.get("/evidence/bcdfghjkmnpq/takedown").status_code == 404
    assert db.session.scalar(select(func.count()).select_from(Example)) == 1
