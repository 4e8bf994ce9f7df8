"""Whom a change concerns is told by mail, once, and only of what they may still see."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, select

from hub.content import actions as content
from hub.content.models import ANSWER
from hub.core import clock
from hub.core.carrying import drain
from hub.core.database import db, unit_of_work
from hub.core.delivery import delivery
from hub.core.mail import Mail
from hub.groups.models import Membership
from hub.guidance import actions
from hub.guidance.tasks import notice_due
from tests.factories.content import question


def letters(app) -> list[tuple[str, str, str]]:
    """(to, subject, text) of what these tests sent, in order."""
    drain()
    tokens = list(db.session.scalars(select(Mail.token).order_by(Mail.id)))
    kept = dict(delivery(app).messages())
    return [
        (kept[token]["To"], kept[token]["Subject"], kept[token].get_body(("plain",)).get_content())
        for token in tokens
        if token in kept
    ]


@pytest.fixture
def published(world, page):
    with unit_of_work():
        actions.publish(world.as_ann, page, world.bob, clock.now().date() + timedelta(days=30))
    return page


def test_the_owner_is_asked_when_the_day_has_come(app, world, published):
    with clock.at(clock.now() + timedelta(days=30)):
        with unit_of_work():
            notice_due()
        ((to, subject, text),) = letters(app)
    assert (to, subject) == (world.bob.email, "Needs review: Keeping chats")
    assert f"{published.path}/check" in text


def test_the_owner_is_told_why_it_is_doubted(app, world, published):
    with unit_of_work():
        actions.mark_needs_review(world.as_ann, published, "The Act changed.")
    ((to, _subject, text),) = letters(app)
    assert to == world.bob.email and "The Act changed." in text


def test_whoever_asked_is_told_what_is_missing_and_then_that_it_is_published(app, world, page):
    with unit_of_work():
        actions.send_for_review(world.as_cat, page)
        actions.return_to_draft(world.as_ann, page, "Say which law.")
        actions.send_for_review(world.as_cat, page)
        actions.publish(world.as_ann, page, world.bob, clock.now().date() + timedelta(days=30))
    told = letters(app)
    assert [(to, subject) for to, subject, _text in told] == [
        (world.cat.email, "Not published yet: Keeping chats"),
        (world.cat.email, "Published: Keeping chats"),
    ]
    assert "Say which law." in told[0][2]


def test_whose_answer_becomes_guidance_is_told(app, world):
    asked = question(world.bob, world.group)
    with unit_of_work():
        answer = content.add_post(world.as_cat, db.session.merge(asked), ANSWER, "Five years.")
        actions.guidance_from_answer(world.as_ann, answer)
    drain()
    told = db.session.scalars(select(Mail.to_address).where(Mail.purpose == "guidance_derived")).all()
    assert told == [world.cat.email]


def test_who_may_no_longer_see_a_page_is_told_nothing(app, world, published):
    with unit_of_work():
        db.session.merge(world.group).visibility = "listed"
        actions.mark_needs_review(world.as_ann, published, "The Act changed.")
        db.session.execute(delete(Membership).where(Membership.person_id == world.bob.id))
    assert letters(app) == []
    assert db.session.scalars(select(Mail.state)).all() == ["dropped"]


def test_mail_never_carries_a_page_that_was_withdrawn(app, world, page):
    """Also not to whoever began it, who still sees it in the hub: mail cannot be taken back."""
    with unit_of_work():
        actions.send_for_review(world.as_bob, page)
        actions.return_to_draft(world.as_ann, page, "Say which law.")
        content.withdraw(world.as_ann, page)
    assert letters(app) == []
    assert db.session.scalars(select(Mail.state)).all() == ["dropped"]
