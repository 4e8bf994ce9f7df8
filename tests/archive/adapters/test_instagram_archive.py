"""What Instagram's and Threads' exports promise to give, in every language of their labels."""

import json
import zipfile
from datetime import UTC, datetime

import pytest

from hub.archive.sources import Unreadable
from tests.archive.adapters.fuzz import assert_sound, odd_values
from tests.archive.reading import Reading
from tests.factories.facebook import FacebookExport, as_json, seconds
from tests.factories.instagram import GERMAN, InstagramExport
from tests.factories.x_archive import png


@pytest.fixture
def export():
    return InstagramExport()


def read(export, tmp_path, **how):
    return Reading(export.write(tmp_path / "upload", **how))


@pytest.mark.parametrize("folder", ["media", "content"])
@pytest.mark.parametrize("activity", ["your_instagram_activity/", ""])
@pytest.mark.parametrize("labels", [{}, GERMAN])
@pytest.mark.parametrize("prefix", ["", "instagram-strathtay-2024-06-01-AbCd/"])
def test_posts_and_comments_are_read_whatever_the_folders_and_the_language(
    tmp_path, folder, activity, labels, prefix
):
    export = InstagramExport(folder=folder, activity=activity, labels=labels)
    export.post("Drochaid ùr 🙂", "2024-01-16T07:00")
    export.comment("Tapadh leibh", "2024-01-17T08:00")
    reading = read(export, tmp_path, prefix=prefix)
    assert reading.adapter.name == "instagram-archive"
    post, comment = reading.posts
    assert (post.text, post.platform, post.form) == ("Drochaid ùr 🙂", "instagram", "")
    assert post.posted_at == datetime(2024, 1, 16, 7, tzinfo=UTC)
    assert (comment.text, comment.form) == ("Tapadh leibh", "comment")
    assert (comment.reply_to.account_id, comment.reply_to.handle) == ("mairi.bhan", "mairi.bhan")
    (account,) = reading.accounts
    assert (account.account_id, account.handle, account.own) == ("strathtay", "strathtay", True)


def test_the_caption_is_found_with_the_post_and_with_its_only_picture(export, tmp_path):
    export.post("On the post", "2024-01-16T07:00", pictures=3)
    export.post("On the picture", "2024-01-17T07:00")
    several, one = read(export, tmp_path).posts
    assert (several.text, len(several.media)) == ("On the post", 3)
    assert (one.text, len(one.media)) == ("On the picture", 1)


def test_each_post_carries_the_exact_bytes_that_it_was_read_from_mangled_as_they_are(export, tmp_path):
    export.post("Fàilte", "2024-01-16T07:00")
    export.comment("Mòran taing", "2024-01-17T07:00")
    path = export.write(tmp_path / "upload")
    for post in Reading(path).posts:
        assert post.source.raw in zipfile.ZipFile(path).read(post.source.file)
        assert b"\\u00c3" in post.source.raw


def test_reels_stories_and_archived_posts_are_read(export, tmp_path):
    export.reels.append({"media": [export.picture("2024-01-16T07:00", "A reel", folder="reels")]})
    export.stories.append(export.picture("2024-01-17T07:00", "A story", folder="stories"))
    export.archived.append({"media": [export.picture("2024-01-18T07:00", "Archived")]})
    reading = read(export, tmp_path)
    assert [post.text for post in reading.posts] == ["A reel", "A story", "Archived"]
    assert [one.cause for one in reading.deletions] == ["protected"]


def test_what_was_deleted_lately_is_kept_as_deleted_under_the_number_it_had(export, tmp_path):
    row = export.post("Wrong picture", "2024-01-16T07:00")
    (before,) = read(export, tmp_path).posts
    export.deleted.append(row)
    export.posts.clear()
    reading = read(export, tmp_path)
    (after,) = reading.posts
    (deletion,) = reading.deletions
    assert before.post_id == after.post_id == deletion.post_id
    assert (deletion.cause, deletion.told_by) == ("deleted", "own_export")


def test_pictures_are_found_and_none_is_fetched_from_messages(export, tmp_path):
    export.post("Here", "2024-01-16T07:00", data=png())
    sly = export.private_matter().post("Sly", "2024-01-17T07:00")
    sly["media"][0]["uri"] = "your_instagram_activity/messages/inbox/a_1/photos/1.jpg"
    here, other = read(export, tmp_path).posts
    assert here.media[0].file.startswith("media/posts/")
    assert other.media[0].file is None


def test_an_edited_caption_is_another_version_of_the_same_post(export, tmp_path):
    row = export.post("Open on Mondy", "2024-01-16T07:00")
    (before,) = read(export, tmp_path).posts
    (again,) = read(export, tmp_path).posts
    row["media"][0] |= {"title": "Open on Monday", "uri": "media/posts/202401/renamed_by_the_platform.jpg"}
    (after,) = read(export, tmp_path).posts
    assert before.post_id == again.post_id == after.post_id
    assert before.content_hash == again.content_hash != after.content_hash


@pytest.mark.parametrize("labels", [{}, GERMAN])
def test_a_renamed_account_is_the_same_with_its_names_at_their_times(tmp_path, labels):
    export = InstagramExport(username="srath", labels=labels)
    export.post("Fàilte", "2024-01-16T07:00")
    before = read(export, tmp_path)
    export.renamed("srath", "strathtay", "2024-02-01T07:00")
    export.renamed("strathtay", "strathtaycouncil", "2024-03-01T07:00")
    after = read(export, tmp_path)
    assert before.accounts[0].account_id == after.accounts[-1].account_id == "srath"
    assert before.posts[0].post_id == after.posts[0].post_id
    assert [one.handle for one in after.accounts] == [
        "srath", "strathtay", "strathtay", "strathtaycouncil", "strathtaycouncil",
    ]  # fmt: skip


def test_threads_in_an_instagram_export_are_posts_on_threads(export, tmp_path):
    export.post("A picture", "2024-01-16T07:00")
    export.thread("A thread, gu dearbh – 🙂", "2024-01-17T07:00")
    reading = read(export, tmp_path)
    assert [(post.platform, post.account_id, post.text) for post in reading.posts] == [
        ("instagram", "strathtay", "A picture"),
        ("threads", "@strathtay", "A thread, gu dearbh – 🙂"),
    ]
    assert [one.platform for one in reading.accounts] == ["instagram", "threads"]


def test_a_zip_with_nothing_but_threads_is_threads_own(export, tmp_path):
    export.thread("One", "2024-01-16T07:00")
    export.thread("Two", "2024-01-18T07:00", reply=True)
    reading = read(export, tmp_path)
    assert reading.adapter.name == "threads-archive"
    assert [(post.text, post.media) for post in reading.posts] == [("One", []), ("Two", [])]
    found = reading.export
    assert (found.platform, found.account_id, found.whole) == ("threads", "@strathtay", True)
    assert [(span.ids, span.since.day, span.until.day) for span in found.spans] == [("thread:", 16, 18)]


def test_the_layout_with_labelled_values_is_read(export, tmp_path):
    labels = [
        {"label": "Caption", "value": "Ùr"},
        {"label": "URL", "value": "https://www.instagram.com/p/CxYz_1/", "href": ""},
    ]
    export.posts.append(
        {"timestamp": seconds("2024-01-16T07:00"), "media": [], "label_values": labels, "fbid": "1"}
    )
    said = [{"label": "Comment", "value": "Mòran taing"}, {"label": "Media Owner", "value": "mairi"}]
    export.comments.append({"timestamp": seconds("2024-01-17T07:00"), "media": [], "label_values": said})
    post, comment = read(export, tmp_path).posts
    assert (post.text, post.url) == ("Ùr", "https://www.instagram.com/p/CxYz_1/")
    assert (comment.text, comment.reply_to.handle) == ("Mòran taing", "mairi")


def test_the_first_layout_of_all_is_read(export, tmp_path):
    photo = {
        "caption": "Seann dealbh",
        "taken_at": "2018-01-16T07:00:00+00:00",
        "path": "photos/201801/a.jpg",
    }
    export.files["media.json"] = {
        "photos": [photo],
        "profile": [photo | {"caption": "CANARY"}],
        "direct": [photo],
    }
    export.files["photos/201801/a.jpg"] = png()
    export.files["comments.json"] = {"media_comments": [["2018-01-17T08:00:00", "Snog", "mairi"]]}
    post, comment = read(export, tmp_path).posts
    assert (post.text, post.posted_at.year, post.media[0].file) == (
        "Seann dealbh",
        2018,
        "photos/201801/a.jpg",
    )
    assert (comment.text, comment.posted_at.hour) == ("Snog", 8)


def test_private_matter_is_left_out_with_its_reason_and_found_nowhere(export, tmp_path):
    export.private_matter().post("Hello", "2024-01-16T07:00")
    reading = read(export, tmp_path)
    assert {"private", "not_posts"} <= {reason for reason, _ in reading.left_out}
    shown = [(post.text, post.title, post.mentions, post.media) for post in reading.posts]
    assert "CANARY" not in repr((shown, reading.accounts, reading.left_out))


@pytest.mark.parametrize("data", [b"", b"[", b'[{"media": [', b"\xff\xfe[\x00", b"[1]]", b'{"a": ['])
def test_a_file_that_cannot_be_read_to_its_end_is_left_out_whole(export, tmp_path, data):
    export.post("Lost", "2024-01-16T07:00")
    export.comment("Kept", "2024-01-17T07:00")
    name = "your_instagram_activity/media/posts_1.json"
    export.files[name] = data or as_json(export.posts)[:-1]
    reading = read(export, tmp_path)
    assert [post.text for post in reading.posts] == ["Kept"]
    assert any(file == name for _, file in reading.left_out)
    assert not reading.export.whole
    assert [span.ids for span in reading.export.spans] == ["comment:"]


def test_an_export_that_does_not_say_whose_it_is_is_refused_unless_its_folder_does(export, tmp_path):
    export.has_profile = False
    export.post("Hello", "2024-01-16T07:00")
    with pytest.raises(Unreadable, match="no_account"):
        read(export, tmp_path)
    reading = read(export, tmp_path, prefix="instagram-strath.tay-2024-06-01-AbCd/")
    assert reading.accounts[0].account_id == "strath.tay"


def test_whatever_stands_in_a_row_nothing_raises(export, tmp_path):
    post = export.post("Hello", "2024-01-16T07:00", pictures=2)
    comment = export.comment("Mine", "2024-01-17T07:00")
    thread = export.thread("Thread", "2024-01-18T07:00")
    export.renamed("a", "strathtay", "2024-01-01T07:00")
    change = export.changes[0]
    for kind, value in (("posts", post), ("comments", comment), ("threads", thread), ("changes", change)):
        for odd in odd_values(value):
            hostile = InstagramExport()
            hostile.comment("Sound", "2024-01-17T07:00")
            getattr(hostile, kind).append(odd)
            path = tmp_path / "hostile"
            with zipfile.ZipFile(path, "w") as zipped:
                for name, content in hostile.members().items():
                    zipped.writestr(name, content if isinstance(content, bytes) else json.dumps(content))
            reading = Reading(path)
            assert_sound(reading.records)
            assert all(post.posted_at for post in reading.posts)


def test_facebook_and_instagram_are_told_apart(tmp_path, export):
    facebook = FacebookExport(old=True)
    facebook.post("Hello", "2024-01-16T07:00")
    facebook.comment("Hello", "2024-01-16T07:00")
    export.post("Hello", "2024-01-16T07:00")
    assert Reading(facebook.write(tmp_path / "a")).adapter.name == "facebook-archive"
    assert read(export, tmp_path).adapter.name == "instagram-archive"
