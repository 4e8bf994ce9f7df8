"""Files of posts in feeds: linked for everybody, offered to programs where they can get them."""

import feedparser
import pytest
from lxml import etree

from hub.content.models import Item
from hub.core.carrying import drain
from hub.core.database import db, unit_of_work
from hub.feeds.actions import make_private
from hub.feeds.subjects import subject_at
from hub.groups.models import Group
from hub.questions.actions import answer, ask_question
from tests.budget import queries
from tests.factories.files import picture, waiting

from .reading import CONTENT, FORMATS, HOST, check_rss, read_at


@pytest.fixture
def asked(world) -> Item:
    plan, bridge = waiting(world.bob, "Plan & more.pdf"), waiting(world.bob, "bridge.png", picture())
    with unit_of_work():
        group = db.session.get_one(Group, world.group.id)
        files = [again(plan), again(bridge)]
        made = ask_question(world.as_bob, group, "How long?", "See the plan.", files=files)
    drain()
    return made


def again(row):
    return db.session.get_one(type(row), row.id)


@pytest.mark.parametrize("path", ["", "/groups/rims", "/groups/rims/questions", "own", "/search?q=plan"])
def test_files_are_named_in_the_text_and_offered_beside_it(app, client, world, asked, path):
    base, mark, query = (asked.path if path == "own" else path).partition("?")
    links = {}
    for written in FORMATS:
        data = client.get(f"{base}/feed.{written}{mark}{query}").data
        if written == "json":
            entry = read_at(client, f"{base}/feed.json{mark}{query}", "json")["items"][0]
            links[written] = [one["url"] for one in entry["attachments"]]
            assert [one["title"] for one in entry["attachments"]] == ["Plan & more.pdf", "bridge.png"]
            html = entry["content_html"]
        else:
            found = feedparser.parse(data)
            assert not found.bozo
            entry = found.entries[0]
            links[written] = [one.href for one in entry.enclosures]
            assert entry.enclosures[0].type == "application/pdf" and int(entry.enclosures[0].length) > 50
            html = entry.content[0].value
        assert "Plan &amp; more.pdf" in html and "What it shows" in html
    assert len(links["atom"]) == len(links["json"]) == 2
    assert links["rss"] == links["atom"][:1], "programs that read RSS know of one"
    for link in links["atom"]:
        assert client.get(link.removeprefix(HOST)).status_code == 200


def test_of_a_closed_group_there_are_links_and_nothing_that_a_program_would_fetch(app, client, world, asked):
    with unit_of_work():
        db.session.get_one(Group, world.group.id).visibility = "listed"
    with unit_of_work():
        key = make_private(world.as_bob, subject_at("/groups/rims", world.as_bob))[1]
    data = client.get(f"/feeds/private/{key}.rss").data
    item = etree.fromstring(data).find("channel/item")
    assert item.find("enclosure") is None
    assert "/files/" in item.findtext(f"{CONTENT}encoded")
    check_rss(data, f"/feeds/private/{key}.rss")


def test_many_files_cost_a_feed_one_query(app, client, world, asked):
    def cost() -> int:
        with queries() as sent:
            assert client.get(f"{asked.path}/feed.atom").status_code == 200
        return sent.count

    few = cost()
    for number in range(4):
        file = waiting(world.cat, f"{number}.txt", b"%d" % number)
        with unit_of_work():
            answer(world.as_cat, again(asked), "See", files=[again(file)])
    assert cost() == few
