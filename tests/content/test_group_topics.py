"""The topics of a group are chosen by its owner, from one vocabulary that all groups share."""

from sqlalchemy import select

from hub.content.models import Topic
from hub.core.database import db
from hub.core.policy import MODERATOR, OWNER
from tests.factories.content import topic
from tests.factories.groups import group, member
from tests.factories.people import sign_in


def test_an_owner_chooses_topics_and_known_ones_are_shared(client):
    records, other = group(), group()
    topic("Retention", other)
    browser = sign_in(client, member(None, records, OWNER))
    assert "No topics yet" in browser.get(f"{records.path}/settings").text
    answer = browser.submit(f"{records.path}/topics", {"names": "retention\nFreedom of information\n\n"})
    assert answer.location == f"{records.path}/settings"
    page = browser.get(f"{records.path}/settings").text
    assert "Freedom of information · Retention" in page
    assert len(db.session.scalars(select(Topic)).all()) == 2


def test_taking_a_topic_away_leaves_it_to_others(client):
    records, other = group(), group()
    shared = topic("Retention", records, other)
    browser = sign_in(client, member(None, records, OWNER))
    browser.submit(f"{records.path}/topics", {"names": ""})
    db.session.refresh(shared)
    assert [one.id for one in shared.groups] == [other.id]


def test_too_many_or_too_long_is_said_and_kept(client):
    records = group()
    browser = sign_in(client, member(None, records, OWNER))
    for names in ("x" * 81, "\n".join(f"Topic {number}" for number in range(61))):
        answer = browser.submit(f"{records.path}/topics", {"names": names})
        assert answer.status_code == 422 and names.splitlines()[-1] in answer.text


def test_a_moderator_has_not_the_page(client):
    records = group()
    browser = sign_in(client, member(None, records, MODERATOR))
    assert browser.get(f"{records.path}/topics").status_code == 404
