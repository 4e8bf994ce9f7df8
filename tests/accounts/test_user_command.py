"""`hub user`: what whoever runs the hub does about accounts."""

import json

import pytest
from sqlalchemy import select

from hub.accounts.cli import user
from hub.accounts.models import Person
from hub.core.database import db
from tests.factories.people import person, sign_in


@pytest.fixture
def hub(app):
    def run(*words, password="three wet otters\n"):
        done = app.test_cli_runner().invoke(user, words, input=password)
        db.session.rollback()
        db.session.expire_all()
        return done

    return run


def test_an_account_is_added_and_can_sign_in(hub, client):
    done = hub(
        "add", "Una@Example.org", "--name", "Una Admin", "--administrator", "--password-stdin", "--json"
    )
    assert done.exit_code == 0, done.output
    assert json.loads(done.output) == {
        "handle": "una-admin",
        "name": "Una Admin",
        "email": "una@example.org",
        "confirmed": True,
        "active": True,
        "administrator": True,
    }
    signed = client.submit("/sign-in", {"email": "una@example.org", "password": "three wet otters"})
    assert signed.location == "/"


@pytest.mark.parametrize(
    ("words", "password"),
    [
        (["add", "nonsense", "--name", "Una", "--password-stdin"], "three wet otters\n"),
        (["add", "a@example.org", "--name", "Una", "--password-stdin"], "short\n"),
        (["add", "taken@example.org", "--name", "Una", "--password-stdin"], "three wet otters\n"),
        (["password", "nobody", "--password-stdin"], "three wet otters\n"),
        (["administrator", "nobody", "on"], ""),
    ],
)
def test_what_cannot_be_done_is_said_and_changes_nothing(hub, words, password):
    person(email="taken@example.org")
    done = hub(*words, password=password)
    assert done.exit_code == 1
    assert done.output.startswith("Error: ")
    assert len(db.session.scalars(select(Person)).unique().all()) == 1


def test_accounts_are_listed(hub):
    person("Ailsa Grant", handle="ailsa"), person("Una Admin", handle="una", administrator=True)
    assert [one["handle"] for one in json.loads(hub("list", "--json").output)["people"]] == ["ailsa", "una"]
    listed = hub("list", "--administrators").output
    assert "@una" in listed and "administrator" in listed and "@ailsa" not in listed


def test_administrators_are_made_and_unmade(hub):
    someone = person(handle="ailsa")
    for state, expected in (("on", True), ("off", False)):
        assert hub("administrator", "@ailsa", state).exit_code == 0
        assert someone.administrator is expected


def test_a_closed_account_is_signed_out_at_once_and_can_be_opened_again(hub, client):
    sign_in(client, person(handle="ailsa"))
    assert hub("deactivate", "ailsa").exit_code == 0
    assert client.get("/settings").status_code == 404
    assert hub("deactivate", "ailsa", "--undo", "--json").exit_code == 0
    assert db.session.scalar(select(Person.active))


def test_a_new_password_signs_out_elsewhere(hub, client):
    someone = person(handle="ailsa", email="ailsa@example.org")
    sign_in(client, someone)
    assert hub("password", "ailsa@example.org", "--password-stdin").exit_code == 0
    assert client.get("/settings").status_code == 404
    signed = client.submit("/sign-in", {"email": "ailsa@example.org", "password": "three wet otters"})
    assert signed.location == "/"
