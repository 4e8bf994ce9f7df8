"""Fixtures that several rooms' tests begin from. A room's conftest imports them by name."""

from types import SimpleNamespace

import pytest

from .groups import group, member
from .people import actor_of, person


@pytest.fixture
def world(app):
    """group; ann (moderator), bob and cat (members), dan (of no group): people, and actors as `.as_ann`."""
    ann, bob, cat, dan = (person(name, handle=name.lower()) for name in ("Ann", "Bob", "Cat", "Dan"))
    records = group("Records", slug="rims")
    member(ann, records, "moderator")
    member(bob, records)
    member(cat, records)
    people = {"ann": ann, "bob": bob, "cat": cat, "dan": dan}
    return SimpleNamespace(
        group=records, **people, **{f"as_{name}": actor_of(someone) for name, someone in people.items()}
    )
