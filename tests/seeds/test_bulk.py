"""Generated content for load tests: as much as asked for, whole, varied and marked."""

from random import Random

import pytest
from sqlalchemy import func, select

from hub.content.models import ANSWER, COMMENT, Activity, Item, Numbering, Post, Revision
from hub.core.checks import run_checks
from hub.core.database import db
from hub.core.markup import plain_text, render
from hub.groups.models import Group
from hub.questions.models import Question
from hub.seeds.bulk import _sizes, generate
from hub.seeds.bulk_texts import Writer
from tests.conftest import DATABASES


def wrong_but_for_the_index() -> list[str]:
    """What the checks find; `hub seed` builds the index afterwards, the generator does not."""
    found = run_checks()
    return [problem for name, problems in found.items() if name != "search index" for problem in problems]


@pytest.mark.parametrize("app", DATABASES, indirect=True)
def test_it_makes_exactly_as_much_as_asked_for_and_every_counter_is_right(app):
    with app.test_request_context():
        generate(130, 1500)
        assert db.session.scalar(select(func.count()).select_from(Item)) == 130
        assert db.session.scalar(select(func.count()).select_from(Post)) == 1500
        assert db.session.scalar(select(func.count()).select_from(Revision)) == 1500
        assert wrong_but_for_the_index() == []
        generate(20, 100)  # more of it, on top
        assert db.session.scalar(select(func.count()).select_from(Post)) == 1600
        assert wrong_but_for_the_index() == []
        numbers = db.session.scalars(select(Activity.number).order_by(Activity.number)).all()
        assert numbers == list(range(1, 1601))
        # What happens next is numbered behind them.
        assert db.session.scalars(select(Numbering.last_number)).one() == 1600


def test_it_looks_like_a_community_and_is_marked(app):
    with app.test_request_context():
        generate(150, 1200)
        kinds = dict(db.session.execute(select(Item.kind, func.count()).group_by(Item.kind)).all())
        assert set(kinds) == {"question", "discussion", "guidance"}
        assert not db.session.scalar(select(func.count()).where(~Item.is_sample))
        assert not db.session.scalar(select(func.count()).where(~Group.is_sample))
        titles = db.session.scalars(select(Item.title)).all()
        assert len(set(titles)) > 130
        longest = db.session.scalar(select(func.max(Item.reply_count)))
        assert 20 < longest < 400
        accepted = db.session.execute(
            select(Post.kind, Post.item_id == Question.item_id).join(
                Question, Question.accepted_post_id == Post.id
            )
        ).all()
        assert set(accepted) == {(ANSWER, True)}
        assert not db.session.scalar(
            select(func.count()).where(Post.kind == COMMENT, Post.parent_id.is_(None))
        )


def test_sizes_add_up():
    for items, posts in ((1, 1), (1, 40), (7, 7), (2000, 40_000)):
        sizes = _sizes(Random(3), items, posts)
        assert (len(sizes), sum(sizes), min(sizes) >= 1) == (items, posts, True)


def test_a_text_put_together_is_what_rendering_it_gives():
    writer = Writer(Random(5))
    for _ in range(40):
        text = writer.text(3)
        assert plain_text(render(text.source)) == plain_text(text.html)
