"""A digest as a mail server gets it: read from its bytes, signed, and every link in it leads somewhere."""

import hashlib
import re
from urllib.parse import urlsplit

import dkim
from sqlalchemy import select

from hub.core import mail_sending
from hub.core.database import db
from hub.core.delivery import Smtp
from hub.core.dkim import new_key, signers_of
from hub.core.mail import Mail
from hub.subscriptions.models import Subscription
from tests.digests.telling import answered, asked, discussed, on, sent, visitor
from tests.smtp import mail_server

LINK = re.compile(r"https?://localhost[^\s\"<>]*[^\s\"<>.,;)]")


def test_a_digest_over_smtp_from_its_bytes(app, client, world, tmp_path, monkeypatch):
    (tmp_path / "key.pem").write_bytes(new_key("rsa"))
    signing = {"dkim_key": str(tmp_path / "key.pem"), "mail_from": "hub@hub.example.org"}
    settings = app.extensions["settings"].model_copy(update=signing)
    monkeypatch.setitem(app.extensions, "settings", settings)
    with mail_server() as server:
        monkeypatch.setattr(mail_sending, "delivery", lambda _app: Smtp(server.url))
        with on(20):
            visitor(world.group)
            item = asked(world.as_cat, world.group, "How long?")
            answered(world.as_ann, item)
            discussed(world.as_ann, world.group)
        with on(21, 7):
            assert sent().sent == 1
        (raw,) = [one for one in server.taken if b"List-Id" in one]
        (message,) = [one for one in server.messages() if one["List-Id"]]
    _is_signed(raw, settings)
    assert not message.defects
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert (message["Precedence"], message["Auto-Submitted"]) == ("bulk", "auto-generated")
    row = db.session.scalars(select(Mail).where(Mail.purpose == "digest")).one()
    assert row.sha256 == hashlib.sha256(raw).hexdigest()
    _links_lead_somewhere(client, message)


def _is_signed(raw: bytes, settings) -> None:
    records = {
        f"{name}.".encode(): text.encode() for name, text in (one.record for one in signers_of(settings))
    }
    assert dkim.verify(raw, dnsfunc=lambda name, **_kw: records.get(name))


def _links_lead_somewhere(client, message) -> None:
    """And opening them, as mail scanners do, changes nothing."""
    bodies = [message.get_body((kind,)).get_content() for kind in ("plain", "html")]
    found = {link.replace("&amp;", "&") for body in bodies for link in LINK.findall(body)}
    found |= set(LINK.findall(str(message["List-Unsubscribe"])))
    assert len(found) >= 5
    for link in sorted(found):
        parts = urlsplit(link)
        answer = client.get(parts.path + (f"?{parts.query}" if parts.query else ""), follow_redirects=True)
        assert answer.status_code == 200, link
        if parts.fragment:
            assert f'id="{parts.fragment}"' in answer.text, link
    db.session.rollback()
    assert set(db.session.scalars(select(Subscription.frequency))) == {"daily"}
