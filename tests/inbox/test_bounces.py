"""Mail that comes back, and mail that is called unwanted: what the hub makes of it."""

import pytest
from sqlalchemy import select

from hub.core.addressees import MailAddress
from hub.core.addressing import signed_address
from hub.core.carrying import drain
from hub.core.database import db, unit_of_work
from hub.core.mail import SENT, Mail, post_mail
from hub.core.mail_days import MailDay
from hub.inbox.models import LMTP, PIPE
from hub.inbox.receiving import keep
from hub.subscriptions.actions import choose, own_subscriber
from hub.subscriptions.models import Subscription
from tests.conftest import DATABASES
from tests.inbox import reports
from tests.inbox.messages import message, rows

both = pytest.mark.parametrize("app", DATABASES, indirect=True)
READER = "Reader@example.com"


def sent(to: str = READER, key: str = "one") -> Mail:
    """A message that a mail server took."""
    with unit_of_work():
        post_mail("digest", to, key=key)
        mail = db.session.scalars(select(Mail).where(Mail.key == key)).one()
        mail.state = SENT
    return mail


def original(mail: Mail) -> str:
    return f"From: hub@example.org\nTo: {mail.to_address}\nMessage-ID: <{mail.token}@example.org>\n\nNews.\n"


def comes(raw: bytes, **envelope: str) -> None:
    keep(raw, LMTP if envelope else PIPE, **envelope)
    drain()


def come_back(form: reports.Form, mail: Mail) -> None:
    to = signed_address("bounce", mail.token)
    comes(form(to, mail.to_address, original(mail)), recipient=to, sender="")


def known() -> MailAddress | None:
    db.session.rollback()
    return db.session.scalars(select(MailAddress)).one_or_none()


def counted() -> dict[str, int]:
    db.session.rollback()
    (day,) = db.session.scalars(select(MailDay)).all() or [MailDay(domain="", bounced=0)]
    names = ("delivered", "deferred", "refused", "bounced", "complained", "ended")
    return {name: number for name in names if (number := getattr(day, name))}


# There is no such mailbox


@both
@pytest.mark.parametrize(
    "form",
    [
        reports.exim,
        reports.postfix,
        reports.exchange,
        reports.gmail,
        reports.international,
        reports.in_base64,
        reports.qmail,
    ],
)
def test_a_mailbox_that_does_not_exist_is_known_whoever_says_so(incoming, form):
    mail = sent()
    come_back(form, mail)
    assert (rows()[0].state, rows()[0].kind) == ("done", "bounce")
    assert known().address == "reader@example.com"
    assert known().gets_nothing
    assert known().problem
    assert counted() == {"bounced": 1}
    assert mail.came_back_at is not None
    assert mail.problem.startswith("It came back: ")


def test_the_mail_is_known_by_what_came_back_when_the_address_does_not_say(incoming):
    mail = sent()
    comes(reports.postfix("hub@example.org", READER, original(mail)))
    assert known().gets_nothing


def test_a_report_about_mail_that_the_hub_did_not_send_does_nothing(incoming):
    mail = sent()
    others = original(mail).replace(mail.token, "bcdfghjkmnpq")
    comes(reports.postfix("hub@example.org", READER, others))
    forged = "hub+bounce-bcdfghjkmnpq-2345678923456789@hub.example.org"
    comes(reports.gmail(forged, READER, others), recipient=forged, sender="")
    assert [(row.state, row.kind) for row in rows()] == [("refused", "bounce")] * 2
    assert known() is None


def test_the_same_report_twice_counts_once(incoming):
    mail = sent()
    come_back(reports.postfix, mail)
    come_back(reports.exim, mail)
    assert counted() == {"bounced": 1}


@pytest.mark.parametrize("strange", [b"Empf\xe4nger", b"Recipien=?utf-8?q?=ff?=tNotFound"])
def test_what_a_mail_server_says_may_hold_any_characters(incoming, strange):
    mail = sent()
    to = signed_address("bounce", mail.token)
    raw = reports.exchange(to, mail.to_address, original(mail)).replace(b"RecipientNotFound", strange)
    comes(raw, recipient=to, sender="")
    assert (rows()[0].state, rows()[0].kind) == ("done", "bounce")
    assert known().gets_nothing


@pytest.mark.parametrize(
    "broken",
    [
        b"Content-Type: multipart/related\n\nNo parts at all.\n",
        b'Content-Type: multipart/alternative; boundary="b"\n\n--b\nContent-Type: multipart/related\n\ny\n',
        b'Content-Type: multipart/report; boundary="b"\n\n--b\nContent-Type: message/rfc822\n'
        b"Content-Transfer-Encoding: base64\n\nSubject: \xff\xfe\n\n\xed\xa0\x80\n--b--\n",
        b'Content-Type: multipart/report; boundary="b"\n\n--b\nContent-Type: text/rfc822-headers; charset=x\n'
        b"\nX: \xff\n--b--\n",
    ],
)
def test_a_report_that_is_broken_says_nothing(incoming, broken):
    mail = sent()
    comes(b"From: x@example.net\n" + broken, recipient=signed_address("bounce", mail.token), sender="")
    assert [(row.state, row.kind) for row in rows()] == [("done", "automatic")]


# Other failures


@pytest.mark.parametrize("form", [reports.full, reports.ses, reports.behind_an_alias])
def test_what_may_pass_is_noted_and_stops_nothing_yet(incoming, form):
    come_back(form, sent())
    assert known().soft_since is not None
    assert not known().gets_nothing
    assert counted() == {"bounced": 1}


def test_a_refusal_that_is_about_us_says_nothing_of_the_address(incoming):
    come_back(reports.policy, sent())
    assert known() is None
    assert counted() == {"bounced": 1}


@pytest.mark.parametrize(("form", "numbers"), [(reports.delayed, {"deferred": 1}), (reports.relayed, {})])
def test_late_and_relayed_mail_did_not_come_back(incoming, form, numbers):
    mail = sent()
    come_back(form, mail)
    assert rows()[0].kind == "bounce"
    assert known() is None
    assert mail.came_back_at is None
    assert counted() == numbers


# What is no report


def test_an_out_of_office_answer_is_dropped_wherever_it_goes(incoming):
    mail = sent()
    come_back(reports.out_of_office, mail)
    comes(reports.out_of_office("hub+records@hub.example.org", READER, ""))
    assert [(row.state, row.kind) for row in rows()] == [("done", "automatic")] * 2
    assert known() is None


def test_the_hubs_own_mail_does_not_go_round(incoming):
    comes(message(From="Knowledge Hub <hub@localhost>"))
    assert rows()[0].kind == "own"


def test_what_a_person_writes_to_a_return_path_is_no_bounce(incoming):
    to = signed_address("bounce", sent().token)
    comes(message(to=to, text="Hello, are you there?"), recipient=to, sender="ann@example.com")
    assert rows()[0].kind == "automatic"
    assert known() is None


@pytest.mark.parametrize(
    "broken",
    [
        lambda raw: raw[: len(raw) // 2],
        lambda raw: raw.replace(b"Action: failed", b"Action: =?x?"),
        lambda raw: raw.replace(b"Status: 5.1.1", b"Status: five"),
        lambda raw: raw.replace(b"rfc822;", b"\xff\xfe;"),
        lambda raw: raw.replace(b'boundary="part"', b"boundary="),
        lambda raw: raw.replace(b"Diagnostic-Code: smtp; 550", b"Diagnostic-Code: \x00" + b"9" * 90_000),
    ],
)
def test_broken_reports_break_nothing(incoming, broken):
    mail = sent()
    to = signed_address("bounce", mail.token)
    comes(broken(reports.postfix(to, READER, original(mail))), recipient=to, sender="")
    assert rows()[0].state in {"done", "refused"}


# Complaints


def subscribed(person, group) -> None:
    with unit_of_work():
        choose(own_subscriber(person), group, "daily")


def frequencies() -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(select(Subscription.frequency)))


@both
def test_whoever_calls_our_mail_unwanted_is_out_of_all_lists_at_once(incoming, world):
    subscribed(world.bob, world.group)
    mail = sent(world.bob.email)
    comes(reports.complaint("fbl@example.org", "", original(mail)))
    assert frequencies() == ["never"]
    assert known().complained_at is not None
    assert counted()["complained"] == 1


def test_the_return_path_is_enough_to_know_whose_complaint_it_is(incoming, world):
    subscribed(world.bob, world.group)
    mail = sent(world.bob.email)
    path = signed_address("bounce", mail.token)
    redacted = "From: hub@example.org\nMessage-ID: <redacted@example.org>\n\n"
    comes(reports.complaint("fbl@example.org", "", redacted, return_path=f"<{path}>"))
    assert frequencies() == ["never"]


def test_nobody_can_complain_in_anothers_name(incoming, world):
    subscribed(world.bob, world.group)
    mail = sent(world.bob.email)
    forged = original(mail).replace(mail.token, "bcdfghjkmnpq")
    comes(reports.complaint("fbl@example.org", "", forged, rcpt=world.bob.email))
    assert frequencies() == ["daily"]
    assert (rows()[0].state, known()) == ("refused", None)


def test_praise_is_no_complaint(incoming, world):
    subscribed(world.bob, world.group)
    comes(reports.complaint("fbl@example.org", "", original(sent(world.bob.email)), kind="not-spam"))
    assert frequencies() == ["daily"]
