"""`hub setup`: an empty hub becomes a community's own, with nothing in it that pretends."""

import json

import pytest
from sqlalchemy import func, select

from hub.accounts.models import Person
from hub.content.models import Item, Post, Topic
from hub.core.carrying import drain
from hub.core.checks import run_checks
from hub.core.database import db
from hub.core.policy import ANYBODY, visible
from hub.core.site import Site
from hub.groups.models import Group
from hub.seeds.setup import Wishes, setup_texts

GIVEN = {
    "--name": "Records Forum",
    "--group": "County archives",
    "--admin-name": "Ailsa Grant",
    "--admin-email": "ailsa@forum.example.org",
    "--password": "plover-ledger-whin-93",
}


@pytest.fixture
def setup(hub):
    def run(**changed):
        given = GIVEN | {f"--{name.replace('_', '-')}": value for name, value in changed.items()}
        return hub("setup", "--json", *(part for pair in given.items() for part in pair))

    return run


def test_it_makes_the_hub_its_group_and_its_first_administrator(setup, app):
    made = setup()
    assert made.exit_code == 0, made.output
    assert json.loads(made.stdout)["group"] == "/groups/county-archives"
    with app.test_request_context():
        site = db.session.scalars(select(Site)).one()
        assert (site.name, site.is_sample) == ("Records Forum", False)
        person = db.session.scalars(select(Person)).one()
        assert (person.administrator, person.is_sample, person.handle) == (True, False, "ailsa-grant")
        group = db.session.scalars(select(Group)).one()
        assert person.as_actor().owns(group.id)
        assert db.session.scalar(select(func.count()).select_from(Topic)) == 8
        drain()
        found_wrong = run_checks()
        assert found_wrong == {name: [] for name in found_wrong}


def test_visitors_find_a_page_to_start_at_and_questions_to_begin_with(setup, app):
    made = json.loads(setup().stdout)
    with app.test_request_context():
        seen = {item.path: item for item in db.session.scalars(select(Item).where(visible(Item, ANYBODY)))}
        assert seen[made["start_here"]].title == "Start here"
        assert seen[made["start_here"]].state == "published"
        assert not any(item.is_sample for item in seen.values())
        talk = db.session.scalars(select(Post).where(Post.item_id == seen[made["introductions"]].id)).one()
        assert talk.html.count('href="/ask?q=') == 5


def test_no_text_keeps_a_placeholder():
    texts = json.dumps(setup_texts(Wishes("Records Forum", "County archives", "A", "a@example.org", "x")))
    assert "$" not in texts
    assert "Records Forum" in texts
    assert "County archives" in texts


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"admin_email": "ailsa"}, "not a whole e-mail address"),
        ({"password": "password1234"}, "too easy to guess"),
        ({"name": "  "}, "need names"),
    ],
)
def test_what_cannot_be_used_is_said_and_nothing_is_changed(setup, app, changed, says):
    refused = setup(**changed)
    assert refused.exit_code != 0
    assert says in refused.output
    with app.test_request_context():
        assert db.session.scalar(select(func.count()).select_from(Person)) == 0


def test_a_hub_is_set_up_once(setup):
    assert setup().exit_code == 0
    again = setup()
    assert again.exit_code != 0
    assert "set up already" in again.output


def test_samples_are_not_mixed_into_it(setup, hub):
    setup()
    assert "samples are not mixed" in hub("seed").output
