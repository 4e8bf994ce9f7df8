"""Signing in and out, and a new password for whoever lost theirs."""

from datetime import timedelta

import pytest

from hub.accounts.sign_in import local_path
from hub.core import clock
from hub.core.database import db, unit_of_work
from hub.core.site import Site
from tests.budget import queries
from tests.factories.people import PASSWORD, person, sign_in
from tests.mail import link_in, sent_mail, the_mail


@pytest.fixture
def ailsa(app):
    return person("Ailsa Grant", email="ailsa@example.org", password=PASSWORD)


def enter(client, password=PASSWORD, email="ailsa@example.org", **more):
    return client.submit("/sign-in", {"email": email, "password": password, **more})


def test_address_and_password_sign_in(client, ailsa):
    assert enter(client, email=" AILSA@example.org ").location == "/"
    assert "Ailsa Grant" in client.get("/settings").text


@pytest.mark.parametrize(
    ("email", "password"), [("ailsa@example.org", "wrong"), ("nobody@example.org", PASSWORD)]
)
def test_nobody_is_told_whether_address_or_password_was_wrong(client, ailsa, email, password):
    answer = enter(client, password, email)
    assert answer.status_code == 422
    assert "Nobody is told which" in answer.text
    assert client.get("/settings").status_code == 404


def test_an_unconfirmed_account_gets_its_link_again_and_only_for_its_password(client, app):
    person(email="new@example.org", password=PASSWORD, confirmed_at=None)
    assert enter(client, "wrong", "new@example.org").status_code == 422
    assert sent_mail() == []
    answer = enter(client, email="new@example.org")
    assert "not confirmed yet" in client.get(answer.location).text
    assert link_in(the_mail("new@example.org"), "/confirm/")


def test_a_closed_account_is_out_everywhere(client, ailsa):
    enter(client)
    with unit_of_work():
        db.session.merge(ailsa).active = False
    assert client.get("/settings").status_code == 404
    assert enter(client).status_code == 422


def test_one_is_led_on_to_where_one_wanted_to_go(client, ailsa):
    page = client.get("/sign-in?next=/groups/records?a=b")
    assert page.status_code == 200
    answer = client.submit(
        "/sign-in?next=/groups/records", {"email": "ailsa@example.org", "password": PASSWORD}
    )
    assert answer.location == "/groups/records"


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "/\t/evil.example",
        "evil",
        "",
        None,
        "javascript:alert(1)",
        "/\n/evil.example",
    ],
)
def test_one_is_never_led_off_the_hub(elsewhere):
    assert local_path(elsewhere) == ""


def test_local_addresses_are_kept_whole():
    assert (
        local_path("/groups/records/questions/3?page=2#post-4") == "/groups/records/questions/3?page=2#post-4"
    )


def test_signing_out_takes_a_button(client, ailsa):
    enter(client)
    assert client.get("/sign-out").status_code == 405
    assert client.submit("/settings", button="Sign out").location == "/signed-out"
    assert client.get("/settings").status_code == 404


def test_guessing_is_slowed_down(client, ailsa):
    answers = [enter(client, "wrong").status_code for _ in range(11)]
    assert answers == [422] * 10 + [429]


def test_a_lost_password_is_replaced_by_a_link_and_a_form(client, app, ailsa):
    elsewhere = sign_in(app.test_client(), ailsa)
    assert client.submit("/recover", {"email": "ailsa@example.org"}).location == "/recover/sent"
    link = link_in(the_mail("ailsa@example.org"), "/recover/")
    assert client.head(link).status_code == client.get(link).status_code == 200
    assert client.submit(link, {"password": "short"}).status_code == 422
    assert client.submit(link, {"password": "three wet otters"}).location == "/"
    assert "Ailsa Grant" in client.get("/settings").text
    assert elsewhere.get("/settings").status_code == 404  # other sessions have ended
    assert app.test_client().get(link).status_code == 404  # the link worked once
    assert enter(app.test_client(), "three wet otters").location == "/"
    assert enter(app.test_client()).status_code == 422
    assert "Your password was changed" in the_mail("ailsa@example.org")["Subject"]


def test_a_recovery_link_is_soon_too_old(client, ailsa, time_machine):
    client.submit("/recover", {"email": "ailsa@example.org"})
    link = link_in(the_mail("ailsa@example.org"), "/recover/")
    time_machine.move_to(clock.now() + timedelta(seconds=3601))
    assert client.get(link).status_code == 404


def test_asking_for_a_link_tells_nothing_about_accounts(client, app, ailsa):
    """The same answer, by the same statements: who has the address is looked up later, by the worker."""
    seen = []
    for email in ("ailsa@example.org", "nobody@example.org"):
        with queries() as sent:
            answer = app.test_client().submit("/recover", {"email": email})
        seen.append((answer.status_code, answer.location, sent.statements))
    assert seen[0] == seen[1]
    assert [message["To"] for _token, message in sent_mail()] == ["ailsa@example.org"]


def test_a_hub_of_samples_shows_whom_one_can_try_it_as(client):
    texts = {
        "sample_sign_ins": [{"who": "A member", "email": "m@example.org", "password": "try it out here"}]
    }
    for is_sample in (True, False):
        with unit_of_work():
            db.session.query(Site).delete()
            db.session.add(Site(name="Hub", tagline="", texts=texts, is_sample=is_sample))
        assert ("try it out here" in client.get("/sign-in").text) is is_sample


def test_signing_in_stays_within_its_budget(client, ailsa):
    with queries() as sent:
        enter(client)
    assert sent.count <= 4, sent
