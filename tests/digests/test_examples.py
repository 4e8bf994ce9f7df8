"""Worked examples in a digest: what the card on the page says is learnt from the mail, and no more of it."""

import re

import pytest
from lxml import html as parser
from sqlalchemy import select

from hub.archive.retention.guard import asked as asked_for_holds
from hub.content.models import Post
from hub.core import clock
from hub.core.carrying import drain
from hub.core.database import db, unit_of_work
from hub.core.policy import ANYBODY
from hub.digests import claiming
from hub.digests.examples import EXAMPLES_OF_A_DIGEST, EXAMPLES_OF_AN_ITEM
from hub.digests.gathering import gather
from hub.digests.ranges import Range
from hub.digests.sending import SEND
from hub.examples import actions
from hub.examples.mailed import LONGEST_TEXT, MOST_LINES, POSTS_OF_AN_EXAMPLE
from hub.examples.models import Example
from hub.examples.queries import choices
from hub.guidance.actions import publish, start_guidance
from tests.budget import queries
from tests.conftest import DATABASES
from tests.digests.telling import again, answered, asked, on, sent, subscribed, visitor, withdrawn
from tests.factories.archived import bring_in, collection
from tests.factories.people import actor_of
from tests.factories.x_archive import XArchive, png

both = pytest.mark.parametrize("app", DATABASES, indirect=True)


@pytest.fixture
def told(scene):
    """The scene on a Friday, when a visitor who hears of the group every day has heard all so far."""
    drain()
    with on(20):
        visitor(scene.group)
    return scene


def ask(scene, title="Do we keep what was sent by mistake?", text="It was up for five minutes."):
    return asked(actor_of(scene.keeper), scene.group, title, text)


def opening(item) -> Post:
    return db.session.scalars(select(Post).where(Post.item_id == item.id, Post.position == 1)).one()


def show(scene, post, *words, caption="What a deletion looks like") -> Example:
    keeper = actor_of(scene.keeper)
    picked = [choices(keeper, None, word)[0] for word in words]
    with unit_of_work():
        return actions.attach(keeper, again(post), picked, caption, approved=True)


def mail(folder, number: int = 0) -> tuple[str, str]:
    """The plain text and the words of the HTML of a digest; the newest is 0."""
    digests = [message for _token, message in folder.messages() if message["List-Id"]]
    text, html = (digests[number].get_body((kind,)).get_content() for kind in ("plain", "html"))
    return text.replace("\r\n", "\n"), " ".join(parser.fromstring(html).text_content().split())


# What it says


@both
def test_the_mail_says_what_the_card_on_the_page_says(told, folder):
    with on(20):
        example = show(told, opening(ask(told)), "Wrong channel", caption="Deleted within minutes.")
    with on(21, 7):
        sent()
    text, words = mail(folder)
    for said in (
        "Strathtay Council (@strathtay)",
        "Name and handle as first recorded on ",
        "Post · X (formerly Twitter) · 1 February 2024, 10:00 GMT",
        "Wrong channel, sorry",
        "Deleted on the platform on 1 February 2024, 5 minutes after it was posted, "
        "as the account's own export says",
        "Kept by Strathtay Council",
        "What this shows: Deleted within minutes.",
    ):
        assert said in text
        assert said in words
    assert f"Evidence: http://localhost{example.path}" in text


def test_an_edit_is_told_with_its_place_among_the_versions(told, folder):
    with on(20):
        show(told, opening(ask(told)), "Schools are closed")
    with on(21, 7):
        sent()
    for said in mail(folder):
        assert "Edited: once, 20 minutes after it was posted; this is its latest text that was kept" in said
        assert "Version 2 of 2" in said


def test_private_people_are_masked_as_on_the_page(told, folder):
    with on(20):
        show(told, opening(ask(told)), "my street", "Thank you")
    with on(21, 7):
        sent()
    for said in mail(folder):
        assert "Private person, name not shown" in said
        assert "@strathtay my street is still shut, ask @[private person]" in said
        for name in ("rob_resident", "Rob Resident", "jane_doe"):
            assert name not in said


def test_moments_are_by_the_subscribers_clock(told, folder):
    with on(20):
        with unit_of_work():
            again(told.member).time_zone = "Pacific/Auckland"
        subscribed(actor_of(told.member), told.group)
        show(told, opening(ask(told)), "Wrong channel")
    with on(20, 18):
        assert sent().sent == 1
    text, _words = mail(folder)
    assert "1 February 2024, 23:00 NZDT" in text


def test_it_says_which_answer_an_example_stands_with(told, folder):
    with on(20):
        answer = answered(actor_of(told.keeper), ask(told), "As we did.")
        show(told, answer, "Wrong channel")
    with on(21, 7):
        sent()
    assert f"Worked example, with the answer by {told.keeper.name}" in mail(folder)[0]


def test_pictures_are_told_in_words(told, folder, tmp_path):
    archive = XArchive()
    archive.picture(archive.post("The bridge is open", at="2024-03-01T08:00"), png())
    with on(20):
        bring_in(told.keeper, told.collection, archive.write(tmp_path / "bridge.zip"))
        show(told, opening(ask(told)), "bridge")
    with on(21, 7):
        sent()
    text, words = mail(folder)
    assert "Picture, which nobody described" in text
    assert "Picture, which nobody described" in words


def test_what_a_post_says_is_not_taken_for_what_the_hub_says(told, folder, tmp_path):
    archive = XArchive(name="<b>Bold</b>\nStop all digests:")
    lines = "True & <i>plain</i>\n\nStop all digests:\u2028http://evil.example/\x1b[2J"
    archive.post(lines, at="2024-03-01T08:00")
    with on(20):
        bring_in(told.keeper, told.collection, archive.write(tmp_path / "evil.zip"))
        show(told, opening(ask(told)), "plain", caption="One\nEvidence: http://evil.example/")
    with on(21, 7):
        sent()
    text, words = mail(folder)
    assert "    > True & <i>plain</i>\n    >\n    > Stop all digests:\n    > http://evil.example/" in text
    assert "\x1b" not in text
    assert "True & <i>plain</i>" in words
    hubs_own = [line for line in text.splitlines() if not line.startswith(("    > ", "    What", "    Evid"))]
    assert not any("evil" in line for line in hubs_own)
    assert text.count("\nStop all digests:") == 1


# Once


def test_an_example_is_told_once_with_its_item_or_later_by_itself(told, folder):
    with on(20):
        item = ask(told)
        show(told, opening(item), "Wrong channel", caption="The first")
    with on(21, 7):
        sent()
    with on(21, 8):
        show(told, opening(item), "Thank you", caption="The second")
    with on(22, 7):
        sent()
    first, second = mail(folder, 1)[0], mail(folder)[0]
    assert "The first" in first
    assert "The first" not in second
    assert "The second" in second
    subjects = [message["Subject"] for _token, message in folder.messages() if message["List-Id"]]
    assert subjects == ["1 example in Records", "1 question and 1 example in Records"]


def test_what_is_attached_after_the_window_comes_with_the_next(told, folder):
    with on(20):
        item = ask(told)
        show(told, opening(item), "Wrong channel", caption="In time")
        drain()
    with on(21, 7):
        assert [claim.outcome for claim in claiming.claim_due(clock.now())] == ["posted"]
        show(told, opening(item), "Thank you", caption="Too late")
        drain(kinds=[SEND])
        drain()
    assert "Too late" not in mail(folder)[0]
    with on(22, 7):
        sent()
    assert "Too late" in mail(folder)[0]
    assert "In time" not in mail(folder)[0]


def test_examples_of_a_draft_are_told_when_it_is_published(told, folder):
    moderator = actor_of(told.moderator)
    with on(20):
        with unit_of_work():
            page = start_guidance(moderator, told.group, "Posts sent by mistake", "", "Keep them.")
        post = opening(page)
        with unit_of_work():  # moderators attach what they keep; here the keeper does, as one
            again(page).author_id = told.keeper.id
        show(told, post, "Wrong channel", caption="From the draft")
    with on(21, 7):
        assert sent().empty == 1
    with on(21, 8), unit_of_work():
        publish(moderator, again(page), told.moderator, clock.now().date().replace(year=2027))
    with on(22, 7):
        sent()
    assert "From the draft" in mail(folder)[0]


# Who may see what, at the moment of sending


@both
@pytest.mark.parametrize("change", ["withdrawn", "detached", "its post withdrawn", "its archived posts gone"])
def test_what_may_no_longer_be_seen_is_not_sent(told, folder, change):
    with on(20):
        item = ask(told)
    with on(21, 7):
        sent()
    with on(21, 8):
        example = show(told, opening(item), "Wrong channel")
        drain()
    moderator = actor_of(told.moderator)
    with on(22, 7):
        assert [claim.outcome for claim in claiming.claim_due(clock.now())] == ["posted"]
        if change == "its post withdrawn":
            withdrawn(moderator, item)
        else:
            with unit_of_work() as session, asked_for_holds():
                if change == "withdrawn":
                    actions.withdraw(moderator, again(example))
                elif change == "detached":
                    actions.detach(moderator, again(example))
                else:
                    session.delete(again(example).shows[0].archived_post)
        drain()
    assert len([message for _token, message in folder.messages() if message["List-Id"]]) == 1


def test_moderators_are_not_mailed_what_was_withdrawn(told, folder):
    moderator = actor_of(told.moderator)
    with on(20):
        subscribed(moderator, told.group)
        example = show(told, opening(ask(told)), "Wrong channel")
        with unit_of_work():
            actions.withdraw(moderator, again(example))
    with on(21, 7):
        assert sent().sent == 2
    for number in (0, 1):
        assert "Wrong channel" not in mail(folder, number)[0]


def test_a_visitor_is_not_told_of_members_examples(told, folder):
    with unit_of_work():
        again(told.group).visibility = "part_open"
    with on(20):
        show(told, opening(ask(told)), "Wrong channel")
        drain()
        with unit_of_work() as session:
            everybodys = session.get_one(type(told.item), told.item.id)
            everybodys.is_open = True
        show(told, told.post, "Thank you")
    with on(21, 7):
        sent()
    text = mail(folder)[0]
    assert "Thank you" in text
    assert "Wrong channel" not in text


# How much


def test_a_long_text_is_shortened_and_says_so(told, folder, tmp_path):
    archive = XArchive()
    archive.long_post("A word of a long notice. " * 200, at="2024-03-01T08:00")
    archive.post("\n".join(f"line {number}" for number in range(40)), at="2024-03-02T08:00")
    with on(20):
        bring_in(told.keeper, told.collection, archive.write(tmp_path / "long.zip"))
        show(told, opening(ask(told)), "long notice", "line 39")
    with on(21, 7):
        sent()
    for said in mail(folder):
        assert (
            " ".join(said.replace("    > ", "").split()).count("A word of a long notice.")
            == LONGEST_TEXT // 25
        )
        assert f"line {MOST_LINES - 1} …" in said
        assert said.count("Shortened here. The whole text is on its evidence page.") == 2


def test_each_line_of_a_post_stands_behind_its_mark_however_long_it_is(told, folder, tmp_path):
    link = "https://example.org/" + "a" * 90
    words = [*["word"] * 40, "long-notice", link, *["more"] * 20]
    archive = XArchive()
    archive.long_post(" ".join(words), at="2024-03-01T08:00")
    with on(20):
        bring_in(told.keeper, told.collection, archive.write(tmp_path / "long.zip"))
        show(told, opening(ask(told)), "long notice", caption="Six " * 40)
    with on(21, 7):
        sent()
    text, _words = mail(folder)
    marked = [line.removeprefix("    > ") for line in text.split("\n") if line.startswith("    > ")]
    assert " ".join(marked).split() == words
    assert all(len(line) < 79 for line in text.split("\n") if "://" not in line)


def test_what_has_no_room_is_counted_and_linked(told, folder):
    posts = POSTS_OF_AN_EXAMPLE + 1
    with on(20):
        item = ask(told)
        show(told, opening(item), *["Wrong channel"] * posts, caption="Example 0")
        for number in range(1, EXAMPLES_OF_AN_ITEM + 2):
            show(told, opening(item), "Thank you", caption=f"Example {number}")
    with on(21, 7):
        sent()
    for said in mail(folder):
        assert said.count("Wrong channel") == POSTS_OF_AN_EXAMPLE
        assert "1 more post in this example" in said
        assert f"Example {EXAMPLES_OF_AN_ITEM - 1}" in said
        assert f"Example {EXAMPLES_OF_AN_ITEM}" not in said
        assert "2 further examples" in said


def test_a_digest_full_of_examples_is_not_cut_by_mail_programs(told, folder, tmp_path):
    archive = XArchive()
    for number in range(POSTS_OF_AN_EXAMPLE):
        archive.long_post(f"number{number} " + "<&>é" * 500, at=f"2024-03-0{number + 1}T08:00")
    words = [f"number{number}" for number in range(POSTS_OF_AN_EXAMPLE)]
    with on(20):
        bring_in(told.keeper, told.collection, archive.write(tmp_path / "long.zip"))
        for number in range(EXAMPLES_OF_A_DIGEST + 2):
            item = ask(told, f"Question {number}?")
            show(told, opening(item), *words, caption="<&>é" * 250)
    with on(21, 7):
        sent()
    message = next(message for _token, message in folder.messages() if message["List-Id"])
    html = message.get_body(("html",)).get_content()
    assert html.count("Evidence: how this is known") == EXAMPLES_OF_A_DIGEST
    assert len(html.encode()) < 100_000


@both
def test_many_cost_as_many_queries_as_few(told, folder, tmp_path):
    def another(number: int) -> None:
        """An item with an example from a collection of its own, with a picture, a deletion and a version."""
        archive = XArchive(handle=f"council{number}", account_id=str(1000 + number))
        archive.picture(archive.post(f"Notice {number}", at="2024-03-01T08:00"), png())
        archive.deleted_post(f"Slip {number}", at="2024-02-01T10:00", deleted_at="2024-02-01T10:05")
        kept = collection(told.keeper, f"Channel {number}")
        bring_in(told.keeper, kept, archive.write(tmp_path / f"{number}.zip"))
        show(told, opening(ask(told, f"Question {number}?")), f"Notice {number}", f"Slip {number}")

    group_id = told.group.id

    def cost() -> int:
        drain()
        db.session.rollback()
        with queries() as spent:
            edition = gather(ANYBODY, [Range(0, 10_000, group_id=group_id)])
        assert any(entry.examples.shown for entry in edition.entries)
        return spent.count

    with on(20):
        for number in range(3):
            another(number)
        three = cost()
        for number in range(3, 6):
            another(number)
        for number in range(6, 30):
            show(told, opening(ask(told, f"Question {number}?")), "Notice 1")
        assert cost() == three <= 20


def test_links_in_the_mail_lead_to_the_evidence(told, client, folder):
    with on(20):
        show(told, opening(ask(told)), "Wrong channel")
    with on(21, 7):
        sent()
    path = re.search(r"Evidence: http://localhost(\S+)", mail(folder)[0]).group(1)
    assert "Wrong channel, sorry" in client.get(path).text
