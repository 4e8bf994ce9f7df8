"""To withdraw reaches the mail that a hub without a mail server keeps, where an administrator reads it."""

import re

import pytest

from hub.content import actions as content
from hub.core.carrying import drain
from hub.core.database import db, unit_of_work
from hub.core.delivery import delivery
from hub.core.kept_mail import withheld
from hub.examples import actions as examples
from hub.moderation import actions
from tests.budget import queries
from tests.digests.telling import again, answered, asked, on, sent, subscribed
from tests.factories.people import actor_of, administrator, sign_in
from tests.mail import sent_mail

OUT_OF_SIGHT = "Out of sight: it tells of something that was withdrawn"


@pytest.fixture
def admin(app, client):
    """An administrator who reads the mail folder, in which there is nothing yet."""
    sent_mail()
    yield sign_in(client, administrator())
    sent_mail()


def paths(page) -> list[str]:
    return re.findall(r'href="(/admin/mail/[^"]+)"', page.text)


def everything_on(admin) -> str:
    """All that the pages of the mail folder say, and the messages as formatted mail."""
    listed = admin.get("/admin/mail")
    shown = [admin.get(path).text for path in paths(listed)]
    formatted = [admin.get(f"{path}/html") for path in paths(listed)]
    return "\n".join([listed.text, *shown, *(page.text for page in formatted if page.status_code == 200)])


def digest_of(world, title: str):
    """Bob is told by a digest what Cat asked and Ann answered: the question and the answer."""
    with on(20):
        subscribed(world.as_bob, world.group)
        item = asked(world.as_cat, world.group, title)
        answer = answered(world.as_ann, item, "Of wrens, six years.")
    with on(21, 7):
        sent()
    return item, answer


@pytest.mark.parametrize("which", ["item", "answer"])
def test_a_message_about_what_was_withdrawn_is_out_of_sight_until_it_is_restored(admin, world, which):
    item, answer = digest_of(world, "Which canaries do we keep?")
    subject, words = (item, "canaries") if which == "item" else (answer, "wrens")
    assert words in everything_on(admin)
    with on(22), unit_of_work():
        content.withdraw(world.as_ann, again(subject))
    assert words not in everything_on(admin)
    assert OUT_OF_SIGHT in admin.get("/admin/mail").text
    with on(23), unit_of_work():
        content.restore(world.as_ann, again(subject))
    assert words in everything_on(admin)


@pytest.mark.parametrize("what", ["example", "item"])
def test_so_is_a_message_that_shows_an_example(admin, scene, what):
    drain()
    moderator = actor_of(scene.moderator)
    with on(20):
        subscribed(actor_of(scene.member), scene.group)
        example = scene.attach("Wrong channel")
    with on(21, 7):
        sent()
    assert "Wrong channel" in everything_on(admin)
    with on(22), unit_of_work():
        if what == "example":
            examples.withdraw(moderator, again(example))
        else:
            content.withdraw(moderator, again(scene.item))
    assert "Wrong channel" not in everything_on(admin)


def test_so_is_a_message_about_a_post_that_is_all_quote(admin, world):
    item, answer = digest_of(world, "Which canaries do we keep?")
    with on(22):
        answered(world.as_cat, item, f"> **@ann** wrote in #{answer.position}:\n> {answer.source}")
    with on(23, 7):
        sent()
    told = paths(admin.get("/admin/mail"))
    assert everything_on(admin).count("wrens") >= 2 * len(told)
    with on(24), unit_of_work():
        content.withdraw(world.as_ann, again(answer))
    assert "wrens" not in everything_on(admin)


def test_other_messages_stay(admin, world):
    digest_of(world, "Which canaries do we keep?")
    with on(21):
        other = asked(world.as_cat, world.group, "Which sparrows?")
        with unit_of_work():
            content.withdraw(world.as_ann, again(other))
    assert "canaries" in everything_on(admin)


def test_whoever_wrote_it_is_told_of_the_withdrawal_within_the_same_second(admin, world, talk):
    with unit_of_work():
        actions.withdraw_now(world.as_ann, talk.answer.path)
    drain()
    assert "What you wrote is out of sight while it is looked at" in everything_on(admin)


def test_a_message_that_leads_to_nonsense_is_shown(admin, world):
    with on(20):
        subscribed(world.as_bob, world.group)
        asked(world.as_cat, world.group, "A finch?", "See http://[nowhere and https://a.example//[b or so.")
    with on(21, 7):
        sent()
    assert "A finch?" in everything_on(admin)


def test_many_messages_cost_as_many_queries_as_few(app, admin, world):
    _item, answer = digest_of(world, "Which canaries do we keep?")
    with on(22), unit_of_work():
        content.withdraw(world.as_ann, again(answer))
    (message,) = (message for _token, message in delivery(app).messages() if message["List-Id"])

    def cost(messages: int) -> int:
        db.session.rollback()
        with queries() as spent:
            assert len(withheld({f"token{number}": message for number in range(messages)})) == messages
        return spent.count

    assert cost(3) == cost(30) <= 5
