"""What the adapters of API captures promise: other people's posts, as somebody observed them."""

import json
from datetime import UTC, datetime

import pytest

from hub.archive.sources import Unreadable
from tests.archive.reading import SAMPLES, Reading, beside

USER = {"id": "41", "username": "reader", "name": "A Reader"}
PICTURE = {"media_key": "3_77", "type": "photo", "url": "https://p/77.jpg", "alt_text": "A map"}


def v2(post_id="100", text="Hello", **more):
    return {"id": post_id, "text": text, "author_id": "41", "created_at": "2022-10-03T17:57:01.000Z"} | more


def page(*posts, **includes):
    return {
        "data": list(posts),
        "includes": {"users": [USER], "media": [PICTURE]} | includes,
        "__twarc": {"version": "2.12.0", "retrieved_at": "2022-10-03T18:01:17+00:00"},
    }


def v1(post_id="100", text="Hello", **more):
    return {
        "id_str": post_id,
        "full_text": text,
        "created_at": "Mon Oct 03 17:57:01 +0000 2022",
        "user": {"id_str": "41", "screen_name": "reader", "name": "A Reader"},
    } | more


@pytest.fixture
def read(tmp_path):
    def reader(*values, how="lines"):
        text = {
            "lines": "\n".join(json.dumps(value) for value in values),
            "array": json.dumps(values, indent=4),
            "stream": "\n".join(json.dumps(value, indent=4) for value in values),
        }[how]
        path = tmp_path / "upload"
        path.write_text(text, encoding="utf-8")
        return Reading(path)

    return reader


LAYOUTS = pytest.mark.parametrize("how", ["lines", "array", "stream"])


@LAYOUTS
def test_pages_of_v2_give_their_posts_with_the_time_of_capture(read, how):
    (post,) = read(page(v2()), how=how).posts
    assert (post.text, post.account_id, post.evidence) == ("Hello", "41", "capture")
    assert post.captured_at == datetime(2022, 10, 3, 18, 1, 17, tzinfo=UTC)


@LAYOUTS
def test_tweets_of_v1_give_their_posts_without_a_time_of_capture(read, how):
    (post,) = read(v1(), how=how).posts
    assert (post.text, post.account_id, post.captured_at) == ("Hello", "41", None)


def test_a_posts_bytes_are_its_own_and_what_it_leans_on_is_cited(read):
    (post,) = read(page(v2(attachments={"media_keys": ["3_77"]}))).posts
    assert json.loads(post.source.raw) == v2(attachments={"media_keys": ["3_77"]})
    cited = {one.role: json.loads(one.slice.raw) for one in post.cites}
    assert cited == {"account": USER, "media": PICTURE}
    assert (post.media[0].key, post.media[0].alt_text) == ("77", "A map")


def test_included_posts_are_posts_and_the_same_bytes_are_read_once(read):
    posts = read(page(v2("100"), tweets=[v2("99", "Parent"), v2("100")])).posts
    assert sorted(post.post_id for post in posts) == ["100", "99"]


def test_edited_before_and_after_are_two_versions_of_one_post(read):
    chain = {"edit_history_tweet_ids": ["100", "101"]}
    posts = read(page(v2("100", "Before", **chain)), page(v2("101", "After", **chain))).posts
    assert [(post.post_id, post.version_id, post.text) for post in posts] == [
        ("100", "100", "Before"),
        ("100", "101", "After"),
    ]


def test_single_and_flattened_posts_of_v2_are_read(read):
    flat = v2() | {"author": USER, "__twarc": {"retrieved_at": "2022-10-03T18:01:17+00:00"}}
    single = {"data": v2("102"), "includes": {"users": [USER]}}
    reading = read(flat, single)
    assert [post.post_id for post in reading.posts] == ["100", "102"]
    assert [account.handle for account in reading.accounts] == ["reader", "reader"]


def test_parents_quotes_and_reposts_are_named(read):
    related = [
        {"type": "replied_to", "id": "1"},
        {"type": "quoted", "id": "2"},
        {"type": "retweeted", "id": "3"},
    ]
    (post,) = read(page(v2(referenced_tweets=related, in_reply_to_user_id="41"))).posts
    assert (post.reply_to.post_id, post.reply_to.handle, post.quotes, post.reposts) == (
        "1",
        "reader",
        "2",
        "3",
    )


def test_the_full_text_of_a_long_post_is_taken(read):
    (long,) = read(page(v2(text="Cut…", note_tweet={"text": "Cut no more"}))).posts
    assert long.text == "Cut no more"


def test_a_text_known_to_be_cut_is_marked_so(read):
    cut = v1(truncated=True, text="Cut…")
    del cut["full_text"]
    (post,) = read(cut).posts
    assert not post.complete
    (whole,) = read(cut | {"extended_tweet": {"full_text": "Cut no more"}}).posts
    assert (whole.complete, whole.text) == (True, "Cut no more")


def test_a_retweet_of_v1_also_gives_the_post_that_it_passes_on(read):
    inner = v1("99", "Original")
    posts = read(v1("100", "RT @reader: Original", retweeted_status=inner)).posts
    assert [(post.post_id, post.reposts) for post in posts] == [("99", None), ("100", "99")]
    assert json.loads(posts[0].source.raw) == inner


def test_compliance_rows_are_deletions_with_their_cause(read):
    rows = [
        {"id": "7", "action": "delete", "created_at": "2019-09-06T17:25:54.667Z", "reason": "protected"},
        {
            "id": "8",
            "action": "delete",
            "created_at": "2019-09-07T01:30:03.390Z",
            "redacted_at": "2021-08-17T17:26:15.788Z",
            "reason": "deleted",
        },
    ]
    first, second = read(*rows).deletions
    assert (first.post_id, first.cause, first.deleted_at) == ("7", "protected", None)
    assert (second.cause, second.deleted_at.year, second.told_by) == ("deleted", 2021, "compliance")


def test_deletions_told_by_the_stream_are_deletions(read):
    message = {"delete": {"status": {"id_str": "7", "user_id_str": "41"}, "timestamp_ms": "1500000000000"}}
    (deletion,) = read(v1(), message).deletions
    assert (deletion.post_id, deletion.told_by, deletion.deleted_at.year) == ("7", "stream", 2017)


def test_messages_of_the_service_are_left_out_and_counted(read):
    reading = read(page(v2()), {"errors": [{"title": "operational-disconnect"}]})
    assert len(reading.posts) == 1
    assert reading.left_out["platform_message", "upload"] == 1


def test_an_unreadable_line_costs_itself_and_is_reported(tmp_path):
    lines = [json.dumps(page(v2("1"))), '{"data": [{"id": "2"', "[" * 200_000, json.dumps(page(v2("3")))]
    (tmp_path / "upload").write_text("\n".join(lines))
    reading = Reading(tmp_path / "upload")
    assert [post.post_id for post in reading.posts] == ["1", "3"]
    assert reading.left_out == {("not_json", "upload"): 1, ("too_deep", "upload"): 1}


def test_an_array_with_damage_is_left_out_whole(tmp_path):
    (tmp_path / "upload").write_text(f"[{json.dumps(v1())}, {json.dumps(v1())}, {{]")
    reading = Reading(tmp_path / "upload")
    assert (reading.posts, list(reading.left_out)) == ([], [("not_json", "upload")])


def test_posts_without_an_author_are_reported(read):
    reading = read(page({"id": "1", "text": "Whose?", "conversation_id": "1"}))
    assert reading.left_out == {("no_author", "upload"): 1}


@pytest.mark.parametrize("value", [None, 5, "text", [], {}, [None], {"a": None}, [[["deep"]]], True])
@pytest.mark.parametrize("make", [v1, v2])
def test_no_field_of_an_unexpected_shape_stops_the_reading(read, make, value):
    post = make()
    for key in (*post, "entities", "edit_history_tweet_ids", "attachments", "public_metrics", "note_tweet"):
        changed = post | {key: value}
        read(*([v1(), changed] if make is v1 else [page(v2("1")), page(changed)]))


REAL = [
    ("twitter-api-v1.1/tweets.json", "twitter-v1", 5, 0),
    ("twitter-api-v2-jsonl/edited_before.jsonl", "twitter-v2", 2, 0),
    ("twitter-api-v2-jsonl/edited_after.jsonl", "twitter-v2", 2, 0),
    ("twitter-api-v2-jsonl/media_tweet.jsonl", "twitter-v2", 1, 0),
    ("twitter-api-v2-jsonl/mentions_tweet.jsonl", "twitter-v2", 2, 0),
    ("twitter-api-v2-jsonl/quoted_edit.jsonl", "twitter-v2", 3, 0),
    ("twitter-api-v2-jsonl/streaming_output_with_error.jsonl", "twitter-v2", 11, 0),
    ("twitter-api-v2-jsonl/two_tweets.jsonl", "twitter-v2", 2, 0),
    ("twitter-api-v2-jsonl/users.jsonl", "twitter-v2", 52, 0),
    ("twitter-api-v2-jsonl/withheld.jsonl", "twitter-v2", 284, 0),
    ("twitter-api-v2-jsonl/tweets_compliance.jsonl", "twitter-compliance", 0, 2),
]


@pytest.mark.parametrize(("name", "adapter", "posts", "deletions"), REAL)
def test_real_captures_are_recognised_and_read(name, adapter, posts, deletions):
    path = beside(SAMPLES) / name
    reading = Reading(path)
    assert (reading.adapter.name, len(reading.posts), len(reading.deletions)) == (adapter, posts, deletions)
    raw = path.read_bytes()
    for record in (*reading.posts, *reading.deletions):
        assert record.source.raw in raw


def test_a_real_post_edited_between_two_captures_is_one_post():
    folder = beside(SAMPLES) / "twitter-api-v2-jsonl"
    posts = [*Reading(folder / "edited_before.jsonl").posts, *Reading(folder / "edited_after.jsonl").posts]
    assert {post.post_id for post in posts} == {"1576994746135764992"}
    assert len({post.content_hash for post in posts}) == 2


def test_an_empty_file_is_refused_with_that_reason():
    with pytest.raises(Unreadable, match="empty"):
        Reading(beside(SAMPLES) / "twitter-api-v2-jsonl" / "empty.json")
