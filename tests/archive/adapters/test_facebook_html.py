"""What a Facebook export as HTML promises to give, and what it cannot tell."""

import tracemalloc
import zipfile
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from hub.archive.adapters import recognise
from hub.archive.adapters.facebook_html_blocks import read_block, read_date
from hub.archive.models import ArchivedPost, PostVersion
from hub.archive.sources import Unreadable, open_source
from hub.core.database import db
from tests.archive.conftest import problems
from tests.archive.reading import Reading
from tests.factories.facebook import FacebookExport
from tests.factories.facebook_html import FacebookPages
from tests.factories.x_archive import png

MB = 1024**2


@pytest.fixture
def export():
    return FacebookPages()


def read(export, tmp_path, **how):
    return Reading(export.write(tmp_path / "upload", **how))


@pytest.mark.parametrize("old", [False, True])
@pytest.mark.parametrize("prefix", ["", "facebook-strathtaycouncil/"])
def test_posts_and_comments_of_both_layouts_are_read(tmp_path, old, prefix):
    export = FacebookPages(old=old)
    export.post("Tha na sgoiltean dùinte 🙂<br>an-diugh &amp; a-màireach")
    export.comment("Mòran taing")
    reading = read(export, tmp_path, prefix=prefix)
    assert reading.adapter.name == "facebook-html"
    post, comment = reading.posts
    assert post.text == "Tha na sgoiltean dùinte 🙂\nan-diugh & a-màireach"
    assert (comment.text, comment.form) == ("Mòran taing", "comment")
    assert [(one.handle, one.name, one.own) for one in reading.accounts] == [
        ("strathtaycouncil", "Comhairle Srath Tatha", True)
    ]


def test_a_date_without_a_zone_is_kept_as_it_stands_beside_what_is_read_from_it(export, tmp_path):
    export.post("Hello", "Jun 01, 2023 3:32:01 pm")
    export.post("Halò", "1d Ògmhios 2023")
    first, second = read(export, tmp_path).posts
    assert (first.posted_at, first.stated_at) == (
        datetime(2023, 6, 1, 15, 32, 1, tzinfo=UTC), "Jun 01, 2023 3:32:01 pm",
    )  # fmt: skip
    assert (second.posted_at, second.stated_at) == (None, "1d Ògmhios 2023")


@pytest.mark.parametrize(
    "stated",
    [
        "Jun 01, 2023 3:32:00 pm",
        "Jun 1, 2023 3:32:00pm",
        "Jun 1, 2023, 3:32 PM",
        "1 Jun 2023, 15:32",
        "1 June 2023 at 15:32",
        "01/06/2023, 15:32",
    ],
)
def test_dates_are_read_in_every_english_form(stated):
    assert read_date(stated) == datetime(2023, 6, 1, 15, 32, tzinfo=UTC)


def test_each_post_carries_the_exact_bytes_of_its_block(export, tmp_path):
    blocks = [export.post("Fàilte"), export.post("Two", "Jan 18, 2024 7:00:01 am")]
    path = export.write(tmp_path / "upload")
    posts = Reading(path).posts
    assert [post.source.raw.decode() for post in posts] == blocks
    members = zipfile.ZipFile(path)
    assert all(post.source.raw in members.read(post.source.file) for post in posts)


def test_pictures_are_found_and_the_addresses_they_were_sent_from_are_nobodys_words(export, tmp_path):
    export.post("Look", more=export.picture(png()))
    export.post("", "Jan 18, 2024 7:00:01 am", more=export.picture(None, "gone.mp4"))
    reading = read(export, tmp_path)
    first, second = reading.posts
    assert (first.text, [(ref.kind, bool(ref.file)) for ref in first.media]) == ("Look", [("photo", True)])
    assert (second.text, [(ref.kind, ref.file) for ref in second.media]) == ("", [("video", None)])
    shown = [(post.text, post.links, post.media, post.stated_at) for post in reading.posts]
    assert "CANARY" not in repr((shown, reading.accounts, reading.left_out))
    assert any(reason == "private" for reason, _ in reading.left_out)


def test_addresses_are_links_and_the_update_of_a_post_is_not_its_text(export, tmp_path):
    link = '<div class="_2pin"><a href="https://strathtay.example/a?b=1&amp;c=2">https://strathtay.example/a</a></div>'
    export.post("See", more=link + '<div class="_2pin"><div>Updated Jan 16, 2024 8:12:17 am</div></div>')
    (post,) = read(export, tmp_path).posts
    assert [one.expanded for one in post.links] == ["https://strathtay.example/a?b=1&c=2"]
    assert "Updated" not in post.text


def test_what_is_in_the_trash_is_deleted(export, tmp_path):
    export.post("Here")
    export.trash.append(export.post("Wrong", "Jan 18, 2024 7:00:01 am"))
    export.posts.pop()
    reading = read(export, tmp_path)
    (deletion,) = reading.deletions
    assert {post.text: post.post_id for post in reading.posts}["Wrong"] == deletion.post_id


def test_an_edited_text_is_another_version_of_the_same_post(export, tmp_path):
    export.post("Open on Mondy")
    (before,) = read(export, tmp_path).posts
    (again,) = read(export, tmp_path).posts
    export.posts.clear()
    export.post("Open on Monday")
    (after,) = read(export, tmp_path).posts
    assert before.post_id == again.post_id == after.post_id
    assert before.content_hash == again.content_hash != after.content_hash


@pytest.mark.parametrize("cut", [0.5, 0.9, 0.99])
def test_a_page_that_ends_too_early_is_left_out_whole(export, tmp_path, cut):
    for day in range(10, 28):
        export.post(f"Post {day}", f"Jan {day}, 2024 7:00:01 am")
    export.comment("Kept")
    name = "your_facebook_activity/posts/your_posts__check_ins__photos_and_videos_1.html"
    page = export.members()[name]
    export.files[name] = page[: int(len(page) * cut)]
    reading = read(export, tmp_path)
    assert [post.text for post in reading.posts] == ["Kept"]
    assert reading.left_out["cut_short", name] == 1


@pytest.mark.parametrize(
    "inside",
    [
        b"<script>alert(1)</script>",
        b"<div>" * 5_000,
        b"&#0;&#xD800;\xff\xfe\x00",
        b'<div class="_2pin">' * 300 + b"x",
        b"<table><tr><td>" * 400,
        b"<svg><![CDATA[" + b"<!DOCTYPE x [<!ENTITY a 'b'>]>",
        b"",
    ],
)
def test_hostile_html_in_a_block_raises_nothing_and_runs_nothing(inside):
    block = read_block(b'<div class="_a6-g"><div class="_a6-p">' + inside + b"</div></div>")
    assert block is None or "alert" not in block.text


def test_an_export_that_does_not_say_whose_it_is_is_refused(tmp_path):
    export = FacebookPages()
    export.address = None
    export.post("Hello")
    with pytest.raises(Unreadable, match="no_account"):
        read(export, tmp_path)
    export.comment("Two headings begin with the name")
    assert read(export, tmp_path).accounts[0].name == "Comhairle Srath Tatha"


def test_memory_does_not_grow_with_the_page(export, tmp_path):
    export.post("short")
    name = "your_facebook_activity/posts/your_posts__check_ins__photos_and_videos_1.html"
    block = export.post("Words", more=f'<div data-x="{"x" * 30_000}"></div>')
    export.files[name] = export.page([block] * 600)
    source = open_source(export.write(tmp_path / "upload", packed=False))
    source_size = len(export.files[name])
    tracemalloc.start()
    count = sum(1 for one in recognise(source).read(source) if hasattr(one, "text"))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (count, source_size > 15 * MB, peak < 6 * MB) == (600, True, True)


def test_the_json_export_afterwards_misses_nothing_and_the_same_pages_twice_change_nothing(kept, export):
    export.post("Fàilte", more=export.picture(png()))
    export.comment("Taing")
    done = kept.bring_in(export.write(kept.folder / "a.zip"))
    assert (done.state, done.new, done.whole) == ("done", 2, False)
    again = kept.bring_in(export.write(kept.folder / "b.zip"))
    assert (again.new, again.versions, again.sightings, again.events) == (0, 0, 0, 0)
    json_one = FacebookExport()
    json_one.post("Earlier", "2023-01-16T07:00")
    json_one.post("Later", "2024-05-16T07:00")
    assert kept.bring_in(json_one.write(kept.folder / "c.zip")).events == 0
    assert set(db.session.scalars(select(PostVersion.text))) == {"Fàilte", "Taing", "Earlier", "Later"}
    assert db.session.scalars(select(ArchivedPost.posted_at)).all()
    assert problems() == ""


def test_a_posts_page_says_that_its_date_is_not_certain_and_how_it_stands(browser, kept, export):
    export.post("Fàilte", "Jun 01, 2023 3:32:01 pm")
    kept.bring_in(export.write(kept.folder / "a.zip"))
    page = browser.get(db.session.scalars(select(ArchivedPost)).one().path).text
    assert "Jun 01, 2023 3:32:01 pm" in page
    assert "does not say in which time zone" in page
