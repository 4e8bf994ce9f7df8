"""What the adapter of Reddit's data request promises."""

from datetime import UTC, datetime

import pytest

from hub.archive.models import ArchiveEvent
from tests.archive.adapters.promises import (
    reads_the_same_twice_with_exact_bytes,
    shows_no_private_matter,
    survives_every_odd_cell,
)
from tests.archive.conftest import count
from tests.archive.reading import Reading
from tests.factories.tables import reddit

AT = "2024-03-01 09:00:00 UTC"
POSTS = [
    ("abc", AT, "Bin days", "", "Bins are\nemptied on Monday."),
    ("abd", AT, "The timetable", "https://strathtay.example/bins", ""),
]
COMMENTS = [
    ("xyz", AT, "abc", "", "On Tuesday in the glen."),
    ("xyw", AT, "abc", "xyz", "Thank you"),
    ("xyv", AT, "abc", "xyz", "[deleted]"),
]


@pytest.fixture
def export(tmp_path):
    return reddit(tmp_path / "reddit.zip", POSTS, COMMENTS)


def test_posts_and_comments_are_read_under_reddits_own_full_names(export):
    reading = reads_the_same_twice_with_exact_bytes(export)
    by_id = {post.post_id: post for post in reading.posts}
    assert set(by_id) == {"t3_abc", "t3_abd", "t1_xyz", "t1_xyw"}
    assert (by_id["t3_abc"].title, by_id["t3_abc"].text) == ("Bin days", "Bins are\nemptied on Monday.")
    assert by_id["t3_abd"].links[0].expanded == "https://strathtay.example/bins"
    assert by_id["t1_xyz"].reply_to.post_id == "t3_abc"
    assert by_id["t1_xyw"].reply_to.post_id == "t1_xyz"
    assert by_id["t3_abc"].posted_at == datetime(2024, 3, 1, 9, tzinfo=UTC)
    assert (reading.export.account_id, reading.export.whole) == ("strathtaycouncil", True)
    assert reading.export.made_at == datetime(2024, 6, 1, 9, tzinfo=UTC)


def test_a_deleted_text_is_a_deletion_and_not_a_version_that_says_so(export):
    (deletion,) = Reading(export).deletions
    assert (deletion.post_id, deletion.cause, deletion.told_by) == ("t1_xyv", "deleted", "own_export")


def test_private_matter_is_left_out_and_nothing_personal_is_kept(export):
    reading = Reading(export)
    assert reading.left_out == {
        ("private", "messages.csv"): 1,
        ("private", "ip_logs.csv"): 1,
        ("not_posts", "post_votes.csv"): 1,
    }
    shows_no_private_matter(reading)


def test_no_odd_cell_stops_the_reading(export, tmp_path):
    survives_every_odd_cell(export, tmp_path)


def test_a_later_export_tells_of_deletions_and_absences_and_the_same_one_of_nothing(kept, export, tmp_path):
    done = kept.bring_in(export)
    assert (done.state, done.read, done.new) == ("done", 5, 5)
    assert kept.bring_in(export).events == 0
    later = reddit(
        tmp_path / "later.zip",
        [(*POSTS[0][:4], "[deleted]")],
        [(*COMMENTS[0][:4], "On Wednesday in the glen."), COMMENTS[1], COMMENTS[2]],
        made="2024-09-01 09:00:00 UTC",
    )
    found = kept.bring_in(later)
    assert (found.new, found.versions) == (0, 1)
    assert [
        count(ArchiveEvent, ArchiveEvent.kind == kind) for kind in ("deleted", "edited", "not_found")
    ] == [
        2,
        1,
        1,
    ]
