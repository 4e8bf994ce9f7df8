"""Fixtures that several rooms' tests begin from. A room's conftest imports them by name."""

from types import SimpleNamespace

import pytest

from hub.core.database import unit_of_work

from .community import a_group, a_person, acting, join


@pytest.fixture
def world(app):
    """group; ann (moderator), bob and cat (members), dan (of no group): people, and actors as `.as_ann`."""
    with unit_of_work():
        ann, bob, cat, dan = (a_person(name) for name in ("Ann", "Bob", "Cat", "Dan"))
        group = a_group(bob, cat, slug="rims", name="Records")
        join(ann, group, "moderator")
        people = {"ann": ann, "bob": bob, "cat": cat, "dan": dan}
        return SimpleNamespace(
            group=group, **people, **{f"as_{name}": acting(person) for name, person in people.items()}
        )
