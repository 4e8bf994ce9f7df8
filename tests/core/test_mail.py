"""Mail: each message leaves once, or is tried again, or is shown as uncertain, over a real connection."""

import os
import socket
from datetime import timedelta
from email import message_from_bytes

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import select, update

from hub.core import carrying, clock, leases, mail, mail_sending
from hub.core.carrying import drain
from hub.core.database import db, unit_of_work
from hub.core.delivery import Folder, Smtp
from hub.core.jobs import Job
from hub.core.letters import letter
from hub.core.mail import Email, Mail, composer, post_mail, send_again, when_not_sent
from hub.core.message import CannotBeWritten, address, written
from hub.core.policy import Actor
from tests.conftest import DATABASES
from tests.smtp import mail_server

both = pytest.mark.parametrize("app", DATABASES, indirect=True)

_composed: list[str] = []
_followed: list[str] = []


@composer("test")
def _compose(row: Mail) -> Email | None:
    _composed.append(row.to_address)
    if row.payload.get("withdrawn"):
        return None
    return Email(
        subject=row.payload.get("subject", "News"),
        text=row.payload.get("text", "Hello.\n"),
        html=row.payload.get("html"),
        headers=row.payload.get("headers", {}),
    )


@when_not_sent("test")
def _follow(row: Mail) -> None:
    _followed.append(row.state)


@pytest.fixture
def server(app, monkeypatch):
    _composed.clear()
    _followed.clear()
    with mail_server() as server:
        monkeypatch.setattr(mail_sending, "delivery", lambda _app: Smtp(server.url))
        yield server


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return listening.getsockname()[1]


def _post(key: str = "one", to: str = "reader@example.org", **payload) -> None:
    with unit_of_work():
        post_mail("test", to, key=key, **payload)


def _row(key: str = "one") -> Mail:
    db.session.rollback()
    return db.session.scalars(select(Mail).where(Mail.key == key)).one()


def _drain_after(wait: timedelta) -> None:
    with clock.at(clock.now() + wait):
        drain()


# Accepted


@both
def test_a_message_is_sent_once_and_what_it_carried_is_forgotten(app, server):
    _post(subject="Your link")
    assert _row().state == "queued"
    drain()
    _drain_after(timedelta(days=1))
    assert [message["Subject"] for message in server.messages()] == ["Your link"]
    assert server.envelopes == [("<hub@localhost>", "<reader@example.org>")]
    assert _row().state == "sent"
    assert _row().payload == {}
    assert _followed == []


@both
def test_the_same_key_sends_nothing_again(app, server):
    _post()
    _post(subject="Again")
    drain()
    _post(subject="Later")
    drain()
    assert len(server.taken) == 1


@both
def test_a_message_whose_cause_was_not_committed_does_not_exist(app, server):
    with pytest.raises(ZeroDivisionError), unit_of_work():
        post_mail("test", "reader@example.org", key="one")
        _ = 1 / 0
    drain()
    assert server.connections == 0


def test_many_messages_go_over_one_connection_which_is_ended(app, server):
    for number in range(5):
        _post(f"n{number}")
    drain()
    assert len(server.taken) == 5
    assert server.connections == 1
    assert "server" not in Smtp._kept.__dict__


def test_the_end_of_a_message_does_not_wait_for_its_text_to_be_acknowledged(app, server):
    line = Smtp(server.url)
    line.connect()
    assert Smtp._kept.server.sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
    line.hang_up()


def test_a_connection_that_broke_between_two_messages_is_made_anew(app, server):
    line = Smtp(server.url)
    line.connect()
    Smtp._kept.server.sock.shutdown(2)
    line.connect()
    line.hang_up()
    assert server.connections == 2


def test_it_is_composed_at_the_moment_of_sending_and_dropped_when_nothing_may_be_sent(app, server):
    _post(withdrawn=True)
    assert _composed == []
    drain()
    assert _row().state == "dropped"
    assert server.taken == []
    assert server.texts_begun == 0


def test_another_implementation_takes_it_too(app, monkeypatch):
    class Keeps:
        async def handle_DATA(self, _server, _session, envelope):
            self.content, self.recipients = envelope.content, envelope.rcpt_tos
            return "250 taken"

    port = _free_port()
    controller = Controller(Keeps(), hostname="127.0.0.1", port=port, enable_SMTPUTF8=True)
    controller.start()
    monkeypatch.setattr(mail_sending, "delivery", lambda _app: Smtp(f"smtp://127.0.0.1:{port}"))
    _post(to="zoë@example.org", text=".starts with a dot\n", subject="Grüße")
    drain()
    controller.stop()
    assert _row().state == "sent"
    assert controller.handler.recipients == ["zoë@example.org"]
    assert controller.handler.content.endswith(b"\r\n\r\n.starts with a dot\r\n")


# Refused for now


@both
@pytest.mark.parametrize("step", ["greeting", "MAIL", "RCPT", "DATA", "end"])
def test_a_temporary_refusal_is_tried_again_later(app, server, step):
    server.answers[step] = "451 try again later"
    _post()
    drain()
    assert _row().state == "queued"
    assert "451" in _row().problem or step == "greeting"
    drain()
    assert server.taken == []  # not at once: with patience
    server.answers.clear()
    _drain_after(timedelta(minutes=1))
    assert _row().state == "sent"
    assert len(server.taken) == 1


def test_no_mail_server_is_no_loss(app, monkeypatch):
    monkeypatch.setattr(mail_sending, "delivery", lambda _app: Smtp("smtp://127.0.0.1:1"))
    _post()
    drain()
    assert _row().state == "queued"
    assert "No connection" in _row().problem


@both
def test_patience_lasts_for_four_days_then_it_has_failed_and_is_shown(app, server):
    server.answers["RCPT"] = "450 mailbox busy"
    _post()
    begun = moment = clock.now()
    while _row().state == "queued":
        db.session.rollback()
        moment = db.session.scalars(select(Job.run_at)).one() + timedelta(seconds=1)
        with clock.at(moment):
            drain()
    assert timedelta(days=4) < moment - begun < timedelta(days=5)
    assert _row().state == "failed"
    assert "mailbox busy" in _row().problem
    assert _followed == ["failed"]


# Refused for good


@both
@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA", "end"])
def test_a_permanent_refusal_is_recorded_and_not_tried_again(app, server, step):
    server.answers[step] = "550 no such person"
    _post()
    drain()
    assert _row().state == "failed"
    assert "no such person" in _row().problem
    server.answers.clear()
    _drain_after(timedelta(days=3))
    assert server.taken == []


def test_a_refused_message_does_not_harm_the_next_over_the_same_connection(app, server):
    server.answers["RCPT"] = "550 no such person"
    _post("one")
    _post("two", to="other@example.org")
    drain(limit=1)
    server.answers.clear()
    drain()
    assert (_row("one").state, _row("two").state) == ("failed", "sent")


# Broken


@both
@pytest.mark.parametrize("step", ["greeting", "MAIL", "RCPT", "DATA"])
def test_a_connection_that_breaks_before_the_text_was_certainly_not_sent(app, server, step):
    server.dies_at = step
    _post()
    drain()
    assert _row().state == "queued"
    server.dies_at = None
    _drain_after(timedelta(minutes=1))
    assert len(server.taken) == 1


def test_a_connection_that_breaks_within_the_text_was_certainly_not_sent(app, server):
    server.dies_at = "text"
    _post(text="many words\n" * 1_000_000)  # more than the buffers between the two hold
    drain()
    assert _row().state == "queued"


@both
def test_a_connection_that_breaks_before_the_answer_is_uncertain_and_never_sent_again_blindly(app, server):
    server.dies_at = "end"
    _post()
    drain()
    server.dies_at = None
    _drain_after(timedelta(days=3))
    assert _row().state == "uncertain"
    assert server.texts_begun == 1
    assert server.taken == []
    assert _followed == []


def test_an_answer_that_does_not_come_is_uncertain(app, server, monkeypatch):
    monkeypatch.setattr("hub.core.delivery.PATIENCE_AFTER_TEXT", 0.1)
    server.slow = 0.5
    _post()
    drain()
    assert _row().state == "uncertain"


def test_a_slow_answer_is_waited_for_without_losing_the_lease(app, server, monkeypatch):
    kept = []
    real = mail_sending.keep_lease
    monkeypatch.setattr(mail_sending, "keep_lease", lambda *lease: (kept.append(lease), real(*lease)))
    server.slow = 0.2
    _post()
    drain()
    assert _row().state == "sent"
    assert kept[-1][0] > timedelta(seconds=mail_sending.PATIENCE_AFTER_TEXT)


def test_an_answer_that_is_none_is_uncertain(app, server):
    server.answers["end"] = "hello?"
    _post()
    drain()
    assert _row().state == "uncertain"


@both
def test_an_administrator_can_have_an_uncertain_message_sent_again_and_it_is_recorded(app, server):
    server.dies_at = "end"
    _post(subject="Once more")
    drain()
    server.dies_at = None
    with unit_of_work():
        assert send_again(Actor(administrator=True), _row())
    with unit_of_work():
        assert not send_again(Actor(administrator=True), _row())
    drain()
    assert _row().state == "sent"
    assert [message["Subject"] for message in server.messages()] == ["Once more"]


# Killed


class Killed(BaseException):
    """Nothing catches it, as nothing catches SIGKILL."""


def _kill(monkeypatch, name: str, *, after: bool = False) -> None:
    """Die when `name` of the mail module is called (or just after)."""
    real = getattr(mail_sending, name)

    def die(*args, **kwargs):
        if after:
            real(*args, **kwargs)
        raise Killed

    monkeypatch.setattr(mail_sending, name, die)


def _die_and_return(monkeypatch) -> None:
    with pytest.raises(Killed):
        drain()
    Smtp._drop()  # the system closes a dead process's connections
    db.session.rollback()
    monkeypatch.undo()


@both
@pytest.mark.parametrize(
    ("step", "after"),
    [("_is_to_be_sent", False), ("_hand_over", False), ("build", True), ("_begin_sending", False)],
)
def test_a_worker_killed_before_the_last_instant_loses_nothing(app, server, monkeypatch, step, after):
    _post()
    with monkeypatch.context() as patch:
        _kill(patch, step, after=after)
        _die_and_return(patch)
    _drain_after(timedelta(minutes=2))
    assert _row().state == "sent"
    assert len(server.taken) == 1


@both
def test_a_worker_killed_at_the_last_instant_leaves_an_uncertain_message(app, server, monkeypatch):
    _post()
    with monkeypatch.context() as patch:
        _kill(patch, "_begin_sending", after=True)
        _die_and_return(patch)
    assert _row().state == "sending"
    _drain_after(timedelta(minutes=10))
    assert _row().state == "uncertain"
    assert server.taken == []


@both
def test_a_worker_killed_between_the_answer_and_our_commit_leaves_an_uncertain_message(
    app, server, monkeypatch
):
    _post()
    with monkeypatch.context() as patch:
        _kill(patch, "_settle")
        _die_and_return(patch)
    assert len(server.taken) == 1
    _drain_after(timedelta(minutes=10))
    _drain_after(timedelta(days=2))
    assert _row().state == "uncertain"
    assert len(server.taken) == 1


@both
def test_of_two_workers_over_one_message_one_sends_it(app, server, monkeypatch):
    """The first is so slow that its lease ended; it notices before the dot."""
    _post()
    real = Smtp._hand_over_text

    def slow(self, connection, message):
        real(self, connection, message)
        monkeypatch.setattr(Smtp, "_hand_over_text", real)
        kept = Smtp._kept.__dict__.pop("server")
        with unit_of_work():
            db.session.execute(update(Job).values(leased_until=clock.now() - timedelta(seconds=1)))
        lease = carrying._running.lease
        carrying._carry_out_lot(app, [leases.claim("another")], "another")
        carrying._running.lease = lease
        Smtp.hang_up()
        Smtp._kept.server = kept

    monkeypatch.setattr(Smtp, "_hand_over_text", slow)
    drain()
    assert server.texts_begun == 2
    assert len(server.taken) == 1
    assert _row().state == "sent"


# The folder


@pytest.fixture
def folder(app, tmp_path, monkeypatch):
    kept = Folder(tmp_path)
    monkeypatch.setattr(mail_sending, "delivery", lambda _app: kept)
    return kept


@pytest.mark.parametrize("step", ["_begin_sending", "_settle"])
def test_the_folder_knows_what_it_took_so_that_nothing_is_in_doubt(folder, monkeypatch, step):
    _post()
    with monkeypatch.context() as patch:
        _kill(patch, step, after=step == "_begin_sending")
        _die_and_return(patch)
    _drain_after(timedelta(minutes=10))
    assert _row().state == "sent"
    assert len(folder.messages()) == 1


def test_the_folder_is_closed_to_other_accounts_and_leaves_no_pieces(folder):
    _post()
    drain()
    assert [path.suffix for path in folder.folder.iterdir()] == [".eml"]
    assert not os.stat(folder.folder).st_mode & 0o077 or folder.folder.name == "mail"


# The form in which it travels


def test_a_message_is_understood_from_its_bytes(app, server):
    long = "https://hub.example.org/unsubscribe/" + "x" * 300
    _post(
        subject="Dè tha ùr – 3 ceistean agus “cunntas”",
        text="Grüße from Zoë\n" + "x" * 3000 + "\n",
        html="<p>Grüße</p>",
        headers={"List-Unsubscribe": f"<{long}>", "List-Id": "Digest <digest.hub.example.org>"},
    )
    drain()
    raw, message = server.taken[0], server.messages()[0]
    assert all(len(line) <= 998 and line.isascii() for line in raw.split(b"\r\n"))
    assert message["Subject"] == "Dè tha ùr – 3 ceistean agus “cunntas”"
    assert message["List-Unsubscribe"] == f"<{long}>"
    assert f"List-Unsubscribe: <{long}>".encode() in raw  # in one piece, for those who read it simply
    assert message["From"].addresses[0].display_name == "Knowledge Hub"
    assert message["Message-ID"] == f"<{_row().token}@localhost>"
    assert message["Auto-Submitted"] == "auto-generated"
    plain = message.get_body(("plain",)).get_content().splitlines()
    assert plain == ["Grüße from Zoë", "x" * 3000]
    assert message.get_body(("html",)).get_content().strip() == "<p>Grüße</p>"
    assert not message.defects


def test_a_subject_begins_on_the_line_of_its_name(app, server):
    """Longer than a line, it would otherwise begin below, which some programs show as no subject."""
    subject = "[Digital in public services] Who answers the council's inbox at the weekend?"
    _post(subject=subject)
    drain()
    assert f"\r\nSubject: {subject}\r\n".encode() in server.taken[0]


@pytest.mark.parametrize("header", ["Subject", "X-Other"])
def test_a_line_break_never_becomes_a_header(header):
    evil = "Hello\r\nBcc: everyone@example.org"
    email = Email(evil, "text") if header == "Subject" else Email("Hello", "text", headers={header: evil})
    try:
        raw = written(email, sender=address("hub@localhost"), to="a@b.org", token="t", at=clock.now())
    except CannotBeWritten:
        return
    assert "Bcc" not in message_from_bytes(raw)


@pytest.mark.parametrize(
    "to",
    [
        *("", "nobody", "@example.org", "a@", "a@b.org, c@d.org", "a@b.org\r\nBcc: c@d.org", "a b@c.org"),
        *("a@..b", "=?utf-8?q?cat?=@c.org"),  # the last, written into a header, would be read as another's
    ],
)
def test_an_address_that_is_none_fails_once_and_writes_to_nobody(app, server, to):
    _post(to=to)
    drain()
    assert _row().state == "failed"
    assert server.envelopes == []


@pytest.mark.parametrize(
    ("to", "travels"),
    [("zoe@münchen.example", "zoe@xn--mnchen-3ya.example"), ("O'Brien+x@b.org", "O'Brien+x@b.org")],
)
def test_unusual_addresses_travel(app, server, to, travels):
    _post(to=to)
    drain()
    assert server.envelopes[0][1] == f"<{travels}>"


def test_a_server_that_cannot_carry_an_address_is_told_apart(app, server):
    _post(to="zoë@example.org")
    drain()
    assert _row().state == "failed"
    assert "such an address" in _row().problem


def test_messages_in_the_folder_are_forgotten_after_a_season(app):
    kept = Folder(app.extensions["settings"].folder("mail"))
    _post()
    drain()
    (kept.folder / ".begun.part").write_text("and never finished")
    for later, left in ((timedelta(0), True), (timedelta(days=1), False)):
        with clock.at(clock.now() + mail.KEPT - timedelta(hours=1) + later), unit_of_work():
            mail.forget()
        assert bool(list(kept.folder.iterdir())) is left


def test_settled_messages_are_forgotten_after_a_season(app, server):
    _post()
    drain()
    with clock.at(clock.now() + mail.KEPT + timedelta(days=1)), unit_of_work():
        mail.forget()
    db.session.rollback()
    assert db.session.scalars(select(Mail)).all() == []


def test_a_letter_says_first_in_which_characters_it_is_written(app):
    """Within the first 1,024 bytes, or it does not count: the styles for dark screens are longer."""
    with app.test_request_context():
        written = letter("account_confirm", link="/confirm/x", days=3).html
    assert 0 < written.index('<meta charset="utf-8">') < 200
    assert written.count("charset") == 1
