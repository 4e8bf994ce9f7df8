"""The index follows what is written, edited and withdrawn; until it has, the policy stands before it."""

from types import SimpleNamespace

import pytest
from sqlalchemy import text, update

from hub.content import actions
from hub.content.models import DISCUSSION, Item
from hub.core.carrying import drain
from hub.core.checks import run_checks
from hub.core.database import db, unit_of_work
from hub.core.jobs import Job, enqueue, enqueue_at_start
from hub.core.policy import ANYBODY, Actor
from hub.core.search import Query
from hub.groups.actions import change_group
from hub.questions.actions import answer, ask_question
from hub.search import tasks
from hub.search.engine import engine
from hub.search.index import rebuild
from hub.search.indexing import FORMAT
from hub.search.queries import find
from tests.conftest import DATABASES
from tests.factories.content import topic

pytestmark = pytest.mark.parametrize("app", DATABASES, indirect=True)


@pytest.fixture
def asked(hub, world):
    """Bob's question with Cat's answer, in a public group, indexed."""
    foi = topic("Freedom of information", world.group)
    with unit_of_work():
        item = ask_question(
            world.as_bob,
            world.group,
            "How long do we keep tweets?",
            "Ours are on *X*. <b>Help</b>",
            topics=[foi],
            applies_to="scotland",
        )
        reply = answer(world.as_cat, item, "Seven years, says schedule 14.005.026.")
    drain()
    return SimpleNamespace(item=item, answer=reply, foi=foi)


def titles(actor: Actor, words: str, **query) -> list[str]:
    return [hit.document.title for hit in find(actor, Query(words, **query)).results.hits]


def urls(actor: Actor, words: str) -> list[str]:
    return [hit.document.url for hit in find(actor, Query(words)).results.hits]


def test_what_is_written_can_be_found(asked, world):
    assert urls(ANYBODY, "tweets") == [asked.item.path]
    assert urls(ANYBODY, "14.005.026") == [f"{asked.item.path}?post=2#post-2"]
    assert titles(ANYBODY, "schedule") == ["How long do we keep tweets?"]
    assert urls(ANYBODY, "@cat") == [f"{asked.item.path}?post=2#post-2"]


def test_a_question_is_one_hit_however_many_of_its_posts_match(asked, world):
    with unit_of_work():
        answer(world.as_ann, db.session.merge(asked.item), "Keep tweets for seven years.")
    drain()
    assert len(titles(ANYBODY, "tweets")) == 1


def test_filters(asked):
    for query in (
        {"kinds": frozenset({"question"})},
        {"topics": frozenset({asked.foi.slug})},
        {"applies_to": frozenset({"scotland"})},
        {"groups": frozenset({"rims"})},
    ):
        assert titles(ANYBODY, "tweets", **query), query
        name = next(iter(query))
        assert not titles(ANYBODY, "tweets", **{name: frozenset({"another"})}), query


def test_edits_are_found_and_what_was_edited_away_is_not(asked, world):
    with unit_of_work():
        actions.edit_post(world.as_cat, db.session.merge(asked.answer), "Ten years, says the archivist.")
    drain()
    assert urls(ANYBODY, "archivist")
    assert not urls(ANYBODY, "14.005.026")


def test_a_word_stays_found_when_everything_that_has_it_was_indexed_anew(asked, world):
    with unit_of_work():
        item = ask_question(world.as_bob, db.session.merge(world.group), "Where is it?", "I looked.")
        posts = [answer(world.as_ann, item, f"In the register, page {page}.") for page in range(5)]
    drain()
    with unit_of_work():
        for post in posts:
            actions.edit_post(world.as_ann, db.session.merge(post), f"{post.source} And the file.")
    drain()
    assert len(urls(ANYBODY, "register")) == 1


def test_what_is_withdrawn_goes_dark_at_once_and_leaves_the_index_later(asked, world):
    with unit_of_work():
        actions.withdraw(world.as_ann, db.session.merge(asked.answer))
    for actor in (ANYBODY, world.as_bob, world.as_cat, world.as_ann):
        assert not titles(actor, "14.005.026"), "dark before the worker has seen it"
    assert f"post:{asked.answer.id}" in dict(engine().keys())
    drain()
    assert f"post:{asked.answer.id}" not in dict(engine().keys())
    with unit_of_work():
        actions.restore(world.as_ann, db.session.merge(asked.answer))
    drain()
    assert titles(ANYBODY, "14.005.026")


def test_a_group_that_closes_takes_its_posts_with_it(asked, world):
    group = world.group
    with unit_of_work():
        change_group(
            world.as_ann,
            db.session.merge(group),
            name="Records",
            summary="",
            welcome="",
            visibility="hidden",
            joining="open",
        )
    assert not titles(ANYBODY, "tweets")
    assert titles(world.as_bob, "tweets"), "members find it still, before and after"
    drain()
    assert not titles(ANYBODY, "tweets")
    assert titles(world.as_bob, "tweets")
    assert not titles(world.as_dan, "tweets")


def test_drafts_are_found_by_nobody(hub, world):
    with unit_of_work():
        actions.start_item(
            world.as_bob, world.group, DISCUSSION, "Unfinished thoughts", "Telegrams", published=False
        )
    drain()
    for actor in (ANYBODY, world.as_bob, world.as_ann):
        assert not titles(actor, "telegrams")


def test_many_changes_are_indexed_together(hub, world, monkeypatch):
    added = []
    monkeypatch.setattr(type(engine()), "add", lambda self, documents: added.append(len(list(documents))))
    for number in range(30):
        with unit_of_work():
            actions.start_item(world.as_bob, world.group, DISCUSSION, f"Title {number}", "Text")
    drain()
    assert sum(added) == 30
    assert len(added) == 1
    assert not db.session.query(Job).filter(Job.finished_at.is_(None)).count()


def test_what_fails_is_tried_again_and_nothing_is_lost(hub, world, monkeypatch):
    def fails(*_):
        raise OSError("no space")

    with unit_of_work():
        actions.start_item(world.as_bob, world.group, DISCUSSION, "Title of one", "Text")
        actions.start_item(world.as_bob, world.group, DISCUSSION, "Title of two", "Text")
    with monkeypatch.context() as broken:
        broken.setattr(type(engine()), "add", fails)
        drain()
    assert not titles(ANYBODY, "title")
    with unit_of_work():
        db.session.execute(update(Job).values(run_at=Job.created_at))
    drain()
    assert len(titles(ANYBODY, "title")) == 2


def test_the_index_is_tidied_in_its_turn(asked):
    with unit_of_work():
        enqueue("search.tidy")
    drain()
    assert titles(ANYBODY, "tweets")
    assert not db.session.query(Job).filter(Job.finished_at.is_(None)).count()


class TestRebuild:
    def test_it_makes_the_index_from_the_database(self, asked):
        engine().clear()
        assert not titles(ANYBODY, "tweets")
        told = []
        assert rebuild(told.append) == 2
        assert told[-1] == 2
        assert titles(ANYBODY, "tweets")

    def test_what_was_deleted_behind_its_back_is_gone(self, asked):
        with unit_of_work():
            db.session.execute(Item.__table__.delete())
        rebuild()
        assert dict(engine().keys()) == {}


class TestCheck:
    def _found(self) -> list[str]:
        return run_checks()["search index"]

    def test_all_is_well_after_the_worker(self, asked):
        assert self._found() == []

    def test_what_waits_for_the_worker_is_no_problem(self, asked, world):
        with unit_of_work():
            answer(world.as_ann, db.session.merge(asked.item), "Another answer")
        assert self._found() == []

    def test_what_is_missing_stale_or_left_over_is_told(self, asked):
        with unit_of_work():
            db.session.execute(update(Item).values(title="Retitled behind its back"))
        engine().remove([f"post:{asked.answer.id}"])
        assert len(self._found()) == 2
        rebuild()
        assert self._found() == []


def _made_by_an_earlier_version() -> None:
    """The index as the hub before an upgrade left it."""
    if db.engine.dialect.name == "postgresql":
        with engine()._engine.begin() as connection:
            connection.execute(text(f"ALTER TABLE hub_search.document_{FORMAT} RENAME TO document_0"))
        engine()._made = False
        return
    engine().close()
    folder = engine()._folder
    name = (folder / "current").read_text()
    (folder / name).rename(folder / "v0-earlier")
    (folder / "current").write_text("v0-earlier")


def test_after_an_upgrade_the_worker_makes_an_earlier_versions_index_anew(asked):
    _made_by_an_earlier_version()
    assert engine().outdated()
    enqueue_at_start()
    drain()
    assert not engine().outdated()
    assert len(find(ANYBODY, Query("tweets")).results.hits) == 1
    assert run_checks()["search index"] == []


def test_an_index_of_this_version_is_left_as_it_is(asked, monkeypatch):
    monkeypatch.setattr(tasks, "rebuild", lambda _progress: pytest.fail("it was made anew"))
    assert not engine().outdated()
    enqueue_at_start()
    drain()
    assert find(ANYBODY, Query("tweets")).results.hits
