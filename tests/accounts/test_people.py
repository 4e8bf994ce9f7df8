"""What people say about themselves, who finds them, and the mail of a hub without a mail server."""

import pytest

from hub.accounts import actions
from hub.core.database import db, unit_of_work
from hub.core.policy import ANYBODY
from tests.budget import queries
from tests.client import without_tokens
from tests.factories.groups import group, member
from tests.factories.people import PASSWORD, administrator, organisation, person, sign_in
from tests.mail import link_in, sent_mail, the_mail


@pytest.fixture
def ailsa(app):
    return person("Ailsa Grant", handle="ailsa", email="ailsa@lochside.example.org", password=PASSWORD)


def profile(client, **fields):
    return client.submit("/me/profile", {"name": "Ailsa Grant", "handle": "ailsa", **fields})


def test_a_profile_is_changed_and_shown(client, ailsa):
    sign_in(client, ailsa)
    answer = profile(client, profession="archives", organisation="Lochside Council", about="Deeds & plans.")
    assert answer.location == "/people/ailsa"
    page = client.get("/people/ailsa").text
    assert "Deeds &amp; plans." in page and "archives" in page
    assert "Lochside Council (as they say)" in page
    assert ailsa.email not in page


@pytest.mark.parametrize(
    ("email", "confirmed"),
    [
        ("a@lochside.example.org", "address"),
        ("a@housing.lochside.example.org", "address"),
        ("a@notlochside.example.org", "said"),
        ("a@lochside.example.org.evil.example", "said"),
    ],
)
def test_an_organisation_is_confirmed_by_the_address(client, email, confirmed):
    organisation("Lochside Council", mail_domain="lochside.example.org")
    someone = person(email=email, handle="ailsa")
    sign_in(client, someone)
    profile(client, organisation="LOCHSIDE  council")
    db.session.refresh(someone)
    assert (someone.organisation.name, someone.organisation_confirmed) == ("Lochside Council", confirmed)


def test_changing_the_organisation_loses_a_moderators_confirmation(client, ailsa):
    sign_in(client, ailsa)
    profile(client, organisation="Lochside Council")
    with unit_of_work():
        actions.confirm_organisation(ANYBODY, db.session.merge(ailsa))
    profile(client, organisation="Lochside Council", about="Still there")
    db.session.refresh(ailsa)
    assert ailsa.organisation_confirmed == "moderator"
    profile(client, organisation="Glen Archive")
    db.session.refresh(ailsa)
    assert ailsa.organisation_confirmed == "said"


@pytest.mark.parametrize("handle", ["rory", "a b", "-ailsa", "admin", "x" * 41, "ailsa.grant"])
def test_a_handle_that_cannot_be_is_refused_beside_its_field(client, ailsa, handle):
    person(handle="rory")
    sign_in(client, ailsa)
    answer = profile(client, handle=handle, about="Typed with care")
    assert answer.status_code == 422
    assert "Typed with care" in answer.text
    db.session.refresh(ailsa)
    assert ailsa.handle == "ailsa"


def test_a_handle_that_was_given_up_leads_on_and_is_nobody_elses(client, app, ailsa):
    sign_in(client, ailsa)
    profile(client, handle="ailsa-grant")
    assert client.get("/people/ailsa").location == "/people/ailsa-grant"
    other = sign_in(app.test_client(), person("Ailsa", handle="other"))
    taken = other.submit("/me/profile", {"name": "Ailsa", "handle": "ailsa"})
    assert taken.status_code == 422
    assert profile(client, handle="ailsa").location == "/people/ailsa"  # it is hers to take back
    assert client.get("/people/ailsa-grant").location == "/people/ailsa"


def test_times_are_shown_in_the_readers_zone(client, ailsa, app):
    from datetime import UTC, datetime

    with unit_of_work():
        db.session.merge(ailsa).created_at = datetime(2026, 7, 1, 23, 30, tzinfo=UTC)
    sign_in(client, ailsa)
    assert "2 July 2026" in client.get("/people/ailsa").text  # Europe/London: already the next day
    profile(client, time_zone="America/New_York")
    assert "1 July 2026" in client.get("/people/ailsa").text


def test_the_directory_is_for_who_is_signed_in_and_shows_whom_they_meet(client, app, ailsa):
    public, hidden = group(), group(visibility="hidden")
    rory = member(person("Rory Bell", sector="health"), public)
    member(person("Secret Agent"), hidden)
    assert client.get("/people").status_code == 404
    sign_in(client, ailsa)
    page = client.get("/people").text
    assert "Rory Bell" in page and "Secret Agent" not in page
    assert client.get(rory.path).status_code == 200
    assert "Rory Bell" in client.get("/people?q=bell").text
    assert "Rory Bell" not in client.get("/people?q=ory").text  # beginnings only
    assert "Rory Bell" in client.get("/people?sector=health").text
    assert "Rory Bell" not in client.get("/people?sector=university").text


@pytest.mark.parametrize("query", ["%25", "_", "\\", "%00", "&after=nonsense", "'", "@"])
def test_odd_searches_find_nobody_and_break_nothing(client, ailsa, query):
    sign_in(client, ailsa)
    member(person("Rory Bell"), group())
    assert client.get(f"/people?q={query}").status_code == 200


def test_somebody_who_is_met_nowhere_does_not_exist(client, ailsa):
    hidden = member(person(handle="agent"), group(visibility="hidden"))
    sign_in(client, ailsa)
    there, nowhere = client.get(hidden.path), client.get("/people/nobody")
    assert there.status_code == nowhere.status_code == 404
    assert without_tokens(there.text).replace("agent", "nobody") == without_tokens(nowhere.text)


def test_the_directory_costs_the_same_for_three_and_thirty(client, ailsa):
    council, records = organisation("Council"), group()
    counts = []
    sign_in(client, ailsa)
    for more in (3, 27):
        for _ in range(more):
            member(person(organisation_id=council.id), records)
        with queries() as sent:
            client.get("/people")
        counts.append(sent.count)
    assert counts[0] == counts[1] <= 5, sent


def test_a_password_is_changed_by_whoever_knows_it(client, app, ailsa):
    sign_in(client, ailsa)
    other = sign_in(app.test_client(), ailsa)
    wrong = client.submit("/me/password", {"current_password": "no", "password": "three wet otters"})
    assert wrong.status_code == 422 and "not your password" in wrong.text
    done = client.submit("/me/password", {"current_password": PASSWORD, "password": "three wet otters"})
    assert done.location == "/settings"
    assert client.get("/settings").status_code == 200
    assert other.get("/settings").status_code == 404


def test_a_new_address_counts_when_its_owner_has_confirmed_it(client, app, ailsa):
    sign_in(client, ailsa)
    client.submit("/me/email", {"email": "new@example.org", "current_password": PASSWORD})
    link = link_in(the_mail("new@example.org"), "/me/email/")
    client.get(link)
    db.session.refresh(ailsa)
    assert ailsa.email == "ailsa@lochside.example.org"
    # Somebody else who got the mail, because of a slip in the address, gains nothing.
    assert app.test_client().get(link).location.startswith("/sign-in?next=")
    assert sign_in(app.test_client(), person()).get(link).status_code == 404
    client.submit(link, button="Use this address")
    db.session.refresh(ailsa)
    assert ailsa.email == "new@example.org"
    assert "address was changed" in the_mail("ailsa@lochside.example.org")["Subject"]


def test_an_address_that_is_taken_is_answered_the_same_and_gets_no_mail(client, ailsa):
    person(email="taken@example.org")
    sign_in(client, ailsa)
    answer = client.submit("/me/email", {"email": "taken@example.org", "current_password": PASSWORD})
    assert answer.location == "/settings"
    assert "taken@example.org" in client.get("/settings").text
    assert sent_mail() == []


def test_an_administrator_reads_the_mail_that_is_kept(client, app):
    from hub.core.carrying import drain

    app.test_client().submit("/recover", {"email": person(email="a@example.org").email})
    drain()
    assert client.get("/admin/mail").status_code == 404
    assert sign_in(app.test_client(), person()).get("/admin/mail").status_code == 404
    browser = sign_in(client, administrator())
    listed = browser.get("/admin/mail").text
    assert "Choose a new password" in listed and "a@example.org" in listed
    path = listed.split('href="/admin/mail/')[1].split('"')[0]
    page = browser.get(f"/admin/mail/{path}")
    assert '<a href="http://localhost/recover/' in page.text
    assert page.headers["Cache-Control"] == "no-store"
    formatted = browser.get(f"/admin/mail/{path}/html")
    policy = formatted.headers["Content-Security-Policy"]
    assert "sandbox" in policy and "script-src" not in policy and "default-src 'none'" in policy
    assert "style=" in formatted.text and "<script" not in formatted.text
    assert browser.get("/admin/mail/nonsense").status_code == 404
    sent_mail()


def test_made_up_mail_addresses_lead_nowhere(client):
    browser = sign_in(client, administrator())
    for token in ("..%2f..%2fkeys%2fsecret_key", ".hidden", "a.eml"):
        assert browser.get(f"/admin/mail/{token}").status_code == 404


def test_naming_a_domain_confirms_those_who_have_said_so(client, app):
    council = organisation("Lochside Council")
    theirs = person(email="a@lochside.example.org", organisation_id=council.id)
    other = person(email="a@elsewhere.example.org", organisation_id=council.id)
    page = f"/admin/organisations/{council.slug}"
    assert sign_in(app.test_client(), person()).get(page).status_code == 404
    browser = sign_in(client, administrator())
    assert "Lochside Council" in browser.get("/admin/organisations").text
    assert browser.submit(page, {"mail_domain": "not a domain"}).status_code == 422
    answer = browser.submit(page, {"mail_domain": "@Lochside.example.org", "sector": "local_government"})
    assert answer.location == "/admin/organisations"
    assert "what confirms 1 person" in browser.get("/admin/organisations").text
    assert (theirs.organisation_confirmed, other.organisation_confirmed) == ("address", "said")


def test_an_organisation_that_only_hidden_people_named_is_not_offered(client, ailsa):
    member(person(organisation_id=organisation("Canary Wharf").id), group(visibility="hidden"))
    member(person(organisation_id=organisation("Glen Archive").id), group())
    organisation("Known Council", mail_domain="known.example.org")
    page = sign_in(client, ailsa).get("/me/profile").text
    assert "Glen Archive" in page and "Known Council" in page and "Canary Wharf" not in page


def test_two_organisations_never_have_one_name(client):
    organisation("Lochside Council")
    other = organisation("Lochside Counsil")
    browser = sign_in(client, administrator())
    answer = browser.submit(f"/admin/organisations/{other.slug}", {"name": "lochside council"})
    assert answer.status_code == 422 and "already" in answer.text
