"""A public group with Ann and Ben, and Zoe outside of it."""

from types import SimpleNamespace

import pytest

from tests.factories.groups import group, member
from tests.factories.people import person


@pytest.fixture
def place(app) -> SimpleNamespace:
    there = SimpleNamespace(group=group("Records", visibility="public"), ann=person("Ann"), ben=person("Ben"))
    there.zoe = person("Zoe")
    there.mod = person("Mod")
    member(there.ann, there.group)
    member(there.ben, there.group)
    member(there.mod, there.group, "moderator")
    return there
