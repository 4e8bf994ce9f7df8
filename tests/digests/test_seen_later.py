"""What becomes visible later is news then: each act that shows something is told once."""

from datetime import date

import pytest

from hub.content import actions as content
from hub.core.carrying import drain
from hub.core.database import unit_of_work
from hub.examples import actions as examples
from hub.groups.actions import change_group
from hub.guidance.actions import publish, start_guidance
from tests.digests.telling import (
    again,
    answered,
    asked,
    digest_of,
    discussed,
    on,
    replied,
    sent,
    subscribed,
    visitor,
    withdrawn,
)
from tests.digests.test_examples import ask, opening, show
from tests.factories.people import actor_of


def restored(actor, subject):
    with unit_of_work():
        content.restore(actor, again(subject))


def told_on(folder, day: int, address: str) -> str:
    """The plain text of what somebody is sent on a day; empty when it is nothing."""
    before = len(folder.messages())
    with on(day, 7):
        sent()
    return digest_of(folder, address)[0] if len(folder.messages()) > before else ""


def read_by(world, visibility: str) -> None:
    with unit_of_work():
        group = again(world.group)
        told = {"name": "Secret", "summary": "", "welcome": "", "joining": group.joining}
        change_group(world.as_ann, group, visibility=visibility, **told)


@pytest.fixture
def bob(world):
    with on(20):
        subscribed(world.as_bob, world.group)
    return world.bob.email


def test_an_item_that_was_out_of_sight_is_told_when_it_is_back_with_all_under_it(app, world, folder, bob):
    with on(20):
        item = asked(world.as_cat, world.group, "A canary sings")
        answered(world.as_ann, item, "A wren answers.")
        withdrawn(world.as_ann, item)
    assert told_on(folder, 21, bob) == ""
    with on(21):
        restored(world.as_ann, item)
    text = told_on(folder, 22, bob)
    assert "Asked by Cat" in text and "A wren answers." in text
    with on(22):
        asked(world.as_cat, world.group, "Another?")
    assert "canary" not in told_on(folder, 23, bob)


def test_who_was_told_before_is_not_told_again(app, world, folder, bob):
    with on(20):
        item = asked(world.as_cat, world.group, "A canary sings")
        reply = answered(world.as_ann, item, "A wren answers.")
    assert "A canary sings" in told_on(folder, 21, bob)
    with on(21):
        withdrawn(world.as_ann, item)
        restored(world.as_ann, item)
        withdrawn(world.as_ann, reply)
        restored(world.as_ann, reply)
    assert told_on(folder, 22, bob) == ""


def test_only_what_was_missed_is_told(app, world, folder, bob):
    with on(20):
        item = asked(world.as_cat, world.group, "A canary sings")
    told_on(folder, 21, bob)
    with on(21):
        answered(world.as_ann, item, "A wren answers.")
        withdrawn(world.as_ann, item)
    assert told_on(folder, 22, bob) == ""
    with on(22):
        restored(world.as_ann, item)
    text = told_on(folder, 23, bob)
    assert "A wren answers." in text
    assert "Asked earlier" in text


def test_a_post_that_is_back_is_told_as_what_it_is(app, world, folder, bob):
    with on(20):
        item = discussed(world.as_cat, world.group)
    told_on(folder, 21, bob)
    with on(21):
        reply = replied(world.as_ann, item, "A wren answers.")
        withdrawn(world.as_ann, reply)
    assert told_on(folder, 22, bob) == ""
    with on(22):
        restored(world.as_ann, reply)
    text = told_on(folder, 23, bob)
    assert "Ann replied" in text and "A wren answers." in text


def test_what_is_back_twice_is_told_once(app, world, folder, bob):
    with on(20):
        item = asked(world.as_cat, world.group, "A canary sings")
        for _again in range(3):
            withdrawn(world.as_ann, item)
            restored(world.as_ann, item)
    assert told_on(folder, 21, bob).count("A canary sings") == 1
    with on(21):
        withdrawn(world.as_ann, item)
        restored(world.as_ann, item)
    assert told_on(folder, 22, bob) == ""


def test_what_is_older_than_what_is_remembered_is_told_as_being_back(app, world, folder):
    with on(1, month=3):
        item = discussed(world.as_cat, world.group, "An old talk")
        sent()
    with on(20):
        subscribed(world.as_bob, world.group)
        withdrawn(world.as_ann, item)
        restored(world.as_ann, item)
    text = told_on(folder, 21, world.bob.email)
    assert "An old talk" in text and "Back: it was out of sight for a while" in text


def test_a_draft_is_told_when_it_is_published(app, world, folder, bob):
    with on(20), unit_of_work():
        page = start_guidance(world.as_ann, again(world.group), "A draft", "", "Six years.")
    assert told_on(folder, 21, bob) == ""
    with on(21), unit_of_work() as session:
        publish(world.as_ann, session.merge(page), again(world.ann), date(2027, 6, 1))
    assert "New guidance" in told_on(folder, 22, bob)


@pytest.mark.parametrize("visibility", ["part_open", "public"])
def test_a_group_that_opens_is_told_to_those_inside_and_outside(app, world, folder, visibility):
    with on(20):
        visitor(world.group)
        with unit_of_work():
            again(world.group).visibility = "listed"
        subscribed(world.as_bob, world.group)
        asked(world.as_cat, world.group, "Members' talk")
    told_on(folder, 21, world.bob.email)
    with on(21):
        read_by(world, visibility)
        drain(kinds=["group.opened>content.tasks.tell_that_it_is_open"])
    with on(22, 7):
        assert sent().sent == 2
    for address in (world.bob.email, "visitor@example.org"):
        text = digest_of(folder, address)[0]
        assert "More people may read this group now" in text
        assert "Members' talk" not in text
    with on(23, 7):
        assert sent().sent == 0


def test_a_group_that_closes_tells_nothing_to_those_outside(app, world, folder):
    with on(20):
        visitor(world.group)
        read_by(world, "listed")
    assert told_on(folder, 21, "visitor@example.org") == ""


def test_an_example_that_is_shown_again_is_told_once_to_whoever_missed_it(scene, folder):
    with on(20):
        keeper = actor_of(scene.keeper)
        visitor(scene.group)
        item = ask(scene)
    told_on(folder, 21, "visitor@example.org")
    with on(21):
        example = show(scene, opening(item), "Wrong channel", caption="A slip")
        with unit_of_work():
            examples.set_withdrawn(keeper, again(example), "", withdrawn=True)
    assert told_on(folder, 22, "visitor@example.org") == ""
    with on(22), unit_of_work():
        examples.set_withdrawn(keeper, again(example), "", withdrawn=False)
    assert told_on(folder, 23, "visitor@example.org").count("A slip") == 1
    with on(23), unit_of_work():
        examples.set_withdrawn(keeper, again(example), "", withdrawn=True)
        examples.set_withdrawn(keeper, again(example), "", withdrawn=False)
    assert told_on(folder, 24, "visitor@example.org") == ""
