"""The whole way: a digest leaves over SMTP, comes back by LMTP, and what follows from that."""

import smtplib

import pytest
from sqlalchemy import select

from hub.core import mail_sending
from hub.core.addressees import known_of
from hub.core.carrying import drain
from hub.core.database import db
from hub.core.delivery import Smtp
from hub.core.mail import Mail
from hub.inbox.models import IMAP
from hub.inbox.receiving import keep
from hub.subscriptions.models import Subscription
from tests.digests.telling import asked, on, sent, visitor
from tests.factories.people import administrator, sign_in
from tests.inbox import reports
from tests.inbox.messages import settings_with
from tests.inbox.test_taking import begin, end, listening
from tests.running import free_port
from tests.smtp import mail_server

READER = "visitor@example.org"


@pytest.fixture
def server(incoming, monkeypatch):
    """The mail server that the hub sends through."""
    with mail_server() as server:
        monkeypatch.setattr(mail_sending, "delivery", lambda _app: Smtp(server.url))
        yield server


def come_in(app, *messages: tuple[str, bytes]) -> None:
    where = f"127.0.0.1:{free_port()}"
    with listening(app, where):
        host, port = where.split(":")
        line = smtplib.LMTP(host, int(port), timeout=10)
        line.ehlo()
        for to, raw in messages:
            assert begin(line, to, sender="") == [250]
            assert end(line, raw, 1) == [250]
        line.close()
    drain()


def subscription() -> Subscription:
    db.session.rollback()
    return db.session.scalars(select(Subscription)).one()


def test_a_digest_that_came_back_is_the_last_until_the_address_works(incoming, server, world, client):
    with on(20):
        visitor(world.group)
        asked(world.as_cat, world.group, "First")
    with on(21, 7):
        sent()
    ((return_path, _to),) = server.envelopes
    came = server.messages()[0].as_string()
    with on(21, 8):
        to = return_path.strip("<>")
        come_in(incoming, (to, reports.postfix(to, READER, came)))
        asked(world.as_cat, world.group, "Second")
        covered = subscription().last_number
    with on(22, 7):
        assert sent().passed_over == 1
        (last,) = db.session.scalars(select(Mail).where(Mail.purpose == "digest"))
        assert "came back" in last.problem
        assert subscription().last_number == covered  # the window is open still
    assert len(server.taken) == 1
    sign_in(client, administrator())
    assert "v…@example.org" in client.get("/admin/deliveries/health").text
    assert "Came back" in client.get("/admin/deliveries").text


def test_the_address_in_a_digest_leads_out(incoming, server, world):
    with on(20):
        visitor(world.group)
        asked(world.as_cat, world.group)
    with on(21, 7):
        sent()
    ways = server.messages()[0]["List-Unsubscribe"].split(", ")
    to = ways[1].removeprefix("<mailto:").rstrip(">")
    with on(21, 9):
        come_in(incoming, (to, f"From: {READER}\r\nTo: {to}\r\nSubject: unsubscribe\r\n\r\n".encode()))
    assert subscription().frequency == "never"


@pytest.mark.parametrize("comes_in", ["hub+*@hub.example.org", ""])
def test_where_the_mail_server_knows_one_address_only_what_comes_back_says_itself_which_it_was(
    app, server, world, comes_in
):
    known_only = {"mail_in_address": comes_in, "mail_return_path": "sender", "mail_from": "hub@example.org"}
    with settings_with(app, **known_only), on(20):
        visitor(world.group)
        asked(world.as_cat, world.group)
    with settings_with(app, **known_only), on(21, 7):
        sent()
        ((return_path, _to),) = server.envelopes
        assert return_path == "<hub@example.org>"
        keep(reports.exchange("hub@example.org", READER, server.messages()[0].as_string()), IMAP)
        drain()
        assert known_of(READER).gets_nothing
