"""GOV.UK Notify as the way mail leaves: what it is told, what it answers, and that nothing goes twice."""

import base64
import hashlib
import hmac
import json
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from pydantic import ValidationError
from sqlalchemy import select

from hub.core import clock, mail_sending, outcomes
from hub.core.addressees import why_not
from hub.core.carrying import drain
from hub.core.database import db, unit_of_work
from hub.core.jobs import enqueue
from hub.core.mail import Email, Mail, composer, post_mail
from hub.core.notify import Notify
from hub.core.settings import Settings

SERVICE, SECRET = "26785a09-ab16-4eb0-8407-a37497a57506", "3d844edf-8d35-48ac-975b-e847b4f122b0"
LEAVE = "https://hub.example.org/mail/leave/x"


@composer("test.notify", to_many=True)
def _compose(_row: Mail) -> Email:
    headers = {
        "List-Unsubscribe": f"<mailto:leave@hub.example.org>, <{LEAVE}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    return Email("Dè tha ùr", "Much is new.\n", "<p>Much</p>", headers)


class Service(ThreadingHTTPServer):
    """answer: what it says instead of taking a message, (status, error). dies: takes it, and says nothing.
    away: it cannot be asked. statuses: what it says became of "all"."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.taken: list[dict] = []
        self.answer: tuple[int, str] | None = None
        self.dies = self.away = False
        self.statuses: dict[str, str] = {}


class _Conversation(BaseHTTPRequestHandler):
    server: Service

    def log_message(self, *_words) -> None:
        return

    def do_POST(self) -> None:
        assert self.path == "/v2/notifications/email"
        self._check_who_asks()
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.server.answer is None:
            self.server.taken.append(asked)
        if self.server.dies:
            self.connection.close()
            return
        status, error = self.server.answer or (201, "")
        self._say(status, {"errors": [{"error": error, "message": "said"}]} if error else {"id": "1"})

    def do_GET(self) -> None:
        self._check_who_asks()
        if self.server.away:
            self._say(503, {})
            return
        asked = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
        rows = [
            {"id": str(number), "reference": one["reference"], "status": self.server.statuses.get("all")}
            for number, one in enumerate(self.server.taken)
        ]
        rows = [
            row
            for row in rows
            if row["reference"] == asked.get("reference", row["reference"])
            and row["status"] == asked.get("status", row["status"])
            and "older_than" not in asked
        ]
        self._say(200, {"notifications": rows})

    def _check_who_asks(self) -> None:
        token = self.headers["Authorization"].removeprefix("Bearer ")
        said, _dot, signature = token.rpartition(".")
        good = base64.urlsafe_b64encode(hmac.digest(SECRET.encode(), said.encode(), hashlib.sha256))
        assert good.decode().rstrip("=") == signature
        claims = said.split(".")[1]
        assert json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))["iss"] == SERVICE

    def _say(self, status: int, said: dict) -> None:
        body = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture
def service(app, monkeypatch):
    with Service() as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        url = f"notify+http://hub-{SERVICE}-{SECRET}@127.0.0.1:{server.server_address[1]}/template-1"
        for module in (mail_sending, outcomes):
            monkeypatch.setattr(module, "delivery", lambda _app: Notify(url))
        yield server
        server.shutdown()


def _post() -> None:
    with unit_of_work():
        post_mail("test.notify", "reader@example.org", key="one")
    drain()


def _row() -> Mail:
    db.session.rollback()
    return db.session.scalars(select(Mail)).one()


def _drain_after(wait: timedelta) -> None:
    with clock.at(clock.now() + wait):
        drain()


def test_a_message_is_told_in_plain_text_with_how_to_leave_in_one_click(app, service):
    _post()
    assert service.taken == [
        {
            "email_address": "reader@example.org",
            "template_id": "template-1",
            "reference": _row().token,
            "personalisation": {"subject": "Dè tha ùr", "body": "Much is new.\n"},
            "one_click_unsubscribe_url": LEAVE,
        }
    ]
    assert _row().state == "sent"


@pytest.mark.parametrize(
    ("status", "state"), [(400, "failed"), (413, "failed"), (403, "queued"), (429, "queued")]
)
def test_what_it_refuses_is_kept_with_its_reason(app, service, status, state):
    service.answer = (status, "SomeError")
    _post()
    assert (_row().state, "SomeError said" in _row().problem) == (state, True)
    service.answer = None
    _drain_after(timedelta(hours=1))
    assert len(service.taken) == (state == "queued")


def test_what_is_in_doubt_is_asked_for_and_not_sent_again(app, service):
    service.dies = True
    _post()
    assert _row().state == "sending"
    service.dies = False
    _drain_after(timedelta(hours=1))
    assert (_row().state, len(service.taken)) == ("sent", 1)


def test_what_did_not_arrive_there_is_sent(app, service):
    service.answer = (503, "Broken")
    _post()
    assert _row().state == "sending"
    service.answer, service.away = None, True
    _drain_after(timedelta(minutes=30))
    assert (_row().state, service.taken) == ("sending", [])  # it cannot be asked yet
    service.away = False
    _drain_after(timedelta(hours=2))
    assert (_row().state, len(service.taken)) == ("sent", 1)


def test_where_nobody_listens_it_was_certainly_not_sent(app, service):
    service.shutdown()
    service.server_close()
    _post()
    assert _row().state == "queued"
    assert "No connection" in _row().problem


@pytest.mark.parametrize(
    ("status", "state", "arrived", "stopped"),
    [
        ("delivered", "sent", True, False),
        ("permanent-failure", "failed", False, True),
        ("temporary-failure", "failed", False, False),
        ("technical-failure", "failed", False, False),
        ("sending", "sent", False, False),
    ],
)
def test_what_became_of_it_is_asked_later(service, status, state, arrived, stopped):
    _post()
    service.statuses["all"] = status
    for _ in range(2):
        with unit_of_work():
            enqueue("mail.ask_outcomes")
        drain()
    row = _row()
    assert (row.state, row.delivered_at is not None) == (state, arrived)
    assert bool(why_not("digest", "reader@example.org", to_many=True)) is stopped


def test_while_it_cannot_be_asked_nothing_changes(app, service):
    _post()
    service.away = True
    with unit_of_work():
        enqueue("mail.ask_outcomes")
    drain()
    assert _row().state == "sent"


@pytest.mark.parametrize(
    "url",
    [
        "notify://key@host/template",
        f"notify://x-{SERVICE}-{SECRET}@host",
        f"notify+http://x-{SERVICE}-{SECRET}@far.example/TEMPLATE-ID",
    ],
)
def test_an_address_without_key_or_template_is_explained(url, tmp_path):
    with pytest.raises(ValidationError, match="TEMPLATE-ID"):
        Settings(data=tmp_path, mail_url=url)
