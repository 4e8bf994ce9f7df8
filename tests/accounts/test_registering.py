"""Registering: by anybody, confirmed by mail, telling nobody who has an account."""

from datetime import timedelta

import pytest
from lxml import html
from sqlalchemy import select

from hub.accounts.actions import set_active
from hub.accounts.models import Person
from hub.accounts.rules import CONFIRM_WITHIN, UNCONFIRMED_KEPT
from hub.core import clock
from hub.core.carrying import drain
from hub.core.database import db, unit_of_work
from hub.core.jobs import enqueue_due
from tests.budget import queries
from tests.conftest import DATABASES
from tests.factories.people import person, sign_in
from tests.mail import link_in, sent_mail, text_of, the_mail

PASSWORD = "three wet otters"
AILSA = {"name": "Ailsa Grant", "email": "Ailsa@Council.example.org", "password": PASSWORD}


def find(email: str) -> Person | None:
    return db.session.scalar(select(Person).where(Person.email == email))


@pytest.mark.parametrize("app", DATABASES, indirect=True)
def test_whoever_registers_confirms_by_a_link_and_a_button_and_is_signed_in(app, client):
    sent = client.submit("/register", AILSA)
    assert sent.status_code == 303
    assert "Look in your mail" in client.get(sent.location).text
    assert find("ailsa@council.example.org").confirmed_at is None

    link = link_in(the_mail("ailsa@council.example.org"), "/confirm/")
    confirmed = client.submit(link, button="Confirm and sign in")
    assert confirmed.location == "/welcome"
    assert find("ailsa@council.example.org").confirmed_at is not None
    assert "Ailsa Grant" in client.get("/settings").text


def test_looking_at_the_link_changes_nothing(client):
    client.submit("/register", AILSA)
    link = link_in(the_mail("ailsa@council.example.org"), "/confirm/")
    for _ in range(2):  # mail scanners open links, more than once
        assert client.head(link).status_code == 200
        assert client.get(link).status_code == 200
    assert find("ailsa@council.example.org").confirmed_at is None
    assert client.get("/settings").status_code == 404


def test_the_link_works_once_and_not_for_ever(client, app, time_machine):
    client.submit("/register", AILSA)
    link = link_in(the_mail("ailsa@council.example.org"), "/confirm/")
    sent_at = clock.now()
    time_machine.move_to(sent_at + timedelta(days=8))
    assert client.get(link).status_code == 404
    time_machine.move_to(sent_at)
    client.submit(link, button="Confirm and sign in")
    again = app.test_client().get(link)
    assert again.status_code == 404
    assert "This link no longer works" in again.text


def test_a_link_that_was_changed_opens_nothing(client):
    client.submit("/register", AILSA)
    link = link_in(the_mail("ailsa@council.example.org"), "/confirm/")
    assert client.get(link[:-3] + "abc").status_code == 404
    assert client.get(link.replace("/confirm/", "/recover/")).status_code == 404  # bound to its purpose


def test_the_answer_is_the_same_whether_the_address_is_known(client, app):
    known = person(email="known@example.org")
    answers = [
        app.test_client().submit("/register", {**AILSA, "email": email})
        for email in ("new@example.org", "known@example.org")
    ]
    assert [answer.location for answer in answers] == ["/register/sent", "/register/sent"]
    assert answers[0].data == answers[1].data
    mail = {message["To"]: text_of(message) for _token, message in sent_mail()}
    assert "/confirm/" in mail["new@example.org"]
    assert "/confirm/" not in mail["known@example.org"]
    assert "has an account" in mail["known@example.org"]
    db.session.refresh(known)
    assert known.name != "Ailsa Grant"


def test_the_newest_registration_of_an_address_counts(client, app):
    """So that nobody can register an address first, with a password of theirs, and wait."""
    client.submit("/register", {**AILSA, "name": "Thief", "password": "a thief waits here"})
    old = link_in(the_mail("ailsa@council.example.org"), "/confirm/")
    app.test_client().submit("/register", AILSA)
    new = link_in(the_mail("ailsa@council.example.org"), "/confirm/")
    assert client.get(old).status_code == 404
    client.submit(new, button="Confirm and sign in")
    thief = app.test_client().submit("/sign-in", {"email": AILSA["email"], "password": "a thief waits here"})
    assert thief.status_code == 422
    assert find("ailsa@council.example.org").name == "Ailsa Grant"


def test_the_same_form_sent_twice_registers_once(client):
    page = client.get("/register").text
    form = html.fromstring(page).forms[-1]
    values = {**dict(form.form_values()), **AILSA}
    assert client.post("/register", data=values).status_code == 303
    assert client.post("/register", data=values).status_code == 303
    assert len(sent_mail()) == 1


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("email", "ailsa at council", "not a whole e-mail address"),
        ("name", "", "Give the name"),
        ("password", "short", "at least 12 characters"),
        ("password", "Password1234!", "first that anybody would try"),
        ("password", "ailsa.grant.2024", "besides your name"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_what_was_typed_is_kept(client, field, value, words):
    answer = client.submit("/register", {**AILSA, field: value})
    assert answer.status_code == 422
    assert words in answer.text
    assert PASSWORD not in answer.text  # a password is never sent back
    if field != "name":
        assert 'value="Ailsa Grant"' in answer.text


def test_handles_are_made_of_names_and_are_everybodys_own(client, app):
    for number in range(2):
        app.test_client().submit("/register", {**AILSA, "email": f"ailsa{number}@example.org"})
    handles = set(db.session.scalars(select(Person.handle)))
    assert handles == {"ailsa-grant", "ailsa-grant-2"}


def test_somebody_may_register_only_so_often(client):
    answers = [client.submit("/register", AILSA).status_code for _ in range(6)]
    assert answers == [303] * 5 + [429]


def test_whoever_came_for_a_page_is_led_on_to_it(client):
    client.submit("/register?next=/groups/records", AILSA)
    link = link_in(the_mail("ailsa@council.example.org"), "/confirm/")
    confirmed = client.submit(link, button="Confirm and sign in")
    assert confirmed.location == "/welcome?next=%2Fgroups%2Frecords"


def test_the_page_says_that_mail_is_kept_in_a_hub_without_a_mail_server(client):
    assert "administrator of this hub can read it" in client.get("/register").text


def test_whoever_is_signed_in_needs_no_account(client):
    sign_in(client, person())
    assert client.get("/register").status_code == 303


def test_registering_stays_within_its_budget(client):
    with queries() as sent:
        client.get("/register")
    assert sent.count <= 2, sent


def keep_house() -> None:
    """What the worker does once a day."""
    enqueue_due()
    drain()
    db.session.rollback()


@pytest.mark.parametrize("app", DATABASES, indirect=True)
class TestRegistrationsThatNobodyConfirms:
    LATER = UNCONFIRMED_KEPT + timedelta(hours=1)

    def test_are_forgotten_and_the_person_may_register_again(self, app, client, time_machine):
        client.submit("/register", AILSA)
        old = link_in(the_mail("ailsa@council.example.org"), "/confirm/")
        time_machine.move_to(clock.now() + self.LATER)
        keep_house()
        assert find("ailsa@council.example.org") is None
        assert app.test_client().get(old).status_code == 404
        client.submit("/register", AILSA)
        assert find("ailsa@council.example.org").handle == "ailsa-grant"
        new = link_in(the_mail("ailsa@council.example.org"), "/confirm/")
        assert client.submit(new, button="Confirm and sign in").location == "/welcome"

    def test_are_kept_as_long_as_a_link_may_work(self, client, time_machine):
        client.submit("/register", AILSA)
        time_machine.move_to(clock.now() + UNCONFIRMED_KEPT - timedelta(hours=1))
        keep_house()
        assert find("ailsa@council.example.org") is not None
        assert UNCONFIRMED_KEPT > CONFIRM_WITHIN

    @pytest.mark.parametrize("asking", ["/register", "/sign-in"])
    def test_count_from_the_last_link_that_was_asked_for(self, client, time_machine, asking):
        client.submit("/register", AILSA)
        sent_mail()
        time_machine.move_to(clock.now() + UNCONFIRMED_KEPT - timedelta(hours=1))
        fields = {name: AILSA[name] for name in AILSA if asking == "/register" or name != "name"}
        client.submit(asking, fields)
        time_machine.move_to(clock.now() + timedelta(hours=2))
        keep_house()
        link = link_in(the_mail("ailsa@council.example.org"), "/confirm/")
        assert client.submit(link, button="Confirm and sign in").location.startswith("/welcome")

    def test_are_all_that_is_forgotten(self, client, time_machine):
        client.submit("/register", AILSA)
        link = link_in(the_mail("ailsa@council.example.org"), "/confirm/")
        client.submit(link, button="Confirm and sign in")
        closed = person(email="closed@example.org", confirmed_at=None)
        with unit_of_work():
            set_active(db.session.get_one(Person, closed.id), False)
        time_machine.move_to(clock.now() + self.LATER)
        keep_house()
        db.session.rollback()
        assert find("ailsa@council.example.org") is not None
        assert find("closed@example.org") is not None  # or whoever was shut out could come back


def test_it_is_said_before_one_registers_and_on_the_privacy_page(client):
    said = f"deleted after {UNCONFIRMED_KEPT.days} days"
    for page in ("/register", "/about/privacy"):
        assert said in client.get(page).text, page
