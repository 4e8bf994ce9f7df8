"""The order of worth: what concerns the reader first; then, group by group, what is worth most."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from hub.content.models import Topic
from hub.core import clock
from hub.core.carrying import drain
from hub.core.database import db, unit_of_work
from hub.core.mail import SEND, Mail
from hub.digests import claiming
from hub.discussions.actions import start_discussion
from hub.groups.actions import leave
from hub.guidance.actions import mark_needs_review, publish, start_guidance
from hub.guidance.actions.publishing import move_due
from hub.subscriptions.actions import choose_times
from hub.subscriptions.models import Subscriber
from tests.digests.telling import (
    accepted,
    again,
    answered,
    asked,
    digest_of,
    discussed,
    joined,
    numbers,
    on,
    replied,
    sent,
    subscribed,
    visitor,
    withdrawn,
)
from tests.factories.groups import group as a_group
from tests.factories.groups import member
from tests.factories.people import actor_of, person


def guidance(world, title="How long we keep posts", owner=None, days=200):
    """A page that Ann publishes."""
    with unit_of_work():
        item = start_guidance(world.as_ann, again(world.group), title, "", "Six years.")
        publish(world.as_ann, item, again(owner or world.ann), (clock.now() + timedelta(days=days)).date())
        return item


def as_subscriber(someone) -> Subscriber:
    return db.session.query(Subscriber).filter_by(person_id=someone.id).one()


@pytest.fixture
def told(world, folder):
    """Bob hears of everything from the 20th on, and is told on the 21st: gives the text."""

    def text() -> str:
        with on(21, 7):
            assert sent().sent >= 1
        return digest_of(folder, world.bob.email)[0]

    with on(20):
        subscribed(world.as_bob, world.group)
    return text


def test_what_concerns_the_reader_comes_first_and_then_by_worth(app, world, told):
    with unit_of_work():
        topic = Topic(slug="retention", name="Retention")
        db.session.add(topic)
    with on(19):
        mine = asked(world.as_bob, world.group, "My own question?")
        known = asked(world.as_cat, world.group, "What I answered once", topics=[again(topic)])
        answered(world.as_bob, known)
        sent()
    with on(20):
        with unit_of_work():
            for kept in as_subscriber(world.bob).subscriptions:
                kept.last_number = max(numbers())
        discussed(world.as_cat, world.group, "A quiet talk")
        lively = discussed(world.as_cat, world.group, "A lively talk")
        replied(world.as_ann, lively)
        guidance(world, "A page of guidance")
        asked(world.as_cat, world.group, "A question about anything?")
        asked(world.as_cat, world.group, "A question I may know?", topics=[again(topic)])
        with unit_of_work():
            start_discussion(world.as_cat, again(world.group), "Who is asked", "What does @bob think?")
        accepted(world.as_cat, answered(world.as_ann, known, "The accepted one."))
        answered(world.as_cat, mine, "For you.")
        joined(world.as_dan, world.group)
    text = told()
    order = [
        "Answers to your questions",
        "My own question?",
        "Where you are mentioned",
        "Who is asked",
        "Questions that you may be able to answer",
        "A question I may know?",
        "RECORDS",
        "Questions waiting for an answer",
        "A question about anything?",
        "Guidance",
        "A page of guidance",
        "Accepted answers",
        "What I answered once",
        "Discussions",
        "A lively talk",
        "A quiet talk",
        "New members",
        "Dan joined.",
    ]
    assert [words for words in order if words not in text] == []
    places = [text.index(words) for words in order]
    assert places == sorted(places)


def test_a_page_that_is_due_is_its_owners_concern(app, world, told, folder):
    with on(20):
        subscribed(world.as_cat, world.group)
        guidance(world, "Due soon", owner=world.bob, days=1)
        sent()
    with on(20, 13), unit_of_work():
        assert move_due((clock.now() + timedelta(days=1)).date()) == 1
    text = told()
    assert "You look after this page, and it is due to be checked" in text
    assert "You look after" not in digest_of(folder, world.cat.email)[0]


def test_that_guidance_is_not_to_be_relied_on_is_told_to_all(app, world, told):
    with on(19):
        page = guidance(world)
        sent()
    with on(20), unit_of_work():
        mark_needs_review(world.as_ann, again(page), "The law changed.")
    assert "Not to be relied on until it is checked" in told()


# Who joined


def test_who_joined_is_told_to_members_beside_something_else(app, world, folder):
    with on(20):
        subscribed(world.as_bob, world.group)
        visitor(world.group)
        joined(world.as_dan, world.group)
    with on(21, 7):
        assert sent().sent == 0
        asked(world.as_cat, world.group, "Something else?")
    with on(22, 7):
        assert sent().sent == 2
    assert "Dan joined." in digest_of(folder, world.bob.email)[0]
    assert "Dan joined" not in digest_of(folder, "visitor@example.org")[0]
    with on(22, 8):
        asked(world.as_cat, world.group, "More?")
    with on(23, 7):
        sent()
    assert "joined" not in digest_of(folder, world.bob.email)[0]


def test_who_joined_waits_for_the_next_digest_when_all_else_is_gone_at_the_moment_of_sending(
    app, world, folder
):
    with on(20):
        subscribed(world.as_bob, world.group)
        joined(world.as_dan, world.group)
        item = asked(world.as_cat, world.group, "Soon withdrawn?")
    with on(21, 7):
        drain(kinds=["activity>content.tasks.number_activities"])
        assert [each.outcome for each in claiming.claim_due(clock.now())] == ["posted"]
        withdrawn(world.as_ann, item)
        drain()
        assert folder.messages() == []
        asked(world.as_cat, world.group, "Something else?")
    with on(22, 7):
        assert sent().sent == 1
    assert "Dan joined." in digest_of(folder, world.bob.email)[0]


def test_who_left_again_is_not_told(app, world, told):
    with on(20):
        asked(world.as_cat, world.group)
        joined(world.as_dan, world.group)
        with unit_of_work():
            leave(actor_of(again(world.dan)), again(world.group))
    assert "Dan joined" not in told()


# Length


def test_who_chose_titles_gets_titles(app, world, told):
    with on(20):
        answered(world.as_ann, asked(world.as_cat, world.group, "A title?", "The words of it."), "An answer.")
        with unit_of_work():
            choose_times(
                db.session.query(Subscriber).filter_by(person_id=world.bob.id).one(), length="titles"
            )
    text = told()
    assert "A title?" in text
    assert "Ann answered: http://localhost" in text
    assert "The words" not in text and "An answer." not in text


def test_who_chose_everything_reads_whole_posts_in_paragraphs(app, world, told):
    long = "\n\n".join(f"Paragraph {number}. " + "Some words. " * 20 for number in range(5))
    with on(20):
        discussed(world.as_cat, world.group, "Long", long)
        with unit_of_work():
            choose_times(as_subscriber(world.bob), length="whole")
    text = told()
    assert all(f"Paragraph {number}." in text for number in range(5))


@pytest.mark.parametrize("length", ["titles", "openings", "whole"])
def test_a_digest_stays_below_what_mail_programs_cut(app, world, told, folder, length):
    words = "Some words of a post that says a lot. " * 60
    with on(20):
        for number in range(6):
            other = a_group(f"Group of people {number}")
            subscribed(actor_of(member(again(world.bob), other)), other)
            cat = actor_of(member(again(world.cat), other))
            for title in range(12):
                discussed(cat, other, f"{title} {'A long title, as they are ' * 5}", words)
        with unit_of_work():
            choose_times(as_subscriber(world.bob), length=length)
    told()
    html = digest_of(folder, world.bob.email)[1]
    assert len(html.encode()) < 100_000


# Closed groups


@pytest.mark.parametrize("chosen", [False, True])
def test_a_closed_group_mails_titles_unless_its_owners_chose_otherwise(app, world, told, folder, chosen):
    with unit_of_work():
        group = again(world.group)
        group.visibility, group.mails_words = "listed", chosen
    with on(20):
        item = asked(world.as_cat, world.group, "A title?", "Members' words.")
        accepted(world.as_cat, answered(world.as_ann, item, "A member's answer."))
        replied(world.as_ann, discussed(world.as_cat, world.group, "A talk", "More words."), "A reply.")
        joined(world.as_dan, world.group)
    told()
    for body in digest_of(folder, world.bob.email):
        assert "A title?" in body and "A talk" in body
        said = ("Members' words.", "A member's answer.", "More words.", "A reply.", "Cat", "Dan")
        assert [words for words in said if words.replace("'", "&#39;") in body or words in body] == (
            list(said) if chosen else []
        )
        if not chosen:
            assert "1 answer" in body and "1 reply" in body and "1 person joined." in body


def test_of_a_part_open_group_what_anybody_reads_is_told_in_words(app, world, told):
    with unit_of_work():
        again(world.group).visibility = "part_open"
    with on(20):
        guidance(world)
        discussed(world.as_cat, world.group, "A talk", "Members' words.")
    text = told()
    assert "Six years." in text
    assert "A talk" in text
    assert "Members' words." not in text


def test_it_costs_the_same_for_many(app, world, folder):
    from hub.digests.gathering import gather
    from hub.digests.ranges import Range
    from tests.budget import queries

    def cost() -> int:
        sent()
        with queries() as spent:
            edition = gather(world.as_bob, [Range(0, 100_000, group_id=world.group.id)])
        assert edition.personal
        return spent.count

    with on(20):
        mine = asked(world.as_bob, world.group, "Mine?")
        for number in range(3):
            answered(world.as_cat, mine, f"{number} @bob")
            replied(world.as_ann, discussed(world.as_cat, world.group, f"Talk {number}"), "Ask @bob.")
            asked(world.as_cat, world.group, f"Question {number}?")
            joined(actor_of(person()), world.group)
        few = cost()
        for number in range(9):
            answered(world.as_cat, mine, f"{number} @bob")
            replied(world.as_ann, discussed(world.as_cat, world.group, f"Talk {number}"), "Ask @bob.")
            asked(world.as_cat, world.group, f"Question {number}?")
            joined(actor_of(person()), world.group)
        assert cost() == few


def test_what_one_wrote_oneself_comes_after_what_others_wrote(world, told):
    """It is told, for a digest is also a record; what one does not know yet has the room first."""
    with on(20):
        asked(world.as_bob, world.group, "Bob's own?")
        asked(world.as_cat, world.group, "Cat's?")
    text = told()
    assert text.index("Questions waiting for an answer") < text.index("Cat's?") < text.index("Bob's own?")


def test_what_one_wrote_oneself_is_no_mail_of_its_own_and_is_told_beside_what_others_write(
    app, world, folder
):
    with on(20):
        subscribed(world.as_bob, world.group)
        asked(world.as_bob, world.group, "Bob's own?")
    with on(21, 7):
        assert (sent().sent, folder.messages()) == (0, [])
        assert db.session.scalars(select(Mail)).all() == []
        gone = asked(world.as_cat, world.group, "Gone at the moment of sending?")
    with on(22, 7):
        drain(kinds=["activity>content.tasks.number_activities"])
        claims = list(claiming.claim_due(clock.now()))
        withdrawn(world.as_ann, gone)
        drain(kinds=[SEND])
        assert ([one.outcome for one in claims], folder.messages()) == (["posted"], [])
        asked(world.as_cat, world.group, "Cat's?")
    with on(23, 7):
        assert sent().sent == 1
    text = digest_of(folder, world.bob.email)[0]
    assert text.index("Cat's?") < text.index("Bob's own?")
