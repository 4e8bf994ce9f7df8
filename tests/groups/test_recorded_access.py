"""Administrators read what is private only by a recorded act, which the group sees."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from hub.core import clock
from hub.core.audit import AuditEntry
from hub.core.database import db
from hub.core.policy import Actor, visible
from hub.groups.models import HIDDEN, LISTED, Group
from hub.groups.rules import reads_talk
from tests.factories.groups import group, member
from tests.factories.people import actor_of, administrator, person, sign_in

REASON = {"reason": "A complaint about a post, number 12."}


@pytest.fixture
def admin(app):
    return administrator("Una Admin")


def test_being_an_administrator_shows_nothing_private(client, admin):
    hidden, listed = group(visibility=HIDDEN), group(visibility=LISTED)
    browser = sign_in(client, admin)
    assert browser.get(hidden.path).status_code == 404
    assert browser.get(f"{listed.path}/members").status_code == 404
    assert not reads_talk(actor_of(admin), listed)


def test_a_reason_opens_a_group_for_an_hour(client, admin, time_machine):
    hidden = group("Quiet room", visibility=HIDDEN)
    browser = sign_in(client, admin)
    assert browser.submit("/admin/access", {"group": hidden.slug, "reason": ""}).status_code == 422
    assert browser.get(hidden.path).status_code == 404
    opened = browser.submit("/admin/access", {"group": hidden.path, **REASON})
    assert opened.location == hidden.path
    assert "You read this group by a recorded act" in browser.get(hidden.path).text
    assert reads_talk(actor_of(admin), hidden)
    assert not actor_of(admin).is_member(hidden.id)  # reading is not writing
    time_machine.move_to(clock.now() + timedelta(minutes=61))
    assert browser.get(hidden.path).status_code == 404


def test_it_can_be_ended_sooner(client, admin):
    listed = group(visibility=LISTED)
    browser = sign_in(client, admin)
    browser.submit("/admin/access", {"group": listed.slug, **REASON})
    browser.submit("/admin/access", button="Stop reading now")
    assert not reads_talk(actor_of(admin), listed)


def test_the_members_see_who_read_and_why_and_others_do_not(app, client, admin):
    listed = group(visibility=LISTED)
    sign_in(app.test_client(), admin).submit("/admin/access", {"group": listed.slug, **REASON})
    about = f"{listed.path}/about"
    page = sign_in(app.test_client(), member(None, listed)).get(about).text
    assert "Una Admin" in page and REASON["reason"] in page
    assert "Una Admin" not in client.get(about).text


def test_it_stands_in_the_audit_trail(client, admin):
    listed = group(visibility=LISTED)
    sign_in(client, admin).submit("/admin/access", {"group": listed.slug, **REASON})
    entry = db.session.scalar(select(AuditEntry).where(AuditEntry.action == "group.read"))
    assert (entry.person_id, entry.group_id, entry.reason) == (admin.id, listed.id, REASON["reason"])


def test_one_group_opens_no_other(client, admin):
    opened, other = group(visibility=HIDDEN), group(visibility=HIDDEN)
    sign_in(client, admin).submit("/admin/access", {"group": opened.slug, **REASON})
    seen = db.session.scalars(select(Group.id).where(visible(Group, actor_of(admin)))).all()
    assert opened.id in seen and other.id not in seen


def test_nobody_else_has_the_page(client, app):
    assert client.get("/admin/access").status_code == 404
    assert sign_in(client, member(None, group())).get("/admin/access").status_code == 404


def test_what_is_made_of_an_actor_without_the_recorded_act_sees_without_it(app):
    """Mail and feeds are made so: what the reading actor asked before must not answer for them."""
    closed = group("Closed", visibility="hidden")
    reading = Actor(person().id, reads=frozenset({closed.id}))
    find = select(Group).where(Group.id == closed.id)
    assert db.session.scalars(find.where(visible(Group, reading))).one()
    without = replace(reading, reads=frozenset())
    assert db.session.scalars(find.where(visible(Group, without))).all() == []
