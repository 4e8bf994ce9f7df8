"""Groups and memberships for tests, committed at once."""

from itertools import count
from typing import Any

from sqlalchemy import update

from hub.accounts.models import Person
from hub.core.database import db, unit_of_work
from hub.core.policy import MEMBER
from hub.groups.models import Group, Membership

from .people import person

_numbers = count(1)


def group(name: str = "", **fields: Any) -> Group:
    """A public, open group without members, unless said otherwise."""
    number = next(_numbers)
    fields.setdefault("slug", f"group-{number}")
    with unit_of_work():
        made = Group(name=name or f"Group {number}", **fields)
        db.session.add(made)
    return made


def member(someone: Person | None, of: Group, role: str = MEMBER) -> Person:
    """Make somebody (a new person when none is given) a member of the group; returns them."""
    someone = someone or person()
    with unit_of_work():
        db.session.add(Membership(person_id=someone.id, group_id=of.id, role=role))
        db.session.execute(update(Group).where(Group.id == of.id).values(member_count=Group.member_count + 1))
    return someone
