"""What the adapter of LinkedIn's export promises."""

from datetime import UTC, datetime

import pytest

from hub.archive.models import ArchivedPost, PostVersion
from tests.archive.adapters.promises import (
    reads_the_same_twice_with_exact_bytes,
    shows_no_private_matter,
    survives_every_odd_cell,
)
from tests.archive.conftest import count
from tests.archive.reading import SAMPLES, Reading, beside
from tests.factories.tables import linkedin, share_link, table

SHARES = [
    (
        "2024-03-01 09:00:00",
        7000001,
        'Two posts\n\nwith us: "apply" now',
        "https://jobs.example",
        "MEMBER_NETWORK",
    ),
    ("2024-03-02 09:00:00", 7000002, "Only for those I know", "", "CONNECTIONS"),
]
COMMENTS = [
    ("2024-03-03 09:00:00", 99, 'I agree, "mostly"'),
    ("2024-03-03 09:00:00", 99, "And again"),
]


@pytest.fixture
def export(tmp_path):
    return linkedin(tmp_path / "linkedin.zip", SHARES, COMMENTS)


def test_shares_and_comments_are_read_and_everything_else_is_left_out_with_its_reason(export):
    reading = reads_the_same_twice_with_exact_bytes(export)
    first, second, share = reading.posts
    assert share.post_id == "urn:li:share:7000001"
    assert share.text == 'Two posts\n\nwith us: "apply" now'
    assert share.posted_at == datetime(2024, 3, 1, 9, tzinfo=UTC)
    assert (first.form, first.reply_to.post_id) == ("comment", "urn:li:activity:99")
    assert (first.text, second.text) == ('I agree, "mostly"', "And again")
    assert second.post_id == f"{first.post_id}-2"
    assert reading.left_out == {
        ("private", "Shares.csv"): 1,
        ("private", "messages.csv"): 1,
        ("private", "Connections.csv"): 1,
        ("articles", "Articles/Articles/one.html"): 1,
    }
    shows_no_private_matter(reading)


def test_what_only_connections_may_read_is_never_kept(export):
    assert all("those I know" not in post.text for post in Reading(export).posts)


def test_the_account_is_the_same_when_its_name_changes(export, tmp_path):
    later = linkedin(tmp_path / "later.zip", SHARES, COMMENTS, name=("Ailsa", "Grant"))
    (before,), (after,) = Reading(export).accounts, Reading(later).accounts
    assert (before.name, after.name) == ("Ailsa Munro", "Ailsa Grant")
    assert before.account_id == after.account_id


def test_a_file_alone_is_read_without_an_author(tmp_path):
    path = tmp_path / "whatever.bin"
    rows = [["Date", "ShareLink", "ShareCommentary"], ["2024-03-01 09:00:00", share_link(1), "Alone"]]
    path.write_bytes(table(rows, encoding="utf-16"))
    (post,) = Reading(path).posts
    assert (post.text, post.account_id) == ("Alone", "")


def test_the_same_post_of_two_exports_has_one_hash_and_an_edit_another(export, tmp_path):
    edited = [(*SHARES[0][:2], "Three posts", *SHARES[0][3:])]
    first, same, other = (
        Reading(linkedin(tmp_path / name, shares)).posts[-1]
        for name, shares in (("a.zip", SHARES), ("b.zip", SHARES), ("c.zip", edited))
    )
    assert first.content_hash == same.content_hash != other.content_hash


def test_a_file_that_breaks_off_is_left_out_whole(tmp_path):
    path = tmp_path / "Shares.csv"
    rows = [["Date", "ShareLink", "ShareCommentary"], ["2024-03-01 09:00:00", share_link(1), "First"]]
    path.write_bytes(table(rows) + b'2024-03-02 09:00:00,x,"never clo')
    reading = Reading(path)
    assert (reading.posts, list(reading.left_out)) == ([], [("cut_short", "Shares.csv")])


def test_no_odd_cell_stops_the_reading(export, tmp_path):
    survives_every_odd_cell(export, tmp_path)


def test_a_later_export_adds_versions_and_the_same_one_nothing(kept, export, tmp_path):
    done = kept.bring_in(export)
    assert (done.state, done.read, done.new, done.versions) == ("done", 3, 3, 3)
    again = kept.bring_in(export)
    assert (again.new, again.versions, again.events) == (0, 0, 0)
    edited = [(*SHARES[0][:2], "Three posts", *SHARES[0][3:])]
    later = kept.bring_in(linkedin(tmp_path / "later.zip", edited, COMMENTS, name=("Ailsa", "Grant")))
    assert (later.new, later.versions, later.events) == (0, 1, 1)
    assert (count(ArchivedPost), count(PostVersion)) == (3, 4)


def test_real_exports_are_read_to_the_last_row():
    folder = beside(SAMPLES) / "linkedin"
    shares = reads_the_same_twice_with_exact_bytes(folder / "Shares.csv")
    comments = reads_the_same_twice_with_exact_bytes(folder / "Comments.csv")
    assert (len(shares.posts), len(comments.posts)) == (202, 323)
    assert (shares.left_out, comments.left_out) == ({}, {})
    # One share with five pictures has a row for each.
    assert len({post.post_id for post in (*shares.posts, *comments.posts)}) == 521
    assert not any('"\n"' in post.text for post in shares.posts)
    assert not any("\\" in post.text for post in comments.posts)
