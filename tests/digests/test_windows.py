"""What one digest covers: everything in its range that the subscriber may see now, once, and nothing else."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from hub.accounts.models import Person
from hub.core import clock, mail_sending
from hub.core.addressees import HARD, Failure, note_failure, works
from hub.core.carrying import drain
from hub.core.database import db, unit_of_work
from hub.core.delivery import NotAccepted, Unknown
from hub.core.mail import Mail
from hub.digests import claiming, tasks
from hub.digests.claiming import claim
from hub.digests.due import due_subscribers
from hub.digests.models import Digest, DigestPart
from hub.digests.sending import SEND, Sending
from hub.groups.actions import leave
from hub.groups.models import Membership
from hub.subscriptions.actions import choose_times
from hub.subscriptions.models import Subscriber, Subscription
from hub.subscriptions.rules import next_due, window_at
from hub.subscriptions.tasks import forget
from tests.budget import queries
from tests.conftest import DATABASES
from tests.digests.telling import (
    accepted,
    again,
    answered,
    asked,
    chosen,
    discussed,
    numbers,
    on,
    replied,
    sent,
    subscribed,
    visitor,
    watermark,
    withdrawn,
)
from tests.factories.content import topic
from tests.factories.groups import group as a_group
from tests.factories.groups import member
from tests.factories.people import actor_of

both = pytest.mark.parametrize("app", DATABASES, indirect=True)


def _digests(folder) -> list:
    """Not the mail that tells of answers at once."""
    return [message for _token, message in folder.messages() if message["List-Id"]]


def _subjects(folder) -> list[str]:
    return [message["Subject"] for message in _digests(folder)]


def _texts(folder) -> str:
    bodies = (message.get_body(("plain",)).get_content() for message in _digests(folder))
    return "\n".join(bodies).replace("\r\n", "\n")


# When


@pytest.mark.parametrize(
    ("moment", "zone", "day"),
    [
        ("2026-11-20T06:59", "Europe/London", "2026-11-19"),
        ("2026-11-20T07:00", "Europe/London", "2026-11-20"),
        ("2026-07-20T06:00", "Europe/London", "2026-07-20"),  # summer time
        ("2026-11-20T06:59", "Pacific/Kiritimati", "2026-11-20"),  # twenty-one hours later there
        ("2026-11-20T20:00", "Pacific/Kiritimati", "2026-11-21"),
        ("2026-11-20T07:00", "No/Such", "2026-11-20"),
        ("2026-03-29T06:00", "Europe/London", "2026-03-29"),  # the morning of the lost hour
        ("2026-10-25T07:00", "Europe/London", "2026-10-25"),  # and of the one that comes twice
    ],
)
def test_a_window_opens_at_seven_by_the_subscribers_clock(moment, zone, day):
    assert str(window_at(datetime.fromisoformat(moment).replace(tzinfo=UTC), zone)) == day


@pytest.mark.parametrize(
    ("chosen", "frequency", "after", "due"),
    [
        ({}, "daily", "2026-11-20T12:00", "2026-11-21T07:00"),
        ({}, "daily", "2026-11-20T07:00", "2026-11-21T07:00"),  # that window has opened
        ({}, "at_once", "2026-11-20T06:00", "2026-11-20T07:00"),  # what could not be told at once
        ({}, "weekly", "2026-11-20T12:00", "2026-11-23T07:00"),
        ({}, "weekly", "2026-11-23T06:00", "2026-11-23T07:00"),
        ({}, "weekly", "2026-11-23T07:00", "2026-11-30T07:00"),
        ({"weekly_on": 4, "digest_hour": 17}, "weekly", "2026-11-20T12:00", "2026-11-20T17:00"),
        ({"time_zone": "Pacific/Auckland"}, "daily", "2026-11-20T12:00", "2026-11-20T18:00"),
        ({"away_until": date(2026, 12, 1)}, "daily", "2026-11-20T12:00", "2026-12-01T07:00"),
        ({"away_until": date(2026, 12, 1)}, "weekly", "2026-11-20T12:00", "2026-12-07T07:00"),
        ({"away_until": date(2026, 1, 1)}, "daily", "2026-11-20T12:00", "2026-11-21T07:00"),  # back
        ({"digest_hour": 1}, "daily", "2026-03-28T12:00", "2026-03-29T01:00"),  # an hour that there is not
        ({"digest_hour": 1}, "daily", "2026-10-24T12:00", "2026-10-25T00:00"),  # one that comes twice
        ({"digest_hour": 1}, "daily", "2026-10-25T00:30", "2026-10-26T01:00"),
        ({}, "weekly", "2026-12-29T12:00", "2027-01-04T07:00"),
        ({}, "mentions", "2026-11-20T12:00", None),
        ({}, "never", "2026-11-20T12:00", None),
    ],
)
def test_when_the_next_window_opens(chosen, frequency, after, due):
    subscriber = Subscriber(
        **{"time_zone": "Europe/London", "digest_hour": 7, "weekly_on": 0, "away_until": None, **chosen}
    )
    moment = datetime.fromisoformat(after).replace(tzinfo=UTC)
    expected = datetime.fromisoformat(due).replace(tzinfo=UTC) if due else None
    assert next_due(subscriber, frequency, moment) == expected


@both
def test_a_daily_subscriber_is_told_once_a_day_at_seven(app, world, folder):
    with on(20):
        subscriber = subscribed(world.as_bob, world.group)
        asked(world.as_cat, world.group)
        assert sent().subscribers == 0
    with on(21, 6, 59):
        assert sent().subscribers == 0
    with on(21, 7):
        assert sent().sent == 1
        assert sent().subscribers == 0
    with on(21, 23):
        asked(world.as_cat, world.group, "Another?")
        assert sent().subscribers == 0
    with on(22, 7):
        assert sent().sent == 1
    assert _subjects(folder) == ["1 question in Records"] * 2
    assert watermark(subscriber, world.group) == max(numbers())


@both
def test_a_weekly_subscriber_is_told_on_monday(app, world, folder):
    with on(20):
        subscribed(world.as_bob, world.group, "weekly")
        asked(world.as_cat, world.group)
    for day in (21, 22):
        with on(day):
            assert sent().subscribers == 0
    with on(23, 7):
        assert sent().sent == 1
    for day in (24, 29):
        with on(day):
            assert sent().subscribers == 0
    with on(30, 8):
        assert sent() == Sending(1, sent=0, empty=1, waiting=0, uncertain=0, failed=0, passed_over=0)


def test_a_window_that_passed_while_the_hub_was_down_is_made_up_once(app, world, folder):
    with on(20):
        subscribed(world.as_bob, world.group, "weekly")
        asked(world.as_cat, world.group)
    with on(25, 15):
        assert sent().sent == 1
        assert sent().subscribers == 0
    with on(29):
        assert sent().subscribers == 0


def test_each_is_told_by_their_own_clock(app, world, folder):
    with unit_of_work():
        again(world.bob).time_zone = "Pacific/Auckland"  # thirteen hours ahead
    with on(20):
        for actor in (world.as_bob, world.as_cat):
            subscribed(actor, world.group)
        asked(world.as_ann, world.group)
    with on(20, 18):
        assert sent().sent == 1  # seven in Auckland
    with on(21, 7):
        assert sent().sent == 1  # seven in London


def test_groups_that_are_due_together_come_in_one_message(app, world, folder):
    other = a_group("Digital")
    bob = actor_of(member(world.bob, other))
    with on(20):
        subscribed(bob, world.group)
        subscribed(bob, other, "weekly")
        asked(world.as_cat, world.group)
        asked(bob, other)
    with on(23, 7):
        assert sent().sent == 1
    assert _subjects(folder) == ["2 questions in 2 groups"]


# What


@both
def test_nothing_twice_and_nothing_omitted(app, world, folder):
    with on(19):
        old = asked(world.as_cat, world.group, "Before it was asked for")
    with on(20):
        sent()
        subscribed(world.as_bob, world.group)
        first = asked(world.as_cat, world.group, "The first question")
    with on(21, 7):
        sent()
    with on(21, 8):
        accepted(world.as_cat, answered(world.as_ann, first, "The answer to it."))
        replied(world.as_ann, discussed(world.as_cat, world.group, "A talk"), "A reply to it.")
        answered(world.as_ann, old, "A late answer.")
    with on(22, 7):
        sent()
    one, two = reversed(folder.messages())
    one, two = (message.get_body(("plain",)).get_content() for _token, message in (one, two))
    assert "The first question" in one
    assert "Before it was" not in one
    for new in ("The answer to it.", "Accepted: the answer by Ann", "A talk", "A reply to it."):
        assert two.count(new) == 1
    assert two.count("A late answer.") == 1
    assert "Asked by" not in two


@both
def test_what_was_committed_late_is_told_by_the_next_digest(app, world, folder):
    """An activity that happened before the window's end, but whose transaction was slow."""
    with on(20):
        subscribed(world.as_bob, world.group)
        asked(world.as_cat, world.group, "In time")
        drain()
        asked(world.as_cat, world.group, "Too late")  # committed, not numbered yet
    with on(21, 7):
        for each in claiming.claim_due(clock.now()):
            assert each.outcome == "posted"
        drain(kinds=[SEND])
    assert "In time" in _texts(folder)
    assert "Too late" not in _texts(folder)
    with on(22, 7):
        sent()
    assert _texts(folder).count("In time\n") == 1
    assert _texts(folder).count("Too late\n") == 1


def test_a_clock_that_was_far_ahead_and_is_right_again_silences_nobody(app, world, folder):
    with on(20):
        subscribed(world.as_bob, world.group)
        away = visitor(world.group)
    with clock.at(datetime(2027, 11, 20, 12, tzinfo=UTC)):
        sent()
    with on(20, 13):
        with unit_of_work():
            choose_times(again(away), away_until=date(2026, 12, 24))
            forget()
        asked(world.as_cat, world.group)
    with on(21, 7):
        assert sent().sent == 1
    assert [message["To"] for message in _digests(folder)] == [world.bob.email]


@both
def test_no_mail_when_nothing_is_new_and_the_watermark_moves(app, world, folder):
    with on(20):
        subscriber = visitor(world.group)
        with unit_of_work():
            again(world.group).visibility = "listed"
        asked(world.as_cat, world.group)
    with on(21, 7):
        result = sent()
    assert (result.sent, result.empty) == (0, 1)
    assert folder.messages() == []
    assert watermark(subscriber, world.group) == max(numbers())


def test_choosing_another_frequency_neither_repeats_nor_omits(app, world, folder):
    with on(20):
        subscriber = subscribed(world.as_bob, world.group)
        asked(world.as_cat, world.group, "One")
        chosen(subscriber, world.group, "weekly")
    with on(21, 7):
        assert sent().subscribers == 0
        chosen(subscriber, world.group, "daily")
        asked(world.as_cat, world.group, "Two")
    with on(22, 7):
        sent()
    assert _subjects(folder) == ["2 questions in Records"]


def test_what_happened_while_nothing_was_chosen_is_not_told(app, world, folder):
    with on(20):
        subscriber = subscribed(world.as_bob, world.group)
        chosen(subscriber, world.group, "never")
        asked(world.as_cat, world.group, "Not asked for")
    with on(22):
        sent()
        chosen(subscriber, world.group, "daily")
        asked(world.as_cat, world.group, "Asked for")
    with on(23, 7):
        sent()
    assert "Asked for" in _texts(folder)
    assert "Not asked for" not in _texts(folder)


# Who may see what, at the moment of sending


def _queued(world, folder, change) -> str:
    """A digest is claimed; then `change` happens; then the mail is sent. What the mail said."""
    with on(21, 7):
        drain()
        assert [each.outcome for each in claiming.claim_due(clock.now())] == ["posted"]
        change()
        drain()
    return _texts(folder)


@both
@pytest.mark.parametrize(
    "change",
    ["withdrawn", "unpublished", "group hidden", "removed from the group", "account closed", "deleted"],
)
def test_what_may_no_longer_be_seen_is_not_sent(app, world, folder, change):
    with unit_of_work():
        again(world.group).visibility = "listed"
    with on(20):
        subscribed(world.as_bob, world.group)
        item = asked(world.as_cat, world.group, "A canary sings")

    def happens():
        if change == "withdrawn":
            return withdrawn(world.as_ann, item)
        with unit_of_work() as session:
            if change == "unpublished":
                again(item).published_at = None
            elif change == "group hidden":
                again(world.group).visibility = "hidden"
                session.execute(Membership.__table__.delete().where(Membership.person_id == world.bob.id))
            elif change == "removed from the group":
                session.execute(Membership.__table__.delete().where(Membership.person_id == world.bob.id))
            elif change == "account closed":
                session.execute(update(Person).where(Person.id == world.bob.id).values(active=False))
            else:
                session.delete(again(item))

    assert _queued(world, folder, happens) == ""
    db.session.rollback()
    assert db.session.scalars(select(Mail.state)).all() == ["dropped"]


def test_what_is_left_is_still_sent(app, world, folder):
    with on(20):
        subscribed(world.as_bob, world.group)
        item = asked(world.as_cat, world.group, "A canary sings")
        answer = answered(world.as_ann, item, "A wren answers.")
        asked(world.as_cat, world.group, "A sparrow asks")
    text = _queued(world, folder, lambda: withdrawn(world.as_ann, answer))
    assert "A canary sings" in text
    assert "A sparrow asks" in text
    assert "wren answers" not in text


def test_a_group_that_was_left_out_meanwhile_is_not_sent(app, world, folder):
    with on(20):
        subscriber = subscribed(world.as_bob, world.group)
        asked(world.as_cat, world.group)
    assert _queued(world, folder, lambda: chosen(subscriber, world.group, "never")) == ""


@both
def test_what_a_group_told_is_not_told_again_by_a_topic_when_the_group_was_left(app, world, folder):
    filed = topic("Retention", world.group)
    with on(20):
        subscriber = subscribed(world.as_bob, world.group)
        chosen(subscriber, filed, "weekly")
        asked(world.as_cat, world.group, topics=[again(filed)])
    with on(21, 7):
        assert sent().sent == 1
        with unit_of_work():
            leave(actor_of(again(world.bob)), again(world.group))
        drain()
    with on(23, 7):
        assert sent().sent == 0


def test_moderators_and_authors_are_not_mailed_what_was_withdrawn(app, world, folder):
    with on(20):
        subscribed(world.as_ann, world.group)
        subscribed(world.as_cat, world.group)
        withdrawn(world.as_ann, asked(world.as_cat, world.group, "A canary sings"))
    with on(21, 7):
        assert sent().empty == 2
    assert folder.messages() == []


def test_a_visitor_is_told_what_anybody_may_read(app, world, folder):
    with unit_of_work():
        again(world.group).visibility = "part_open"
    with on(20):
        visitor(world.group)
        asked(world.as_cat, world.group, "Members' talk")
        open_to_all = asked(world.as_cat, world.group, "Chosen for all")
        with unit_of_work():
            again(open_to_all).is_open = True
    with on(21, 7):
        sent()
    assert "Chosen for all" in _texts(folder)
    assert "Members' talk" not in _texts(folder)


# Once, whatever dies and whoever else is at it


@both
def test_of_two_workers_one_claims(app, world, folder):
    with on(20):
        subscriber = subscribed(world.as_bob, world.group)
        asked(world.as_cat, world.group)
    with on(21, 7):
        sent()
        assert claim(subscriber.id, clock.now()).outcome == "not due"
        db.session.rollback()
        with unit_of_work():  # even if its choice were due once more
            db.session.execute(update(Subscription).values(next_due_at=datetime(2026, 11, 1, tzinfo=UTC)))
        asked(world.as_cat, world.group, "Another")
        assert sent().subscribers == 0
    assert len(folder.messages()) == 1


class Killed(BaseException):
    """Nothing catches it, as nothing catches SIGKILL."""


@both
@pytest.mark.parametrize("step", ["newest_number", "told_since", "_kept", "post_mails"])
def test_a_worker_killed_while_it_claims_leaves_nothing_half_done(app, world, folder, monkeypatch, step):
    with on(20):
        subscribed(world.as_bob, world.group)
        asked(world.as_cat, world.group)
    with on(21, 7):
        real = getattr(claiming, step)

        def die(*args, **kwargs):
            real(*args, **kwargs)
            raise Killed

        with monkeypatch.context() as patch:
            patch.setattr(claiming, step, die)
            with pytest.raises(Killed):
                sent()
        db.session.rollback()
        assert db.session.scalar(select(func.count()).select_from(Mail)) == 0
        assert db.session.scalar(select(func.count()).select_from(Digest)) == 0
        assert sent().sent == 1
        assert sent().subscribers == 0
    assert len(folder.messages()) == 1


@both
def test_a_worker_killed_while_it_composes_sends_it_later_once(app, world, folder, monkeypatch):
    with on(20):
        subscribed(world.as_bob, world.group)
        asked(world.as_cat, world.group)
    with on(21, 7):
        with monkeypatch.context() as patch:
            patch.setattr(tasks.composing, "gather", _dies)
            with pytest.raises(Killed):
                sent()
        db.session.rollback()
        assert sent().subscribers == 0  # claimed: what is left is the mail's to do
        with clock.at(clock.now() + timedelta(minutes=2)):
            sent()
    assert len(folder.messages()) == 1


def _dies(*_args, **_more):
    raise Killed


@both
def test_what_was_certainly_not_sent_is_told_by_the_next_digest(app, world, folder, monkeypatch):
    class Refuses:
        def connect(self):
            raise NotAccepted("550 no", permanent=True)

    with on(20):
        subscribed(world.as_bob, world.group)
        asked(world.as_cat, world.group, "The first")
    with on(21, 7), monkeypatch.context() as patch:
        patch.setattr(mail_sending, "delivery", lambda _app: Refuses())
        assert sent().failed == 1
    with on(21, 8):
        asked(world.as_cat, world.group, "The second")
    with on(22, 7):
        assert sent().sent == 1
    assert _subjects(folder) == ["2 questions in Records"]


def test_an_address_from_which_mail_came_back_is_passed_over_until_it_works(app, world, folder):
    """Nothing is written down that is known to fail, and nothing is lost to whoever mends their address."""
    with on(20):
        subscribed(world.as_bob, world.group)
        with unit_of_work():
            note_failure(world.bob.email.upper(), Failure(HARD, "550 5.1.1 unknown"))
        asked(world.as_cat, world.group, "The first")
    with on(21, 7):
        result = sent()
        assert (result.passed_over, result.all_well) == (1, True)
        assert sent().subscribers == 0
        assert db.session.scalars(select(Mail)).all() == db.session.scalars(select(Digest)).all() == []
        with unit_of_work():
            works(world.bob.email)
        asked(world.as_cat, world.group, "The second")
    with on(22, 7):
        assert sent().sent == 1
    assert _subjects(folder) == ["2 questions in Records"]


@both
def test_what_is_uncertain_is_not_told_again(app, world, folder, monkeypatch):
    class Breaks:
        def connect(self):
            pass

        def deliver(self, _message, about_to):
            assert about_to()
            raise Unknown("broke")

    with on(20):
        subscribed(world.as_bob, world.group)
        asked(world.as_cat, world.group, "The first")
    with on(21, 7), monkeypatch.context() as patch:
        patch.setattr(mail_sending, "delivery", lambda _app: Breaks())
        assert sent().uncertain == 1
    with on(22, 7):
        assert sent().empty == 1
    assert folder.messages() == []


def test_while_the_mail_server_is_away_windows_wait_and_then_cover_all(app, world, folder, monkeypatch):
    class Away:
        def connect(self):
            raise NotAccepted("away", permanent=False)

    with on(20):
        subscribed(world.as_bob, world.group)
        asked(world.as_cat, world.group, "The first")
    with monkeypatch.context() as patch:
        patch.setattr(mail_sending, "delivery", lambda _app: Away())
        with on(21, 7):
            assert sent().waiting == 1
        with on(21, 8):
            asked(world.as_cat, world.group, "The second")
        with on(22, 7):
            assert sent().waiting == 1
    with on(22, 12):
        assert sent().sent == 1  # after the one that waited
        assert sent().subscribers == 0
    assert sorted(_subjects(folder)) == ["1 question in Records"] * 2


def test_an_address_that_changed_meanwhile_gets_it_with_the_next(app, world, folder):
    with on(20):
        subscribed(world.as_bob, world.group)
        asked(world.as_cat, world.group, "The first")

    def moves():
        with unit_of_work():
            again(world.bob).email = "new@example.org"

    assert _queued(world, folder, moves) == ""
    with on(22, 7):
        assert sent().sent == 1
    assert [message["To"] for _token, message in folder.messages()] == ["new@example.org"]


def test_who_is_due_costs_the_same_for_many(app, world, folder):
    def cost(people: int) -> int:
        for _ in range(people):
            subscribed(actor_of(member(None, world.group)), world.group)
        with queries() as spent:
            assert len(due_subscribers(datetime(2027, 1, 5, 12, tzinfo=UTC))) >= people
        return spent.count

    assert cost(3) == cost(10)


def test_windows_are_forgotten_after_a_season_and_nothing_is_sent_again(app, world, folder):
    with on(1):
        visitor(world.group)
        asked(world.as_cat, world.group)
    with on(2, 7):
        assert sent().sent == 1
    with on(20, month=12), unit_of_work():
        tasks.forget()
    assert db.session.scalars(select(Digest)).one().parts
    with clock.at(datetime(2027, 3, 1, 9, tzinfo=UTC)):
        with unit_of_work():
            tasks.forget()
        assert db.session.scalars(select(Digest)).all() == db.session.scalars(select(DigestPart)).all() == []
        assert (sent().sent, len(folder.messages())) == (0, 1)
