"""Pages of groups: finding one, coming in, its members, and what its moderators and owners do."""

import pytest
from sqlalchemy import select

from hub.core.audit import AuditEntry
from hub.core.database import db
from hub.core.policy import MEMBER, MODERATOR, OWNER
from hub.groups.models import BY_INVITATION, HIDDEN, LISTED, ON_REQUEST, PART_OPEN, Group, Membership
from tests.budget import queries
from tests.client import without_tokens
from tests.factories.groups import group, member
from tests.factories.people import administrator, organisation, person, sign_in
from tests.mail import link_in, text_of, the_mail


@pytest.fixture
def enter(app):
    """A browser of somebody who is signed in."""
    return lambda someone: sign_in(app.test_client(), someone)


def role_in(of: Group, someone) -> str | None:
    return db.session.scalar(
        select(Membership.role).where(Membership.group_id == of.id, Membership.person_id == someone.id)
    )


def test_a_visitor_finds_the_groups_that_are_not_hidden(client):
    group("Records", summary="What we keep"), group("Health", visibility=LISTED)
    group("Secret", visibility=HIDDEN)
    page = client.get("/groups").text
    assert "Records" in page and "What we keep" in page and "Health" in page
    assert "Secret" not in page


def test_a_visitor_is_led_to_register_where_a_member_would_join(client):
    group(slug="records", name="Records")
    page = client.get("/groups").text
    assert "/register?next=/groups/records/join" in page
    assert 'href="/groups/records/join"' not in page


def test_my_groups_come_first(enter):
    mine, other = group("Zoology"), group("Archives")
    page = enter(member(None, mine)).get("/groups").text
    assert page.index(mine.name) < page.index(other.name)


def test_a_hidden_group_and_none_look_the_same(client, enter):
    hidden = group("Secret", visibility=HIDDEN, slug="secret")
    inside, outside = member(None, hidden), person()
    for page in ("", "/about", "/members", "/join", "/leave", "/settings", "/requests", "/invitations"):
        for browser in (client, enter(outside)):
            there = browser.get(f"/groups/secret{page}")
            nowhere = browser.get(f"/groups/nowhere{page}")
            assert there.status_code == nowhere.status_code == 404
            assert without_tokens(there.text).replace("secret", "nowhere") == without_tokens(nowhere.text)
    assert enter(inside).get("/groups/secret").status_code == 200


def test_a_group_for_members_says_what_it_is_for_and_how_to_come_in(client):
    group("Health records", visibility=LISTED, slug="health", summary="Records of patients")
    page = client.get("/groups/health").text
    assert "Records of patients" in page and "for members" in page
    assert "/register?next=/groups/health/join" in page


def test_anyone_joins_an_open_group_by_a_button(enter):
    records, someone = group("Records"), person()
    browser = enter(someone)
    assert browser.get(f"{records.path}/join").status_code == 200
    assert role_in(records, someone) is None
    assert browser.submit(f"{records.path}/join", button="Join this group").location == records.path
    assert role_in(records, someone) == MEMBER
    assert "You are a member now" in browser.get(records.path).text


def test_joining_on_request_is_asked_answered_and_told(enter):
    records = group("Records", joining=ON_REQUEST)
    facilitator, someone = member(None, records, MODERATOR), person("Rory Bell")
    browser = enter(someone)
    browser.submit(f"{records.path}/join", {"message": "I keep records."})
    assert "You have asked to join" in browser.get(records.path).text
    assert role_in(records, someone) is None

    desk = enter(facilitator)
    assert "1 person asks to join" in desk.get(records.path).text
    assert "I keep records." in desk.get(f"{records.path}/requests").text
    assert desk.get(someone.path).status_code == 200  # whoever decides may see who asks
    desk.submit(f"{records.path}/requests", button="Let in")
    assert role_in(records, someone) == MEMBER
    assert "let you in" in text_of(the_mail(someone.email))


def test_a_refusal_needs_a_reason_and_tells_it(enter):
    records = group(joining=ON_REQUEST)
    facilitator, someone = member(None, records, MODERATOR), person()
    enter(someone).submit(f"{records.path}/join", {"message": ""})
    refusal = f"{records.path}/requests/{someone.handle}/refusal"
    desk = enter(facilitator)
    assert desk.submit(refusal, {"reason": ""}).status_code == 422
    desk.submit(refusal, {"reason": "For councils only."})
    assert "For councils only." in text_of(the_mail(someone.email))
    assert role_in(records, someone) is None


def test_an_invitation_shows_a_page_and_its_button_lets_in_once(client, enter):
    hidden = group("Quiet room", visibility=HIDDEN, joining=BY_INVITATION)
    owner, someone = member(None, hidden, OWNER), person()
    enter(owner).submit(f"{hidden.path}/invitations", {"email": "guest@example.org"})
    link = link_in(the_mail("guest@example.org"), "/invitations/")
    assert "Quiet room" in client.get(link).text
    assert f"/register?next={link}" in client.get(link).text
    guest = enter(someone)
    assert guest.submit(link, button="Join this group").location == hidden.path
    assert role_in(hidden, someone) == MEMBER
    assert enter(person()).get(link).status_code == 404


def test_nobody_enters_by_a_form_that_they_were_not_shown(enter):
    closed = group(joining=BY_INVITATION)
    outsider = person()
    browser = enter(outsider)
    token = browser.get("/settings").text.split('name="csrf_token" value="')[1].split('"')[0]
    browser.post(f"{closed.path}/join", data={"csrf_token": token})
    assert role_in(closed, outsider) is None


def test_members_are_seen_by_members_only_with_their_organisations(client, enter):
    records = group()
    council = organisation("Lochside Council")
    inside = member(person("Ailsa Grant", organisation_id=council.id), records)
    member(person("Seoras Supplier", sector="supplier"), records)
    page = enter(inside).get(f"{records.path}/members").text
    assert "Ailsa Grant" in page and "Lochside Council" in page and "as they say" in page
    assert "<strong>Supplier</strong>" in page
    found = enter(inside).get(f"{records.path}/members?organisation={council.slug}").text
    assert "Ailsa Grant" in found and "Seoras" not in found
    assert "Ailsa" in enter(inside).get(f"{records.path}/members?q=grant").text
    assert client.get(f"{records.path}/members").status_code == 404
    assert enter(person()).get(f"{records.path}/members").status_code == 404


def test_a_moderator_confirms_where_somebody_works(enter):
    records, council = group(), organisation("Lochside Council")
    facilitator = member(None, records, MODERATOR)
    someone = member(person(organisation_id=council.id), records)
    page = f"{records.path}/members/{someone.handle}"
    enter(facilitator).submit(page, button="Confirm where they work")
    assert "confirmed by a moderator" in enter(facilitator).get(someone.path).text
    assert enter(someone).get(page).status_code == 404


def test_an_owner_changes_roles_and_a_moderator_does_not(enter):
    records = group()
    owner, facilitator, someone = (member(None, records, role) for role in (OWNER, MODERATOR, MEMBER))
    page = f"{records.path}/members/{someone.handle}"
    assert "Role in this group" not in enter(facilitator).get(page).text
    enter(owner).submit(page, {"role": MODERATOR})
    assert role_in(records, someone) == MODERATOR
    refused = enter(owner).submit(f"{records.path}/members/{owner.handle}", {"role": MEMBER})
    assert refused.status_code == 422 and "last owner" in refused.text
    assert role_in(records, owner) == OWNER


def test_removing_a_member_takes_a_reason(enter):
    records = group()
    facilitator, someone = member(None, records, MODERATOR), member(None, records)
    page = f"{records.path}/members/{someone.handle}"
    assert enter(facilitator).submit(page, {"reason": ""}).status_code == 422
    enter(facilitator).submit(page, {"reason": "Advertises in every answer."})
    assert role_in(records, someone) is None


def test_leaving_takes_a_button_and_the_last_owner_stays(enter):
    records = group()
    owner, someone = member(None, records, OWNER), member(None, records)
    enter(someone).submit(f"{records.path}/leave", button="Leave this group")
    assert role_in(records, someone) is None
    refused = enter(owner).submit(f"{records.path}/leave", button="Leave this group")
    assert "last owner" in refused.text
    assert role_in(records, owner) == OWNER


GROUP = {"name": "Maps & plans", "summary": "How to keep them", "visibility": PART_OPEN, "joining": "open"}


def test_an_administrator_founds_a_group_and_others_do_not(enter):
    founder = administrator()
    assert enter(person()).get("/groups/new").status_code == 404
    founded = enter(founder).submit("/groups/new", {**GROUP, "welcome": "Ask **anything**."})
    assert founded.location == "/groups/maps-plans"
    page = enter(founder).get("/groups/maps-plans").text
    assert "<strong>anything</strong>" in page


def test_an_owner_changes_settings_and_what_was_wrong_is_said(enter):
    records = group("Records", summary="Old")
    owner = member(None, records, OWNER)
    browser, page = enter(owner), f"{records.path}/settings"
    hidden = browser.submit(page, {**GROUP, "visibility": HIDDEN, "joining": "open"})
    assert hidden.status_code == 422 and "by invitation" in hidden.text and "How to keep them" in hidden.text
    assert browser.submit(page, {**GROUP, "visibility": "part_open"}).status_code == 303
    assert "How to keep them" in browser.get(records.path).text
    assert db.session.scalar(select(AuditEntry.details)) == {"before": "public", "after": "part_open"}


def test_a_group_with_too_few_facilitators_says_that_it_seeks_one(client):
    records = group()
    member(None, records, OWNER)
    assert "seeks another" in client.get(f"{records.path}/about").text
    member(None, records, MODERATOR)
    assert "seeks another" not in client.get(f"{records.path}/about").text


@pytest.mark.parametrize(("page", "budget"), [("/groups", 5), ("{}", 10), ("{}/about", 7), ("{}/members", 6)])
def test_a_long_list_costs_as_many_queries_as_a_short_one(app, enter, page, budget):
    records = group("Records")
    council = organisation("Council")
    reader = member(None, records)
    counts = []
    for more in (3, 27):
        for number in range(more):
            group(f"Group {more} {number}")
            member(person(organisation_id=council.id), records)
        browser = enter(reader)
        with queries() as sent:
            assert browser.get(page.format(records.path)).status_code == 200
        counts.append(sent.count)
    assert counts[0] == counts[1], sent
    assert sent.count <= budget, sent


def test_pages_of_a_long_list_follow_on_each_other(enter):
    for number in range(65):
        group(f"Group {number:02}")
    browser, seen, path = enter(person()), [], "/groups"
    while path:
        page = browser.get(path).text
        seen += [name for number in range(65) if (name := f"Group {number:02}") + "</a>" in page]
        older = (
            page.split('rel="next"')[0].rpartition('href="')[2].split('"')[0] if 'rel="next"' in page else ""
        )
        path = older
    assert seen == [f"Group {number:02}" for number in range(65)]
