"""`hub seed`: what it says, and what it refuses."""

import json

from click.testing import CliRunner
from flask.cli import ScriptInfo

from hub.cli import main
from hub.core.settings import Settings
from hub.factory import create_app
from tests.factories.people import person

COUNTS = {"people": 16, "groups": 2, "imports": 10}


def test_seed_tells_what_it_founded_and_who_can_sign_in(hub):
    told = hub("seed", "--json")
    assert told.exit_code == 0, told.output
    result = json.loads(told.stdout)
    assert {name: result[name] for name in COUNTS} == COUNTS
    assert "/groups/" in hub("search", "retention schedule").stdout  # findable at once, without a worker
    again = hub("seed")
    assert "Nothing to add" in again.output
    for each in result["sign_ins"]:
        assert each["email"] in again.output
        assert each["password"] in again.output


def test_a_hub_in_use_is_left_alone(hub, app):
    with app.app_context():
        person()
    refused = hub("seed")
    assert refused.exit_code != 0
    assert "Nothing was changed" in refused.output
    quiet = hub("seed", "--if-empty", "--json")
    assert quiet.exit_code == 0
    assert json.loads(quiet.stdout)["people"] == 0


def test_bulk_adds_generated_items_that_can_be_found(hub, app):
    with app.app_context():
        person()
    made = hub("seed", "--if-empty", "--bulk", "20", "60")
    assert made.exit_code == 0, made.output
    assert "Generated 20 items with 60 posts" in made.stdout
    assert "/groups/generated-" in hub("search", "routine").stdout + hub("search", "keep").stdout


def test_without_tables_it_says_what_to_run(tmp_path, monkeypatch):
    bare = create_app(Settings(data=tmp_path, secret_key="for tests only, and long enough to sign with"))
    told = CliRunner().invoke(main, ["seed"], obj=ScriptInfo(create_app=lambda: bare))
    assert told.exit_code != 0
    assert "hub upgrade" in told.output


def test_bulk_needs_a_post_for_each_item(hub, app):
    with app.app_context():
        person()
    refused = hub("seed", "--if-empty", "--bulk", "10", "5")
    assert refused.exit_code != 0
    assert "at least one post for each item" in refused.output
