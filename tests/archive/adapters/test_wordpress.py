"""What the adapter of WordPress's export promises: what a site published, and what others said below it."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from hub.archive.conversation import conversation_of
from hub.archive.models import DELETED, EDITED, ArchivedPost, ArchiveEvent, PostVersion, SocialAccount
from hub.archive.sources import Unreadable
from hub.core.database import db
from tests.archive.adapters.fuzz import assert_sound
from tests.archive.conftest import count, problems
from tests.archive.reading import SAMPLES, Reading, beside
from tests.factories.wordpress import SITE, WordPress, comment, meta

PERSONAL = ("@", "192.0.2.7")


@pytest.fixture
def wordpress():
    return WordPress()


@pytest.fixture
def read(wordpress, tmp_path):
    return lambda: Reading(wordpress.write(tmp_path / "upload"))


@pytest.mark.parametrize("version", ["1.0", "1.1", "1.2"])
def test_posts_and_pages_are_read_with_their_exact_bytes(wordpress, read, version):
    wordpress.version = version
    item = wordpress.post(
        7,
        "Bins &amp; bags",
        "<!-- wp:p --><p>Bring <b>bags</b>.</p>",
        post_modified_gmt="2024-05-03 09:00:00",
    )
    wordpress.post(8, "About", "Us", post_type="page")
    reading = read()
    post, page = reading.posts
    assert (reading.adapter.name, post.evidence) == ("wordpress-wxr", "import")
    assert (post.post_id, post.url) == (f"{SITE}/?p=7", f"{SITE}/7/")
    assert (post.title, post.text, post.form, page.form) == ("Bins & bags", "Bring bags.", "article", "page")
    assert (post.posted_at, post.written_at) == (
        datetime(2024, 5, 1, 9, tzinfo=UTC),
        datetime(2024, 5, 3, 9, tzinfo=UTC),
    )
    assert post.source.raw.decode() == item


def test_authors_are_accounts_of_the_site(wordpress, read):
    wordpress.post(7, "Bins", "Bring bags")
    site, press = read().accounts
    assert (site.account_id, site.name, site.own) == (SITE, "Strathtay Council", True)
    assert (press.account_id, press.handle, press.name) == (f"{SITE}#press", "press", "Press Office")


def test_comments_are_posts_of_their_own_people_below_the_post(wordpress, read):
    first, second = comment(1, "When?"), comment(2, "On Monday", comment_parent=1, comment_user_id=3)
    wordpress.post(7, "Bins", "Bring bags", first, second)
    _, asked, answered = read().posts
    assert (asked.form, asked.reply_to.post_id) == ("comment", f"{SITE}/?p=7")
    assert asked.source.raw.decode() == first
    assert (answered.reply_to.post_id, answered.account_id) == (asked.post_id, f"{SITE}#press")


def test_mail_and_network_addresses_stay_in_the_exact_bytes_alone(wordpress, read):
    wordpress.authors = wordpress.authors.replace(
        "<wp:author_login>press", "<wp:author_login>ann@council.example"
    )
    named = comment(2, "b", comment_author="jo@mail.example")
    wordpress.post(7, "Bins", "Bring bags", comment(1, "a"), named)
    reading = read()
    for post in reading.posts:
        post.source.raw = b""
    assert len(reading.accounts) == 4
    assert not any(one in repr(reading.records) for one in PERSONAL)


def test_the_same_commenter_is_the_same_account_and_another_is_not(wordpress, read):
    others = comment(2, "b", comment_author_email="new@mail.example"), comment(3, "c", comment_author="Other")
    wordpress.post(7, "Bins", "Bring bags", comment(1, "a"), *others)
    _, first, second, third = read().posts
    assert first.account_id == second.account_id != third.account_id


def test_pingbacks_and_trackbacks_say_where_they_come_from(wordpress, read):
    ping = comment(1, "[...] bags [...]", comment_type="pingback")
    track = comment(2, "bags", comment_type="trackback")
    wordpress.post(7, "Bins", "Bring bags", ping, track)
    _, first, second = read().posts
    assert {first.form, second.form} == {"pingback"}
    assert [(one.shown, one.expanded) for one in first.links] == [("Jo Reader", "https://jo.example")]


def test_pictures_in_the_text_and_those_attached_are_media(wordpress, read):
    wordpress.post(7, "Bins", f'<img src="{SITE}/map.png?w=9" alt="A map">')
    wordpress.post(
        9, "plan", "", meta("_wp_attachment_image_alt", "A plan"),
        post_type="attachment", status="inherit", post_parent=7, attachment_url=f"{SITE}/plan.png",
    )  # fmt: skip
    wordpress.post(10, "x", "", post_type="attachment", post_parent=0, attachment_url=f"{SITE}/x.png")
    reading = read()
    assert [(one.key, one.alt_text) for one in reading.posts[0].media] == [
        ("map.png", "A map"),
        ("plan.png", "A plan"),
    ]
    assert reading.left_out == {("private_media", "upload"): 1}


@pytest.mark.parametrize(
    "more",
    [
        {"status": "draft"},
        {"status": "private"},
        {"status": "future"},
        {"status": "pending"},
        {"post_password": "x"},
    ],
)
def test_what_was_not_public_is_left_out_with_its_comments(wordpress, read, more):
    wordpress.post(7, "Secret", "Secret", comment(1, "Secret"), **more)
    reading = read()
    assert not reading.posts
    assert reading.left_out == {("not_public", "upload"): 2}


def test_comments_that_wait_for_approval_and_other_kinds_are_left_out(wordpress, read):
    waiting = comment(1, "a", comment_approved=0)
    order = comment(2, "b", comment_type="order_note")
    wordpress.post(7, "Bins", "Bring bags", waiting, order)
    wordpress.post(8, "Menu", "", post_type="nav_menu_item")
    reading = read()
    assert len(reading.posts) == 1
    assert reading.left_out == {
        ("not_public", "upload"): 1,
        ("not_posts", "upload"): 1,
        ("not_posts", "nav_menu_item"): 1,
    }


def test_a_published_post_in_the_bin_was_deleted(wordpress, read):
    binned = meta("_wp_trash_meta_status", "publish"), meta("_wp_trash_meta_time", 1717000000)
    wordpress.post(7, "Gone", "Words", *binned, status="trash")
    wordpress.post(8, "Never seen", "Words", meta("_wp_trash_meta_status", "draft"), status="trash")
    reading = read()
    assert [post.title for post in reading.posts] == ["Gone"]
    (deletion,) = reading.deletions
    assert (deletion.post_id, deletion.deleted_at) == (
        f"{SITE}/?p=7",
        datetime.fromtimestamp(1717000000, UTC),
    )


def test_an_export_is_never_called_whole(wordpress, read):
    export = read().export
    assert (export.made_at, export.whole) == (datetime(2024, 6, 1, 9, 30, tzinfo=UTC), False)


def test_the_content_of_an_unchanged_post_is_the_same_in_another_export(wordpress, read):
    wordpress.post(7, "Bins", f'<p>Bring <img src="{SITE}/a.png?w=1"></p>', comment(1, "a"))
    before = [post.content_hash for post in read().posts]
    wordpress.items = [wordpress.items[0].replace("?w=1", "?w=2").replace("<p>", '<p class="x">')]
    assert [post.content_hash for post in read().posts] == before
    wordpress.items = [wordpress.items[0].replace("Bring", "Take")]
    assert read().posts[0].content_hash != before[0]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda data: data[:-30], "cut_short"),
        (lambda data: data.replace(b"</item>", b"</items>"), "not_xml"),
        (lambda data: data.replace(b"<rss", b'<!DOCTYPE r [<!ENTITY a "a">]><rss', 1), "entities"),
        (lambda data: data.replace(SITE.encode(), b""), "no_account"),
        (lambda data: data.replace(b"UTF-8", b"no-such", 1), "nothing_readable"),
    ],
)
def test_an_export_that_cannot_be_read_to_its_end_is_refused(wordpress, tmp_path, change, reason):
    wordpress.post(7, "Bins", "Bring bags")
    (tmp_path / "upload").write_bytes(change(wordpress.bytes()))
    with pytest.raises(Unreadable, match=reason):
        Reading(tmp_path / "upload")


ODD = [
    "",
    "-1",
    "9" * 400,
    "x" * 3_000,
    "0000-00-00 00:00:00",
    "2024-99-99",
    "https://[",
    "a@b.example",
    "<b/>",
    "&#1114111;",
]


def test_whatever_stands_in_a_field_there_is_a_report(wordpress, read):
    names = ("post_id", "post_date_gmt", "post_modified_gmt", "post_parent", "post_password", "link", "guid")
    odd = [f"<wp:{name}>{value}</wp:{name}>" for name in names for value in ODD]
    said = (
        "comment_id",
        "comment_author",
        "comment_author_url",
        "comment_date_gmt",
        "comment_content",
        "comment_parent",
    )
    for value in ODD:
        wordpress.items += [
            f"<item><wp:post_type>post</wp:post_type><wp:status>publish</wp:status>{one}</item>"
            for one in odd
        ]
        for name in said:
            wordpress.post(
                7,
                value.replace("<b/>", ""),
                "a",
                comment(1, "a").replace(f"<wp:{name}>", f"<wp:{name}>{value}"),
            )
    reading = read()
    assert reading.posts
    assert_sound(reading.records)


def test_the_samples_are_read():
    folder = beside(SAMPLES / "wordpress-wxr")
    found = {path.name: Reading(path) for path in sorted(folder.iterdir())}
    posts = found["themeunittestdata.wordpress.xml"].posts
    forms = [post.form for post in posts]
    assert {form: forms.count(form) for form in set(forms)} == {
        "article": 55, "page": 21, "comment": 25, "pingback": 4,
    }  # fmt: skip
    for reading in found.values():
        assert_sound(reading.records)
        assert "@" not in repr(reading.accounts)


# The whole path.


def test_the_same_export_twice_changes_nothing_and_comments_stand_below(kept, wordpress, tmp_path):
    wordpress.post(7, "Bins", "Bring bags", comment(1, "When?"))
    path = wordpress.write(tmp_path / "upload")
    first, second = kept.bring_in(path), kept.bring_in(path)
    assert (first.new, first.versions, first.state) == (2, 2, "done")
    assert (second.new, second.versions, second.sightings, second.events) == (0, 0, 0, 0)
    post = db.session.scalars(select(ArchivedPost).where(ArchivedPost.platform_id == f"{SITE}/?p=7")).one()
    assert [turn.row.shown.text for turn in conversation_of(post).below] == ["When?"]
    assert not problems()


def test_a_later_export_adds_what_was_edited_and_binned(kept, wordpress, tmp_path):
    wordpress.post(7, "Bins", "First")
    wordpress.post(8, "Old", "Gone")
    kept.bring_in(wordpress.write(tmp_path / "one"))
    later = WordPress()
    later.made = "Mon, 01 Jul 2024 09:30:00 +0000"
    later.authors = later.authors.replace("Press Office", "Communications")
    later.post(7, "Bins", "Second", post_modified_gmt="2024-06-09 09:00:00")
    later.post(8, "Old", "Gone", meta("_wp_trash_meta_status", "publish"), status="trash")
    found = kept.bring_in(later.write(tmp_path / "two"))
    assert (found.new, found.versions) == (0, 1)
    assert count(ArchiveEvent, ArchiveEvent.kind == EDITED) == 1
    assert count(ArchiveEvent, ArchiveEvent.kind == DELETED) == 1
    assert db.session.scalars(select(PostVersion.text).order_by(PostVersion.id)).all() == [
        "First",
        "Gone",
        "Second",
    ]
    press = db.session.scalars(
        select(SocialAccount).where(SocialAccount.platform_id == f"{SITE}#press")
    ).one()
    assert {name.name for name in press.names} == {"Press Office", "Communications"}
