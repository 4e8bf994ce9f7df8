"""Mail servers hand mail over: through a pipe, and by LMTP. They hear "kept" only when it is."""

import asyncio
import contextvars
import os
import signal
import smtplib
import subprocess
import sys
import threading
import time
from contextlib import contextmanager

import pytest
from click.testing import CliRunner
from flask.cli import ScriptInfo
from sqlalchemy.exc import OperationalError

from hub.core.carrying import drain
from hub.inbox import cli, lmtp
from tests.inbox.messages import message, rows, settings_with
from tests.running import ROOT, free_port

TO = "hub+test@hub.example.org"


# Through a pipe


def test_a_pipe_ends_well_when_the_message_is_kept(incoming):
    """The real command, as a mail server starts it."""
    data = str(incoming.extensions["settings"].data)
    environment = {**os.environ, "HUB_DATA": data, "HUB_MAIL_IN_ADDRESS": "hub+*@hub.example.org"}
    command = [sys.executable, "-m", "hub", "mail", "take", "--recipient", TO, "--sender", "ann@example.com"]
    subprocess.run(command, input=message(), env=environment, cwd=ROOT, check=True)
    (row,) = rows()
    assert (row.how, row.sender, row.raw) == ("pipe", "ann@example.com", message())


def take(make_app) -> int:
    runner = CliRunner()
    return runner.invoke(cli.mail, ["take"], input=message(), obj=ScriptInfo(create_app=make_app)).exit_code


def test_whatever_is_wrong_the_mail_server_is_asked_to_try_again(incoming, monkeypatch):
    def cannot_start():
        raise RuntimeError("a setting cannot be used")

    def cannot_write(*_, **__):
        raise OperationalError("INSERT", {}, Exception("database is locked"))

    assert take(cannot_start) == os.EX_TEMPFAIL
    with settings_with(incoming, mail_in_address=""):
        assert take(lambda: incoming) == os.EX_TEMPFAIL
    with monkeypatch.context() as broken:
        broken.setattr(cli, "keep", cannot_write)
        assert take(lambda: incoming) == os.EX_TEMPFAIL
    assert rows() == []
    assert take(lambda: incoming) == os.EX_OK
    assert len(rows()) == 1


@pytest.mark.parametrize(
    ("raw", "status", "kept"),
    [(message(), os.EX_OK, 1), (b"a" * 3_200_000, os.EX_DATAERR, 0)],
)
def test_what_is_too_large_goes_back(incoming, tmp_path, raw, status, kept):
    file = tmp_path / "message"
    file.write_bytes(raw)
    with settings_with(incoming, attachment_limit_mb=1, mail_in_address="hub+*@hub.example.org"):
        assert cli._take(incoming, file.open("rb"), TO, None) == status
    assert len(rows()) == kept


# By LMTP


@contextmanager
def listening(app, where: str):
    """The hub's LMTP server, as `hub mail listen` serves it."""
    ready, stop = threading.Event(), asyncio.Event()
    loop = asyncio.new_event_loop()

    async def serve() -> None:
        server = await lmtp.listen(app, where)
        ready.set()
        await stop.wait()
        server.close()

    run = contextvars.copy_context().run  # the test's clock
    thread = threading.Thread(target=run, args=(loop.run_until_complete, serve()), daemon=True)
    thread.start()
    assert ready.wait(10)
    yield
    loop.call_soon_threadsafe(stop.set)
    thread.join(10)


@pytest.fixture
def line(incoming):
    """A mail server's connection to the hub."""
    where = f"127.0.0.1:{free_port()}"
    with listening(incoming, where):
        host, port = where.split(":")
        connection = smtplib.LMTP(host, int(port), timeout=10)
        connection.ehlo()
        yield connection
        connection.close()


def begin(line: smtplib.LMTP, *recipients: str, sender: str = "ann@example.com") -> list[int]:
    assert line.mail(sender)[0] == 250
    return [line.rcpt(recipient)[0] for recipient in recipients]


def end(line: smtplib.LMTP, raw: bytes, answers: int) -> list[int]:
    assert line.docmd("DATA")[0] == 354
    line.send(smtplib._quote_periods(raw) + b".\r\n")
    return [line.getreply()[0] for _ in range(answers)]


def test_each_recipient_gets_an_answer_when_its_message_is_kept(line):
    assert begin(line, TO, "hub+other@hub.example.org", sender="") == [250, 250]
    raw = message(text=".\r\n..\r\nbytes: ").replace(b"bytes: ", b"bytes: \xff")
    assert end(line, raw, 2) == [250, 250]
    assert [(row.recipients, row.sender, row.raw) for row in rows()] == [
        ([TO], "", raw),
        (["hub+other@hub.example.org"], "", raw),
    ]


def test_addresses_that_the_hub_does_not_have_are_refused_at_once(line):
    assert begin(line, "ann@hub.example.org", TO) == [550, 250]
    assert end(line, message(), 1) == [250]
    assert len(rows()) == 1


def test_one_that_cannot_be_kept_is_to_be_brought_again_and_the_others_are_not(line, monkeypatch):
    keep = lmtp.keep

    def failing(raw, how, *, recipient, sender):
        if "two" in recipient:
            raise RuntimeError("the disk is full")
        return keep(raw, how, recipient=recipient, sender=sender)

    monkeypatch.setattr(lmtp, "keep", failing)
    begin(line, TO, "hub+two@hub.example.org")
    assert end(line, message(), 2) == [250, 451]
    monkeypatch.undo()
    begin(line, "hub+two@hub.example.org")
    assert end(line, message(), 1) == [250]
    assert len(rows()) == 2


def test_what_was_brought_again_because_the_answer_was_lost_is_kept_once(line):
    for _ in range(2):
        begin(line, TO)
        assert end(line, message(), 1) == [250]
    assert len(rows()) == 1


def test_a_message_that_is_too_large_is_refused_for_each(incoming):
    where = f"127.0.0.1:{free_port()}"
    small = settings_with(incoming, attachment_limit_mb=1, mail_in_address="hub+*@hub.example.org")
    with small, listening(incoming, where):
        connection = smtplib.LMTP(*where.split(":"), timeout=20)
        connection.ehlo()
        begin(connection, TO, "hub+two@hub.example.org")
        assert end(connection, message(text=("long" * 20_000 + "\r\n") * 45), 2) == [552, 552]
        connection.close()
    assert rows() == []


def test_the_command_serves_until_it_is_told_to_stop(incoming):
    """As `hub run` starts it, in a process of its own."""
    where, data = f"127.0.0.1:{free_port()}", str(incoming.extensions["settings"].data)
    mine = {"HUB_DATA": data, "HUB_MAIL_IN_ADDRESS": "hub+*@hub.example.org", "HUB_LMTP": where}
    command = [sys.executable, "-m", "hub", "mail", "listen"]
    with subprocess.Popen(command, env={**os.environ, **mine}, cwd=ROOT) as process:
        connection = connected(where)
        begin(connection, TO)
        assert end(connection, message(), 1) == [250]
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
        connection.close()
    assert len(rows()) == 1


def connected(where: str) -> smtplib.LMTP:
    host, port = where.split(":")
    for _ in range(600):
        try:
            connection = smtplib.LMTP(host, int(port), timeout=10)
        except ConnectionRefusedError:
            time.sleep(0.1)
        else:
            connection.ehlo()
            return connection
    raise AssertionError("nothing listens")


def test_long_lines_are_taken(line):
    begin(line, TO)
    assert end(line, message(text="x" * 50_000), 1) == [250]


def test_it_listens_on_a_socket_too_also_where_a_killed_one_left_it(incoming, tmp_path):
    where = str(tmp_path / "lmtp.sock")
    for _ in range(2):
        with listening(incoming, where):
            connection = smtplib.LMTP(where)
            connection.ehlo()
            begin(connection, TO)
            assert end(connection, message(), 1) == [250]
            connection.close()
    drain()
    assert [row.how for row in rows()] == ["lmtp"]
