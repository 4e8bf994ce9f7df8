"""What the adapters of feeds promise: what a website said, as somebody saw it."""

import json
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from hub.archive.conversation import conversation_of
from hub.archive.models import ArchivedPost, PostVersion
from hub.archive.sources import Unreadable
from hub.core.database import db
from tests.archive.adapters.fuzz import assert_sound, with_one_odd_value
from tests.archive.conftest import problems
from tests.archive.reading import SAMPLES, Reading, beside

ITEM = """<item><title>Bins &amp; bags</title><link>https://council.example/bins</link>
<guid>https://council.example/?p=7</guid><pubDate>Wed, 01 May 2024 09:00:00 +0000</pubDate>
<description>Short</description><content:encoded><![CDATA[<p>Bring <a href="https://a.example">bags</a>.
<img src="https://council.example/map.png?w=9" alt="A map"></p>]]></content:encoded></item>"""
ENTRY = """<entry><id>tag:council.example,2024:7</id><title>Bins</title><link href="https://council.example/bins"/>
<published>2024-05-01T09:00:00Z</published><updated>2024-05-02T09:00:00Z</updated>
<author><name>Ann Smith</name><uri>https://council.example/ann</uri><email>ann@council.example</email></author>
<content type="html">&lt;p&gt;Bring bags&lt;/p&gt;</content></entry>"""


def rss(*items):
    space = (
        'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    )
    about = "<title>Council news</title><link>https://council.example/</link><language>en</language>"
    return (
        f'<?xml version="1.0"?>\n<rss version="2.0" {space}><channel>{about}{"".join(items)}</channel></rss>'
    )


def atom(*entries):
    spaces = 'xmlns="http://www.w3.org/2005/Atom" xmlns:thr="http://purl.org/syndication/thread/1.0"'
    gone = 'xmlns:at="http://purl.org/atompub/tombstones/1.0"'
    about = '<title>Council news</title><id>tag:council.example,2024:feed</id><link href="https://council.example/"/>'
    return f"<feed {spaces} {gone}>{about}{''.join(entries)}</feed>"


def json_feed(*items, **more):
    head = {"version": "https://jsonfeed.org/version/1.1", "title": "Council news"}
    return json.dumps(head | {"home_page_url": "https://council.example/", "items": items} | more)


@pytest.fixture
def read(tmp_path):
    def reader(text):
        path = tmp_path / "upload"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return Reading(path)

    return reader


def test_an_item_of_rss(read):
    reading = read(rss(ITEM))
    (post,) = reading.posts
    assert (reading.adapter.name, post.evidence, post.platform) == ("feed", "capture", "web")
    assert (post.post_id, post.url) == ("https://council.example/?p=7", "https://council.example/bins")
    assert (post.title, post.text, post.form) == ("Bins & bags", "Bring bags.", "article")
    assert post.posted_at == datetime(2024, 5, 1, 9, tzinfo=UTC)
    assert [(one.shown, one.expanded) for one in post.links] == [("bags", "https://a.example")]
    assert [(one.key, one.alt_text) for one in post.media] == [("map.png", "A map")]
    assert post.source.raw.decode() == ITEM


def test_an_entry_of_atom(read):
    (post,) = read(atom(ENTRY)).posts
    assert (post.post_id, post.text) == ("tag:council.example,2024:7", "Bring bags")
    assert post.written_at == datetime(2024, 5, 2, 9, tzinfo=UTC)
    assert post.source.raw.decode() == ENTRY


def test_an_item_of_json_feed(read):
    item = {"id": 7, "url": "https://council.example/bins", "content_html": "<p>Bring bags</p>"}
    reading = read(json_feed(item | {"date_published": "2024-05-01T09:00:00Z"}))
    (post,) = reading.posts
    assert (reading.adapter.name, post.post_id) == ("json-feed", "https://council.example/#7")
    assert (post.text, post.form) == ("Bring bags", "")
    assert json.loads(post.source.raw)["id"] == 7


@pytest.mark.parametrize("how", ["rss", "atom", "json"])
def test_the_site_is_the_account(read, how):
    text = {
        "rss": rss(ITEM),
        "atom": atom("<entry><id>tag:a,1:1</id><title>a</title></entry>"),
        "json": json_feed({"id": "1", "content_text": "a"}),
    }[how]
    (account,) = read(text).accounts
    assert (account.account_id, account.name) == ("https://council.example/", "Council news")


def test_an_author_who_is_named_is_the_account_and_never_by_an_address_of_mail(read):
    (ann,) = read(atom(ENTRY)).accounts
    assert (ann.account_id, ann.name) == ("https://council.example/ann", "Ann Smith")
    named = "<item><guid>https://a.example/1</guid><author>bob@b.example (Bob)</author></item>"
    unnamed = "<item><guid>https://a.example/2</guid><author>bob@b.example</author></item>"
    bob, site = read(rss(named, unnamed)).accounts
    assert (bob.name, bob.account_id.partition("-")[0]) == ("Bob", "https://council.example/#visitor")
    assert site.account_id == "https://council.example/"
    assert "@" not in repr((ann, bob, site))


def test_an_answer_names_what_it_answers(read):
    answer = '<entry><id>tag:a,1:2</id><thr:in-reply-to ref="tag:council.example,2024:7"/></entry>'
    assert read(atom(answer)).posts[0].reply_to.post_id == "tag:council.example,2024:7"


def test_an_entry_that_is_gone_is_told(read):
    gone = '<at:deleted-entry ref="tag:council.example,2024:7" when="2024-05-04T09:00:00Z"/>'
    (deletion,) = read(atom(gone)).deletions
    assert (deletion.post_id, deletion.deleted_at) == (
        "tag:council.example,2024:7",
        datetime(2024, 5, 4, 9, tzinfo=UTC),
    )


def test_entries_without_an_id_go_by_their_page_their_date_or_their_words(read):
    page = "<item><link>https://council.example/a</link></item>"
    dated = "<item><pubDate>Wed, 01 May 2024 09:00:00 +0000</pubDate><title>{}</title></item>"
    words = "<item><description>Words</description></item>"
    first, second, third = read(rss(page, dated.format("Before"), words)).posts
    assert first.post_id == "https://council.example/a"
    assert read(rss(dated.format("After"))).posts[0].post_id == second.post_id
    assert third.post_id.startswith("feed:")
    assert read(rss("<item></item>")).left_out == {("no_id", "upload"): 1}


def test_the_content_of_an_unchanged_entry_is_the_same_whatever_is_around_it(read):
    (before,) = read(rss(ITEM)).posts
    (after,) = read(rss(ITEM.replace("?w=9", "?w=10&sign=x").replace("<p>", '<p class="new">'))).posts
    assert after.content_hash == before.content_hash
    assert read(rss(ITEM.replace("Bring", "Take"))).posts[0].content_hash != before.content_hash
    assert read(rss(ITEM.replace("map.png", "plan.png"))).posts[0].content_hash != before.content_hash


def test_a_feed_in_rdf_and_one_in_another_encoding(read):
    rdf = (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">'
        "<channel><title>News</title><link>https://a.example/</link></channel>"
        "<item rdf:about='https://a.example/1'><title>One</title><link>https://a.example/1</link></item></rdf:RDF>"
    )
    assert [post.title for post in read(rdf).posts] == ["One"]
    latin = (
        '<?xml version="1.0" encoding="iso-8859-1"?>'
        "<rss><channel><item><title>Café</title></item></channel></rss>"
    )
    assert [post.title for post in read(latin.encode("iso-8859-1")).posts] == ["Café"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (rss(ITEM)[:-20], "cut_short"),
        (rss(ITEM, "<item>"), "not_xml"),
        (json_feed({"id": "1"})[:-2], "cut_short"),
        (rss(ITEM, "<item>" + "<a>" * 300), "too_deep"),
    ],
)
def test_a_feed_that_cannot_be_read_to_its_end_is_refused(read, text, reason):
    with pytest.raises(Unreadable, match=reason):
        read(text)


def test_a_feed_that_declares_entities_is_refused(read):
    with pytest.raises(Unreadable, match="entities"):
        read('<!DOCTYPE rss [<!ENTITY a "aaaa">]>' + rss(ITEM).partition("\n")[2])


def test_a_page_is_no_feed(read):
    with pytest.raises(Unreadable):
        read("<html><head/><body><p>Hello</p></body></html>")


def test_whatever_stands_in_an_item_there_is_a_report(read):
    whole = {
        "id": "1",
        "url": "https://a.example/1",
        "title": "a",
        "content_html": "<p>a</p>",
        "date_published": "2024-05-01T09:00:00Z",
        "date_modified": "2024-05-02T09:00:00Z",
        "authors": [{"name": "Ann", "url": "https://a.example/ann"}],
        "attachments": [{"url": "https://a.example/a.mp3", "mime_type": "audio/mpeg"}],
        "language": "en",
        "image": "https://a.example/i.png",
    }
    odd = list(with_one_odd_value(whole))
    reading = read(json_feed(*odd))
    assert len(reading.posts) + sum(reading.left_out.values()) == len(odd)
    assert_sound(reading.records)
    for head in with_one_odd_value({"title": "a", "home_page_url": "https://a.example", "language": "en"}):
        assert_sound(read(json_feed(whole, **head)).records)


ODD = [
    "",
    "x" * 3_000,
    "2024-99-99",
    "https://[",
    "javascript:alert(1)",
    "\u202e",
    "<![CDATA[<b>]]>",
    "<b/>",
    "@",
]


@pytest.mark.parametrize("around", [rss, atom])
def test_whatever_stands_in_an_element_there_is_a_report(read, around):
    names = (
        "guid",
        "id",
        "link",
        "title",
        "pubDate",
        "published",
        "updated",
        "description",
        "author",
        "source",
    )
    odd = [f"<{name}>{value}</{name}>" for name in names for value in ODD]
    kind = "item" if around is rss else "entry"
    reading = read(around(*(f"<{kind}><title>a</title>{one}</{kind}>" for one in odd)))
    assert len(reading.posts) + sum(reading.left_out.values()) == len(odd)
    assert_sound(reading.records)


def test_the_samples_are_read():
    folder = beside(SAMPLES / "feeds")
    posts = 0
    for path in sorted(folder.glob("*/*.xml"))[::5]:  # every fifth: they differ in one thing each
        if path.name != "entity_in_doctype.xml":
            reading = Reading(path)
            posts += len(reading.posts)
            assert_sound(reading.records)
    assert posts > 15


# The whole path.


def test_a_feed_seen_twice_adds_versions_of_what_changed_only(kept, tmp_path):
    first, second = tmp_path / "one", tmp_path / "two"
    other = ITEM.replace("?p=7", "?p=8")
    first.write_text(rss(ITEM, other))
    second.write_text(rss(ITEM.replace("Bring", "Take"), other))
    assert (kept.bring_in(first).new, kept.bring_in(first).versions) == (2, 0)
    found = kept.bring_in(second)
    assert (found.new, found.versions) == (0, 1)
    said = db.session.scalars(select(PostVersion.text).order_by(PostVersion.id)).all()
    assert said == ["Bring bags.", "Bring bags.", "Take bags."]
    assert not problems()


def test_an_answer_stands_under_its_entry_from_another_feed(kept, tmp_path):
    (tmp_path / "posts").write_text(rss(ITEM))
    answer = (
        '<entry><id>https://council.example/#c1</id><thr:in-reply-to ref="https://council.example/?p=7"/>'
    )
    (tmp_path / "comments").write_text(atom(answer + "<title>Thanks</title></entry>"))
    kept.bring_in(tmp_path / "comments")
    kept.bring_in(tmp_path / "posts")
    post = db.session.scalars(select(ArchivedPost).where(ArchivedPost.platform_id.contains("?p=7"))).one()
    assert [turn.row.post.platform_id for turn in conversation_of(post).below] == [
        "https://council.example/#c1"
    ]
