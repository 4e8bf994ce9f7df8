"""A small community where something was written that somebody will report."""

from types import SimpleNamespace

import pytest

from hub.content import actions as content
from hub.content.models import ANSWER, QUESTION
from hub.core.database import unit_of_work
from tests.examples.conftest import scene
from tests.factories.worlds import world

__all__ = ["scene", "world"]


@pytest.fixture
def talk(world):
    """Bob's question with Cat's answer."""
    with unit_of_work():
        question = content.start_item(world.as_bob, world.group, QUESTION, "How long?", "Asking for chats.")
        answer = content.add_post(world.as_cat, question, ANSWER, "Ask Jean Smith of 4 High Street.")
    return SimpleNamespace(question=question, answer=answer)
