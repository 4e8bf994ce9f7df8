"""What Flickr's data promises to give: pictures, what others wrote under them, and what the account wrote."""

import json
import zipfile
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from hub.archive.conversation import conversation_of
from hub.archive.models import ArchivedPost, Media, SocialAccount
from hub.archive.sources import Unreadable
from hub.core.database import db
from tests.archive.adapters.fuzz import assert_sound, odd_values
from tests.archive.conftest import count, problems
from tests.archive.reading import Reading
from tests.factories.flickr import OTHER, OWN, FlickrData
from tests.factories.x_archive import png


@pytest.fixture
def export():
    return FlickrData()


def read(export, tmp_path, **how):
    return Reading(export.write(tmp_path / "upload", **how))


@pytest.mark.parametrize("prefix", ["", "72157/"])
def test_a_picture_has_its_title_its_words_its_address_and_its_counts(export, tmp_path, prefix):
    export.photo(111, "Drochaid", "2024-01-16T07:00:00", 'Dealbh le <a href="https://a.example">Màiri</a>')
    reading = read(export, tmp_path, prefix=prefix)
    assert reading.adapter.name == "flickr"
    (post,) = reading.posts
    assert (post.post_id, post.title, post.text) == ("111", "Drochaid", "Dealbh le Màiri")
    assert post.posted_at == datetime(2024, 1, 16, 7, tzinfo=UTC)
    assert (post.url, post.form) == ("https://www.flickr.com/photos/strathtay/111/", "picture")
    assert post.counts == {"likes": 2, "replies": 0}
    (account,) = reading.accounts
    assert (account.account_id, account.handle, account.name) == (OWN, "strathtay", "Srath Tatha")
    assert account.description == "Dealbhan ùra"


def test_what_others_wrote_under_a_picture_are_posts_of_their_own_accounts(export, tmp_path):
    photo = export.photo(111, "Drochaid", "2024-01-16T07:00:00")
    export.comment(photo, "Àlainn!", "2024-01-17T08:00:00")
    reading = read(export, tmp_path)
    _, comment = reading.posts
    assert (comment.text, comment.account_id, comment.form) == ("Àlainn!", OTHER, "comment")
    assert (comment.post_id, comment.reply_to.post_id, comment.reply_to.account_id) == (
        "72157600000001",
        "111",
        OWN,
    )


def test_what_the_account_wrote_under_others_pictures_is_read(export, tmp_path):
    export.own_comment("Math fhèin", "2024-01-17T08:00:00")
    (comment,) = read(export, tmp_path).posts
    assert (comment.text, comment.account_id) == ("Math fhèin", OWN)
    assert (comment.reply_to.post_id, comment.reply_to.account_id) == ("999", OTHER)


def test_a_comment_that_stands_in_two_files_is_one_post(export, tmp_path):
    photo = export.photo(111, "Drochaid", "2024-01-16T07:00:00")
    export.comment(photo, "Taing", "2024-01-17T08:00:00", user=OWN, number=72157600000005)
    export.own_comment("Taing", "2024-01-17T08:00:00", photo=111, number=72157600000005)
    _, first, second = read(export, tmp_path).posts
    assert (first.post_id, first.content_hash) == (second.post_id, second.content_hash)


def test_each_post_carries_its_exact_bytes(export, tmp_path):
    photo = export.photo(111, "Drochaid", "2024-01-16T07:00:00")
    export.comment(photo, "Àlainn", "2024-01-17T08:00:00")
    export.own_comment("Math", "2024-01-17T08:00:00")
    path = export.write(tmp_path / "upload")
    for post in Reading(path).posts:
        assert post.source.raw in zipfile.ZipFile(path).read(post.source.file)


@pytest.mark.parametrize("privacy", ["private", "friend & family", "", None])
def test_a_picture_that_is_not_public_is_left_out_with_what_stands_under_it(export, tmp_path, privacy):
    photo = export.photo(111, "Secret", "2024-01-16T07:00:00", privacy=privacy)
    export.comment(photo, "CANARY", "2024-01-17T08:00:00")
    reading = read(export, tmp_path)
    assert reading.posts == []
    assert reading.left_out["private", "photo_111.json"] == 2


def test_mail_contacts_and_the_accounts_address_are_found_nowhere(export, tmp_path):
    export.photo(111, "Drochaid", "2024-01-16T07:00:00")
    reading = read(export, tmp_path)
    assert reading.left_out["private", "received_flickrmail_part001.json"] == 1
    shown = [(post.text, post.title, post.mentions, post.url) for post in reading.posts]
    assert "CANARY" not in repr((shown, reading.accounts, reading.left_out))


def test_declared_counts_stand_beside_what_was_found(export, tmp_path):
    photo = export.photo(111, "Drochaid", "2024-01-16T07:00:00")
    export.comment(photo, "One", "2024-01-17T08:00:00")
    photo["count_comments"] = "5"
    export.albums.append({"id": "1", "photo_count": "2", "photos": ["111", "222"]})
    reading = read(export, tmp_path)
    assert reading.counted["photo_*.json: comments"] == (5, 1)
    assert reading.counted["albums.json"] == (2, 1)
    assert not reading.export.whole


def test_pictures_in_the_same_zip_are_found_by_their_number(export, tmp_path):
    export.photo(12345678, "Drochaid", "2024-01-16T07:00:00")
    export.files["data-download-1/drochaid_12345678_o.png"] = png()
    (post,) = read(export, tmp_path).posts
    assert post.media[0].file == "data-download-1/drochaid_12345678_o.png"


def test_counts_that_change_leave_the_version_as_it_is(export, tmp_path):
    photo = export.photo(111, "Drochaid", "2024-01-16T07:00:00")
    (before,) = read(export, tmp_path).posts
    photo |= {"count_views": "99", "count_faves": "7"}
    assert read(export, tmp_path).posts[0].content_hash == before.content_hash
    photo["description"] = "Edited"
    assert read(export, tmp_path).posts[0].content_hash != before.content_hash


@pytest.mark.parametrize("data", [b"", b'{"id": "1', b"[" * 100_000, b"\xff\xfe\x00", b'{"id": "1"} x'])
def test_a_damaged_file_costs_itself(export, tmp_path, data):
    export.photo(111, "Kept", "2024-01-16T07:00:00")
    export.own_comment("Lost", "2024-01-17T08:00:00")
    export.files |= {"photo_222.json": data, "photos_comments_part001.json": data}
    reading = read(export, tmp_path)
    assert [post.title for post in reading.posts] == ["Kept"]
    files = {file for _, file in reading.left_out}
    assert {"photo_222.json", "photos_comments_part001.json"} <= files


def test_a_zip_that_does_not_hold_the_account_is_refused(export, tmp_path):
    export.photo(111, "Drochaid", "2024-01-16T07:00:00")
    export.profile = None
    with pytest.raises(Unreadable, match="no_account"):
        read(export, tmp_path)


def test_whatever_stands_in_the_files_nothing_raises(export, tmp_path):
    photo = export.photo(111, "Drochaid", "2024-01-16T07:00:00")
    export.comment(photo, "One", "2024-01-17T08:00:00")
    own = export.own_comment("Two", "2024-01-17T08:00:00")
    for name, value in (("photo_111.json", photo), ("photos_comments_part001.json", {"comments": [own]}),
                        ("albums.json", {"albums": [{"photos": ["1"]}]})):  # fmt: skip
        for odd in odd_values(value):
            export.files[name] = json.dumps(odd).encode()
            assert_sound(read(export, tmp_path).records)
        del export.files[name]


def test_comments_thread_under_their_picture_and_the_same_data_twice_change_nothing(kept, export):
    photo = export.photo(12345678, "Drochaid", "2024-01-16T07:00:00")
    export.comment(photo, "Àlainn", "2024-01-17T08:00:00")
    export.own_comment("Math", "2024-01-18T08:00:00")
    export.files["drochaid_12345678_o.png"] = png()
    done = kept.bring_in(export.write(kept.folder / "a.zip"))
    assert (done.state, done.new, done.whole, count(Media)) == ("done", 3, False, 1)
    picture = db.session.scalars(select(ArchivedPost).where(ArchivedPost.platform_id == "12345678")).one()
    assert [turn.row.shown.text for turn in conversation_of(picture).below] == ["Àlainn"]
    assert set(db.session.scalars(select(SocialAccount.platform_id))) == {OWN, OTHER}
    again = kept.bring_in(export.write(kept.folder / "b.zip"))
    assert (again.new, again.versions, again.sightings, again.events) == (0, 0, 0, 0)
    assert problems() == ""
