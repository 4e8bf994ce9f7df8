"""An answer becomes guidance, and its examples come along: the same versions, to whom they were meant for."""

import re
from datetime import date

import pytest
from sqlalchemy import select

from hub.content import actions as content
from hub.content.actions.permitting import NotPermitted
from hub.content.models import ANSWER, Item, Post
from hub.core.audit import AuditEntry
from hub.core.database import db, unit_of_work
from hub.core.policy import ANYBODY
from hub.examples.actions import attach, detach, restore, set_withdrawn, withdraw
from hub.examples.bringing import bring_along
from hub.examples.models import Example
from hub.guidance import actions as guidance
from hub.guidance.rules import usual_review_by
from tests.factories.content import form_on
from tests.factories.people import actor_of, sign_in
from tests.mail import sent_mail

DELETED, EDITED = "Wrong channel", "Schools are closed"


@pytest.fixture
def told(scene):
    """The question with an example under it, and the keeper's answer with another under that."""
    scene.attach(DELETED, caption="Taken back within minutes")
    with unit_of_work():
        answer = content.add_post(
            actor_of(scene.keeper), db.session.merge(scene.item), ANSWER, "As long as the decision."
        )
        attach(actor_of(scene.keeper), answer, [scene.choice(EDITED)], "Put right after twenty minutes")
    scene.derive = f"{scene.item.path}/posts/2/guidance"
    return scene


def answer_of(scene) -> Post:
    return db.session.scalars(select(Post).where(Post.item_id == scene.item.id, Post.position == 2)).one()


def under(page: Item) -> list[Example]:
    return list(
        db.session.scalars(
            select(Example).join(Example.post).where(Post.item_id == page.id).order_by(Example.position)
        )
    )


def begin(scene, client, tick=None):
    """The moderator presses the button at the answer, then sends the form with its ticks (or those given)."""
    sign_in(client, scene.moderator)
    asked = client.post(scene.derive, data=form_on(client.get(scene.item.path), scene.derive))
    assert (asked.status_code, asked.location) == (303, scene.derive)
    form = client.get(scene.derive)
    ticked = ticks(form.text) if tick is None else tick(form.text)
    sent = client.post(scene.derive, data=form_on(form, scene.derive) | {"bring": ticked})
    assert sent.status_code == 303 and sent.location.endswith("/edit")
    page = db.session.scalars(select(Item).where(Item.kind == "guidance")).one()
    return page, form.text


def ticks(text: str) -> list[str]:
    return re.findall(r'name="bring" value="([^"]+)"[^>]* checked', text)


def offered(text: str) -> list[str]:
    return re.findall(r'name="bring" value="([^"]+)"', text)


def publish(scene, page: Item) -> None:
    with unit_of_work():
        owner = db.session.merge(scene.moderator)
        guidance.publish(
            actor_of(owner), db.session.get_one(Item, page.id), owner, usual_review_by(date.today())
        )


def test_the_examples_are_offered_with_their_captions_and_come_along(told, client):
    page, form = begin(told, client)
    assert "Taken back within minutes" in form and "Put right after twenty minutes" in form
    assert "Bring these 2 examples along" in form
    publish(told, page)
    shown = client.get(page.path).text
    assert "Taken back within minutes" in shown and "Wrong channel, sorry" in shown
    assert "Put right after twenty minutes" in shown


def test_the_same_versions_are_shown(told, client):
    first = db.session.scalars(select(Example).order_by(Example.id)).all()
    page, _form = begin(told, client)
    assert [[part.version_id for part in one.shows] for one in under(page)] == [
        [part.version_id for part in one.shows] for one in first
    ]


def test_one_that_is_not_ticked_stays_behind(told, client):
    page, _form = begin(told, client, tick=lambda text: offered(text)[:1])
    assert [one.caption for one in under(page)] == ["Taken back within minutes"]


def test_a_withdrawn_example_is_never_brought_along(told, client):
    token = db.session.scalars(select(Example).order_by(Example.id)).first().token
    with unit_of_work():
        example = db.session.scalars(select(Example).where(Example.token == token)).one()
        withdraw(actor_of(told.moderator), example)
    page, form = begin(told, client, tick=lambda text: [token, *offered(text)])
    assert "Taken back within minutes" not in form
    assert [one.caption for one in under(page)] == ["Put right after twenty minutes"]


def test_an_answer_without_examples_becomes_guidance_at_once(scene, client):
    with unit_of_work():
        content.add_post(actor_of(scene.keeper), db.session.merge(scene.item), ANSWER, "For ever.")
    sign_in(client, scene.moderator)
    path = f"{scene.item.path}/posts/2/guidance"
    sent = client.post(path, data=form_on(client.get(scene.item.path), path))
    assert sent.location.endswith("/edit")


def test_where_more_people_would_read_them_the_moderator_must_say_so(told, client):
    """Anyone reads the guidance of a part-open group; its talk is the members'."""
    with unit_of_work():
        db.session.merge(told.group).visibility = "part_open"
    page, form = begin(told, client)
    assert offered(form) and not ticks(form)
    assert "anyone can read the guidance page once it is published" in form
    assert under(page) == []


def test_what_the_moderator_opened_is_read_by_all_once_published_and_logged(told, client):
    with unit_of_work():
        db.session.merge(told.group).visibility = "part_open"
    page, _form = begin(told, client, tick=lambda text: offered(text)[:1])
    visitor = told.item.path
    sign_in(client, told.moderator)
    evidence = under(page)[0].path
    publish(told, page)
    client.delete_cookie("session")
    shown = client.get(page.path).text
    assert "Wrong channel, sorry" in shown and "Put right" not in shown
    assert client.get(evidence).status_code == 200
    assert client.get(visitor).status_code == 404, "the question stays the members'"
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "example.bring")).one()
    assert entry.person_id == told.moderator.id and entry.details["read_by_more"] is True


def test_before_it_is_published_only_members_see_it(told, client):
    with unit_of_work():
        db.session.merge(told.group).visibility = "part_open"
    page, _form = begin(told, client, tick=offered)
    client.delete_cookie("session")
    assert all(client.get(one.path).status_code == 404 for one in under(page))


def test_the_keeper_is_told_and_may_take_it_off(told, client):
    page, _form = begin(told, client)
    told_of = [mail["To"] for _token, mail in sent_mail() if "example is shown" in mail["Subject"]]
    assert told_of == [told.keeper.email], "one message for all of them"
    with unit_of_work():
        detach(actor_of(told.keeper), under(page)[0])
    assert len(under(page)) == 1


def test_withdrawing_reaches_what_was_brought_along_and_restoring_gives_it_back(told, client):
    page, _form = begin(told, client)
    publish(told, page)
    first = db.session.scalars(select(Example).order_by(Example.id)).first()
    with unit_of_work():
        set_withdrawn(ANYBODY, first, "", withdrawn=True)  # as a request by whoever is shown in it does
    assert [one.withdrawn_at is None for one in under(page)] == [False, True]
    assert client.get(page.path).text.count("An example stood here") == 1
    told_of = [mail["To"] for _token, mail in sent_mail() if "withdrawn from guidance" in mail["Subject"]]
    assert told_of == [told.moderator.email], "who owns the page"
    with unit_of_work():
        restore(actor_of(told.moderator), db.session.get_one(Example, first.id))
    assert all(one.withdrawn_at is None for one in under(page))


def test_what_was_withdrawn_on_the_page_itself_stays_so(told, client):
    page, _form = begin(told, client)
    first = db.session.scalars(select(Example).order_by(Example.id)).first()
    with unit_of_work():
        withdraw(actor_of(told.moderator), under(page)[0])
    for act in (withdraw, restore):
        with unit_of_work():
            act(actor_of(told.moderator), db.session.get_one(Example, first.id))
    assert under(page)[0].withdrawn_at is not None


def test_twice_is_once(told, client):
    page, _form = begin(told, client)
    tokens = [one.token for one in db.session.scalars(select(Example).order_by(Example.id)).all()[:2]]
    with unit_of_work():
        bring_along(actor_of(told.moderator), answer_of(told), db.session.merge(page), tokens)
    assert len(under(page)) == 2


def test_members_who_do_not_moderate_cannot(told, client):
    page, _form = begin(told, client, tick=lambda _text: [])
    tokens = list(db.session.scalars(select(Example.token)))
    with pytest.raises(NotPermitted), unit_of_work():
        bring_along(actor_of(told.member), answer_of(told), db.session.merge(page), tokens)
    client.delete_cookie("session")
    assert client.get(told.derive).status_code == 404
    assert sign_in(client, told.member).get(told.derive).status_code == 404
