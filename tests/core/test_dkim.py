"""DKIM: who receives a message can tell from its bytes that it comes from the domain, and unchanged."""

import dkim as reader  # an implementation that is not ours
import pytest
from click.testing import CliRunner
from sqlalchemy import select

from hub import cli
from hub.core import mail_sending
from hub.core.carrying import drain
from hub.core.database import db, unit_of_work
from hub.core.delivery import Smtp
from hub.core.dkim import CannotSign, Signer, new_key, read_key, signed, signers_of
from hub.core.mail import Email, Mail, composer, post_mail
from hub.core.settings import Settings
from tests.smtp import mail_server


@composer("test.signed")
def _compose(_row: Mail) -> Email:
    headers = {
        "List-Unsubscribe": "<https://hub.example.org/mail/leave/" + "x" * 200 + ">",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    return Email("Dè tha ùr – 3 ceistean", ".dot\n\nspaces  \t \nGrüße\n\n\n", "<p>Grüße</p>", headers)


@pytest.fixture(params=["rsa", "ed25519", "rsa,ed25519"])
def settings(request, app, tmp_path, monkeypatch) -> Settings:
    kinds = request.param.split(",")
    for kind in kinds:
        (tmp_path / f"{kind}.pem").write_bytes(new_key(kind))
    chosen = app.extensions["settings"].model_copy(
        update={
            "mail_from": "hub@hub.example.org",
            "dkim_selector": ", ".join(kinds),
            "dkim_key": ", ".join(str(tmp_path / f"{kind}.pem") for kind in kinds),
        }
    )
    monkeypatch.setitem(app.extensions, "settings", chosen)
    return chosen


@pytest.fixture
def received(settings, monkeypatch) -> bytes:
    """The bytes that a mail server got."""
    with mail_server() as server:
        monkeypatch.setattr(mail_sending, "delivery", lambda _app: Smtp(server.url))
        with unit_of_work():
            post_mail("test.signed", "reader@example.org", key="one")
        drain()
        return server.taken[0]


def _valid(raw: bytes, signers: tuple[Signer, ...]) -> list[bool]:
    records = {f"{name}.".encode(): text.encode() for name, text in (one.record for one in signers)}
    verifier = reader.DKIM(raw)
    return [
        _verified(verifier, number, lambda name, **_kw: records.get(name)) for number in range(len(signers))
    ]


def _verified(verifier, number, dns) -> bool:
    try:
        return bool(verifier.verify(number, dnsfunc=dns))
    except reader.DKIMException:
        return False


def test_every_signature_is_good_over_the_bytes_that_arrived(settings, received):
    signers = signers_of(settings)
    assert received.count(b"DKIM-Signature:") == len(signers)
    assert all(_valid(received, signers))
    assert all(len(line) <= 998 and line.isascii() for line in received.split(b"\r\n"))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"Subject: ", b"Subject: Urgent: "),
        (b"/mail/leave/x", b"/mail/leave/y"),
        (b"One-Click", b"Two-Clicks"),
        (b"To: reader@", b"To: another@"),
        (b"From: ", b"From: Somebody else <a@b.org>\r\nFrom: "),
        (b"Date: ", b"Reply-To: thief@b.org\r\nDate: "),
        (b".dot", b".dots"),
    ],
)
def test_whatever_is_changed_or_added_breaks_them(settings, received, before, after):
    assert before in received
    changed = received.replace(before, after, 1)
    assert not any(_valid(changed, signers_of(settings)))


def test_spaces_that_mail_servers_change_do_not(settings, received):
    assert all(_valid(received.replace(b"Subject: ", b"SUBJECT:   ", 1) + b"\r\n\r\n", signers_of(settings)))


def test_a_message_without_a_body_is_signed_too(settings):
    raw = b"From: a@hub.example.org\r\nSubject: x\r\n\r\n"
    assert all(_valid(signed(raw, signers_of(settings)), signers_of(settings)))


def test_without_a_key_nothing_is_signed(app):
    assert signers_of(app.extensions["settings"]) == ()


def test_a_key_that_is_gone_loses_no_mail_and_is_said(settings, app, monkeypatch):
    missing = settings.model_copy(update={"dkim_key": "/no/such/file", "dkim_selector": "hub"})
    monkeypatch.setitem(app.extensions, "settings", missing)
    with unit_of_work():
        post_mail("test.signed", "reader@example.org", key="one")
    drain()
    db.session.rollback()
    row = db.session.scalars(select(Mail)).one()
    assert row.state == "queued"
    assert "/no/such/file cannot be read" in row.problem


def test_settings_that_do_not_fit_together_are_explained(settings, tmp_path):
    with pytest.raises(CannotSign, match="a selector of its own"):
        signers_of(settings.model_copy(update={"dkim_selector": "a,b,c"}))
    (tmp_path / "other.pem").write_text("no key")
    with pytest.raises(CannotSign, match="cannot be read"):
        read_key(tmp_path / "other.pem")


def test_a_command_makes_a_key_and_says_what_to_publish(app, tmp_path, monkeypatch):
    monkeypatch.setattr(cli, "_create_app", lambda: app)
    file = tmp_path / "hub.pem"
    run = CliRunner().invoke(cli.main, ["mail", "dkim-key", str(file), "--selector", "autumn"])
    assert run.exit_code == 0, run.output
    assert file.stat().st_mode & 0o077 == 0
    name, text = Signer("localhost", "autumn", read_key(file)).record
    assert name in run.output
    assert text.replace(" ", "") in run.output.replace('" "', "").replace(" ", "")
    assert f"HUB_DKIM_KEY={file}" in run.output
    again = CliRunner().invoke(cli.main, ["mail", "dkim-key", str(file)])
    assert again.exit_code != 0
    assert "is there already" in again.output
