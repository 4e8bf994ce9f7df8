"""Mail to many is spread out, leaves providers alone that ask for patience, and makes nobody wait for a link;
its bytes are kept for two weeks."""

import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from hub.core import clock, mail, mail_sending
from hub.core.carrying import drain
from hub.core.database import db, unit_of_work
from hub.core.delivery import Smtp
from hub.core.jobs import Job
from hub.core.mail import Email, Mail, composer, post_mail
from hub.core.pacing import MailPace
from tests.conftest import DATABASES
from tests.smtp import mail_server

both = pytest.mark.parametrize("app", DATABASES, indirect=True)
BEGIN = datetime(2026, 11, 22, 7, tzinfo=UTC)


@composer("test.many", to_many=True)
@composer("test.more", to_many=True)
def _to_many(_row: Mail) -> Email:
    return Email("News", "Much is new.\n")


@composer("test.one")
def _to_one(_row: Mail) -> Email:
    return Email("Your link", "https://hub.example.org/recover/secret\n")


@pytest.fixture
def server(app, monkeypatch):
    with mail_server() as server, clock.at(BEGIN):
        monkeypatch.setattr(mail_sending, "delivery", lambda _app: Smtp(server.url))
        yield server


@pytest.fixture
def pace(app, monkeypatch):
    """Sets so many a minute, and so many to a domain."""

    def set_to(in_all: int, to_a_domain: int) -> None:
        chosen = {"mail_per_minute": in_all, "mail_per_minute_to_a_domain": to_a_domain}
        settings = app.extensions["settings"].model_copy(update=chosen)
        monkeypatch.setitem(app.extensions, "settings", settings)

    return set_to


def _post(count: int, domain: str = "example.org", purpose: str = "test.many") -> None:
    with unit_of_work():
        for number in range(count):
            post_mail(purpose, f"reader{number}@{domain}", key=f"{purpose}:{domain}:{number}")


def _sent_after(server, minutes: float) -> int:
    """How many have left in all when so many minutes have passed."""
    with clock.at(BEGIN + timedelta(minutes=minutes)):
        drain()
    return len(server.taken)


def _row() -> Mail:
    db.session.rollback()
    return db.session.scalars(select(Mail)).one()


@both
def test_mail_to_one_domain_is_spread_over_the_minutes_and_no_try_is_used_up(app, server, pace):
    pace(0, 10)
    _post(35)
    assert [_sent_after(server, minutes) for minutes in (0, 1, 2, 2.5, 3)] == [10, 20, 30, 35, 35]
    db.session.rollback()
    assert max(db.session.scalars(select(Job.attempts))) == 1
    assert not any(db.session.scalars(select(Mail.tries)))


def test_a_domain_waits_alone(app, server, pace):
    pace(0, 2)
    _post(5)
    _post(2, "other.example")
    assert _sent_after(server, 0) == 4


def test_all_together_have_a_pace_too(app, server, pace):
    pace(3, 0)
    for number in range(6):
        _post(1, f"d{number}.example")
    assert [_sent_after(server, minutes) for minutes in (0, 1)] == [3, 6]


def test_without_a_pace_it_goes_as_fast_as_it_goes(app, server, pace):
    pace(0, 0)
    _post(30)
    assert _sent_after(server, 0) == 30
    assert db.session.scalars(select(MailPace)).all() == []


def test_a_worker_that_rested_makes_up_for_no_more_than_a_minute(app, server, pace):
    pace(0, 10)
    _post(10)
    assert _sent_after(server, 0) == 10
    with clock.at(BEGIN + timedelta(hours=1)):
        _post(30, "Example.org")
    assert _sent_after(server, 60) == 20


def test_what_somebody_waits_for_goes_first_and_at_once(app, server, pace):
    pace(0, 3)
    _post(10)
    _post(5, purpose="test.one")
    drain(limit=5)
    assert {message["Subject"] for message in server.messages()} == {"Your link"}
    assert len(server.taken) == 5


@pytest.mark.parametrize("answer", ["421 4.3.2 closing", "451 4.7.1 too many messages, slow down"])
def test_who_asks_for_patience_is_left_alone_by_mail_to_many(app, server, pace, answer):
    pace(0, 0)
    server.answers["RCPT"] = answer
    _post(20)
    assert _sent_after(server, 0) == 0
    asked = server.texts_begun + server.connections
    _sent_after(server, 4)
    assert server.texts_begun + server.connections == asked == 1  # the other nineteen did not even try
    server.answers.clear()
    _post(1, "other.example")
    assert _sent_after(server, 4.5) == (0 if answer.startswith("421") else 1)
    _sent_after(server, 6)
    assert len(server.taken) == 21


def test_a_full_mailbox_holds_up_nobody_else(app, server, pace):
    server.answers["RCPT"] = "452 4.2.2 mailbox full"
    _post(1)
    assert _sent_after(server, 0) == 0
    server.answers.clear()
    _post(3, "example.org")
    assert _sent_after(server, 0.5) == 2


# What is kept of it


@both
def test_of_mail_to_many_the_very_bytes_are_kept_for_two_weeks_and_their_hash_longer(app, server):
    _post(1)
    drain()
    row = _row()
    received = server.taken[0]
    assert row.raw == received
    assert row.sha256 == hashlib.sha256(received).hexdigest()
    for days, kept in ((13, True), (15, False)):
        with clock.at(BEGIN + timedelta(days=days)), unit_of_work():
            mail.forget()
        assert (_row().raw is not None) is kept
    assert _row().sha256


def test_of_mail_that_may_let_somebody_in_only_a_hash_is_kept(app, server):
    _post(1, purpose="test.one")
    drain()
    assert _row().raw is None
    assert _row().sha256 == hashlib.sha256(server.taken[0]).hexdigest()


def test_what_was_refused_is_not_kept(app, server):
    server.answers["end"] = "550 no"
    _post(1)
    drain()
    assert (_row().state, _row().raw, _row().sha256) == ("failed", None, "")


def test_a_message_has_the_same_id_however_often_it_is_tried(app, server):
    server.dies_at = "end"
    _post(1)
    drain()
    first = _row().raw
    server.dies_at = None
    with unit_of_work():
        assert mail.send_again(mail.Actor(administrator=True), _row())
    drain()
    ids = {line for raw in (first, server.taken[0]) for line in raw.split(b"\r\n") if b"Message-ID" in line}
    assert len(ids) == 1


def test_a_clock_that_was_far_ahead_and_is_right_again_holds_nothing_up(app, server, pace):
    pace(0, 60)
    with clock.at(BEGIN + timedelta(days=365)):
        _post(62)
        drain()
    assert len(server.taken) == 60
    _post(3, purpose="test.more")
    drain()
    assert len(server.taken) == 63
    with unit_of_work():
        mail.forget()
    drain()
    assert len(server.taken) == 65


def test_paces_that_nobody_waits_for_are_forgotten(app, server, pace):
    _post(1)
    drain()
    with clock.at(BEGIN + timedelta(days=1)), unit_of_work():
        mail.forget()
    db.session.rollback()
    assert db.session.scalars(select(MailPace)).all() == []
