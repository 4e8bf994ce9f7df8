"""Open feeds: what stands in them, for whom, and how they follow what happens to it."""

from datetime import date, timedelta

import feedparser
import pytest
from lxml import etree

from hub.content.actions import edit_item, edit_post, restore, withdraw
from hub.content.models import ANSWER, Item, Post
from hub.core import clock
from hub.core.carrying import drain
from hub.core.database import db, unit_of_work
from hub.discussions.actions import reply
from hub.examples.actions import restore as restore_example
from hub.examples.actions import withdraw as withdraw_example
from hub.examples.editing import edit as edit_example
from hub.examples.models import Example
from hub.groups.models import Group
from hub.guidance.actions import mark_checked, mark_needs_review, publish, start_guidance
from hub.questions.actions import accept_answer, answer, comment
from tests.budget import queries
from tests.conftest import DATABASES
from tests.factories.content import discussion, fresh, question, topic
from tests.factories.groups import group, member
from tests.factories.people import actor_of, sign_in

from .reading import ATOM, FORMATS, HOST, gone, read, read_at, titles

TEXT = """Ask @bob, see [our page](/guidance) and [the note](#note).

![A screenshot of the plan](https://elsewhere.example/plan.png)

<script>alert(1)</script>

A note.[^1]

[^1]: Here.
"""


@pytest.fixture
def asked(world) -> Item:
    return question(world.bob, world.group, "How long do we keep posts?", TEXT)


def written(item: Item, kind: str, text: str, by) -> Post:
    with unit_of_work():
        item = db.session.get_one(Item, item.id)
        return answer(by, item, text) if kind == ANSWER else reply(by, item, text)


def guidance(world, title: str = "Keeping a channel") -> Item:
    with unit_of_work():
        group = db.session.get_one(Group, world.group.id)
        page = start_guidance(world.as_ann, group, title, "What to keep.", "Keep **all** of it.")
        publish(world.as_ann, page, world.ann, date(2027, 3, 1))
        return page


@pytest.fixture
def everything(world, asked, scene):
    """One of everything, so that no feed is empty. Returns the addresses of pages that have feeds."""
    topic("Retention", world.group)
    talk = discussion(world.cat, world.group, "Shared drives & such", "Who owns\x0b them?")
    written(talk, "reply", "> Who?\n\nNobody.", world.as_bob)
    written(asked, ANSWER, "Seven years.", world.as_cat)
    question(world.cat, world.group, "Anybody there?")
    page = guidance(world)
    scene.attach("Schools")
    drain()
    root = world.group.path
    return [
        "/",
        *("/questions", "/questions/unanswered", "/discussions", "/guidance", "/examples"),
        *(root, f"{root}/questions", f"{root}/questions/unanswered", f"{root}/discussions"),
        *(f"{root}/guidance", f"{scene.group.path}/examples"),
        *(asked.path, talk.path, page.path),
        *("/search?q=years", f"/search?group={world.group.slug}", "/search?q=drives&kind=discussion"),
    ]


@pytest.mark.parametrize("app", DATABASES, indirect=True)
def test_every_feed_is_read_without_a_complaint_in_every_format(client, everything):
    for path in everything:
        told = [titles(read(client, path, one)) for one in FORMATS]
        assert told[0], path
        assert told[0] == told[1] == told[2], path


def test_a_feed_of_nothing_is_a_whole_feed(client, world):
    for path in ("/", "/examples", "/guidance", f"{world.group.path}/questions", "/search?q=nothing"):
        for one in FORMATS:
            assert titles(read(client, path, one)) == []


def test_an_entry_has_the_whole_text_with_absolute_links_and_described_pictures(client, world, asked):
    entry = read(client, "/").entries[0]
    text = entry.content[0].value
    assert entry.title == "How long do we keep posts?"
    assert entry.link == HOST + asked.path
    assert entry.author == "Bob"
    assert f'href="{HOST}/people/bob"' in text
    assert f'href="{HOST}/guidance"' in text
    assert f'href="{HOST}{asked.path}#' in text
    assert "A screenshot of the plan" in text
    assert "<script" not in text


def test_an_entry_says_where_it_applies_and_what_it_is_filed_under(client, world):
    filed = topic("Retention", world.group)
    question(world.bob, world.group, topics=[filed], applies_to="scotland", law_date=date(2026, 3, 3))
    entry = read(client, "/questions").entries[0]
    assert "Scotland, the law as at 3 March 2026" in entry.content[0].value
    assert [tag.label for tag in entry.tags] == ["Question", "Retention"]
    assert titles(read(client, "/search?topic=retention")) == [entry.title]


def test_each_feed_holds_its_own(client, world, asked):
    talk = discussion(world.cat, world.group)
    other = group("Other")
    question(member(None, other), other, "Elsewhere?")
    written(asked, ANSWER, "Seven years.", world.as_cat)
    assert titles(read(client, "/")) == ["Elsewhere?", talk.title, asked.title]
    assert titles(read(client, "/questions")) == ["Elsewhere?", asked.title]
    assert titles(read(client, "/questions/unanswered")) == ["Elsewhere?"]
    assert titles(read(client, "/discussions")) == [talk.title]
    assert titles(read(client, world.group.path)) == [talk.title, asked.title]
    assert titles(read(client, f"{world.group.path}/questions/unanswered")) == []


def test_the_feed_of_a_question_has_its_answers_and_says_which_was_accepted(
    client, world, asked, time_machine
):
    given = written(asked, ANSWER, "Seven years.", world.as_cat)
    with unit_of_work():
        comment(world.as_bob, db.session.get_one(Post, given.id), "Thank you.")
    before = read(client, asked.path).entries
    assert [entry.title.partition(":")[0] for entry in before] == ["Comment", "Answer", asked.title]
    time_machine.move_to(clock.now() + timedelta(hours=1))
    with unit_of_work():
        accept_answer(world.as_bob, db.session.get_one(Post, given.id))
    after = read(client, asked.path).entries[1]
    assert after.title == f"Accepted answer: {asked.title}"
    assert after.id == before[1].id
    assert after.updated_parsed > before[1].updated_parsed


def test_guidance_comes_up_again_whenever_something_happens_to_it(client, world, time_machine):
    page = guidance(world)
    told = [read(client, "/guidance").entries[0]]
    for happens in (
        lambda item: mark_checked(world.as_ann, item, date(2027, 6, 1)),
        lambda item: mark_needs_review(world.as_ann, item, "The Act has changed."),
    ):
        time_machine.move_to(clock.now() + timedelta(days=1))
        with unit_of_work():
            happens(db.session.get_one(Item, page.id))
        told.append(read(client, "/guidance").entries[0])
    assert [entry.title.partition(":")[0] for entry in told] == [
        "New guidance",
        "Checked and still right",
        "Needs review",
    ]
    assert len({entry.id for entry in told}) == 3
    assert "The Act has changed." in told[-1].content[0].value
    assert "Checked by Ann on" in told[0].content[0].value
    assert [entry.title for entry in read(client, page.path).entries] == [told[-1].title]


def test_an_example_tells_what_its_card_tells(client, scene, time_machine):
    shown = scene.attach("Wrong channel", caption="What a deletion looks like")
    entry = read(client, "/examples").entries[0]
    text = entry.content[0].value
    assert entry.title == "Example: What a deletion looks like"
    assert entry.link == HOST + shown.path
    assert "Wrong channel, sorry" in text
    assert "Deleted" in text
    assert f'href="{HOST}{scene.item.path}"' in text
    time_machine.move_to(clock.now() + timedelta(hours=1))
    with unit_of_work():
        example = db.session.get_one(Example, shown.id)
        edit_example(actor_of(scene.keeper), example, "How it looks", [1], [[]])
    later = read(client, "/examples").entries[0]
    assert (later.id, later.title) == (entry.id, "Example: How it looks")
    assert later.updated_parsed > entry.updated_parsed


def test_an_edit_keeps_the_id_and_moves_the_date(client, world, asked, time_machine):
    before = read(client, "/").entries[0]
    moments = [before.updated_parsed]
    for change in (
        lambda item, post: edit_post(world.as_bob, post, "Ours are on X and Facebook."),
        lambda item, post: edit_item(world.as_bob, item, title="How long are posts kept?", topics=[]),
    ):
        time_machine.move_to(clock.now() + timedelta(hours=1))
        with unit_of_work():
            item = db.session.get_one(Item, asked.id)
            change(item, db.session.query(Post).filter_by(item_id=item.id, position=1).one())
        after = read(client, "/").entries[0]
        assert after.id == before.id
        assert after.published == before.published
        moments.append(after.updated_parsed)
    assert moments == sorted(set(moments))
    assert after.title == "How long are posts kept?"
    assert "Facebook" in after.content[0].value
    for one in ("rss", "json"):
        assert titles(read(client, "/", one)) == ["How long are posts kept?"]


@pytest.mark.parametrize(
    "path", ["/", "/questions", "/questions/unanswered", "{group}", "/search?kind=question"]
)
def test_what_is_withdrawn_vanishes_leaves_a_tombstone_and_comes_back(
    client, world, asked, time_machine, path
):
    path = path.format(group=world.group.path)
    entry = read(client, path).entries[0]
    for act, left in ((withdraw, []), (restore, [entry.id])):
        time_machine.move_to(clock.now() + timedelta(hours=1))
        with unit_of_work():
            act(world.as_ann, db.session.get_one(Item, asked.id))
        feed = read(client, path)
        assert [one.id for one in feed.entries] == left
        if "?" not in path:
            assert gone(client, path) == ([] if left else [entry.id])
        assert asked.title not in str(feed.feed)
    assert feed.entries[0].updated_parsed > entry.updated_parsed


def test_a_withdrawn_answer_vanishes_from_the_questions_feed_and_from_searches(client, world, asked):
    given = written(asked, ANSWER, "Seven zyzzyva years.", world.as_cat)
    drain()
    entry = read(client, asked.path).entries[0]
    assert titles(read(client, "/search?q=zyzzyva")) == [entry.title]
    with unit_of_work():
        withdraw(world.as_ann, db.session.get_one(Post, given.id))
    assert titles(read(client, asked.path)) == [asked.title]
    assert gone(client, asked.path) == [entry.id]
    assert titles(read(client, "/search?q=zyzzyva")) == []  # before the index has heard of it
    with unit_of_work():
        withdraw(world.as_ann, db.session.get_one(Item, asked.id))
    assert client.get(f"{asked.path}/feed.atom").status_code == 404


def test_a_withdrawn_example_vanishes_leaves_a_tombstone_and_comes_back(client, scene):
    shown = scene.attach("Schools")
    entry = read(client, "/examples").entries[0]
    for act, left in ((withdraw_example, 0), (restore_example, 1)):
        with unit_of_work():
            act(actor_of(scene.moderator), db.session.get_one(Example, shown.id))
        assert len(read(client, "/examples").entries) == left
        assert gone(client, "/examples") == ([] if left else [entry.id])
    with unit_of_work():
        withdraw(actor_of(scene.moderator), db.session.get_one(Item, scene.item.id))
    assert titles(read(client, "/examples")) == []


def test_what_has_not_changed_is_answered_with_304_and_what_has_with_all_of_it(client, world, asked):
    for one in FORMATS:
        address = f"/feed.{one}"
        first = client.get(address)
        assert first.headers["Cache-Control"] == "no-cache"
        by_tag = {"If-None-Match": first.headers["ETag"]}
        by_date = {"If-Modified-Since": first.headers["Last-Modified"]}
        for validator in (by_tag, by_date, {**by_tag, **by_date}):
            again = client.get(address, headers=validator)
            assert (again.status_code, again.data) == (304, b"")
        assert client.head(address).headers["ETag"] == first.headers["ETag"]
    with unit_of_work():
        withdraw(world.as_ann, db.session.get_one(Item, asked.id))
    assert client.get(address, headers=by_tag).status_code == 200


def test_by_date_alone_a_withdrawal_and_a_return_are_told_too(client, world, asked, time_machine):
    for act in (withdraw, restore):
        before = client.get("/feed.atom").headers["Last-Modified"]
        time_machine.move_to(clock.now() + timedelta(hours=1))
        with unit_of_work():
            act(world.as_ann, db.session.get_one(Item, asked.id))
        assert client.get("/feed.atom", headers={"If-Modified-Since": before}).status_code == 200


@pytest.mark.parametrize("address", ["/feed.atom", "/search/feed.json?kind=question", "/calendar.ics"])
def test_by_date_alone_what_goes_without_a_word_is_gone_too(client, world, asked, time_machine, address):
    guidance(world)
    time_machine.move_to(clock.now() + timedelta(hours=1))
    other = group("Other")
    member(world.bob, other)
    discussion(world.bob, other, "What is missing?", replies_by=date(2027, 3, 4))
    question(world.bob, other, "What is missing?")
    before = client.get(address)
    with unit_of_work():
        db.session.get_one(Group, other.id).visibility = "hidden"
    after = client.get(address, headers={"If-Modified-Since": before.headers["Last-Modified"]})
    assert (after.status_code, b"What is missing?" in after.data) == (200, False)


def test_the_answer_is_the_same_whoever_asks(client, world, asked):
    open_to_all = client.get("/feed.atom")
    signed_in = sign_in(client, world.ann).get("/feed.atom")
    assert signed_in.data == open_to_all.data
    assert signed_in.headers["Cache-Control"] == "private, no-cache"  # a session's cookie may come with it


@pytest.mark.parametrize("visibility", ["listed", "hidden"])
def test_a_group_that_is_not_open_has_no_open_feeds(client, world, asked, visibility):
    drain()
    with unit_of_work():
        fresh_group = db.session.get_one(Group, world.group.id)
        fresh_group.visibility = visibility
    root = world.group.path
    for address in (
        root,
        f"{root}/questions",
        f"{root}/guidance",
        asked.path,
        f"/search?group={world.group.slug}",
    ):
        base, mark, query = address.partition("?")
        assert client.get(f"{base}/feed.atom{mark}{query}").status_code == 404, address
    assert client.get(f"{root}/calendar.ics").status_code == 404
    for address in ("/", "/questions", "/search?q=posts", "/search?kind=question"):
        assert titles(read(client, address)) == []
        assert gone(client, address.partition("?")[0]) == [] if "?" not in address else True


def test_a_part_open_group_shows_what_its_moderators_published(client, world, asked):
    page = guidance(world)
    with unit_of_work():
        db.session.get_one(Group, world.group.id).visibility = "part_open"
    assert titles(read(client, world.group.path)) == [page.title]
    assert client.get(f"{asked.path}/feed.atom").status_code == 404
    assert titles(read(client, page.path)) == [f"New guidance: {page.title}"]


def test_long_feeds_are_read_page_by_page_each_entry_once(client, world):
    for number in range(34):
        question(world.bob, world.group, f"Question {number}?")
    for one in FORMATS:
        feed = read(client, "/", one)
        assert len(titles(feed)) == 30
        older = feed["next_url"] if one == "json" else _link(feed, "next")
        rest = read_at(client, older.removeprefix(HOST), one)
        assert sorted([*titles(feed), *titles(rest)]) == sorted(f"Question {n}?" for n in range(34))
    assert read(client, "/?after=nonsense".replace("/?", "/questions?")).entries


def _link(feed: feedparser.FeedParserDict, rel: str) -> str:
    return next(link.href for link in feed.feed.links if link.rel == rel)


def test_a_feed_of_thirty_asks_as_little_as_a_feed_of_three(client, world, scene):
    def cost(path: str) -> int:
        with queries() as sent:
            assert client.get(path).status_code == 200
        return sent.count

    first = question(world.bob, world.group, "First?")

    def more(count: int) -> None:
        for number in range(count):
            question(world.bob, world.group, f"More {number}?", "Of retention")
            guidance(world, f"Page {number}")
            written(first, ANSWER, f"Answer {number}", world.as_cat)
            scene.attach("Schools")
        drain()

    more(3)
    addresses = [
        "/feed.atom",
        "/questions/feed.rss",
        "/guidance/feed.json",
        "/examples/feed.atom",
        f"{first.path}/feed.atom",
        "/search/feed.atom?q=retention",
        "/calendar.ics",
    ]
    few = {address: cost(address) for address in addresses}
    more(9)
    assert {address: cost(address) for address in addresses} == few
    assert max(count for address, count in few.items() if "examples" not in address) <= 9, few


def test_nobodys_name_is_told_of_somebody_who_has_left(client, world, asked):
    with unit_of_work():
        item = db.session.get_one(Item, asked.id)
        item.author_id, item.byline = None, {}
    assert read(client, "/").entries[0].author == "Somebody who has left"


def test_addresses_that_ask_for_nothing_have_no_feed(client, world, asked):
    for address in (
        "/search/feed.atom",
        "/search/feed.atom?kind=example",
        "/search/feed.atom?topic=nothing",
        "/search/feed.atom?group=nothing",
        f"{world.group.path}/questions/99/feed.atom",
        f"{world.group.path}/questions/9999999999999/feed.atom",
        f"{world.group.path}/discussions/{asked.number}/feed.atom",
        "/groups/nothing/feed.atom",
        "/calendar/feed.atom",
    ):
        assert client.get(address).status_code == 404, address


def test_pages_name_their_feeds_to_programs_and_every_name_leads_to_one(client, everything):
    for path in everything:
        page = client.get(path.replace("/unanswered", "?state=waiting"))
        links = etree.HTML(page.data).findall('.//link[@rel="alternate"]')
        assert [link.get("type").split("/")[1] for link in links] == [
            "atom+xml",
            "rss+xml",
            "feed+json",
        ], path
        for link in links:
            answer = client.get(link.get("href"))
            assert answer.status_code == 200
            assert answer.mimetype == link.get("type")
        assert etree.fromstring(client.get(links[0].get("href")).data).find(f"{ATOM}title").text in (
            links[0].get("title").rpartition(" (")[0],
            links[0].get("title"),
        )


def test_pages_of_what_is_not_open_name_no_feeds(client, world, asked):
    with unit_of_work():
        db.session.get_one(Group, world.group.id).visibility = "listed"
    browser = sign_in(client, world.bob)
    for path in (world.group.path, f"{world.group.path}/questions", fresh(asked).path):
        page = browser.get(path)
        assert page.status_code == 200
        assert 'rel="alternate"' not in page.text
        assert "/me/feeds?of=" in page.text or path.endswith("/questions")
    assert 'rel="alternate"' not in client.get("/groups/nothing").text
