"""`hub check` finds a group that counts wrongly or belongs to nobody."""

from hub.core.checks import run_checks
from hub.core.database import db, unit_of_work
from hub.core.policy import MEMBER, OWNER
from hub.groups import actions
from hub.groups.models import Group
from tests.factories.groups import group, member
from tests.factories.people import actor_of, person

NAME = "members of groups"


def test_joining_and_leaving_keep_the_count(app):
    records = group("Records", slug="records")
    member(None, records, OWNER)
    someone = person()
    with unit_of_work():
        actions.join(actor_of(someone), db.session.get(Group, records.id))
        actions.leave(actor_of(someone), db.session.get(Group, records.id))
    assert run_checks()[NAME] == []


def test_what_is_wrong_is_said(app):
    records, adrift = group(slug="records"), group(slug="adrift")
    member(None, records, OWNER), member(None, adrift, MEMBER)
    with unit_of_work():
        db.session.get(Group, records.id).member_count = 7
    assert run_checks()[NAME] == [
        "The group adrift has members and no owner.",
        "The group records counts 7 members and has 1.",
    ]
