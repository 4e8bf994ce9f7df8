"""At the same instant: numbers stay unique, counters right, votes single, and nothing is lost."""

import pytest
from sqlalchemy import func, select

from hub.content import actions
from hub.content.models import REPLY, Item, Post, ReadMark, Vote
from hub.core.database import db, unit_of_work
from hub.core.errors import Refused
from hub.discussions.actions import reply, start_discussion
from hub.groups.models import Group
from hub.questions.actions import accept_answer, answer
from hub.questions.models import Question
from tests.conftest import DATABASES
from tests.factories.content import discussion, fresh, question
from tests.factories.races import race

pytestmark = pytest.mark.parametrize("app", DATABASES, indirect=True)

MANY = 4


def loading(row):
    return lambda: db.session.get_one(type(row), row.id)


def test_items_started_at_once_get_numbers_of_their_own(app, world):
    begin = (
        loading(world.group),
        lambda group: start_discussion(world.as_bob, group, "Title", "Text").number,
    )
    assert sorted(race(app, *[begin] * MANY)) == [1, 2, 3, 4]
    assert db.session.get_one(Group, world.group.id).last_number == MANY


def test_replies_sent_at_once_all_stand_and_are_all_counted(app, world):
    talk = discussion(world.bob, world.group)
    send = (loading(talk), lambda item: reply(world.as_cat, item, "Me too").position)
    assert sorted(race(app, *[send] * MANY)) == [2, 3, 4, 5]
    item = fresh(talk)
    assert (item.reply_count, item.last_position) == (MANY, MANY + 1)
    assert db.session.scalar(select(func.count()).select_from(Post).where(Post.kind == REPLY)) == MANY


def test_votes_at_once_are_one_a_person(app, world):
    talk = discussion(world.bob, world.group)
    opening = db.session.scalars(select(Post).where(Post.item_id == talk.id)).one()
    votes = [
        (loading(opening), lambda post, actor=actor: actions.set_vote(actor, post, True))
        for actor in (world.as_cat, world.as_cat, world.as_ann, world.as_ann)
    ]
    assert race(app, *votes) == [None] * 4
    assert fresh(opening).score == 2 == db.session.scalar(select(func.count()).select_from(Vote))


def test_two_answers_accepted_at_once_leave_one(app, world):
    asked = question(world.bob, world.group)
    with unit_of_work():
        answers = [answer(world.as_cat, asked, text) for text in ("Six.", "Seven.")]

    def load(post):
        def loaded():
            db.session.get(Question, asked.id)  # as the page that offers it did
            return db.session.get_one(Post, post.id)

        return loaded

    results = race(app, *[(load(post), lambda post: accept_answer(world.as_bob, post)) for post in answers])
    chosen = db.session.get_one(Question, asked.id, populate_existing=True).accepted_post_id
    assert chosen in {post.id for post in answers}
    assert fresh(asked).state == "answered"
    if db.engine.dialect.name == "postgresql":
        assert [type(result) for result in results].count(Refused) == 1


def test_edits_at_once_lose_nothing(app, world):
    talk = discussion(world.bob, world.group, text="One.\n\nTwo.\n\nThree.")
    opening = db.session.scalars(select(Post).where(Post.item_id == talk.id)).one()
    edits = [
        (
            loading(opening),
            lambda post: actions.edit_post(world.as_bob, post, "1.\n\nTwo.\n\nThree.", base=1),
        ),
        (loading(opening), lambda post: actions.edit_post(world.as_ann, post, "One.\n\nTwo.\n\n3.", base=1)),
    ]
    race(app, *edits)
    assert fresh(opening).source == "1.\n\nTwo.\n\n3."
    assert fresh(opening).revision_number == 3


def test_a_reply_meets_the_closing_of_its_discussion(app, world):
    talk = discussion(world.bob, world.group)
    race(
        app,
        (loading(talk), lambda item: actions.close_item(world.as_ann, item)),
        (loading(talk), lambda item: reply(world.as_cat, item, "Just in time?")),
    )
    item = fresh(talk)
    stands = db.session.scalar(select(func.count()).select_from(Post).where(Post.item_id == item.id)) - 1
    assert item.closed and item.reply_count == stands


def test_marks_written_at_once_keep_the_furthest(app, world):
    talk = discussion(world.bob, world.group)
    race(
        app,
        *[
            (loading(talk), lambda item, position=position: actions.mark_read(world.as_cat, item, position))
            for position in (4, 9, 2, 7)
        ],
    )
    assert db.session.get_one(ReadMark, (world.cat.id, talk.id)).position == 9
    assert db.session.get_one(Item, talk.id)
