"""Each post at once: who is mailed what, once, as soon as it is written."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from hub.accounts.models import Person
from hub.content.models import Activity, Item
from hub.core import clock
from hub.core.addressees import HARD, Failure, note_failure, works
from hub.core.carrying import drain
from hub.core.database import db, unit_of_work
from hub.core.delivery import NotAccepted
from hub.core.jobs import Job
from hub.core.mail import Mail
from hub.digests.claiming import HELD_BACK, claim
from hub.guidance.actions import publish, start_guidance
from hub.guidance.actions.revising import revise
from hub.instants import rules, tasks, telling
from hub.instants.models import Instant
from hub.questions.actions import accept_answer, comment
from hub.subscriptions.actions import choose
from hub.subscriptions.matching import _finders, finds_saved
from hub.subscriptions.models import AT_ONCE, GUIDANCE_ONLY, SavedSearch, Subscriber
from tests.budget import queries
from tests.conftest import DATABASES
from tests.digests.telling import again, answered, asked, chosen, discussed, on, replied, sent, visitor
from tests.factories.content import topic
from tests.factories.groups import group as a_group
from tests.factories.groups import member
from tests.factories.people import actor_of
from tests.instants.story import at_once, instants, queued, set_times, told, visitor_at_once

both = pytest.mark.parametrize("app", DATABASES, indirect=True)


def page_of_guidance(world, title="Retention in brief"):
    with unit_of_work():
        page = start_guidance(world.as_ann, again(world.group), title, "Keep what matters.", "Seven years.")
        publish(
            world.as_ann, page, db.session.get(Person, world.ann.id), clock.now().date() + timedelta(days=300)
        )
        return page


# Who is told of what


@both
def test_whoever_chose_it_gets_each_post_of_a_group_as_a_message(app, world, folder):
    at_once(world.as_bob, world.group)
    visitor_at_once(world.group)
    item = asked(world.as_cat, world.group, "How long?")
    given = answered(world.as_ann, item)
    with unit_of_work():
        comment(world.as_cat, again(given), "Is that so?")
    replied(world.as_cat, discussed(world.as_ann, world.group))
    page_of_guidance(world)
    drain()
    everything = [
        "Ann answered",
        "Ann started a discussion",
        "Cat asked a question",
        "Cat commented",
        "Cat replied",
        "New guidance",
    ]
    assert sorted(told(folder, world.bob.email)) == everything
    assert sorted(told(folder, "visitor@example.org")) == everything


def test_nobody_is_told_of_their_own_posts(app, world, folder):
    at_once(world.as_cat, world.group)
    item = asked(world.as_cat, world.group)
    answered(world.as_ann, item)
    drain()
    assert told(folder, world.cat.email) == ["Ann answered your question"]


def test_what_brings_no_new_words_is_left_to_the_digest(app, world, folder):
    item = asked(world.as_cat, world.group)
    given = answered(world.as_ann, item)
    drain()
    at_once(world.as_bob, world.group)
    with unit_of_work():
        accept_answer(world.as_cat, again(given))
    drain()
    assert instants(folder) == []


@both
def test_a_topic_is_heard_of_in_all_groups_that_one_may_read(app, world, folder):
    hidden = a_group("Closed", visibility="hidden")
    member(world.cat, hidden)
    filed = topic("Retention", world.group, hidden)
    as_cat = actor_of(world.cat)
    at_once(world.as_bob, world.group)
    with unit_of_work():
        choose(db.session.scalars(select(Subscriber)).one(), again(world.group), "never")
        choose(db.session.scalars(select(Subscriber)).one(), again(filed), AT_ONCE)
    asked(as_cat, world.group, "Filed under it?", topics=[again(filed)])
    asked(as_cat, hidden, "Filed, and hidden?", topics=[again(filed)])
    asked(as_cat, world.group, "Filed elsewhere?")
    drain()
    assert [message["Subject"] for message in instants(folder)] == ["[Records] Filed under it?"]
    db.session.rollback()
    purposes = db.session.scalars(select(Mail.purpose).where(Mail.person_id == world.bob.id)).all()
    assert purposes == ["instant"]  # of what cannot be seen no message is even begun


def test_of_guidance_alone_one_hears_when_it_is_published_and_when_it_changes(app, world, folder):
    at_once(world.as_bob, world.group)
    with unit_of_work():
        subscriber = db.session.scalars(select(Subscriber)).one()
        choose(subscriber, again(world.group), "never")
        choose(subscriber, again(world.group), AT_ONCE, GUIDANCE_ONLY)
    asked(world.as_cat, world.group)
    page = page_of_guidance(world)
    with unit_of_work():
        page = db.session.get(Item, page.id)
        revise(world.as_ann, page, source="Eight years.", note="The schedule was changed")
        publish(
            world.as_ann, page, db.session.get(Person, world.ann.id), clock.now().date() + timedelta(days=300)
        )
    drain()
    assert told(folder, world.bob.email) == ["New guidance", "Guidance was changed"]
    text = instants(folder)[1].get_body(("plain",)).get_content()
    assert "What changed: The schedule was changed" in text
    assert "Seven years" not in text


@pytest.fixture
def finder():
    """Searches find what has their words in its title, as the actor would find it."""

    def find(_actor, search, item_ids):
        named = select(Item.id).where(Item.id.in_(item_ids), Item.title.contains(search.asked["q"]))
        return set(db.session.scalars(named))

    before = list(_finders)
    _finders.clear()
    finds_saved(find)
    yield find
    _finders[:] = before


@both
def test_what_a_saved_search_finds_is_told_once_the_index_knows_it(app, world, folder, finder):
    at_once(world.as_bob, world.group)
    with unit_of_work() as session:
        subscriber = db.session.scalars(select(Subscriber)).one()
        choose(subscriber, again(world.group), "never")
        search = SavedSearch(subscriber_id=subscriber.id, name="Retention", asked={"q": "retention"})
        session.add(search)
        session.flush()
        choose(subscriber, search, AT_ONCE)
    asked(world.as_cat, world.group, "What is the retention of posts?")
    asked(world.as_cat, world.group, "Who owns the channel?")
    drain()
    assert instants(folder) == []
    with clock.at(clock.now() + rules.SEARCHED_AFTER):
        drain()
    assert [m["Subject"] for m in instants(folder)] == ["[Records] What is the retention of posts?"]


@both
def test_one_message_of_a_post_however_many_choices_it_falls_under(app, world, folder):
    filed = topic("Retention", world.group)
    at_once(world.as_bob, world.group)
    with unit_of_work():
        choose(db.session.scalars(select(Subscriber)).one(), again(filed), AT_ONCE)
    asked(world.as_cat, world.group, topics=[again(filed)])
    drain()
    assert len(instants(folder)) == 1


def test_a_choice_begins_with_what_is_written_after_it(app, world, folder):
    with on(20):
        asked(world.as_cat, world.group, "Before?")
    with on(20, 13):
        at_once(world.as_bob, world.group)
        asked(world.as_cat, world.group, "After?")
        drain()
    assert [message["Subject"] for message in instants(folder)] == ["[Records] After?"]


def test_what_is_numbered_days_later_is_no_news(app, world, folder):
    with on(20):
        at_once(world.as_bob, world.group)
        asked(world.as_cat, world.group)
    with on(23):
        drain()
    assert instants(folder) == []


# Many subscribers


@both
def test_many_are_told_in_pieces_each_of_which_goes_on_where_the_last_ended(app, world, folder, monkeypatch):
    monkeypatch.setattr(telling, "A_PIECE", 2)
    for number in range(5):
        visitor_at_once(world.group, f"v{number}@example.org")
    item = asked(world.as_cat, world.group)
    queued()
    db.session.rollback()
    pieces = select(Job).where(Job.kind == telling.TELL)
    assert len(db.session.scalars(pieces).all()) == 3
    assert len(db.session.scalars(select(Mail).where(Mail.purpose == "instant")).all()) == 5
    activity = db.session.scalar(select(Activity.id).where(Activity.item_id == item.id))
    with unit_of_work():
        tasks.tell(activity)  # a job that is taken up again
    drain()
    assert sorted(message["To"] for message in instants(folder)) == [f"v{n}@example.org" for n in range(5)]


def test_where_nobody_is_told_at_once_no_work_is_done(app, world, folder):
    visitor(world.group, "daily")
    asked(world.as_cat, world.group)
    drain()
    assert db.session.scalars(select(Job).where(Job.kind == telling.TELL)).all() == []


def test_reading_for_a_piece_costs_the_same_for_many(app, world, folder):
    def cost(people: int) -> int:
        for _ in range(people):
            at_once(actor_of(member(None, world.group)), world.group)
        asked(world.as_cat, world.group)
        drain(kinds=["activity>content.tasks.number_activities"])
        drain(kinds=["activities.numbered>instants.tasks.begin"])
        with queries() as spent:
            drain(kinds=[telling.TELL])
        mails = select(Mail.id).where(Mail.purpose == "instant")
        return spent.count, len(db.session.scalars(mails).all())

    (few, before), (many, after) = cost(2), cost(6)
    # A message is two statements: its row and its job.
    assert (many - few) == 2 * ((after - before) - before)


@both
def test_composing_a_message_costs_the_same_whatever_was_written_before(app, world, folder):
    at_once(world.as_bob, world.group)
    item = asked(world.as_cat, world.group)
    drain()

    def cost(posts: int) -> int:
        for number in range(posts):
            answered(world.as_ann, item, f"Answer {number}")
            drain()
        answered(world.as_ann, item)
        queued()
        with queries() as spent:
            drain(kinds=["mail.send"])
        return spent.count

    assert cost(0) == cost(4)


# What could not be told at once


def test_what_happens_while_one_is_away_is_told_by_the_digest_afterwards(app, world, folder):
    with on(20):
        subscriber = at_once(world.as_bob, world.group)
        set_times(subscriber, away_until=date(2026, 11, 24))
        asked(world.as_cat, world.group, "While away?")
        drain()
    with on(24):
        asked(world.as_cat, world.group, "Back again?")
        drain()
        sent()
    assert [m["Subject"] for m in instants(folder, world.bob.email)] == ["[Records] Back again?"]
    (digest,) = digests_to(folder, world.bob.email)
    assert "While away?" in digest and "Back again?" not in digest


def digests_to(folder, to: str) -> list[str]:
    purposes = {row.token: row.purpose for row in db.session.scalars(select(Mail))}
    return [
        message.get_body(("plain",)).get_content()
        for token, message in folder.messages()
        if purposes.get(token) == "digest" and message["To"] == to
    ]


@both
def test_what_was_told_at_once_is_in_no_digest_nor_what_one_wrote(app, world, folder):
    with on(20):
        at_once(world.as_bob, world.group)
        item = asked(world.as_cat, world.group, "How long?")
        answered(world.as_bob, item)
        drain()
    with on(21, 7):
        sent()
    assert len(instants(folder)) == 1
    assert digests_to(folder, world.bob.email) == []


def test_whoever_goes_back_to_a_digest_is_not_told_again(app, world, folder):
    with on(20):
        subscriber = at_once(world.as_bob, world.group)
        asked(world.as_cat, world.group, "Told at once?")
        drain()
        chosen(subscriber, world.group, "daily")
        asked(world.as_cat, world.group, "Told tomorrow?")
        drain()
    with on(21, 7):
        sent()
    (digest,) = digests_to(folder, world.bob.email)
    assert "Told tomorrow?" in digest and "Told at once?" not in digest


def test_while_a_message_waits_no_digest_tells_beside_it(app, world, folder):
    with on(20):
        at_once(world.as_bob, world.group)
        asked(world.as_cat, world.group, "How long?")
        queued()
    with on(21, 7):
        assert claim(db.session.scalar(select(Subscriber.id)), clock.now()).outcome == HELD_BACK
        drain()
        sent()
    assert len(instants(folder)) == 1
    assert digests_to(folder, world.bob.email) == []


def test_nothing_is_queued_to_an_address_from_which_mail_came_back_and_the_digest_tells_it(
    app, world, folder
):
    with on(20):
        at_once(world.as_bob, world.group)
        with unit_of_work():
            note_failure(world.bob.email, Failure(HARD, "550 5.1.1 unknown"))
        asked(world.as_cat, world.group, "How long?")
        drain()
        assert db.session.scalars(select(Mail)).all() == []
    with on(20, 18), unit_of_work():
        works(world.bob.email)
    with on(21, 7):
        sent()
    assert "How long?" in digests_to(folder, world.bob.email)[0]


def test_what_failed_for_good_comes_with_the_digest(app, world, folder, monkeypatch):
    with on(20):
        at_once(world.as_bob, world.group)
        asked(world.as_cat, world.group, "How long?")
        queued()
        deliver = folder.deliver

        def refuse(_message, about_to):
            about_to()
            raise NotAccepted("no", permanent=True)

        monkeypatch.setattr(folder, "deliver", refuse)
        drain()
        monkeypatch.setattr(folder, "deliver", deliver)
    with on(21, 7):
        sent()
    assert instants(folder) == []
    assert "How long?" in digests_to(folder, world.bob.email)[0]


@pytest.mark.parametrize("change", ["suspended", "weekly", "never", "away"])
def test_what_was_chosen_meanwhile_counts(app, world, folder, change):
    subscriber = at_once(world.as_bob, world.group)
    asked(world.as_cat, world.group)
    queued()
    if change == "suspended":
        with unit_of_work():
            db.session.execute(update(Person).where(Person.id == world.bob.id).values(active=False))
    elif change == "away":
        set_times(subscriber, away_until=clock.now().date() + timedelta(days=3))
    else:
        chosen(subscriber, world.group, change)
    drain()
    assert instants(folder) == []
    db.session.rollback()
    assert db.session.scalars(select(Instant)).all() == []


def test_what_was_told_is_remembered_as_long_as_a_digest_may_cover_it(app, world, folder):
    with on(20):
        at_once(world.as_bob, world.group)
        asked(world.as_cat, world.group)
        drain()
    with clock.at(clock.now() + rules.KEPT + timedelta(days=1)):
        with unit_of_work():
            telling.forget()
        assert len(db.session.scalars(select(Instant)).all()) == 1
        db.session.rollback()
        with unit_of_work() as session:
            for kept in session.scalars(select(Subscriber)).one().subscriptions:
                kept.last_number = 10
        with unit_of_work():
            telling.forget()
        assert db.session.scalars(select(Instant)).all() == []
