"""An answer becomes guidance: offered to moderators, linked both ways, its authors named."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from hub.content import actions as content
from hub.content.models import ANSWER, Post
from hub.core import clock
from hub.core.database import db, unit_of_work
from hub.guidance import actions
from tests.factories.content import question
from tests.factories.people import sign_in

from .conftest import send


@pytest.fixture
def answered(world):
    asked = question(world.bob, world.group, "How long do we keep chats?")
    with unit_of_work():
        content.add_post(world.as_cat, db.session.merge(asked), ANSWER, "As long as the decision.")
    return asked


def become_guidance(world, asked, **words):
    answer = db.session.scalars(select(Post).where(Post.item_id == asked.id, Post.position == 2)).one()
    page = actions.guidance_from_answer(world.as_ann, answer, summary="In short.", **words)
    actions.publish(world.as_ann, page, world.ann, clock.now().date() + timedelta(days=30))
    return page


def test_a_moderator_turns_an_answer_into_a_draft_and_edits_it(client, world, answered):
    ann = sign_in(client, world.ann)
    sent = send(ann, answered.path, f"{answered.path}/posts/2/guidance")
    assert sent.status_code == 303 and sent.location.endswith("/edit")
    text = ann.get(sent.location).text
    assert "As long as the decision." in text and "How long do we keep chats?" in text


def test_it_is_offered_to_moderators_only(client, world, answered):
    assert "Turn into guidance" not in client.get(answered.path).text
    sign_in(client, world.cat)
    assert "Turn into guidance" not in client.get(answered.path).text


def test_question_and_page_lead_to_each_other_and_the_answerer_is_named(client, world, answered):
    with unit_of_work():
        page = become_guidance(world, answered)
    text = client.get(page.path).text
    assert "From the question" in text and f'href="{answered.path}"' in text
    assert "Cat" in text and "whose answer it grew from" in text and "who asked the question" in text
    text = client.get(answered.path).text
    assert "This became guidance" in text and f'href="{page.path}"' in text


def test_who_reads_only_the_guidance_learns_nothing_of_the_question(client, world, answered):
    with unit_of_work():
        db.session.merge(world.group).visibility = "part_open"
        page = become_guidance(world, answered, title="Chats")
    text = client.get(page.path).text
    assert "How long do we keep chats?" not in text and answered.path not in text
    assert not re.search(r"\bBob\b", text) and "Cat" in text
