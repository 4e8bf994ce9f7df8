"""What an X archive's adapter promises to read, to join, to leave out, and to say of it."""

import json
import zipfile
from datetime import UTC, datetime

import pytest

from hub.archive.sources import Unreadable
from tests.archive.reading import SAMPLES, Reading, beside
from tests.factories.hostile_zips import replaced
from tests.factories.x_archive import XArchive, big_archive, javascript, png, snowflake
from tests.factories.zips import write_zip


@pytest.fixture
def archive():
    return XArchive()


def read(archive, path, **how):
    return Reading(archive.write(path / "upload", **how))


def test_each_post_carries_its_words_time_language_address_and_counts_with_their_date(archive, tmp_path):
    tweet = archive.post("Bins are collected on Friday &amp; Monday.", "2024-03-01T09:30")
    (post,) = read(archive, tmp_path).posts
    assert post.text == "Bins are collected on Friday & Monday."
    assert post.posted_at == datetime(2024, 3, 1, 9, 30, tzinfo=UTC)
    assert post.language == "en"
    assert post.url.endswith(tweet["id_str"])
    assert post.counts == {"likes": 3, "reposts": 1}
    assert post.captured_at == archive.made_at
    assert post.evidence == "import"
    assert post.account_id == archive.account_id


def test_each_post_carries_the_exact_bytes_that_it_was_read_from(archive, tmp_path):
    archive.post("Gàidhlig is welcome 🙂", "2024-03-01T09:30")
    archive.post("Second", "2024-03-01T09:31")
    path = archive.write(tmp_path / "upload")
    source = zipfile.ZipFile(path).read("data/tweets.js")
    for post in Reading(path).posts:
        assert post.source.raw in source
        assert json.loads(post.source.raw)["tweet"]["id_str"] == post.version_id


def test_a_posts_edits_are_versions_of_one_post_in_order(archive, tmp_path):
    first = archive.post("Open on Mondy", "2024-03-01T09:00")
    second = archive.edit(first, "Open on Monday", "2024-03-01T09:05")
    third = archive.edit(first, "Open on Monday at ten", "2024-03-01T09:09")
    posts = read(archive, tmp_path).posts
    ids = (first["id_str"], second["id_str"], third["id_str"])
    assert {post.post_id for post in posts} == {first["id_str"]}
    assert {post.chain for post in posts} == {ids}
    assert tuple(post.version_id for post in posts) == ids


def test_an_edited_post_was_posted_when_its_first_version_was(archive, tmp_path):
    first = archive.post("Open on Mondy", "2024-03-01T09:00")
    archive.edit(first, "Open on Monday", "2024-03-01T09:05")
    posts = read(archive, tmp_path).posts
    assert {post.posted_at for post in posts} == {datetime(2024, 3, 1, 9, tzinfo=UTC)}
    assert [post.written_at.minute for post in posts] == [0, 5]


def test_deleted_posts_keep_their_words_and_the_time_of_their_deletion(archive, tmp_path):
    archive.deleted_post("Wrong channel", "2024-05-20T10:00", "2024-05-20T10:05")
    reading = read(archive, tmp_path)
    (post,), (deletion,) = reading.posts, reading.deletions
    assert post.text == "Wrong channel"
    assert deletion.post_id == post.post_id
    assert deletion.deleted_at == datetime(2024, 5, 20, 10, 5, tzinfo=UTC)
    assert deletion.told_by == "own_export"
    assert deletion.known_at == archive.made_at


def test_a_deletion_header_without_words_is_still_a_deletion(archive, tmp_path):
    header = archive.deleted_header("2024-05-19T08:00")
    (deletion,) = read(archive, tmp_path).deletions
    assert deletion.post_id == header["tweet_id"]
    assert deletion.posted_at == datetime(2024, 5, 19, 8, tzinfo=UTC)
    assert deletion.deleted_at is None


def test_a_long_post_is_joined_with_its_full_text_and_cites_its_bytes(archive, tmp_path):
    text = "The consultation on the town centre opens today. " * 12
    archive.long_post(text, "2024-04-01T12:00")
    (post,) = read(archive, tmp_path).posts
    assert post.text == text
    assert [
        (cited.role, json.loads(cited.slice.raw)["noteTweet"]["core"]["text"]) for cited in post.cites
    ] == [("long_text", text)]


def test_a_long_text_that_matches_no_post_is_reported(archive, tmp_path):
    archive.long_post("x" * 400, "2024-04-01T12:00")
    archive.tweets.clear()
    reading = read(archive, tmp_path)
    assert reading.left_out["unmatched_long_text", "data/note-tweet.js"] == 1


def test_replies_links_and_mentions_are_kept(archive, tmp_path):
    tweet = archive.post("@someone See https://t.co/a", "2024-04-01T12:00")
    tweet["in_reply_to_status_id_str"], tweet["in_reply_to_user_id_str"] = "77", "88"
    tweet["in_reply_to_screen_name"] = "someone"
    tweet["entities"]["urls"] = [{"url": "https://t.co/a", "expanded_url": "https://example.org/a"}]
    tweet["entities"]["user_mentions"] = [{"screen_name": "someone", "id_str": "88", "name": "A Person"}]
    (post,) = read(archive, tmp_path).posts
    assert (post.reply_to.post_id, post.reply_to.account_id, post.reply_to.handle) == ("77", "88", "someone")
    assert [(link.shown, link.expanded) for link in post.links] == [
        ("https://t.co/a", "https://example.org/a")
    ]
    assert [(one.handle, one.account_id, one.name) for one in post.mentions] == [
        ("someone", "88", "A Person")
    ]


@pytest.mark.parametrize("folder", ["tweets_media", "tweet_media", "deleted_tweets_media"])
def test_a_picture_is_found_in_the_media_folders_of_every_age(archive, tmp_path, folder):
    tweet = archive.post("Look", "2024-04-01T12:00")
    member = archive.picture(tweet, png(), folder=folder)
    (post,) = read(archive, tmp_path).posts
    assert [(ref.kind, ref.file) for ref in post.media] == [("photo", member)]


def test_a_picture_that_the_export_lacks_is_named_without_a_file(archive, tmp_path):
    archive.picture(archive.post("Look", "2024-04-01T12:00"), png())
    archive.files.clear()
    (post,) = read(archive, tmp_path).posts
    assert post.media[0].file is None
    assert post.media[0].url.startswith("https://pbs.twimg.com/")


def test_the_finest_copy_of_a_film_is_found(archive, tmp_path):
    tweet = archive.post("Film", "2024-04-01T12:00")
    copies = [
        {"bitrate": "256000", "url": "https://v/s.mp4?tag=1"},
        {"bitrate": "832000", "url": "https://v/l.mp4"},
    ]
    tweet["extended_entities"] = {
        "media": [{"id_str": "5", "type": "video", "video_info": {"variants": copies}}]
    }
    archive.files[f"data/tweets_media/{tweet['id_str']}-s.mp4"] = b"film"
    (post,) = read(archive, tmp_path).posts
    assert (post.media[0].kind, post.media[0].url) == ("video", "https://v/l.mp4")
    assert post.media[0].file.endswith("-s.mp4")


def test_impossible_years_are_kept_as_stated_and_dated_by_the_posts_number(archive, tmp_path):
    made = datetime(2023, 8, 4, 11, 0, tzinfo=UTC)
    tweet = archive.post("Before its time", made)
    tweet["created_at"] = "Sat Mar 01 10:00:00 +0000 1997"
    (post,) = read(archive, tmp_path).posts
    assert post.stated_at == "Sat Mar 01 10:00:00 +0000 1997"
    assert post.posted_at.replace(microsecond=0) == made


def test_an_impossible_year_without_a_telling_number_leaves_the_time_unknown(archive, tmp_path):
    tweet = archive.post("Early", "2023-08-04T11:00")
    tweet |= {"created_at": "Sat Mar 01 10:00:00 +0000 1997", "id_str": "20"}
    (post,) = read(archive, tmp_path).posts
    assert (post.posted_at, post.stated_at is None) == (None, False)


def test_the_account_is_named_as_it_was_when_the_export_was_made(archive, tmp_path):
    account = read(archive, tmp_path).accounts[0]
    assert (account.handle, account.name, account.own) == ("strathtay", "Strathtay Council", True)
    assert account.at == archive.made_at


def test_a_change_of_handle_gives_the_handle_before_and_after(archive, tmp_path):
    archive.renamed("tayside_old", "strathtay", "2020-01-01T00:00")
    before, after = read(archive, tmp_path).accounts[1:]
    assert (before.handle, after.handle) == ("tayside_old", "strathtay")
    assert before.at < after.at == datetime(2020, 1, 1, tzinfo=UTC)


def test_the_manifest_alone_can_say_whose_archive_it_is(archive, tmp_path):
    archive.post("Hello", "2024-04-01T12:00")
    path = replaced(tmp_path / "upload", archive, "data/account.js", None)
    assert Reading(path).accounts[0].account_id == archive.account_id


def test_an_archive_that_does_not_say_whose_it_is_is_refused(archive, tmp_path):
    with zipfile.ZipFile(tmp_path / "upload", "w") as zipped:
        zipped.writestr("data/tweets.js", javascript("YTD.tweets.part0", archive.tweets))
    with pytest.raises(Unreadable, match="no_account"):
        Reading(tmp_path / "upload")


def test_private_matter_is_left_out_by_allow_list_and_counted(archive, tmp_path):
    archive.post("Public", "2024-04-01T12:00")
    archive.extra["a-kind-of-file-made-next-year"] = [{"x": "CANARY-NEW"}] * 2
    reading = read(archive.private_matter(), tmp_path)
    assert reading.left_out["private", "data/direct-messages.js"] == 3
    assert reading.left_out["private", "data/ip-audit.js"] == 4
    assert reading.left_out["private", "data/contact.js"] == 1
    assert reading.left_out["not_posts", "data/like.js"] == 5
    assert reading.left_out["not_posts", "data/a-kind-of-file-made-next-year.js"] == 2
    assert reading.left_out["private_media", "data/direct_messages_media/"] == 1
    assert "CANARY" not in repr(reading.records)


def test_declared_counts_stand_beside_what_was_found(archive, tmp_path):
    archive.post("One", "2024-04-01T12:00")
    archive.deleted_post("Two", "2024-04-01T12:00", "2024-04-01T13:00")
    manifest = next(data for name, data in archive.members() if name == "data/manifest.js")
    wrong = manifest.replace(b'"globalName": "YTD.tweets.part0", "count": "1"', b"")
    assert wrong == manifest  # indented; so the count is changed by its place instead
    at = manifest.index(b'"count": "1"', manifest.index(b"YTD.tweets.part0"))
    path = replaced(
        tmp_path / "upload",
        archive,
        "data/manifest.js",
        manifest[:at] + b'"count": "7"' + manifest[at + 12 :],
    )
    counted = Reading(path).counted
    assert counted["data/tweets.js"] == (7, 1)
    assert counted["data/deleted-tweets.js"] == (1, 1)


def test_posts_in_several_parts_are_all_read_in_order(archive, tmp_path):
    for minute in range(25):
        archive.post(f"Post {minute}", f"2024-04-01T12:{minute:02}")
    posts = read(archive, tmp_path, parts=12).posts
    assert [post.text for post in posts] == [f"Post {minute}" for minute in range(25)]


def test_community_posts_are_posts(archive, tmp_path):
    archive.community_post("To the community", "2024-04-01T12:00")
    assert [post.text for post in read(archive, tmp_path).posts] == ["To the community"]


@pytest.mark.parametrize("prefix", ["", "twitter-2024-06-01-abc/", "a/b/"])
def test_an_archive_wrapped_in_folders_is_the_same_archive(archive, tmp_path, prefix):
    archive.picture(archive.post("Wrapped", "2024-04-01T12:00"), png())
    reading = read(archive, tmp_path, prefix=prefix)
    assert [post.text[:7] for post in reading.posts] == ["Wrapped"]
    assert reading.posts[0].media[0].file
    assert reading.export.whole
    assert reading.counted["%sdata/tweets.js" % prefix] == (1, 1)  # noqa: UP031 - reads as a path


def test_an_archive_that_was_packed_again_is_the_same_archive(archive, tmp_path):
    """As PowerShell on Windows packs it, and as a Mac does, with a file of its own beside each."""
    archive.picture(archive.post("With a picture", "2024-03-01T09:00"), png())
    members = list(archive.members())
    beside = [(f"__MACOSX/x/{name.replace('/', '/._')}", b"\x00\x05\x16\x07") for name, _ in members]
    for packed in (
        [(f"x\\{name.replace('/', chr(92))}", data) for name, data in members],
        [*((f"x/{name}", data) for name, data in members), *beside],
    ):
        reading = Reading(write_zip(tmp_path / "again.zip", packed))
        (post,) = reading.posts
        assert post.text.startswith("With a picture")
        assert post.media[0].file
        assert reading.export.whole


def test_an_archive_of_2018_with_bare_rows_at_the_top_is_read(archive, tmp_path):
    tweet = archive.post("Old style", "2018-04-01T12:00")
    with zipfile.ZipFile(tmp_path / "upload", "w") as zipped:
        zipped.writestr("tweet.js", javascript("YTD.tweet.part0", [tweet]))
        zipped.writestr("account.js", javascript("YTD.account.part0", [{"account": {"accountId": "5"}}]))
        zipped.writestr(f"tweet_media/{tweet['id_str']}-x.jpg", b"")
    assert [post.text for post in Reading(tmp_path / "upload").posts] == ["Old style"]


def test_an_export_says_whether_a_missing_post_would_mean_anything(archive, tmp_path):
    archive.post("Here", "2024-04-01T12:00")
    assert read(archive, tmp_path).export.whole
    archive.partial = True
    assert not read(archive, tmp_path).export.whole


def test_a_missing_file_that_the_manifest_names_is_reported(archive, tmp_path):
    archive.post("Here", "2024-04-01T12:00")
    reading = Reading(replaced(tmp_path / "upload", archive, "data/tweets.js", None))
    assert reading.left_out["missing_file", "data/tweets.js"] == 1
    assert reading.counted["data/tweets.js"] == (1, 0)
    assert not reading.export.whole


def test_rows_without_a_number_cost_themselves_only(archive, tmp_path):
    archive.post("Good", "2024-04-01T12:00")
    archive.tweets += [{"tweet": {"full_text": "who am I"}}, "text", None, 5, [], {"tweet": None}]
    reading = read(archive, tmp_path)
    assert [post.text for post in reading.posts] == ["Good"]
    assert reading.left_out["no_id", "data/tweets.js"] == 6


@pytest.mark.parametrize("value", [None, 5, "text", [], {}, [None], {"a": None}, [[["deep"]]], True, 1e308])
def test_no_field_of_an_unexpected_shape_stops_the_reading(archive, tmp_path, value):
    tweet = archive.post("Good", "2024-04-01T12:00")
    for key in tweet.keys() - {"id_str"}:
        tweet[key] = value
    tweet["extended_entities"] = value
    assert len(read(archive, tmp_path).posts) == 1


def test_the_content_hash_ignores_counts_names_and_links_but_not_words(archive, tmp_path):
    tweet = archive.post("Same words https://t.co/a", "2024-04-01T12:00")
    (before,) = read(archive, tmp_path).posts
    tweet["favorite_count"] = "9000"
    tweet["entities"]["urls"] = [{"url": "https://t.co/a", "expanded_url": "https://moved.example"}]
    (counted,) = read(archive, tmp_path).posts
    tweet["full_text"] = "Other words https://t.co/a"
    (changed,) = read(archive, tmp_path).posts
    assert before.source.sha256 != counted.source.sha256
    assert before.content_hash == counted.content_hash != changed.content_hash


def test_ten_thousand_posts_are_read(tmp_path):
    archive = big_archive(10_000)
    reading = read(archive, tmp_path)
    assert len(reading.posts) == 10_000
    assert len(reading.deletions) == len(archive.deleted) == 200
    assert sum(len(post.chain) > 1 for post in reading.posts) > 100


def test_the_numbers_of_posts_tell_their_time():
    from hub.archive.adapters.twitter_fields import time_from_id

    time = datetime(2022, 10, 3, 17, 57, 1, tzinfo=UTC)
    assert time_from_id(snowflake(time, 0)) == time
    assert time_from_id("20") is None


def test_the_small_files_of_a_real_archive_are_recognised_and_left_out(tmp_path):
    folder = beside(SAMPLES / "twitter-archive")
    with zipfile.ZipFile(tmp_path / "upload", "w") as zipped:
        for file in folder.iterdir():
            zipped.write(file, file.name)
    reading = Reading(tmp_path / "upload")
    assert reading.accounts[0].handle == "simonw"
    assert reading.left_out["private", "follower.js"] == 1
    assert reading.posts == []
