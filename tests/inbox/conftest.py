"""A hub at which mail comes in, and messages to it."""

import pytest

from hub.inbox import sorting
from tests.factories.worlds import world
from tests.inbox.messages import settings_with

__all__ = ["world"]


@pytest.fixture
def incoming(app):
    """The hub gets mail at hub+*@hub.example.org."""
    with settings_with(app, mail_in_address="hub+*@hub.example.org"):
        yield app


@pytest.fixture
def sorters(monkeypatch):
    """An empty register: what a test adds is all there is."""
    found: list = []
    monkeypatch.setattr(sorting, "_sorters", found)
    return found
