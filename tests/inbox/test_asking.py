"""Asking and starting discussions by mail to a group's address; what is marked waits for its sender; who is
no member learns how to join, and of a hidden group nothing."""

import os
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from hub.accounts.models import Person
from hub.content.files.storing import store, sweep
from hub.content.models import DISCUSSION, QUESTION, Item, Post, StoredFile
from hub.core import clock
from hub.core.audit import AuditEntry
from hub.core.carrying import drain
from hub.core.database import db, unit_of_work
from hub.groups.models import Group, Membership
from hub.inbox.actions import let_write_by_mail
from hub.inbox.models import PIPE, HeldMessage
from hub.inbox.posting import forget
from hub.inbox.receiving import keep
from tests.factories.content import form_on
from tests.factories.groups import group, member
from tests.factories.people import actor_of, person, sign_in
from tests.inbox import letters
from tests.inbox.messages import rows, settings_with
from tests.mail import link_in, sent_mail, text_of

TO = "hub+records@hub.example.org"
PASS = "mx.example.org; dmarc=pass header.from=example.org"
TEXT = "Ours are on X, and nobody knows how long they stay there.\n\nWhat do you do?"


@pytest.fixture
def place(incoming):
    """A group that takes mail, with an owner and a member, at a hub whose mail server proves senders."""
    with settings_with(incoming, mail_in_authserv="mx.example.org"):
        records = group("Records Scotland", slug="records")
        owner = member(person("Ann", email="ann@example.org"), records, "owner")
        member(person("Bob Reid", email="bob@example.org"), records)
        with unit_of_work():
            let_write_by_mail(actor_of(owner), db.session.get_one(Group, records.id), True)
        yield records


def bring(raw: bytes, found: str = PASS) -> tuple[str, str]:
    head = f"Authentication-Results: {found}\r\n".encode() if found else b""
    keep(head + raw, PIPE)
    drain()
    return rows()[-1].state, rows()[-1].kind


def ask(text: str = TEXT, to: str = TO, subject: str = "How long do we keep posts?", **more: str) -> bytes:
    return letters.plain(to, text, subject=subject, **more)


def items() -> list[tuple[str, str, str]]:
    db.session.rollback()
    return [
        (item.kind, item.title, db.session.scalars(select(Post).where(Post.item_id == item.id)).one().source)
        for item in db.session.scalars(select(Item).order_by(Item.id))
    ]


def answers() -> list[tuple[str, str]]:
    return [
        (message["To"], text_of(message))
        for _token, message in reversed(sent_mail())
        if message["Auto-Submitted"] == "auto-replied"
    ]


# A question, a discussion


def test_a_question_is_asked_by_mail(place):
    assert bring(ask()) == ("done", "question")
    assert items() == [(QUESTION, "How long do we keep posts?", TEXT)]
    assert answers() == []


def test_a_group_may_be_called_as_addresses_of_replies_begin(place):
    with unit_of_work():
        db.session.get_one(Group, place.id).slug = "reply-to-requests"
    assert bring(ask(to="hub+reply-to-requests@hub.example.org")) == ("done", "question")


def test_a_discussion_is_started_at_the_address_beside(place):
    assert bring(ask(to="hub+records.discuss@hub.example.org", subject="[EXTERNAL] Fwd: Shared drives")) == (
        "done",
        "question",
    )
    assert items() == [(DISCUSSION, "Shared drives", TEXT)]


def test_a_council_may_keep_its_banner_and_footer(place):
    assert bring(letters.council(TO, TEXT)) == ("done", "question")
    assert items() == [(QUESTION, "Retention of chats", TEXT)]
    assert [file.name for file in files()] == ["Schedule–2026.docx"]
    assert answers() == []


def test_the_same_message_asks_once(place):
    bring(ask())
    assert bring(b"X-Other: 1\r\n" + ask(TEXT + "\n.")) == ("done", "again")
    assert len(items()) == 1


def test_absences_ask_nothing(place):
    assert bring(ask(subject="Automatic reply: How long?")) == ("done", "automatic")
    assert bring(ask(message_id="<2@x>", subject="On annual leave - back on 3 March")) == (
        "done",
        "automatic",
    )
    for number, subject in enumerate(("Out of office replies as records?", "On leave - how long kept?")):
        assert bring(ask(message_id=f"<{number}@y>", subject=subject))[1] == "question"


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (ask(subject="?"), "too short"),
        (ask(subject="word " * 60), "too long"),
        (ask(text="-- \nBob"), "no words of yours"),
    ],
)
def test_what_is_no_question_is_answered(place, raw, words):
    assert bring(raw) == ("refused", "question")
    assert items() == []
    ((to, said),) = answers()
    assert to == "bob@example.org" and words in said


# Who may


def test_a_group_takes_mail_only_where_its_owner_allows_it(place):
    with unit_of_work():
        let_write_by_mail(actor_of(_person("ann@example.org")), db.session.get_one(Group, place.id), False)
    assert bring(ask()) == ("refused", "question")
    said = answers()[0][1]
    assert items() == [] and "does not take questions" in said
    assert f"{place.path}\n\n--" in said.replace("\r", "")
    assert [entry.action for entry in db.session.scalars(select(AuditEntry))].count("group.mail") == 2


def test_who_is_no_member_is_told_once_how_to_join(place):
    for number in range(3):
        raw = ask(by="Eve <eve@elsewhere.example>", message_id=f"<{number}@x>")
        assert bring(raw, "mx.example.org; dmarc=pass header.from=elsewhere.example")[0] == "refused"
    ((to, words),) = answers()
    assert to == "eve@elsewhere.example" and f"http://localhost{place.path}/join" in words
    assert items() == []


def test_a_forged_sender_is_told_nothing(place):
    bring(ask(by="Eve <eve@elsewhere.example>"), "mx.example.org; dmarc=fail header.from=elsewhere.example")
    assert answers() == []


def test_of_a_hidden_group_nobody_else_learns_anything(place):
    with unit_of_work():
        db.session.execute(update(Group).values(visibility="hidden", joining="by_invitation"))
    bring(ask(by="Eve <eve@elsewhere.example>"))
    bring(ask(to="hub+nowhere@hub.example.org", by="Eve <eve@elsewhere.example>", message_id="<2@x>"))
    assert [(row.state, row.kind) for row in rows()] == [("refused", "unknown")] * 2
    assert answers() == []


def test_whoever_has_an_account_is_told_when_there_is_nothing_at_the_address_and_of_hidden_groups_the_same(
    place,
):
    with unit_of_work():
        db.session.execute(update(Group).values(visibility="hidden", joining="by_invitation"))
    person("Eve", email="eve@elsewhere.example")
    found = "mx.example.org; dmarc=pass header.from=elsewhere.example"
    for number, to in enumerate((TO, "hub+nowhere@hub.example.org", "hub@example.org")):
        bring(ask(to=to, by="Eve <eve@elsewhere.example>", message_id=f"<{number}@x>"), found)
    assert [(row.state, row.kind) for row in rows()] == [("refused", "unknown")] * 3
    (hidden, words), (_to, nowhere), (_to, reply_to_digest) = answers()
    assert hidden == "eve@elsewhere.example" and "it may be mistyped" in words
    assert words == nowhere == reply_to_digest


def test_who_left_asks_nothing(place):
    with unit_of_work():
        bob = _person("bob@example.org")
        db.session.delete(db.session.get_one(Membership, (bob.id, place.id)))
    assert bring(ask()) == ("refused", "question")
    assert items() == []


# Held for its sender


@pytest.mark.parametrize(
    "more",
    [
        {"subject": "OFFICIAL-SENSITIVE: an inquiry"},
        {"subject": "[OFFICIAL-SENSITIVE] An inquiry"},
        {"subject": "An inquiry - Official – Sensitive"},
        {"subject": "SENSITIVE: an inquiry"},
        {"X_Protective_Marking": "VER=2, CLASSIFICATION=OFFICIAL-SENSITIVE"},
        {"head": b"MSIP_Labels: MSIP_Label_1_Name=OFFICIAL-SENSITIVE PERSONAL;\r\n"},
        {"Sensitivity": "Company-Confidential"},
        {"text": f"OFFICIAL–SENSITIVE\n\n{TEXT}"},
        {"text": f"{TEXT}\n\n-- \nBob\n\nClassification: OFFICIAL-SENSITIVE"},
        {"text": f"{TEXT}\n\nSENSITIVE"},
        {"text": f"OFFICIAL - SENSITIVE (PERSONAL)\n{TEXT}"},
        {"text": f"UK OFFICIAL-SENSITIVE\n\n{TEXT}"},
        {"text": f"Handling: OFFICIAL-SENSITIVE\n\n{TEXT}"},
        {"text": f"{TEXT}\n\nThis e-mail is marked OFFICIAL-SENSITIVE."},
        {"text": f"OFFICIAL-SENSITIVE: for those on the list, and only as agreed with each\n\n{TEXT}"},
        {"head": b"MSIP_Labels: MSIP_Label_1_Name=MySite_OFFICIAL_SENSITIVE;\r\n"},
    ],
)
def test_what_is_marked_is_held_and_its_sender_told(place, more):
    more = dict(more)
    head = more.pop("head", b"")
    assert bring(head + ask(**more)) == ("done", "held_marked")
    assert items() == []
    ((to, words),) = answers()
    assert to == "bob@example.org" and "/me/held-mail/" in words and "What do you do" not in words
    assert rows()[0].raw is None


@pytest.mark.parametrize(
    "more",
    [
        {"subject": "Sensitive records in shared drives"},
        {"text": f"Is official information sensitive?\n\n{TEXT}"},
        {"text": f"{TEXT}\n\nClassification: OFFICIAL"},
        {"text": f"We treat secret ballots as confidential.\n\n{TEXT}"},
        {"text": f"What does OFFICIAL-SENSITIVE mean?\n\n{TEXT}"},
    ],
)
def test_words_of_every_day_are_no_marking(place, more):
    assert bring(ask(**more)) == ("done", "question")


def test_a_sender_whom_nobody_proved_says_that_it_was_them(client, place):
    assert bring(ask(), found="") == ("done", "held_unproven")
    message = next(message for _token, message in sent_mail())
    path = link_in(message, "/me/held-mail/")
    assert items() == []
    sign_in(client, _person("bob@example.org"))
    page = client.get(path)
    assert "What do you do?" in page.text
    answer = client.submit(path, {}, button="Post it")
    assert answer.status_code == 303
    assert items() == [(QUESTION, "How long do we keep posts?", TEXT)]
    assert client.get(path).status_code == 404


def test_only_its_sender_sees_what_is_held_and_may_delete_it(client, place):
    bring(ask(subject="OFFICIAL-SENSITIVE: an inquiry"))
    db.session.rollback()
    path = db.session.scalars(select(HeldMessage)).one().path
    sign_in(client, _person("ann@example.org"))
    assert client.get(path).status_code == 404
    assert "an inquiry" not in client.get("/me/held-mail").text
    sign_in(client, _person("bob@example.org"))
    assert "an inquiry" in client.get("/me/held-mail").text
    assert "held" in client.get("/").text
    page = client.get(path)
    assert "Delete it" in page.text
    client.post(path, data={**form_on(page, path), "delete": "1"})
    assert "No message of yours is held" in client.get("/me/held-mail").text
    assert items() == []


SENSITIVE = "OFFICIAL-SENSITIVE: an inquiry"


def files() -> list[StoredFile]:
    db.session.rollback()
    return list(db.session.scalars(select(StoredFile).order_by(StoredFile.id)))


def test_files_are_held_with_their_message_and_posted_with_it(client, place):
    bring(letters.council(TO, TEXT, subject=SENSITIVE))
    path = db.session.scalars(select(HeldMessage)).one().path
    (file,) = files()
    assert file.item_id is None
    for someone, status in (("ann@example.org", 404), ("bob@example.org", 200)):
        sign_in(client, _person(someone))
        assert client.get(file.own_path).status_code == status
    assert "Schedule–2026.docx" in client.get(path).text
    assert client.submit(path, {}, button="Post it").status_code == 303
    (item,) = db.session.scalars(select(Item))
    assert files()[0].item_id == item.id
    assert client.get(f"{item.path}/files/{file.token}").status_code == 200


def test_files_of_a_held_message_go_with_it_bytes_and_all(client, place):
    bring(letters.council(TO, TEXT, subject=SENSITIVE))
    path = db.session.scalars(select(HeldMessage)).one().path
    sign_in(client, _person("bob@example.org"))
    client.post(path, data={**form_on(client.get(path), path), "delete": "1"})
    assert files() == []
    bring(letters.council(TO, TEXT + " Again.", subject=SENSITIVE))
    with clock.at(clock.now() + timedelta(days=15)), unit_of_work():
        forget()
    assert files() == [] and len(store().files()) == 1
    for path in store().files():
        os.utime(path, (0, 0))
    sweep()
    assert store().files() == []


def test_what_of_a_held_message_is_not_taken_is_told_with_it(place):
    bring(letters.council(TO, TEXT, subject=SENSITIVE, document=b"MZ\x90\0" * 9))
    ((_to, words),) = answers()
    assert (
        "Without this, which the hub does not take:" in words and "Files of this kind are not taken" in words
    )


def test_who_left_meanwhile_cannot_post_what_is_held(client, place):
    bring(ask(subject="OFFICIAL-SENSITIVE: an inquiry"))
    with unit_of_work():
        bob = _person("bob@example.org")
        db.session.delete(db.session.get_one(Membership, (bob.id, place.id)))
        path = db.session.scalars(select(HeldMessage)).one().path
    sign_in(client, _person("bob@example.org"))
    answer = client.submit(path, {}, button="Post it")
    assert answer.status_code == 409 and "only members write there" in answer.text
    assert items() == []


def test_what_is_held_is_forgotten_after_two_weeks(place):
    bring(ask(subject="OFFICIAL-SENSITIVE: an inquiry"))
    for days, left in ((13, 1), (15, 0)):
        with clock.at(clock.now() + timedelta(days=days)), unit_of_work():
            forget()
        db.session.rollback()
        assert len(db.session.scalars(select(HeldMessage)).all()) == left


# On the pages


def test_an_owner_lets_members_write_by_mail_and_members_see_where(client, place):
    sign_in(client, _person("ann@example.org"))
    assert TO in client.get(f"{place.path}/mail").text
    assert f"mailto:{TO}" in client.get(place.path).text
    client.submit(f"{place.path}/mail", {"allowed": ""}, button="Save")
    assert "mailto:" not in client.get(place.path).text
    sign_in(client, _person("bob@example.org"))
    assert client.get(f"{place.path}/mail").status_code == 404


def test_visitors_and_hubs_without_mail_see_no_addresses(app, client, place):
    assert "mailto:" not in client.get(place.path).text
    sign_in(client, _person("bob@example.org"))
    with settings_with(app, mail_in_address=""):
        assert "mailto:" not in client.get(place.path).text


def _person(address: str) -> Person:
    db.session.rollback()
    return db.session.scalars(select(Person).where(Person.email == address)).one()
