"""Addresses with which something is wrong: what stops, for how long, and what begins again."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from hub.core import clock, mail, mail_sending
from hub.core.addressees import (
    HARD,
    NEITHER,
    SOFT,
    Failure,
    MailAddress,
    closed_to_lists,
    judged,
    note_complaint,
    note_failure,
    wants_mail_again,
    works,
)
from hub.core.addressing import signed_token
from hub.core.carrying import drain
from hub.core.database import db, unit_of_work
from hub.core.delivery import Smtp
from hub.core.mail import Email, Mail, composer, post_mail, when_not_sent
from hub.core.mail_days import COUNTED, MailDay
from tests.budget import queries
from tests.conftest import DATABASES
from tests.inbox.messages import settings_with
from tests.smtp import mail_server

both = pytest.mark.parametrize("app", DATABASES, indirect=True)
READER = "Reader@example.org"
_not_sent: list[str] = []


@composer("test.list", to_many=True)
@composer("test")
def _compose(_row: Mail) -> Email:
    return Email(subject="News", text="Hello.\n")


@when_not_sent("test.list")
def _follow(row: Mail) -> None:
    _not_sent.append(row.state)


@pytest.fixture
def server(app, monkeypatch):
    _not_sent.clear()
    with mail_server() as server:
        monkeypatch.setattr(mail_sending, "delivery", lambda _app: Smtp(server.url))
        yield server


def send(key: str, purpose: str = "test.list", to: str = READER) -> Mail:
    with unit_of_work():
        post_mail(purpose, to, key=key)
    drain()
    db.session.rollback()
    return db.session.scalars(select(Mail).where(Mail.key == key)).one()


def fail(kind: str) -> None:
    with unit_of_work():
        note_failure(READER, Failure(kind, "552 5.2.2 full" if kind == SOFT else "550 5.1.1 unknown"))


def row() -> MailAddress | None:
    db.session.rollback()
    return db.session.scalars(select(MailAddress)).one_or_none()


def counted() -> dict[str, int]:
    db.session.rollback()
    days = db.session.scalars(select(MailDay)).all()
    numbers = {name: sum(getattr(day, name) for day in days) for name in COUNTED}
    return {name: number for name, number in numbers.items() if number}


# There is no such mailbox


@both
def test_a_refusal_of_the_address_stops_all_later_mail_with_that_reason(app, server):
    server.answers["RCPT"] = "550 5.1.1 no such user here"
    assert send("one").state == "failed"
    server.answers.clear()
    later = send("two", purpose="test")
    assert later.state == "failed"
    assert "no such user here" in later.problem
    assert "Not sent" in later.problem
    assert server.taken == []
    assert counted() == {"refused": 1}


@both
def test_whoever_sends_to_many_can_ask_before_anything_is_written_down(app):
    addresses = ["Gone@example.org", "angry@example.org", "full@example.org", "well@example.org"]
    with unit_of_work():
        note_failure("gone@example.org", Failure(HARD, "550 5.1.1 unknown"))
        note_complaint("angry@example.org")
        note_failure("full@example.org", Failure(SOFT, "552 5.2.2 full"))
    with queries() as spent:
        assert closed_to_lists(addresses) == {"gone@example.org", "angry@example.org"}
        assert closed_to_lists([]) == set()
    assert spent.count == 1


def test_what_was_not_sent_for_that_reason_is_settled_as_any_failure(app, server):
    fail(HARD)
    send("one")
    assert _not_sent == ["failed"]


def test_what_somebody_asked_for_at_that_address_is_sent_all_the_same(app, server, monkeypatch):
    monkeypatch.setitem(mail._composers, "account.recover", _compose)
    fail(HARD)
    assert send("one", purpose="account.recover").state == "sent"


def test_an_address_that_works_again_gets_everything_again(app, server):
    fail(HARD)
    with unit_of_work():
        works(READER.lower())
    assert send("one").state == "sent"
    assert row() is None


@pytest.mark.parametrize(
    "answer", ["550 5.7.1 we do not like your server", "450 4.2.1 try later", "552 5.2.2 mailbox full"]
)
def test_other_refusals_do_not_stop_what_comes_next(app, server, answer):
    server.answers["RCPT"] = answer
    send("one")
    server.answers.clear()
    assert send("two").state == "sent"


def test_a_text_that_is_refused_says_nothing_of_the_address(app, server):
    server.answers["end"] = "550 5.1.1 said much too late"
    send("one")
    assert row() is None


# It fails for a while


@both
def test_failures_over_days_stop_mail_and_after_a_pause_it_is_tried_again(app, server):
    begun = clock.now()
    for day in (0, 2, 4, 6):
        with clock.at(begun + timedelta(days=day)):
            fail(SOFT)
            fail(SOFT)  # counts once a day
    with clock.at(begun + timedelta(days=6, hours=1)):
        assert send("not yet").state == "sent"
    with clock.at(begun + timedelta(days=8)):
        fail(SOFT)
        assert send("stopped").state == "failed"
    with clock.at(begun + timedelta(days=23)):
        assert send("tried again").state == "sent"
        fail(SOFT)
        assert send("stopped again").state == "failed"


def test_five_failures_in_one_week_end_stop_nothing(app, server):
    begun = clock.now()
    for hour in range(0, 100, 20):
        with clock.at(begun + timedelta(hours=hour)):
            fail(SOFT)
    with clock.at(begun + timedelta(hours=101)):
        assert send("one").state == "sent"


def test_what_arrives_clears_what_failed_before(app, server):
    begun = clock.now()
    for day in (0, 2, 4):
        with clock.at(begun + timedelta(days=day)):
            fail(SOFT)
    with clock.at(begun + timedelta(days=5)):
        send("taken, and it may come back yet")
        assert row() is not None
    with clock.at(begun + timedelta(days=12)):
        send("nothing came back")
        assert row() is None


def test_mail_that_is_taken_each_time_and_comes_back_days_later_arrives_never(app, server):
    begun = clock.now()
    for week in range(6):
        with clock.at(begun + timedelta(days=7 * week)):
            state = send(f"week {week}").state
        with clock.at(begun + timedelta(days=7 * week + 5)):
            fail(SOFT)
    assert state == "failed"


# Somebody calls it unwanted


@both
def test_a_complaint_stops_what_goes_to_many_until_it_is_chosen_again(app, server):
    with unit_of_work():
        note_complaint(READER)
    assert send("list").state == "failed"
    assert send("asked", purpose="test").state == "sent"
    with unit_of_work():
        wants_mail_again(READER)
    assert send("again").state == "sent"


# Counting


@both
def test_how_mail_goes_is_counted_by_day_and_provider(app, server):
    for number in range(3):
        send(f"a{number}", to=f"{number}@Example.org")
    send("b", to="someone@example.com")
    with clock.at(clock.now() + timedelta(days=1)):
        send("c", to="someone@example.com")
    db.session.rollback()
    days = db.session.execute(select(MailDay.domain, MailDay.delivered).order_by(MailDay.day, MailDay.domain))
    assert [tuple(day) for day in days] == [("example.com", 1), ("example.org", 3), ("example.com", 1)]


def test_refusals_for_now_are_counted_each_time(app, server):
    server.answers["RCPT"] = "451 4.3.0 try later"
    send("one")
    with clock.at(clock.now() + timedelta(hours=1)):
        drain()
    assert counted() == {"deferred": 2}


# What answers mean


@pytest.mark.parametrize(
    ("said", "status", "kind"),
    [
        ("550 5.1.1 <a@b> User unknown", "", HARD),
        ("550-5.1.1 The account does not exist", "5.0.0", HARD),
        ("smtp; 550 No such user", "5.0.0", HARD),
        ("", "5.1.10", HARD),
        ("550 5.4.1 Recipient address rejected: Access denied", "", HARD),
        ("550 5.2.1 mailbox disabled", "", HARD),
        ("552 5.2.2 over quota", "", SOFT),
        ("552 mailbox full", "", SOFT),
        ("554 transaction failed", "", SOFT),
        ("550 4.4.7 expired", "4.4.7", SOFT),
        ("550 5.7.26 unauthenticated", "", NEITHER),
        ("550 5.7.1 spam", "5.0.0", NEITHER),
        ("552 5.3.4 too large", "", NEITHER),
        ("550 5.1.8 sender rejected", "", NEITHER),
        ("", "", SOFT),
    ],
)
def test_what_a_mail_server_says_is_told_apart(said, status, kind):
    assert judged(said, status).kind == kind


# Where it comes back


def test_each_message_has_a_return_path_of_its_own_where_mail_comes_in(app, server):
    with settings_with(app, mail_in_address="hub+*@hub.example.org"):
        sent = send("one")
        ((sender, _recipient),) = server.envelopes
        assert signed_token("bounce", sender) == sent.token
    assert server.messages()[0]["From"].addresses[0].addr_spec == "hub@localhost"


def test_without_incoming_mail_it_comes_back_to_the_hubs_own_address(app, server):
    send("one")
    assert server.envelopes[0][0] == "<hub@localhost>"
