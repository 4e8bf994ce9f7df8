"""What the adapter of Bluesky's public interface promises: each post as its author's, with exact bytes."""

import json
from datetime import UTC, datetime

import pytest

from hub.archive.conversation import conversation_of
from hub.archive.models import ArchivedPost
from hub.core.database import db
from tests.archive.adapters.fuzz import assert_sound, with_one_odd_value
from tests.archive.conftest import count
from tests.archive.reading import Reading
from tests.factories.bluesky import Bluesky

COUNCIL, READER = "did:plc:council", "did:plc:reader"


def author(did=COUNCIL, handle="council.example", name="Strathtay Council"):
    return {"did": did, "handle": handle, "displayName": name}


def view(key="3k2a", text="Bins are late", by=None, **record):
    by = by or author()
    return {
        "uri": f"at://{by['did']}/app.bsky.feed.post/{key}",
        "cid": "bafyreia",
        "author": by,
        "record": {
            "$type": "app.bsky.feed.post",
            "text": text,
            "createdAt": "2024-05-01T09:00:00.000Z",
            "langs": ["en"],
        }
        | record,
        "likeCount": 4,
        "replyCount": 1,
        "indexedAt": "2024-05-01T09:00:01.000Z",
    }


def answers(parent) -> dict:
    reference = {"uri": parent["uri"], "cid": parent["cid"]}
    return {"reply": {"parent": reference, "root": reference}}


@pytest.fixture
def read(tmp_path):
    def reader(answer, name="answer.json"):
        path = tmp_path / name
        path.write_text(json.dumps(answer, indent=1))
        return Reading(path)

    return reader


def test_each_post_of_a_feed_is_read_with_its_author_counts_and_exact_bytes(read, tmp_path):
    reading = read({"cursor": "x", "feed": [{"post": view()}, {"post": view("3k2b", "Sorry")}]})
    assert (reading.adapter.name, reading.adapter.evidence) == ("bluesky-api", "capture")
    first = reading.posts[0]
    assert first.post_id == "at://did:plc:council/app.bsky.feed.post/3k2a"
    assert (first.text, first.language, first.counts["likes"]) == ("Bins are late", "en", 4)
    assert first.posted_at == datetime(2024, 5, 1, 9, tzinfo=UTC)
    account = reading.accounts[0]
    assert (account.account_id, account.handle, account.name) == (
        COUNCIL,
        "council.example",
        "Strathtay Council",
    )
    raw = (tmp_path / "answer.json").read_bytes()
    assert all(post.source.raw in raw for post in reading.posts)
    assert json.loads(first.source.raw)["record"]["text"] == "Bins are late"


def test_what_a_post_answers_is_kept_as_somebody_elses(read):
    asked = view("3k1z", "Where is my bin?", by=author(READER, "reader.example", "A Reader"))
    reading = read(
        {"feed": [{"post": view("3k2a", **answers(asked)), "reply": {"parent": asked, "root": asked}}]}
    )
    own = next(post for post in reading.posts if post.account_id == COUNCIL)
    assert own.reply_to.post_id == asked["uri"]
    assert {post.account_id for post in reading.posts} == {COUNCIL, READER}


def test_what_is_passed_on_stays_its_authors(read):
    others = view("3k1z", "Road closed", by=author(READER, "reader.example", "A Reader"))
    reason = {
        "$type": "app.bsky.feed.defs#reasonRepost",
        "by": author(),
        "uri": f"at://{COUNCIL}/app.bsky.feed.repost/3k9",
        "indexedAt": "2024-05-02T09:00:00.000Z",
    }
    reading = read({"feed": [{"post": others, "reason": reason}]})
    theirs, repost = reading.posts
    assert (theirs.account_id, theirs.text) == (READER, "Road closed")
    assert (repost.account_id, repost.reposts) == (COUNCIL, others["uri"])


def test_posts_asked_for_and_threads_are_read_too(read):
    reply = {"post": view("3k3", "Thanks", by=author(READER, "reader.example", "A Reader"))}
    assert len(read({"posts": [view(), view("3k2b")]}).posts) == 2
    thread = {"thread": {"$type": "app.bsky.feed.defs#threadViewPost", "post": view(), "replies": [reply]}}
    assert [post.text for post in read(thread).posts] == ["Bins are late", "Thanks"]


def test_the_account_s_own_export_shows_the_same_version(kept, tmp_path):
    """The hash covers what was written, whether it came as JSON or as a repository's CBOR."""
    repository = Bluesky(COUNCIL)
    key = repository.post("Bins are late", "2024-05-01T09:00")
    kept.bring_in(repository.write(tmp_path / "repo.car"))
    path = tmp_path / "answer.json"
    path.write_text(json.dumps({"posts": [view(key.rpartition("/")[2])]}))
    done = kept.bring_in(path)
    assert (done.new, done.versions, done.sightings) == (0, 0, 1)


def test_a_conversation_is_threaded_in_the_collection(kept, tmp_path):
    asked = view("3k1z", "Where is my bin?", by=author(READER, "reader.example", "A Reader"))
    path = tmp_path / "answer.json"
    path.write_text(json.dumps({"posts": [view(**answers(asked)), asked]}))
    assert kept.bring_in(path).new == 2
    question = db.session.query(ArchivedPost).filter_by(platform_id=asked["uri"]).one()
    assert [turn.row.shown.text for turn in conversation_of(question).below] == ["Bins are late"]


def test_whatever_stands_in_a_field_is_reported_and_breaks_nothing(read):
    answer = {"feed": [{"post": view(**answers(view("3k0"))), "reply": {"parent": view("3k0")}}]}
    for changed in with_one_odd_value(answer):
        try:
            assert_sound(read(changed).records)
        except Exception as problem:
            if type(problem).__name__ not in ("Unreadable", "NeedsColumns"):
                raise AssertionError(f"{problem!r} for {str(changed)[:300]}") from problem


def test_an_answer_that_is_an_error_holds_nothing(kept, tmp_path):
    path = tmp_path / "answer.json"
    path.write_text('{"error": "InvalidRequest", "message": "Profile not found"}')
    assert kept.bring_in(path).state == "failed"
    assert count(ArchivedPost) == 0
