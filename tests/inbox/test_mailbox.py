"""A mailbox is read over IMAP: nothing in it is lost and nothing kept twice, whatever breaks in between."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from hub.core import clock
from hub.core.carrying import drain
from hub.core.database import db, unit_of_work
from hub.core.jobs import enqueue
from hub.inbox import polling
from hub.inbox.mailbox import TAKEN
from hub.inbox.models import MailboxReading
from hub.inbox.receiving import keep
from tests.factories.people import person
from tests.imap import mailbox_server
from tests.inbox.messages import message, rows, settings_with
from tests.mail import text_of, the_mail


@pytest.fixture
def mailbox(app):
    with (
        mailbox_server() as server,
        settings_with(app, mail_in_address="hub+*@hub.example.org", mail_in_url=server.url),
    ):
        yield server


def poll() -> None:
    with unit_of_work():
        enqueue(polling.POLL, key="now")
    drain(kinds=[polling.POLL])


def reading() -> MailboxReading:
    db.session.rollback()
    return db.session.scalars(select(MailboxReading)).one()


def test_what_waits_is_kept_exactly_and_moved_out_of_the_way(mailbox):
    first, second = (
        message(),
        message(message_id="<2@example.com>", text="ü, and bytes").replace(b"\xc3", b"\xff"),
    )
    mailbox.deliver(first)
    mailbox.deliver(second)
    poll()
    assert [row.raw for row in rows()] == [first, second]
    assert mailbox.in_folder("INBOX") == []
    assert mailbox.in_folder(TAKEN) == [first, second]
    assert reading().problem == ""


def test_what_somebody_read_in_the_mailbox_is_taken_all_the_same(mailbox):
    mailbox.deliver(message()).flags.add("\\Seen")
    poll()
    assert len(rows()) == 1


def test_a_message_that_was_kept_before_the_line_broke_is_kept_once(mailbox):
    mailbox.deliver(message())
    mailbox.dies_at = "MOVE"
    poll()
    assert len(rows()) == 1
    assert mailbox.in_folder("INBOX") == [message()]
    assert reading().problem
    mailbox.dies_at = None
    poll()
    assert len(rows()) == 1
    assert mailbox.in_folder("INBOX") == []
    assert (reading().problem, reading().failing_since) == ("", None)


@pytest.mark.parametrize("step", ["LOGIN", "SELECT", "SEARCH", "FETCH"])
def test_whatever_breaks_before_leaves_it_in_the_mailbox(mailbox, step):
    mailbox.deliver(message())
    mailbox.dies_at = step
    poll()
    assert rows() == []
    assert mailbox.in_folder("INBOX") == [message()]
    mailbox.dies_at = None
    poll()
    assert len(rows()) == 1


def test_a_database_that_fails_leaves_it_in_the_mailbox(mailbox, monkeypatch):
    mailbox.deliver(message())
    with monkeypatch.context() as broken:
        broken.setattr(polling, "keep", lambda *_: (_ for _ in ()).throw(RuntimeError("disk full")))
        poll()
    assert mailbox.in_folder("INBOX") == [message()]
    with clock.at(clock.now() + timedelta(minutes=5)):
        poll()
    assert len(rows()) == 1


def test_a_server_without_move_copies_and_deletes(mailbox):
    mailbox.capabilities = "IMAP4rev1"
    mailbox.deliver(message())
    poll()
    assert mailbox.in_folder(TAKEN) == [message()]
    poll()
    assert len(rows()) == 1
    assert len(mailbox.in_folder(TAKEN)) == 1


def test_where_no_folder_can_be_made_messages_are_marked_as_seen(mailbox):
    mailbox.refuses = {"CREATE"}
    stored = mailbox.deliver(message())
    poll()
    assert "\\Seen" in stored.flags
    fetched = len([said for said in mailbox.said if "FETCH" in said])
    poll()
    assert len([said for said in mailbox.said if "FETCH" in said]) == fetched
    assert len(rows()) == 1


def test_a_message_that_cannot_be_kept_stands_in_no_other_ones_way(mailbox, monkeypatch):
    bad, good = message(text="bad"), message(message_id="<2@example.com>")
    mailbox.deliver(bad)
    mailbox.deliver(good)

    def fails(raw, how):
        if raw == bad:
            raise ValueError("what no database takes")
        return keep(raw, how)

    monkeypatch.setattr(polling, "keep", fails)
    poll()
    assert [row.raw for row in rows()] == [good]
    assert mailbox.in_folder("INBOX") == [bad]
    assert "cannot be kept stays there: ValueError" in reading().problem
    assert reading().failing_since


def test_a_message_that_is_too_large_is_not_fetched_and_its_sender_is_told(mailbox, app):
    person("Ann", email="ann@example.com")
    with settings_with(app, attachment_limit_mb=1):
        mailbox.deliver(message(text="x" * 4_000_000))
        poll()
        drain()
    assert "larger than the messages that the hub takes" in text_of(the_mail("ann@example.com"))
    (row,) = rows()
    assert (row.state, row.kind) == ("refused", "too_large")
    assert len(row.raw) < 1000
    assert len(mailbox.in_folder(TAKEN)) == 1


def test_a_refused_sign_in_is_said_without_the_password(mailbox):
    mailbox.refuses = {"LOGIN"}
    poll()
    since = reading().failing_since
    assert reading().problem
    assert "secret" not in reading().problem
    with clock.at(clock.now() + timedelta(hours=1)):
        poll()
    assert reading().failing_since == since
