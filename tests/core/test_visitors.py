"""Visitors are given a page again without anything being asked, exactly until something changes."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from werkzeug.test import Client

from hub.core import clock, visitors
from hub.core.database import db, unit_of_work
from hub.core.visitors import KEPT_SECONDS, Visitors
from hub.groups.models import Group
from tests.budget import queries
from tests.conftest import DATABASES
from tests.factories.content import discussion, fresh
from tests.factories.groups import group, member
from tests.factories.people import person, sign_in

both = pytest.mark.parametrize("app", DATABASES, indirect=True)
SNAPSHOT = "pg_current_snapshot"


@pytest.fixture
def hub(app, monkeypatch):
    """A visitor's browser before the hub as it is served."""
    monkeypatch.setattr(app, "wsgi_app", Visitors(app))
    return app.test_client()


def made_anew(sent) -> bool:
    """Whether more was asked than in what state the database is."""
    return any(SNAPSHOT not in statement for statement in sent.statements)


@both
def test_a_page_is_made_once_and_given_again_the_same(app, hub):
    with app.app_context():
        place = group("Records").path
    first = hub.get(place)
    with queries() as sent:
        again = hub.get(place)
    assert not made_anew(sent)
    assert (again.status_code, again.data) == (200, first.data)
    assert b"Records" in again.data
    told = {name: value for name, value in first.headers.items() if name != "Date"}
    assert {name: value for name, value in again.headers.items() if name != "Date"} == told


@both
def test_whatever_is_committed_is_seen_at_once(app, hub):
    with app.app_context():
        made = group("Records")
        place = made.path
        assert b"Records" in hub.get(place).data
        with unit_of_work():
            db.session.get_one(Group, made.id).name = "Archives"
        assert b"Archives" in hub.get(place).data


@both
def test_what_is_taken_out_of_sight_is_gone_at_once(app, hub):
    with app.app_context():
        place = group("Records")
        by = member(person(), place)
        talk = discussion(by, place, "Shared drives")
        assert hub.get(talk.path).status_code == 200
        with unit_of_work():
            fresh(talk).withdrawn_at = clock.now()
        assert hub.get(talk.path).status_code == 404


def test_the_clock_alone_makes_a_page_old(app, hub, monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(visitors.time, "monotonic", lambda: now[0])
    hub.get("/about/terms")
    now[0] += KEPT_SECONDS + 1
    with queries() as sent:
        hub.get("/about/terms")
    assert made_anew(sent)


def test_a_browser_that_has_the_page_is_told_so(hub):
    etag = hub.get("/about/terms").headers["ETag"]
    with queries() as sent:
        again = hub.get("/about/terms", headers={"If-None-Match": etag})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["Content-Security-Policy"]
    assert not made_anew(sent)


def test_each_host_and_each_look_is_given_its_own(hub):
    light = hub.get("/about/terms").data
    hub.set_cookie("theme", "dark")
    dark = hub.get("/about/terms").data
    assert light != dark
    assert b'data-theme="dark"' in dark
    assert hub.get("/about/terms", base_url="http://another.example").data != b""
    hub.delete_cookie("theme")
    assert hub.get("/about/terms").data == light


def test_nothing_is_kept_of_whoever_signed_in_nor_given_to_them(app, hub):
    browser = sign_in(app.test_client(), person(handle="ada"))
    seen = hub.get("/groups").data
    assert b"/people/ada" in browser.get("/groups").data
    assert b"/people/ada" not in hub.get("/groups").data
    assert hub.get("/groups").data == seen


def test_a_page_with_a_form_of_ones_own_is_made_for_each(hub, app):
    first, second = hub.get("/appearance"), app.test_client().get("/appearance")
    assert first.headers["Set-Cookie"] != second.headers["Set-Cookie"]


def test_only_what_was_found_is_kept(hub):
    assert hub.get("/groups/none").status_code == 404
    with queries() as sent:
        hub.get("/groups/none")
    assert made_anew(sent)


def test_while_the_state_cannot_be_told_the_hub_itself_answers(app, hub, monkeypatch):
    hub.get("/about/terms")
    monkeypatch.setattr(app.wsgi_app, "_state", lambda: None)
    with queries() as sent:
        assert hub.get("/about/terms").status_code == 200
    assert made_anew(sent)


def test_what_many_ask_for_at_once_is_made_once(app, hub, monkeypatch):
    made = []

    def slow(environ, start_response):
        made.append(environ["PATH_INFO"])
        time.sleep(0.2)
        start_response("200 OK", [("ETag", '"it"'), ("Cache-Control", "no-cache")])
        return [b"the page"]

    monkeypatch.setattr(app.wsgi_app, "_app", slow)
    with ThreadPoolExecutor(6) as visitors_at_once:
        seen = list(visitors_at_once.map(lambda _: Client(app.wsgi_app).get("/").data, range(6)))
    assert seen == [b"the page"] * 6
    assert made == ["/"]
