"""Who is told of what, on the site and by mail; and what is dark."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from hub.accounts.models import Person
from hub.content import actions as content
from hub.content.models import Activity
from hub.core import clock
from hub.core.addressees import HARD, Failure, note_failure
from hub.core.carrying import drain
from hub.core.database import db, unit_of_work
from hub.core.mail import Mail
from hub.groups.models import Membership
from hub.notices.actions import choose_mail, forget, tell_of_mention
from hub.notices.models import Notice
from hub.notices.queries import notices_of, unread_count
from hub.notices.rules import KEPT
from hub.notices.tasks import tell_of_activity
from hub.questions.actions import accept_answer, answer, comment
from hub.subscriptions.actions import choose, choose_times, own_subscriber
from hub.subscriptions.models import AT_ONCE, FREQUENCIES, NEVER, WEEKLY
from tests.budget import queries
from tests.conftest import DATABASES
from tests.factories.content import question
from tests.factories.groups import member
from tests.factories.people import actor_of

both = pytest.mark.parametrize("app", DATABASES, indirect=True)


def _again(row):
    return db.session.get(type(row), row.id)


def _answered(actor, item, text="Six years, in our schedule."):
    with unit_of_work():
        return answer(actor, _again(item), text)


def _told(someone) -> list[str]:
    """The kinds of somebody's notices that they see, oldest first."""
    db.session.rollback()
    return [shown.notice.kind for shown in reversed(notices_of(actor_of(someone)).rows)]


def _mailed(folder) -> list[tuple[str, str]]:
    return sorted((message["To"], message["Subject"]) for _token, message in folder.messages())


# Who is told


@both
def test_an_asker_is_told_of_an_answer_at_once_on_the_site_and_by_mail(app, world, folder):
    item = question(world.bob, world.group, "How long?")
    _answered(world.as_cat, item)
    drain()
    assert _told(world.bob) == ["answered"]
    assert _told(world.cat) == []
    assert _mailed(folder) == [(world.bob.email, "[Records] How long?")]
    message = folder.messages()[0][1]
    assert message["From"].addresses[0].display_name == "Cat via Knowledge Hub"
    text = message.get_body(("plain",)).get_content()
    assert "Cat answered your question" in text
    assert "Six years, in our schedule." in text
    assert "/groups/rims/questions/1?post=2#post-2" in text


@both
def test_whoever_is_mentioned_is_told_once_even_if_they_watch(app, world, folder):
    item = question(world.bob, world.group, "How long?")
    _answered(world.as_ann, item, "As I said.")
    drain()
    _answered(world.as_cat, item, "As @ann says, and @bob asked, and @dan may know.")
    drain()
    assert _told(world.ann) == ["mentioned"]
    assert _told(world.bob) == ["answered", "answered"]  # an answer to one's question comes first
    assert _told(world.dan) == ["mentioned"]
    assert len(_mailed(folder)) == 4


@both
def test_those_who_watch_are_told_by_mail_too_unless_they_chose_otherwise(app, world, folder):
    item = question(world.bob, world.group)
    first = _answered(world.as_cat, item)
    with unit_of_work():
        comment(world.as_ann, _again(first), "Is that so?")
    drain()
    assert _told(world.cat) == ["posted"]
    assert world.cat.email in dict(_mailed(folder))
    with unit_of_work():
        choose_mail(world.cat.id, answers=True, mentions=True, watched=False)
    with unit_of_work():
        comment(world.as_ann, _again(first), "I mean it.")
    drain()
    assert _told(world.cat) == ["posted", "posted"]
    assert [to for to, _subject in _mailed(folder)].count(world.cat.email) == 1


@both
def test_whose_answer_is_accepted_is_told_and_who_accepts_is_not(app, world, folder):
    item = question(world.bob, world.group)
    made = _answered(world.as_cat, item)
    with unit_of_work():
        accept_answer(world.as_bob, _again(made))
    own = _answered(world.as_bob, item, "I found it out myself.")
    with unit_of_work():
        accept_answer(world.as_bob, _again(own))
    drain()
    assert _told(world.cat) == ["accepted", "posted"]
    assert _told(world.bob) == ["answered"]


def test_who_no_longer_watches_is_not_told(app, world, folder):
    item = question(world.bob, world.group)
    with unit_of_work():
        content.unwatch(world.as_bob, _again(item))
    _answered(world.as_cat, item)
    drain()
    assert _told(world.bob) == []
    assert _mailed(folder) == []


@both
def test_telling_twice_is_telling_once(app, world, folder):
    item = question(world.bob, world.group)
    made = _answered(world.as_cat, item, "@dan may know.")
    drain()
    with unit_of_work():
        activity = db.session.scalar(select(Activity.id).where(Activity.kind == "answered"))
        tell_of_activity(activity)
        tell_of_mention([world.dan.id], _again(made))
    drain()
    assert _told(world.bob) == ["answered"]
    assert _told(world.dan) == ["mentioned"]
    assert len(_mailed(folder)) == 2


def test_telling_a_watcher_more_costs_no_more_than_their_mail(app, world, folder):
    def cost(people: int) -> int:
        item = question(world.bob, world.group)
        for _ in range(people):
            actor = actor_of(member(None, world.group))
            with unit_of_work():
                content.watch(actor, _again(item))
        _answered(world.as_cat, item)
        with queries() as spent:
            drain(kinds=["activity>notices.tasks.tell_of_activity"])
        return spent.count

    # A message to each is two statements: its row and its job.
    few = cost(2)
    assert cost(9) - few == 2 * 7


# What is dark


@both
@pytest.mark.parametrize("change", ["withdrawn post", "withdrawn item", "hidden", "left", "unpublished"])
def test_what_may_no_longer_be_seen_is_neither_shown_nor_counted_nor_mailed(app, world, folder, change):
    with unit_of_work():
        _again(world.group).visibility = "listed"
    item = question(world.bob, world.group, "A canary asks")
    made = _answered(world.as_cat, item, "@ann and @bob, a canary sings")
    drain(kinds=["activity>notices.tasks.tell_of_activity", "mentioned>notices.tasks.tell_of_mention"])
    assert unread_count(actor_of(world.bob)) == 1
    with unit_of_work() as session:
        if change == "withdrawn post":
            content.withdraw(world.as_ann, _again(made))
        elif change == "withdrawn item":
            content.withdraw(world.as_ann, _again(item))
        elif change == "unpublished":
            _again(item).published_at = None
        else:
            _again(world.group).visibility = "hidden"
            session.execute(Membership.__table__.delete().where(Membership.person_id != world.cat.id))
    if change not in {"withdrawn item", "unpublished"}:  # its own asker still sees that on the site
        assert _told(world.bob) == []
        assert unread_count(actor_of(world.bob)) == 0
    drain()
    assert _mailed(folder) == []


def test_a_closed_account_is_not_mailed(app, world, folder):
    item = question(world.bob, world.group)
    _answered(world.as_cat, item)
    drain(kinds=["activity>notices.tasks.tell_of_activity"])
    with unit_of_work():
        db.session.execute(update(Person).where(Person.id == world.bob.id).values(active=False))
    drain()
    assert _mailed(folder) == []


def test_nothing_is_queued_to_an_address_from_which_mail_came_back(app, world):
    with unit_of_work():
        note_failure(world.bob.email, Failure(HARD, "550 5.1.1 unknown"))
    _answered(world.as_cat, question(world.bob, world.group))
    drain()
    assert _told(world.bob) == ["answered"]
    assert db.session.scalars(select(Mail)).all() == []


# What is wanted


@pytest.mark.parametrize(("answers", "mentions"), [(True, False), (False, True), (False, False)])
def test_mail_comes_as_chosen(app, world, folder, answers, mentions):
    for someone in (world.bob, world.dan):
        with unit_of_work():
            choose_mail(someone.id, answers=answers, mentions=mentions, watched=False)
    _answered(world.as_cat, question(world.bob, world.group), "@dan may know.")
    drain()
    mailed = [to for to, _subject in _mailed(folder)]
    assert (world.bob.email in mailed, world.dan.email in mailed) == (answers, mentions)
    assert _told(world.bob) == ["answered"]


@pytest.mark.parametrize("when", ["before it was written", "before it was sent"])
@pytest.mark.parametrize("frequency", FREQUENCIES)
def test_a_group_of_which_one_wants_nothing_is_silent_and_of_each_post_one_mail_comes(
    app, world, folder, frequency, when
):
    """At once the post itself is the mail, and says what concerns its reader."""
    first, then = (frequency, frequency) if when.endswith("written") else (WEEKLY, frequency)
    choice(world.bob, world.group, first)
    item = question(world.bob, world.group, "How long?")
    drain()
    _answered(world.as_cat, item)
    drain(kinds=["activity>notices.tasks.tell_of_activity"])
    choice(world.bob, world.group, then)
    drain()
    mailed = [message.get_body(("plain",)).get_content() for _token, message in folder.messages()]
    silent = frequency == NEVER
    assert len(mailed) == (0 if silent else 1)
    assert all("Cat answered your question" in text for text in mailed)
    assert _told(world.bob) == ["answered"]  # on the page it stands all the same


def choice(someone, group, frequency) -> None:
    with unit_of_work():
        choose(own_subscriber(_again(someone)), _again(group), frequency)


def test_who_is_away_is_not_mailed_and_finds_it_on_the_page(app, world, folder):
    with unit_of_work():
        away = clock.now().date() + timedelta(days=3)
        choose_times(own_subscriber(_again(world.bob)), away_until=away)
    _answered(world.as_cat, question(world.bob, world.group))
    drain()
    assert _mailed(folder) == []
    assert _told(world.bob) == ["answered"]


@pytest.mark.parametrize("first", ["notices", "instants"])
def test_whichever_is_done_first_one_mail_of_a_post_comes_and_says_who_is_mentioned(
    app, world, folder, first
):
    choice(world.bob, world.group, AT_ONCE)
    item = question(world.cat, world.group)
    drain()
    before = len(folder.messages())
    _answered(world.as_ann, item, "As @bob knows.")
    tellings = ["activity>notices.tasks.tell_of_activity", "mentioned>notices.tasks.tell_of_mention"]
    sendings = [
        "activity>content.tasks.number_activities",
        "activities.numbered>instants.tasks.begin",
        "instants.tell",
        "mail.send",
    ]
    for kind in [*tellings, *sendings] if first == "notices" else [*sendings, *tellings]:
        drain(kinds=[kind])
    drain()
    to_bob = [message for _token, message in folder.messages() if message["To"] == world.bob.email]
    assert len(to_bob) == before + 1
    assert "Ann mentioned you" in to_bob[0].get_body(("plain",)).get_content()


def test_notices_and_posts_at_once_stand_in_one_talk(app, world, folder):
    choice(world.dan, world.group, AT_ONCE)
    item = question(world.bob, world.group)
    _answered(world.as_cat, item)
    drain()
    notice = next(message for _token, message in folder.messages() if message["To"] == world.bob.email)
    instant = next(message for _token, message in folder.messages() if message["In-Reply-To"])
    assert notice["Subject"] == instant["Subject"]
    assert notice["References"] and notice["References"] != instant["References"]  # each address has its own


def test_the_words_of_a_group_that_is_not_open_stay_on_the_hub(app, world, folder):
    with unit_of_work():
        _again(world.group).visibility = "listed"
    _answered(world.as_cat, question(world.bob, world.group, "How long?"), "A canary sings.")
    drain()
    (message,) = (message for _token, message in folder.messages())
    assert message["Subject"] == "[Records] How long?"
    assert "canary" not in message.as_string()
    assert "read on the hub" in message.get_body(("plain",)).get_content()


def test_what_was_read_meanwhile_is_not_mailed(app, world, folder):
    item = question(world.bob, world.group)
    made = _answered(world.as_cat, item)
    with unit_of_work():
        content.mark_read(world.as_bob, _again(item), made.position)
    drain()
    assert _mailed(folder) == []
    assert unread_count(actor_of(world.bob)) == 0


def test_what_is_days_old_is_not_mailed_as_news(app, world, folder):
    item = question(world.bob, world.group)
    with clock.at(clock.now() - timedelta(days=3)):
        _answered(world.as_cat, item)
    drain()
    assert _told(world.bob) == ["answered"]
    assert _mailed(folder) == []


def test_old_notices_are_forgotten(app, world, folder):
    _answered(world.as_cat, question(world.bob, world.group))
    drain()
    with clock.at(clock.now() + KEPT + timedelta(days=1)), unit_of_work():
        forget()
    db.session.rollback()
    assert db.session.scalars(select(Notice)).all() == []


def test_mail_and_notices_do_not_carry_what_was_quoted_from_a_post_that_was_withdrawn(app, world, folder):
    item = question(world.bob, world.group, "How long?")
    secret = _answered(world.as_ann, item, "Ask Jean Smith of 4 High Street.")
    drain()
    _answered(world.as_cat, item, f"> **@ann** wrote in #{secret.position}:\n> {secret.source}")
    with unit_of_work():
        content.withdraw(world.as_ann, _again(secret))
    drain()
    newest = notices_of(actor_of(world.bob)).rows[0].notice
    assert newest.post.author_id == world.cat.id and "High Street" not in newest.post.html
    texts = [message.get_body(("plain",)).get_content() for _token, message in folder.messages()]
    assert sum("High Street" in text for text in texts) == 1  # Ann's own, sent before
    assert any("The quoted post was withdrawn." in text for text in texts)
