"""What the adapter of YouTube's part of Google Takeout promises."""

import json

import pytest

from tests.archive.adapters.promises import (
    reads_the_same_twice_with_exact_bytes,
    shows_no_private_matter,
    survives_every_odd_cell,
)
from tests.archive.reading import SAMPLES, Reading, beside
from tests.factories.tables import ENGLISH, GERMAN, OWN_CHANNEL, table, youtube, youtube_table

FIRST = (
    "UgwDN8UeMxW4NDFbvY54AaABAg",
    "2024-03-01T09:00:00.123456+00:00",
    "",
    "aaaaaaaaaaa",
    "Which school?\nOurs?",
)
ANSWER = (f"{FIRST[0]}.9iwJkUYNcXa", "2024-03-01T10:00:00+00:00", FIRST[0], "aaaaaaaaaaa", "The primary.")
NINE = (*ENGLISH[:5], "Post ID", *ENGLISH[5:], "Top-Level Comment ID")


@pytest.fixture
def export(tmp_path):
    return youtube(tmp_path / "takeout.zip", [FIRST, ANSWER], header=GERMAN)


@pytest.mark.parametrize("generation", [1, 2])
@pytest.mark.parametrize("header", [ENGLISH, GERMAN])
def test_each_generation_is_read_whatever_the_language_of_its_headers(tmp_path, generation, header):
    (tmp_path / "upload").write_bytes(youtube_table([FIRST, ANSWER], generation=generation, header=header))
    reading = reads_the_same_twice_with_exact_bytes(tmp_path / "upload")
    first, answer = reading.posts
    assert (first.text, first.account_id, first.form) == ("Which school?\nOurs?", OWN_CHANNEL, "comment")
    assert (first.reply_to.post_id, answer.reply_to.post_id) == ("aaaaaaaaaaa", FIRST[0])
    assert first.url.endswith(f"watch?v=aaaaaaaaaaa&lc={FIRST[0]}")
    assert reading.counted == {"upload": (None, 2)}


def test_the_table_of_nine_columns_tells_comments_on_community_posts(tmp_path):
    words = json.dumps({"text": "On a post"})
    row = [FIRST[0], OWN_CHANNEL, FIRST[1], "0", "", "Ugkx0123456789abcdef", "", words, ""]
    for header in (NINE, tuple(f"Spalte {number}" for number in range(9))):
        (tmp_path / "upload").write_bytes(table([header, row]))
        (post,) = Reading(tmp_path / "upload").posts
        assert post.text == "On a post"
    (tmp_path / "upload").write_bytes(table([NINE, row]))
    (post,) = Reading(tmp_path / "upload").posts
    assert post.reply_to.post_id == "Ugkx0123456789abcdef"


def test_links_and_mentions_are_told_beside_the_words(tmp_path):
    pieces = [
        {"text": "@strathtay", "mention": {"externalChannelId": "UC" + "m" * 22}},
        {"text": " see "},
        {"text": "example.org", "link": {"linkUrl": "https://example.org/page"}},
    ]
    row = [FIRST[0], OWN_CHANNEL, FIRST[1], "0", "", "aaaaaaaaaaa", ",".join(map(json.dumps, pieces))]
    (tmp_path / "upload").write_bytes(table([ENGLISH, row]))
    (post,) = Reading(tmp_path / "upload").posts
    assert post.text == "@strathtay see example.org"
    assert (post.links[0].expanded, post.mentions[0].handle) == ("https://example.org/page", "strathtay")


def test_a_takeout_in_another_language_gives_its_comments_and_chats_and_leaves_out_the_rest(export):
    reading = Reading(export)
    assert [post.form for post in reading.posts] == ["comment", "comment", "comment"]
    folder = "Takeout/YouTube und YouTube Music"
    assert reading.left_out == {
        ("private", f"{folder}/Verlauf/Wiedergabeverlauf.json"): 1,
        ("not_posts", f"{folder}/Abos/Abos.csv"): 1,
        ("private", "Takeout/archive_browser.html"): 1,
    }
    shows_no_private_matter(reading)


def test_no_odd_cell_stops_the_reading(export, tmp_path):
    survives_every_odd_cell(export, tmp_path)


def test_an_import_goes_the_whole_way_and_the_answer_is_threaded(kept, export):
    done = kept.bring_in(export)
    assert (done.state, done.read, done.new) == ("done", 3, 3)
    assert kept.bring_in(export).new == 0


@pytest.mark.parametrize(
    ("name", "posts"), [("comments_pre-2024-06", 2), ("comments_post-2024-06", 2), ("live_chats", 1)]
)
def test_real_tables_are_read(name, posts):
    path = beside(SAMPLES) / "youtube-takeout" / f"{name}.csv"
    assert len(reads_the_same_twice_with_exact_bytes(path).posts) == posts
