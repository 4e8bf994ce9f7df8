"""The sample channel arrives as real files, which the importers read like anybody's."""

from datetime import UTC, datetime

import pytest

from hub.seeds.channel import POST_LIMIT, read_channel
from hub.seeds.channel_files import write_files
from hub.seeds.elsewhere import read_elsewhere, write_elsewhere
from hub.seeds.reading import CONTENT
from tests.archive.reading import Reading


@pytest.fixture(scope="module")
def channel():
    return read_channel(CONTENT / "channel.toml")


@pytest.fixture(scope="module")
def files(channel, tmp_path_factory):
    return write_files(channel, tmp_path_factory.mktemp("channel"))


@pytest.fixture(scope="module")
def january(files):
    return Reading(files["export-2024-01"])


def post(reading, channel, key):
    """The last version of a post in a reading, by its key in channel.toml; None when it is not there."""
    first = channel.posts[key].versions[0].id
    versions = [each for each in reading.posts if each.post_id == first]
    return max(versions, key=lambda each: int(each.version_id), default=None)


def test_the_channel_runs_over_three_years_with_about_forty_posts(channel):
    own = channel.own()
    assert 38 <= len(own) <= 50
    assert {each.versions[0].at.year for each in own} == {2022, 2023, 2024}
    assert all(len(v.text) <= POST_LIMIT for each in own for v in each.versions if not each.long)


def test_each_file_is_recognised_as_what_it_is(files):
    formats = {key: Reading(path).adapter.name for key, path in files.items()}
    assert formats.pop("compliance-2024-02") == "twitter-compliance"
    assert {formats.pop(key) for key in ("export-2024-01", "export-2024-12")} == {"x-archive"}
    assert set(formats.values()) == {"twitter-v2"}


def test_the_archive_reconciles_with_its_manifest_and_private_matter_is_left_out(january):
    assert all(declared == found for declared, found in january.counted.values())
    assert {reason for reason, _file in january.left_out} == {"private"}


def test_every_post_reads_back_with_its_words_and_time(january, channel):
    for own in channel.own():
        read = post(january, channel, own.key)
        if read is None:
            continue
        assert read.posted_at == own.versions[0].at
        assert read.stated_at is None
        assert read.text.split("https://")[0].strip() == own.latest.text.split("https://")[0].strip()


def test_the_corrected_post_has_two_versions_and_its_picture(january, channel):
    edited = channel.posts["mill-brae-2023"]
    versions = [each for each in january.posts if each.post_id == edited.versions[0].id]
    assert {each.version_id for each in versions} == {version.id for version in edited.versions}
    assert versions[0].media[0].file.startswith("data/tweets_media/")
    assert versions[0].media[0].alt_text.startswith("A notice: Mill Brae closed")


def test_two_posts_are_listed_as_deleted_with_the_time(january, channel):
    times = {each.post_id: each.deleted_at for each in january.deletions if each.deleted_at}
    wrong = channel.posts["school-closed-wrong"]
    assert len(times) == 2
    assert times[wrong.latest.id] == datetime(2024, 1, 16, 7, 58, tzinfo=UTC)
    assert post(january, channel, "school-closed-wrong").media[0].alt_text is None


def test_the_long_post_reads_back_whole(january, channel):
    told = post(january, channel, "budget-explained-2024")
    assert told.complete
    assert "it can be used only once" in told.text


def test_the_later_archive_lacks_one_post_without_saying_why(files, january, channel):
    december = Reading(files["export-2024-12"])
    assert post(january, channel, "summer-hours-2023") is not None
    assert post(december, channel, "summer-hours-2023") is None
    assert not december.deletions
    assert post(december, channel, "winter-2024") is not None


def test_captures_hold_what_others_wrote_before_and_after_an_edit(files, channel):
    before = post(Reading(files["capture-2024-01-14"]), channel, "wildfire-warning")
    after = post(Reading(files["capture-2024-01-16"]), channel, "wildfire-warning")
    assert (before.evidence, before.post_id) == ("capture", after.post_id)
    assert "east side" in before.text
    assert "WEST side" in after.text
    assert before.captured_at == datetime(2024, 1, 14, 13, 10, 48, tzinfo=UTC)


def test_a_residents_question_is_deleted_by_a_compliance_row(files, channel):
    (deletion,) = Reading(files["compliance-2024-02"]).deletions
    assert deletion.post_id == channel.posts["gritting-question"].latest.id
    assert deletion.told_by == "compliance"


def test_the_same_files_come_out_each_time(channel, files, tmp_path):
    again = write_files(channel, tmp_path)
    for key, path in again.items():
        assert path.read_bytes() == files[key].read_bytes(), key


def test_a_picture_has_one_number_in_the_archive_and_in_a_capture(files, january, channel):
    seen = post(Reading(files["capture-2024-01-16"]), channel, "school-closed-wrong")
    kept = post(january, channel, "school-closed-wrong")
    assert [each.key for each in seen.media] == [each.key for each in kept.media]


def test_the_council_elsewhere_arrives_as_real_files_too_the_same_each_time(channel, tmp_path):
    elsewhere = read_elsewhere(CONTENT / "elsewhere.toml")
    (tmp_path / "again").mkdir()
    first = write_elsewhere(elsewhere, channel.pictures, tmp_path)
    again = write_elsewhere(elsewhere, channel.pictures, tmp_path / "again")
    assert {key: path.read_bytes() for key, path in first.items()} == {
        key: path.read_bytes() for key, path in again.items()
    }
    own, replies, page = (
        Reading(first[key]) for key in ("mastodon-2024-12", "mastodon-replies", "facebook-2024-12")
    )
    formats = [each.adapter.name for each in (own, replies, page)]
    assert formats == ["mastodon-archive", "activitystreams", "facebook-archive"]
    assert all(declared in (None, found) for declared, found in own.counted.values())
    assert {reason for reason, _file in own.left_out} == {"private"}
    answered = {reply.reply_to.post_id for reply in replies.posts}
    assert answered <= {post.post_id for post in own.posts}
    assert {post.post_id for post in (*own.posts, *replies.posts, *page.posts)} == set(
        elsewhere.post_ids.values()
    )
