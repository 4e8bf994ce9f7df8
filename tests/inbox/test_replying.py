"""A member answers by mail: what they write stands on the page, and whatever cannot become a post is answered
with words, once, to nobody but its sender's own account."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from hub.accounts.models import Person
from hub.content.actions import close_item, withdraw
from hub.content.files.shown import files_of
from hub.content.models import ANSWER, COMMENT, REPLY, Item, Post
from hub.core import clock
from hub.core.carrying import drain
from hub.core.database import db, new_token, unit_of_work
from hub.core.mail import Mail
from hub.groups.models import Group, Membership
from hub.inbox.addresses import read_reply_address, reply_address
from hub.inbox.answering import PURPOSE
from hub.inbox.models import IMAP, LMTP, PIPE, Incoming
from hub.inbox.receiving import keep
from hub.inbox.rules import ANSWERS_A_DAY, POSTS_AN_HOUR
from hub.questions.actions import answer
from hub.subscriptions.actions import own_subscriber
from hub.subscriptions.models import Subscriber
from tests.conftest import DATABASES
from tests.core.test_notify import SECRET, SERVICE
from tests.factories.content import discussion, question
from tests.factories.files import office
from tests.factories.groups import group, member
from tests.factories.people import actor_of, person
from tests.inbox import letters
from tests.inbox.messages import rows, settings_with
from tests.mail import sent_mail, text_of

both = pytest.mark.parametrize("app", DATABASES, indirect=True)

SAID = "The keeper signs it, and I ask the archivist – once a year."


class Place:
    """Bob asks in a group; Cat answers."""

    def __init__(self, **of_group: object) -> None:
        self.group = group("Records Scotland", slug="records", **of_group)
        self.bob = member(person("Bob Reid", email="bob@example.org"), self.group)
        self.cat = member(person("Cat Muir"), self.group)
        self.item = question(self.bob, self.group)
        with unit_of_work():
            item = db.session.get_one(Item, self.item.id)
            self.answer_id = answer(actor_of(self.cat), item, "Six years, as our schedule says.").id
            own_subscriber(db.session.get_one(Person, self.bob.id))

    def address(self, post_id: int | None = None) -> str:
        """Where Bob replies."""
        db.session.rollback()
        post = db.session.get_one(Post, post_id or self.answer_id)
        made = reply_address(db.session.get_one(Person, self.bob.id), post)
        assert made is not None
        return made

    def posts(self) -> list[Post]:
        db.session.rollback()
        return list(db.session.scalars(select(Post).where(Post.author_id == self.bob.id).order_by(Post.id)))[
            1:
        ]


@pytest.fixture
def place(incoming) -> Place:
    return Place()


def bring(raw: bytes, *, how: str = PIPE, **more: str) -> tuple[str, str]:
    """What became of the message: its state and kind."""
    keep(raw, how, **more)
    drain()
    return rows()[-1].state, rows()[-1].kind


def answers() -> list[tuple[str, str]]:
    """The answers that the hub sent since somebody last looked: to whom, and their words."""
    return [
        (message["To"], text_of(message))
        for _token, message in reversed(sent_mail())
        if message["Auto-Submitted"] == "auto-replied"
    ]


# From the notice to the page


@both
def test_a_notice_is_answered_by_replying_to_it(incoming):
    place = Place()
    drain()
    notice = next(message for _token, message in sent_mail() if message["To"] == "bob@example.org")
    assert "Reply above this line" in text_of(notice).splitlines()[0]
    raw = letters.gmail(notice["Reply-To"], SAID)
    assert bring(raw) == ("done", "reply")
    (post,) = place.posts()
    assert (post.kind, post.source, post.parent_id) == (COMMENT, SAID, place.answer_id)
    assert answers() == []


def test_nobody_is_told_to_reply_where_messages_cannot_say_whereto(place, incoming):
    notify = f"notify://x-{SERVICE}-{SECRET}@api.notifications.service.gov.uk/TEMPLATE-ID"
    assert place.address()
    with settings_with(incoming, mail_url=notify):
        bob, post = db.session.get_one(Person, place.bob.id), db.session.get_one(Post, place.answer_id)
        assert reply_address(bob, post) is None


@pytest.mark.parametrize("program", ["outlook", "outlook_web", "gmail", "thunderbird", "plain"])
def test_of_any_program_only_what_was_typed_is_posted(place, program):
    assert bring(getattr(letters, program)(place.address(), SAID)) == ("done", "reply")
    assert [post.source for post in place.posts()] == [SAID]
    assert answers() == []


def test_files_that_come_with_a_reply_hang_on_it(place, client):
    assert bring(letters.apple_mail(place.address(), SAID)) == ("done", "reply")
    bring(letters.council(place.address(), SAID + " Truly.", subject="Re: x"))
    assert answers() == []
    posts = place.posts()
    assert [post.kind for post in posts] == [ANSWER, ANSWER]  # comments have no files
    found = files_of(posts, place.item.path)
    names = [[file.name for file in found[post.id]] for post in posts]
    assert names == [["IMG_0042.jpeg"], ["Schedule–2026.docx"]]
    page = client.get(place.item.path).text
    assert "Schedule–2026.docx" in page and "A picture that nobody described: IMG_0042.jpeg" in page


def test_what_was_left_out_is_said_in_one_mail_with_the_reason(place):
    harmful = office(**{"word/vbaProject.bin": b"x"})
    assert bring(letters.council(place.address(), SAID, document=harmful)) == ("done", "reply")
    ((to, words),) = answers()
    assert to == "bob@example.org"
    assert "“Schedule–2026.docx”. It carries macros" in words and "Save it without macros" in words
    assert f"http://localhost{place.item.path}" in words
    assert [post.source for post in place.posts()] == [SAID]
    assert [post.file_count for post in place.posts()] == [0]


def test_a_reply_becomes_what_fits_its_place(place):
    opening = db.session.scalar(select(Post.id).where(Post.item_id == place.item.id, Post.position == 1))
    talk = discussion(place.cat, place.group)
    said = db.session.scalar(select(Post.id).where(Post.item_id == talk.id))
    bring(letters.plain(place.address(opening), "An answer of mine.", message_id="<1@x>"))
    bring(letters.plain(place.address(), "Long. " * 500, message_id="<2@x>"))
    bring(letters.plain(place.address(said), "A reply.", message_id="<3@x>"))
    assert [post.kind for post in place.posts()] == [ANSWER, ANSWER, REPLY]


def test_no_address_where_no_mail_comes_in_or_for_whoever_may_not_answer(app, place):
    post = db.session.get_one(Post, place.answer_id)
    stranger = person()
    with unit_of_work():
        own_subscriber(db.session.get_one(Person, stranger.id))
    assert reply_address(db.session.get_one(Person, stranger.id), post) is None
    with settings_with(app, mail_in_address=""):
        assert reply_address(db.session.get_one(Person, place.bob.id), post) is None


# Once


@both
def test_the_same_message_makes_one_post_whatever_way_it_comes_again(incoming):
    place = Place()
    to = place.address()
    bring(letters.plain(to, SAID))
    assert bring(letters.plain(to, SAID + "\nA footer that another server added."), how=IMAP) == (
        "done",
        "again",
    )
    assert bring(
        letters.plain(to, SAID + "\n."), how=LMTP, recipient=to.upper(), sender="bob@example.org"
    ) == (
        "done",
        "again",
    )
    assert len(place.posts()) == 1


def test_who_writes_too_much_in_an_hour_is_told_to_wait(place):
    to = place.address()
    with clock.at(clock.now().replace(minute=1)):
        for number in range(POSTS_AN_HOUR + 1):
            last = bring(letters.plain(to, f"Number {number}.", message_id=f"<{number}@x>"))
    assert last == ("refused", "reply")
    assert len(place.posts()) == POSTS_AN_HOUR
    assert "very much" in answers()[0][1]


# Who may


def test_an_address_is_good_for_its_person_and_post_alone(place):
    to = place.address()
    assert len(to.partition("@")[0]) <= 64
    assert read_reply_address(to.upper())[1] == place.answer_id
    changed = to[:10] + ("b" if to[10] == "a" else "a") + to[11:]
    assert read_reply_address(changed) is None
    assert read_reply_address("hub+reply-@hub.example.org") is None
    assert read_reply_address(to.replace("reply-", "bounce-")) is None


def test_a_new_token_revokes_every_address(place):
    to = place.address()
    with unit_of_work():
        db.session.execute(update(Subscriber).values(token=new_token()))
    assert bring(letters.plain(to, SAID)) == ("refused", "reply")
    assert place.posts() == []
    ((who, words),) = answers()
    assert who == "bob@example.org" and "no longer used" in words


def test_a_reply_from_another_address_is_told_to_the_account_and_not_to_the_sender(place):
    raw = letters.plain(place.address(), "Buy now!", by="Eve <eve@elsewhere.example>", subject="SPAM")
    assert bring(raw) == ("refused", "other_address")
    ((to, words),) = answers()
    assert to == "bob@example.org" and "Buy now" not in words and "SPAM" not in words
    assert place.posts() == []


@pytest.mark.parametrize("state", ["closed", "withdrawn", "suspended", "left"])
def test_what_may_not_be_written_is_refused_with_words(place, state):
    to = place.address()
    with unit_of_work():
        item, bob = db.session.get_one(Item, place.item.id), db.session.get_one(Person, place.bob.id)
        if state == "closed":
            db.session.execute(update(Item).values(closed_at=clock.now()))
        elif state == "withdrawn":
            db.session.execute(
                update(Post).where(Post.id == place.answer_id).values(withdrawn_at=clock.now())
            )
        elif state == "suspended":
            bob.active = False
        else:
            db.session.delete(db.session.get_one(Membership, (bob.id, item.group_id)))
    state_now = bring(letters.plain(to, SAID))
    assert state_now[0] == "refused"
    assert place.posts() == []
    ((who, words),) = answers()
    assert who == "bob@example.org"
    expected = {"closed": "closed to new posts", "withdrawn": "removed", "suspended": "account is closed"}
    assert expected.get(state, "written by its members") in words


def test_who_left_a_hidden_group_is_told_nothing_of_it(place):
    to = place.address()
    with unit_of_work():
        db.session.execute(update(Group).values(visibility="hidden", joining="by_invitation"))
        db.session.delete(db.session.get_one(Membership, (place.bob.id, place.group.id)))
        db.session.execute(update(Item).values(title="Quokkaberg"))
    bring(letters.plain(to, SAID, subject="Re: yours"))
    ((_who, words),) = answers()
    assert "Quokkaberg" not in words and "Records Scotland" not in words and "/groups/" not in words


# What says nothing


@pytest.mark.parametrize(
    ("raw_of", "words"),
    [
        (lambda to: letters.plain(to, letters.quoted()), "no words of yours"),
        (lambda to: letters.plain(to, "-----BEGIN PGP MESSAGE-----\n\nabc"), "encrypted"),
        (lambda to: letters.plain(to, "word " * 11_000), "longer than one post"),
    ],
)
def test_what_cannot_become_a_post_is_answered(place, raw_of, words):
    assert bring(raw_of(place.address())) == ("refused", "reply")
    assert place.posts() == []
    assert words in answers()[0][1]


def test_keys_that_a_program_quoted_are_not_posted(place):
    text = "I agree.\n\nThe mail had this at its end http://localhost/mail/choices/KEY\n\n"
    text += "https://eur01.safelinks.protection.outlook.com/?url=http%3A%2F%2Flocalhost%2Fmail%2Fx&data=1\n\n"
    text += f"and came from {place.address()}."
    bring(letters.plain(place.address(), text))
    for key in ("/mail/", "reply-", "safelinks"):
        assert key not in place.posts()[0].source


# No loops


@pytest.mark.parametrize(
    "more",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Precedence": "bulk"},
        {"X_Loop": "http://localhost"},
        {"List_Id": "<records.hub.example.org>"},
        {"Return_Path": "<>"},
        {"subject": "Automatic reply: Cat Muir answered your question"},
        {"subject": "Out of Office: back on Monday"},
        {"by": "MAILER-DAEMON@example.org"},
        {"by": "hub+x@hub.example.org"},
    ],
)
def test_machines_are_neither_posted_nor_answered(place, more):
    assert bring(letters.plain(place.address(), SAID, **more)) == ("done", "automatic")
    assert place.posts() == [] and answers() == []


def test_exchange_may_ask_not_to_be_answered_and_is_posted_all_the_same(place):
    raw = letters.plain(place.address(), SAID, X_Auto_Response_Suppress="All")
    assert bring(raw) == ("done", "reply")
    bring(
        letters.plain(place.address(), letters.quoted(), message_id="<2@x>", X_Auto_Response_Suppress="All")
    )
    assert answers() == []


def test_answers_come_once_a_message_a_few_a_day_from_nobody_and_to_the_message(place):
    to = place.address()
    for number in range(ANSWERS_A_DAY + 3):
        bring(letters.plain(to, letters.quoted(), message_id=f"<{number}@x>"))
        bring(letters.plain(to, letters.quoted() + "\n>", message_id=f"<{number}@x>"))
    sent = [
        message for _token, message in reversed(sent_mail()) if message["Auto-Submitted"] == "auto-replied"
    ]
    assert len(sent) == ANSWERS_A_DAY
    assert [message["In-Reply-To"] for message in sent][:2] == ["<0@x>", "<1@x>"]
    assert all(message["X-Loop"] == "http://localhost" for message in sent)
    with clock.at(clock.now() + timedelta(days=1, minutes=1)):
        bring(letters.plain(to, letters.quoted(), message_id="<next@x>"))
    assert len(answers()) == 1


def test_an_answer_of_the_hub_that_comes_back_ends_there(place):
    bring(letters.plain(place.address(), letters.quoted()))
    ((_token, message),) = [one for one in sent_mail() if one[1]["Auto-Submitted"] == "auto-replied"]
    del message["To"]
    message["To"] = place.address()
    assert bring(message.as_bytes()) == ("done", "own")
    assert answers() == []


# Who says that it is theirs

AUTHSERV = {"mail_in_authserv": "mx.example.org"}
PASS = "mx.example.org; dmarc=pass header.from=example.org"
FAIL = "mx.example.org; dmarc=fail header.from=example.org"


@pytest.mark.parametrize(
    ("unproven", "found", "posted"),
    [
        ("replies", "", True),
        ("replies", PASS, True),
        ("replies", FAIL, False),
        ("none", "", False),
        ("none", PASS, True),
        ("none", "mx.example.org; dkim=pass header.d=mail.example.org", True),
        ("none", "mx.example.org; spf=pass smtp.mailfrom=bob@elsewhere.example", False),
        ("none", "evil.example; dmarc=pass header.from=example.org", False),
        ("all", FAIL, False),
    ],
)
def test_what_our_mail_server_found_counts(app, place, unproven, found, posted):
    with settings_with(app, **AUTHSERV, mail_in_unproven=unproven):
        became = bring(letters.plain(place.address(), SAID, Authentication_Results=found))
    assert became == (("done", "reply") if posted else ("done", "held_unproven"))
    assert len(place.posts()) == posted
    assert len(answers()) == (0 if posted else 1)


def test_a_result_that_came_with_the_message_does_not_count(app, place):
    raw = letters.plain(place.address(), SAID, Authentication_Results=PASS)
    ours = b"Authentication-Results: mx.example.org; dmarc=none header.from=example.org\r\n"
    with settings_with(app, **AUTHSERV, mail_in_unproven="none"):
        assert bring(ours + raw) == ("done", "held_unproven")


def test_nothing_of_an_answer_is_kept_when_it_is_settled(place):
    bring(letters.plain(place.address(), letters.quoted(), subject="Secret"))
    sent_mail()
    db.session.rollback()
    assert [mail.payload for mail in db.session.scalars(select(Mail).where(Mail.purpose == PURPOSE))] == [{}]


def test_a_moderator_withdraws_and_closes_what_came_by_mail_as_anything(place):
    bring(letters.plain(place.address(), SAID))
    moderator = member(None, place.group, "moderator")
    with unit_of_work():
        post = db.session.get_one(Post, place.posts()[0].id)
        withdraw(actor_of(moderator), post)
        close_item(actor_of(moderator), db.session.get_one(Item, place.item.id))
    assert place.posts()[0].withdrawn_at is not None
    assert db.session.scalar(select(Incoming.kind)) == "reply"
