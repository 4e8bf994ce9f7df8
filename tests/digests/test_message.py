"""What a digest looks like: text and HTML of equal worth, short by design, with nothing cut silently."""

import re

from lxml import html as parser

from hub.core.carrying import drain
from hub.digests.allowing import ROOM
from hub.digests.entries import QUOTED
from hub.subscriptions.models import GUIDANCE_ONLY
from tests.digests.telling import (
    accepted,
    answered,
    asked,
    chosen,
    discussed,
    joined,
    on,
    replied,
    sent,
    subscribed,
    withdrawn,
)
from tests.factories.groups import group, member
from tests.factories.people import actor_of


def _digest(folder) -> tuple[str, str]:
    """The plain text and the HTML of the newest message."""
    message = folder.messages()[0][1]
    bodies = (message.get_body((kind,)).get_content() for kind in ("plain", "html"))
    text, html = (body.replace("\r\n", "\n") for body in bodies)
    return text, html


def _links(text: str) -> set[str]:
    return set(re.findall(r"http://localhost[^\s<>\"]*", text))


def test_text_and_html_say_the_same_and_lead_to_the_same(app, world, folder):
    with on(20):
        subscribed(world.as_bob, world.group)
        item = asked(world.as_cat, world.group, "Quotes & <angles>?", "First words of it.")
        accepted(world.as_cat, answered(world.as_ann, item, "Six years & no more."))
        replied(
            world.as_ann,
            discussed(world.as_cat, world.group),
            "> **@cat** wrote in #1:\n> no\n\nMy own words.",
        )
    with on(21, 7):
        sent()
    text, html = _digest(folder)
    words = parser.fromstring(html).text_content()
    for said in (
        "Quotes & <angles>?",
        "Six years & no more.",
        "My own words.",
        "Accepted: the answer by Ann",
        "Everything new up to 21 November 2026, 07:00 GMT that no earlier digest has told you.",
        "A reply to this message reaches nobody. To answer, follow the link to what was written.",
    ):
        assert said in " ".join(text.split())
        assert said in words
    assert "wrote in" not in words
    assert "&amp;" not in text
    in_html = {element.get("href") for element in parser.fromstring(html).iter("a")}
    assert in_html == _links(text)


def test_the_links_work(app, client, world, folder):
    with on(20):
        subscribed(world.as_bob, world.group)
        answered(world.as_ann, asked(world.as_cat, world.group))
    with on(21, 7):
        sent()
    for link in _links(_digest(folder)[0]):
        path = link.removeprefix("http://localhost").split("#")[0]
        assert client.get(path).status_code == 200, link


def test_html_carries_its_own_style_and_asks_nothing_of_anybody(app, world, folder):
    with on(20):
        subscribed(world.as_bob, world.group)
        asked(world.as_cat, world.group, text="![a picture](https://elsewhere.example/p.png)")
    with on(21, 7):
        sent()
    html = _digest(folder)[1]
    assert not re.search(r"<(img|script|link|iframe)|url\(|@import", html)
    assert "prefers-color-scheme: dark" in html
    assert '<h1 style="' in html


def test_a_long_digest_is_short_by_design_and_counts_what_it_leaves_out(app, client, world, folder):
    """Beyond what a section has room for, a number leads to a page with exactly those."""
    named = ROOM["openings"].full + ROOM["openings"].titles
    count = named + 1 + 4
    with on(20):
        subscribed(world.as_bob, world.group)
        items = [asked(world.as_cat, world.group, f"Question {number}?") for number in range(count)]
        for number in range(QUOTED + 2):
            answered(world.as_ann, items[0], f"Answer {number}.")
    with on(21, 7):
        sent()
    text, html = _digest(folder)
    waiting = [f"Question {number}?" for number in range(1, count)]
    for body in (text, html):
        assert [title for title in waiting if title in body] == waiting[:named]
        assert "and 4 more" in body
    [link] = re.findall(r"and 4 more: http://localhost(\S+)", text)
    page = client.get(link).text
    assert [title for title in waiting if title in page] == waiting[named:]
    assert f"Answer {QUOTED - 1}." in text
    assert f"Answer {QUOTED}." not in text
    assert f"2 more: http://localhost/groups/rims/questions/1#post-{QUOTED + 2}" in text


def test_it_says_by_which_choices_it_comes(app, world, folder):
    """Guidance alone is told apart from the whole."""
    with on(20):
        chosen(subscribed(world.as_bob, world.group), world.group, "daily", GUIDANCE_ONLY)
        asked(world.as_cat, world.group)
    with on(21, 7):
        sent()
    text, html = _digest(folder)
    assert "* Records: every day\n* Guidance of Records: every day\n" in text
    assert "Records, every day; Guidance of Records, every day." in html


def test_an_answer_to_ones_own_question_comes_first(app, world, folder):
    with on(20):
        mine = asked(world.as_bob, world.group, "My question?")
        drain()
        subscribed(world.as_bob, world.group)
        asked(world.as_cat, world.group, "Another's?")
        answered(world.as_cat, mine, "For you.")
    with on(21, 7):
        sent()
    text = _digest(folder)[0]
    assert text.index("Answers to your questions") < text.index("My question?") < text.index("Another's?")


def test_groups_stand_by_name_each_with_its_own(app, world, folder):
    other, quiet = group("Archives"), group("Quiet")
    member(world.bob, quiet)
    bob = actor_of(member(world.bob, other))
    with on(20):
        subscribed(bob, world.group)
        subscribed(bob, other)
        asked(world.as_cat, world.group, "Of records?")
        asked(actor_of(member(world.cat, other)), other, "Of archives?")
        subscribed(bob, quiet)
        joined(world.as_dan, quiet)
    with on(21, 7):
        sent()
    text = _digest(folder)[0]
    assert folder.messages()[0][1]["Subject"] == "2 questions in 2 groups"
    assert "Dan joined." in text
    order = [text.index(words) for words in ("ARCHIVES", "Of archives?", "RECORDS", "Of records?")]
    assert order == sorted(order)


def test_what_was_quoted_from_a_post_that_was_withdrawn_is_not_in_it(app, world, folder):
    with on(20):
        subscribed(world.as_bob, world.group)
        item = discussed(world.as_cat, world.group)
        secret = replied(world.as_cat, item, "Ask Jean Smith of 4 High Street.")
        replied(world.as_ann, item, f"> **@cat** wrote in #{secret.position}:\n> {secret.source}")
        withdrawn(world.as_ann, secret)
    with on(21, 7):
        sent()
    for body in _digest(folder):
        assert "High Street" not in body and "The quoted post was withdrawn." in body
