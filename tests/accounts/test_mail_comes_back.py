"""Somebody whose mail comes back learns of it on every page, as long as it does, and can mend it."""

from sqlalchemy import select

from hub.core.addressees import HARD, SOFT, Failure, MailAddress, note_failure, works
from hub.core.database import db, unit_of_work
from tests.budget import queries
from tests.factories.content import form_on
from tests.factories.people import PASSWORD, person

NOTICE = "Mail to you comes back"


def somebody():
    return person(password=PASSWORD)


def sign_in(client, someone) -> None:
    client.submit("/sign-in", {"email": someone.email, "password": PASSWORD})


def comes_back(address: str, kind: str = HARD) -> None:
    with unit_of_work():
        note_failure(address, Failure(kind, "550 5.1.1 unknown"))


def known() -> list[MailAddress]:
    db.session.rollback()
    return list(db.session.scalars(select(MailAddress)))


def test_it_is_said_on_every_page_after_signing_in(app, client):
    ann = somebody()
    comes_back(ann.email)
    sign_in(client, ann)
    for path in ("/", "/questions"):
        page = client.get(path).text
        assert NOTICE in page
        assert ann.email in page


def test_whoever_was_signed_in_before_it_came_back_is_told_until_it_works(app, client):
    ann = somebody()
    sign_in(client, ann)
    assert NOTICE not in client.get("/questions").text
    comes_back(ann.email.upper())
    assert NOTICE in client.get("/questions").text
    with unit_of_work():
        works(ann.email)
    assert NOTICE not in client.get("/questions").text


def test_knowing_it_costs_no_query(app, client):
    def cost() -> int:
        with queries() as spent:
            assert client.get("/questions").status_code == 200
        return spent.count

    ann = somebody()
    sign_in(client, ann)
    client.get("/questions")
    before = cost()
    comes_back(ann.email)
    assert cost() == before


def test_nobody_else_is_told(app, client):
    comes_back(person().email)
    assert NOTICE not in client.get("/").text
    sign_in(client, somebody())
    assert NOTICE not in client.get("/").text


def test_a_failure_that_may_pass_is_not_said(app, client):
    ann = somebody()
    comes_back(ann.email, SOFT)
    sign_in(client, ann)
    assert NOTICE not in client.get("/").text


def test_an_address_that_works_is_tried_again_with_one_button(app, client):
    ann = somebody()
    comes_back(ann.email)
    sign_in(client, ann)
    action = "/me/email/another-try"
    client.post(action, data=form_on(client.get("/questions"), action))
    assert known() == []
    assert NOTICE not in client.get("/questions").text
