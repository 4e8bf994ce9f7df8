"""Starting a discussion and replying."""

import pytest

from hub.content.actions import NotPermitted
from hub.core.database import unit_of_work
from hub.discussions.actions import reply, start_discussion
from hub.questions.actions import ask_question
from tests.conftest import DATABASES

pytestmark = pytest.mark.parametrize("app", DATABASES, indirect=True)


def test_replies_follow_the_opening_by_number(world):
    with unit_of_work():
        talk = start_discussion(world.as_bob, world.group, "Shared drives", "Who owns them?")
        first = reply(world.as_cat, talk, "The head of service.")
        second = reply(world.as_bob, talk, "Is that written down?", to=first)
    assert (first.position, second.position, second.parent_id) == (2, 3, first.id)
    assert (talk.path, first.path) == (
        "/groups/rims/discussions/1",
        "/groups/rims/discussions/1?post=2#post-2",
    )


def test_only_members_reply_and_only_to_discussions(world):
    with unit_of_work():
        talk = start_discussion(world.as_bob, world.group, "Shared drives", "Who owns them?")
        question = ask_question(world.as_bob, world.group, "Who owns them?", "Text")
    for actor, item in ((world.as_dan, talk), (world.as_cat, question)):
        with pytest.raises(NotPermitted), unit_of_work():
            reply(actor, item, "Me.")
