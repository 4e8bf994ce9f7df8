"""After the first sign-in: who one is, and which groups; or straight on."""

from sqlalchemy import select

from hub.core.database import db
from hub.groups.models import BY_INVITATION, HIDDEN, ON_REQUEST, JoinRequest, Membership
from tests.factories.groups import group
from tests.factories.people import organisation, person, sign_in


def test_a_newcomer_says_who_they_are_and_joins(client):
    records, health = group("Records"), group("Health", joining=ON_REQUEST)
    organisation("Lochside Council", mail_domain="lochside.example.org")
    someone = person(email="ailsa@lochside.example.org")
    browser = sign_in(client, someone)
    answer = browser.submit(
        "/welcome",
        {
            "sector": "local_government",
            "profession": "records",
            "organisation": "lochside council",
            "groups": [records.slug, health.slug],
        },
    )
    assert answer.location == records.path
    db.session.refresh(someone)
    assert (someone.sector, someone.profession) == ("local_government", "records")
    assert someone.organisation.name == "Lochside Council"
    assert someone.organisation_confirmed == "address"
    assert db.session.scalars(select(Membership.group_id)).all() == [records.id]
    assert db.session.scalars(select(JoinRequest.group_id)).all() == [health.id]


def test_it_can_be_skipped_and_leads_on(client):
    page = sign_in(client, person()).get("/welcome?next=/groups/records/questions/1")
    assert 'href="/groups/records/questions/1">Skip this' in page.text


def test_only_what_can_be_joined_is_offered(client):
    group("Open room"), group("Secret", visibility=HIDDEN), group("Closed", joining=BY_INVITATION)
    page = sign_in(client, person()).get("/welcome").text
    assert "Open room" in page and "Secret" not in page and "Closed" not in page


def test_a_group_that_was_not_offered_is_not_joined(client):
    hidden = group("Secret", visibility=HIDDEN)
    someone = person()
    browser = sign_in(client, someone)
    group("Open room")
    answer = browser.submit("/welcome", {"sector": "", "groups": [hidden.slug]})
    assert answer.status_code == 422
    assert db.session.scalars(select(Membership)).all() == []
