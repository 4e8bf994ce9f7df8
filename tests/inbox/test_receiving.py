"""Mail that comes in: kept before it is acknowledged, kept once, and sorted by whoever knows what it is."""

from datetime import timedelta
from unittest.mock import Mock

import pytest
from sqlalchemy import select

from hub.core import clock
from hub.core.addressing import address_with, signed_address, signed_token, tag_of
from hub.core.carrying import drain
from hub.core.database import db, unit_of_work
from hub.core.jobs import Job
from hub.core.mail import Mail
from hub.core.settings import Settings
from hub.inbox import sorting, tasks
from hub.inbox.answering import PURPOSE
from hub.inbox.models import HELD, LMTP, PIPE
from hub.inbox.reading import Arrived, Unreadable
from hub.inbox.receiving import SORT, TooLarge, keep, largest
from hub.inbox.sorting import done, held, refused, sorts
from hub.inbox.unread import sort_again
from tests.conftest import DATABASES
from tests.factories.people import actor_of, administrator, person, sign_in
from tests.inbox.messages import message, rows, settings_with

both = pytest.mark.parametrize("app", DATABASES, indirect=True)


# Kept


@both
def test_what_came_in_is_kept_exactly_as_it_came(incoming):
    raw = message(text="A line\r\n.\r\nnot UTF-8: ").replace(b"UTF-8: ", b"UTF-8: \xff\x00")
    keep(raw, PIPE)
    (row,) = rows()
    assert row.raw == raw
    assert row.recipients == ["hub+test@hub.example.org"]
    assert row.message_id == "<1@example.com>"


@both
def test_what_is_brought_twice_is_kept_once(incoming):
    assert keep(message(), LMTP, recipient="hub+test@hub.example.org").new
    again = b"Received: from somewhere else\r\n" + message()
    assert not keep(again, LMTP, recipient="HUB+test@hub.example.org").new
    assert len(rows()) == 1


def test_a_message_for_two_addresses_is_kept_for_each(incoming):
    for name in ("one", "two"):
        keep(message(), LMTP, recipient=f"hub+{name}@hub.example.org")
    assert [row.recipients for row in rows()] == [["hub+one@hub.example.org"], ["hub+two@hub.example.org"]]


def test_nobody_can_have_a_message_passed_over_by_sending_its_id_first(incoming):
    keep(message(text="First, by somebody else."), PIPE)
    assert keep(message(text="The real one."), PIPE).new


def test_what_is_too_large_is_refused_and_not_kept(incoming):
    with settings_with(incoming, attachment_limit_mb=1), pytest.raises(TooLarge):
        keep(b"a" * (largest() + 1), PIPE)
    assert rows() == []


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\r\n\r\n",
        b"no header at all",
        b"Return-Path: <a\0b@example.org>\r\nTo: hub+test@hub.example.org\r\n\r\nx",
        b"To: \xff\xfe <hub+test@hub.example.org>\r\nMessage-ID: \r\n <a\0b>\r\n\r\nx",
        b'To: hub+test@hub.example.org, <<>>, "\r\nFrom: =?utf-8?b?!!!?= <\r\n\r\nx',
        b"Content-Type: text/plain; charset=nonsense\r\nTo: hub+test@hub.example.org\r\n\r\n\x80",
        b"Content-Type: multipart/mixed; boundary=a\r\n\r\n"
        + b"--a\r\nContent-Type: message/rfc822\r\n\r\n" * 3000,
    ],
)
@both
def test_broken_messages_are_kept_and_settled(incoming, raw):
    keep(raw, PIPE)
    drain()
    (row,) = rows()
    assert row.raw == raw
    assert row.state in {"refused", "held"}


def test_the_envelope_counts_before_the_headers(incoming):
    keep(message(Return_Path="<>"), PIPE)
    keep(
        message(message_id="<2@example.com>", Return_Path="<ann@example.com>"), PIPE, sender="bob@example.com"
    )
    assert [row.sender for row in rows()] == ["", "bob@example.com"]


def test_where_it_was_delivered_counts_before_whom_it_names(incoming):
    keep(
        message(to="a@elsewhere.example, hub+cc@hub.example.org", Delivered_To="hub+x@hub.example.org"), PIPE
    )
    assert rows()[0].recipients == ["hub+x@hub.example.org"]


# Sorted


@both
def test_the_first_sorter_that_knows_it_settles_it(incoming, sorters):
    asked = []

    @sorts(20)
    def later(arrived: Arrived):
        asked.append("later")
        return done("later")

    @sorts(10)
    def earlier(arrived: Arrived):
        asked.append("earlier")
        return refused("mine", "Not today.") if "mine" in arrived.header("Subject") else None

    keep(message(), PIPE)
    keep(message(message_id="<2@x>", Subject="mine"), PIPE)
    drain()
    assert [(row.state, row.kind, row.problem) for row in rows()] == [
        ("done", "later", ""),
        ("refused", "mine", "Not today."),
    ]
    assert asked == ["earlier", "later", "earlier"]


@both
def test_what_a_sorter_wrote_before_it_failed_is_taken_back_and_it_is_tried_again(incoming, sorters):
    tries = []

    @sorts(10)
    def failing(arrived: Arrived):
        arrived.incoming.problem = "written"
        db.session.flush()
        tries.append(arrived.incoming.state)
        if len(tries) == 1:
            raise RuntimeError("the disk is full")
        return done("second")

    keep(message(), PIPE)
    drain()
    assert (rows()[0].state, rows()[0].problem) == ("waiting", "")
    with clock.at(clock.now() + timedelta(minutes=5)):
        drain()
    assert (rows()[0].state, rows()[0].kind, len(tries)) == ("done", "second", 2)


def test_what_no_sorter_gets_through_is_held_with_its_bytes(incoming, sorters):
    @sorts(10)
    def failing(arrived: Arrived):
        raise RuntimeError("always")

    keep(message(), PIPE)
    for days in range(1, 20):
        with clock.at(clock.now() + timedelta(days=days)):
            drain(kinds=["inbox.sort"])
    (row,) = rows()
    assert (row.state, row.kind) == ("held", "broken")
    assert row.raw == message()
    sorting._sorters[:] = [(10, lambda _arrived: done("late"))]
    agnes = actor_of(administrator())
    with unit_of_work():
        assert (sort_again(agnes), sort_again(agnes)) == (1, 0)
    drain()
    db.session.expire_all()
    assert rows()[0].kind == "late"


@both
@pytest.mark.parametrize(
    ("more", "told"),
    [({}, 1), ({"Auto_Submitted": "auto-replied"}, 0), ({"From": "x@example.com"}, 0), ({"From": ""}, 0)],
)
def test_whose_message_cannot_be_read_is_told_once(incoming, monkeypatch, more, told):
    person("Ann", email="ann@example.com")
    broken = Mock(side_effect=Unreadable("deep"))
    monkeypatch.setattr(sorting, "arrived", broken)
    keep(message(**more), PIPE)
    drain(kinds=[SORT])
    assert rows()[0].state == HELD
    agnes = actor_of(administrator())
    with unit_of_work():
        sort_again(agnes)
    drain(kinds=[SORT])
    db.session.rollback()
    answers = db.session.scalars(select(Mail).where(Mail.purpose == PURPOSE)).all()
    assert [(mail.to_address, mail.payload["code"]) for mail in answers] == [
        ("ann@example.com", "broken")
    ] * told


def test_an_administrator_sees_what_could_not_be_read_and_has_it_sorted_again(incoming, client, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(sorting, "arrived", Mock(side_effect=Unreadable("deep")))
        keep(message(text="Nobody reads this."), PIPE)
        drain()
    sign_in(client, administrator())
    page = client.get("/admin/deliveries/health").text
    assert "1 message that came in could not be read" in page and "Nobody reads this" not in page
    client.submit("/admin/deliveries/health", {}, button="Sort them again")
    drain()
    assert rows()[0].kind == "unknown"
    assert "could not be read" not in client.get("/admin/deliveries/health").text


def test_what_nobody_knows_is_refused_with_a_reason(incoming, sorters):
    keep(message(), PIPE)
    drain()
    assert (rows()[0].state, rows()[0].kind) == ("refused", "unknown")


def test_what_is_settled_is_not_sorted_again(incoming, sorters):
    keep(message(), PIPE)
    drain()
    sorts(10)(lambda _arrived: held("late", "!"))
    with unit_of_work():
        sorting.sort(rows()[0].id)
    assert rows()[0].kind == "unknown"


# Forgotten


def test_bytes_are_forgotten_after_two_weeks_and_the_rest_after_ninety_days(incoming, sorters):
    @sorts(10)
    def by_subject(arrived: Arrived):
        return held("sensitive", "!") if "held" in arrived.header("Subject") else done("reply")

    keep(message(), PIPE)
    keep(message(message_id="<2@x>", Subject="held"), PIPE)
    drain()
    for days, left in ((13, [True, True]), (15, [False, True]), (89, [False, True]), (91, [])):
        with clock.at(clock.now() + timedelta(days=days)), unit_of_work():
            tasks.forget()
        assert [row.raw is not None for row in rows()] == left


# Addresses


def test_addresses_with_a_tag_are_read_again_whatever_became_of_their_capitals(incoming):
    assert address_with("records") == "hub+records@hub.example.org"
    assert tag_of("<HUB+Records@Hub.Example.org>") == "records"
    assert tag_of("hub+records@elsewhere.example") is None
    assert tag_of("hub+@hub.example.org") is None


def test_a_signed_address_is_good_for_its_purpose_alone(incoming):
    made = signed_address("reply", "bcdfghjkmnpq")
    assert signed_token("reply", made.upper()) == "bcdfghjkmnpq"
    assert signed_token("bounce", made) is None
    assert signed_token("reply", made.replace("bcdf", "bcdg")) is None
    assert signed_token("reply", "hub+reply-bcdfghjkmnpq@hub.example.org") is None
    assert len(made.partition("@")[0]) <= 64


def test_a_domain_of_its_own_needs_no_plus(app):
    with settings_with(app, mail_in_address="hub.example.org"):
        assert address_with("records") == "records@hub.example.org"
        assert tag_of("records@hub.example.org") == "records"


@pytest.mark.parametrize(
    "wrong",
    [
        {"mail_in_address": "hub@example.org"},
        {"mail_in_address": "hub+*+*@example.org"},
        {"mail_in_address": "everything"},
        {"mail_in_url": "https://mail.example.org"},
        {"mail_in_url": "imaps://mail.example.org/INBOX"},
        {"lmtp": "somewhere"},
    ],
)
def test_settings_that_cannot_work_are_refused_at_start(wrong, tmp_path):
    with pytest.raises(ValueError):
        Settings(data=tmp_path, **wrong)


def test_nothing_is_left_open_when_all_is_sorted(incoming, sorters):
    keep(message(), PIPE)
    drain()
    assert [job for job in db.session.query(Job).filter(Job.kind == "inbox.sort") if job.open] == []
