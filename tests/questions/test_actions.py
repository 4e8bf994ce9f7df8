"""Asking, answering, commenting and accepting."""

import pytest
from sqlalchemy import select

from hub.content.actions import NotPermitted, restore, withdraw
from hub.content.models import Activity, Post
from hub.core.carrying import drain
from hub.core.database import db, unit_of_work
from hub.core.policy import can
from hub.questions.actions import accept_answer, answer, ask_question, comment, unaccept_answer
from hub.questions.models import Question
from tests.conftest import DATABASES

pytestmark = pytest.mark.parametrize("app", DATABASES, indirect=True)


@pytest.fixture
def asked(world):
    """Bob's question."""
    with unit_of_work():
        return ask_question(world.as_bob, world.group, "How long do we keep posts?", "Ours are on X.")


@pytest.fixture
def answered(world, asked):
    """Cat's answer to it."""
    with unit_of_work():
        return answer(world.as_cat, asked, "Six years.")


def question(item):
    db.session.expire_all()
    return db.session.get(Question, item.id)


class TestAnswering:
    def test_a_question_waits_until_its_asker_accepts(self, asked, answered):
        assert (asked.state, question(asked).accepted_post_id) == ("open", None)

    def test_the_asker_may_answer_too(self, world, asked):
        assert can(world.as_bob, "question.answer", asked)
        assert not can(world.as_dan, "question.answer", asked)

    def test_comments_hang_on_the_question_or_on_an_answer(self, world, asked, answered):
        opening = db.session.scalars(select(Post).where(Post.item_id == asked.id, Post.position == 1)).one()
        with unit_of_work():
            on_question = comment(world.as_cat, opening, "Which posts?")
            on_answer = comment(world.as_bob, answered, "All?")
            on_comment = comment(world.as_cat, on_answer, "All.")
        assert on_question.parent_id == opening.id
        assert on_answer.parent_id == on_comment.parent_id == answered.id

    def test_comments_are_not_counted_as_answers(self, world, asked, answered):
        with unit_of_work():
            comment(world.as_bob, answered, "All?")
        db.session.refresh(asked)
        assert asked.reply_count == 1


class TestAccepting:
    def test_the_asker_accepts_with_a_reason(self, world, asked, answered):
        with unit_of_work():
            accept_answer(world.as_bob, answered, "It is what our auditor\nsaid")
        row = question(asked)
        assert (row.accepted_post_id, row.reason) == (answered.id, "It is what our auditor said")
        assert row.accepted_at and row.item.state == "answered"

    def test_nobody_else_accepts(self, world, answered):
        for actor in (world.as_ann, world.as_cat, world.as_dan):
            with pytest.raises(NotPermitted), unit_of_work():
                accept_answer(actor, answered)

    def test_another_answer_may_take_its_place(self, world, asked, answered):
        with unit_of_work():
            accept_answer(world.as_bob, answered, "First")
            better = answer(world.as_ann, asked, "Seven.")
            accept_answer(world.as_bob, better)
        assert (question(asked).accepted_post_id, question(asked).reason) == (better.id, "")

    def test_it_can_be_taken_back(self, world, asked, answered):
        with unit_of_work():
            accept_answer(world.as_bob, answered)
            unaccept_answer(world.as_bob, answered)
        assert (question(asked).accepted_post_id, question(asked).item.state) == (None, "open")

    def test_accepting_is_told(self, world, asked, answered):
        with unit_of_work():
            accept_answer(world.as_bob, answered)
        news = db.session.scalars(select(Activity).order_by(Activity.id)).all()
        assert (news[-1].kind, news[-1].post_id) == ("accepted", answered.id)

    def test_the_question_waits_again_when_the_accepted_answer_is_withdrawn(self, world, asked, answered):
        with unit_of_work():
            accept_answer(world.as_bob, answered)
        with unit_of_work():
            withdraw(world.as_ann, answered)
        drain()
        assert question(asked).item.state == "open"
        assert not can(world.as_bob, "answer.accept", question(asked).item and answered)

    def test_it_is_answered_again_when_that_answer_is_put_back(self, world, asked, answered):
        with unit_of_work():
            accept_answer(world.as_bob, answered, "It worked.")
            withdraw(world.as_ann, answered)
        drain()
        with unit_of_work():
            restore(world.as_ann, answered)
        drain()
        assert (question(asked).accepted_post_id, question(asked).item.state) == (answered.id, "answered")
        assert question(asked).reason == "It worked."
