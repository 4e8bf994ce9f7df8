"""What the adapter of ActivityStreams files promises: public posts of the Fediverse, as somebody saw them."""

import json
from datetime import UTC, datetime

import pytest

from hub.archive.conversation import conversation_of
from hub.archive.models import DELETED, ArchivedPost, ArchiveEvent
from hub.archive.sources import Unreadable
from hub.core.database import db
from tests.archive.adapters.fuzz import assert_sound, with_one_odd_value
from tests.archive.conftest import count, problems
from tests.archive.reading import SAMPLES, Reading, beside
from tests.factories.mastodon import CONTEXT, PUBLIC, Mastodon

AUTHOR = {
    "type": "Person",
    "id": "https://b.example/users/reader",
    "preferredUsername": "reader",
    "name": "A Reader",
}


def note(post_id="https://b.example/users/reader/statuses/1", content="<p>Hello</p>", **more):
    return {
        "@context": CONTEXT,
        "id": post_id,
        "type": "Note",
        "attributedTo": AUTHOR,
        "published": "2024-05-01T09:00:00Z",
        "to": [PUBLIC],
        "content": content,
    } | more


def act(kind, of, **more):
    said = {"@context": CONTEXT, "id": "https://b.example/acts/1", "type": kind, "actor": AUTHOR}
    return said | {"published": "2024-05-02T09:00:00Z", "to": [PUBLIC], "object": of} | more


@pytest.fixture
def read(tmp_path):
    def reader(*values, how="single"):
        path = tmp_path / "upload"
        path.write_text(written(values, how), encoding="utf-8")
        return Reading(path)

    return reader


def written(values, how):
    collection = {"@context": CONTEXT, "type": "OrderedCollection", "totalItems": 99, "orderedItems": values}
    page = {"type": "OrderedCollectionPage", "orderedItems": values}
    return {
        "single": lambda: json.dumps(values[0], indent=1),
        "lines": lambda: "\n".join(json.dumps(value) for value in values),
        "array": lambda: json.dumps(values, indent=4),
        "collection": lambda: json.dumps(collection),
        "first page inside": lambda: json.dumps(
            {"@context": CONTEXT, "type": "OrderedCollection", "totalItems": 99, "first": page}
        ),
        "items": lambda: json.dumps({"@context": CONTEXT[0], "type": "Collection", "items": values}),
    }[how]()


@pytest.mark.parametrize("how", ["lines", "array", "collection", "first page inside", "items"])
def test_posts_are_read_however_the_file_is_laid_out(read, how):
    reading = read(note(), note("https://b.example/2", "Second"), how=how)
    assert reading.adapter.name == "activitystreams"
    assert [post.text for post in reading.posts] == ["Hello", "Second"]
    assert {post.evidence for post in reading.posts} == {"capture"}


def test_the_exact_bytes_of_each_post_are_its_own(read):
    posts = read(note(), note("https://b.example/2"), how="collection").posts
    assert [json.loads(post.source.raw) for post in posts] == [note(), note("https://b.example/2")]


def test_who_wrote_it_is_known_by_name_and_server(read):
    (account,) = read(note()).accounts
    assert (account.account_id, account.handle, account.name) == (
        AUTHOR["id"],
        "reader@b.example",
        "A Reader",
    )
    (named,) = read(note(attributedTo="https://c.example/@somebody")).accounts
    assert (named.handle, named.name) == ("somebody@c.example", None)
    (unnamed,) = read(note(attributedTo=None)).accounts
    assert unnamed.account_id == AUTHOR["id"]  # as Mastodon's own ids tell


@pytest.mark.parametrize(
    ("said", "audience"),
    [
        ({"to": PUBLIC}, "public"),
        ({"to": ["as:Public"]}, "public"),
        ({"to": [], "cc": [PUBLIC]}, "unlisted"),
        ({"to": None}, ""),
        ({"to": ["https://b.example/users/reader/followers"]}, None),
        ({"to": [], "bcc": ["https://b.example/users/c"]}, None),
        ({"to": [{"type": "Person", "id": "https://b.example/users/c"}]}, None),
    ],
)
def test_only_what_is_not_for_some_people_alone_is_kept(read, said, audience):
    reading = read(note(**said))
    assert [post.audience for post in reading.posts] == ([] if audience is None else [audience])
    assert sum(reading.left_out.values()) == (audience is None)


def test_an_activity_without_an_audience_of_its_object_counts_by_its_own(read):
    inner = {key: value for key, value in note().items() if key != "to"}
    assert not read(act("Create", inner, to=["https://b.example/followers"])).posts
    assert read(act("Create", inner)).posts[0].audience == "public"


def test_creating_and_updating_carry_the_post_as_it_then_was(read):
    edited = note(content="Better", updated="2024-05-03T09:00:00Z")
    first, second = read(act("Create", note()), act("Update", edited), how="lines").posts
    assert (first.post_id, first.version_id) == (second.post_id, second.version_id)
    assert (first.text, second.text) == ("Hello", "Better")
    assert (first.written_at, second.written_at) == (None, datetime(2024, 5, 3, 9, tzinfo=UTC))
    assert first.content_hash != second.content_hash


def test_a_post_passed_on_is_read_with_the_post_that_is_inside(read):
    inner = note("https://c.example/9", attributedTo={"type": "Person", "id": "https://c.example/users/c"})
    original, boost = read(act("Announce", inner)).posts
    assert (boost.reposts, boost.account_id) == (original.post_id, AUTHOR["id"])
    assert json.loads(original.source.raw) == inner
    (alone,) = read(act("Announce", "https://c.example/9")).posts
    assert alone.content_hash == boost.content_hash


@pytest.mark.parametrize(
    ("said", "at"),
    [
        (act("Delete", note()["id"]), 2),
        (act("Delete", {"type": "Tombstone", "id": note()["id"]}), 2),
        (
            {"@context": CONTEXT, "type": "Tombstone", "id": note()["id"], "deleted": "2024-05-04T09:00:00Z"},
            4,
        ),
        (act("Undo", {"type": "Announce", "id": note()["id"]}), 2),
    ],
)
def test_what_is_gone_is_told(read, said, at):
    (deletion,) = read(said).deletions
    assert (deletion.post_id, deletion.account_id) == (note()["id"], AUTHOR["id"])
    assert deletion.deleted_at == datetime(2024, 5, at, 9, tzinfo=UTC)


def test_an_account_that_is_gone_is_no_post(read):
    assert not read(act("Delete", AUTHOR["id"])).deletions


def test_articles_films_and_pictures_say_what_they_are(read):
    article = note(type="Article", name="Bins", summary="In short", content="<h2>Why</h2><p>Because.</p>")
    film = note(type="Video", name="A film", image="https://b.example/still.png")
    first, second = read(article, film, how="lines").posts
    assert (first.form, first.title, first.warning, first.text) == (
        "article",
        "Bins",
        None,
        "Why\n\nBecause.",
    )
    assert (second.form, [one.kind for one in second.media]) == ("film", ["photo"])


@pytest.mark.parametrize("kind", ["Like", "Follow", "Accept", "Block", "Flag", "Add"])
def test_what_is_no_post_is_left_out(read, kind):
    reading = read(act(kind, note()))
    assert not reading.posts
    assert reading.left_out == {("not_posts", "upload"): 1}


def test_the_items_that_a_collection_declares_and_those_it_holds(read):
    assert read(note(), how="collection").counted == {"upload": (99, 1)}


@pytest.mark.parametrize(
    "data",
    [
        '{"@context": "https://www.w3.org/ns/activitystreams", "type": "Collection", "items": [{}, {"a": ',
        '{"@context": "https://www.w3.org/ns/activitystreams", "type": "Collection", "items": [{}]} x',
        '{"@context": "https://www.w3.org/ns/activitystreams", "type": "Collection", "items": [{},'
        + "[" * 99_999,
    ],
)
def test_a_collection_that_cannot_be_read_to_its_end_is_refused(tmp_path, data):
    (tmp_path / "upload").write_text(data)
    with pytest.raises(Unreadable, match=r"cut_short|not_json|too_deep"):
        Reading(tmp_path / "upload")


def test_json_with_a_type_is_not_taken_for_it(read):
    with pytest.raises(Unreadable):
        read({"type": "Note", "text": "Milk, bread"})


def test_whatever_stands_in_a_field_there_is_a_report(read):
    whole = act(
        "Create",
        note(
            updated="2024-05-03T09:00:00Z",
            inReplyTo={"id": "https://a.example/1", "attributedTo": "https://a.example/users/a"},
            tag=[{"type": "Mention", "href": "https://a.example/users/a", "name": "@a@a.example"}],
            attachment=[{"type": "Document", "mediaType": "image/png", "url": "https://b.example/i.png"}],
            contentMap={"en": "Hello"},
            likes={"totalItems": 2},
            quote="https://a.example/2",
        ),
    )
    odd = [*with_one_odd_value(whole), *with_one_odd_value(act("Announce", note()))]
    odd += [*with_one_odd_value(act("Delete", {"type": "Tombstone", "id": "https://a.example/1"}))]
    reading = read(*odd, how="lines")
    assert len(reading.posts) + len(reading.deletions) + sum(reading.left_out.values()) >= len(odd)
    assert_sound(reading.records)


def test_the_samples_are_read_or_said_why_not():
    for path in sorted(beside(SAMPLES / "activitystreams").iterdir()):
        reading = Reading(path)
        assert reading.adapter.name == "activitystreams", path.name
        assert reading.posts or reading.left_out, path.name
        assert_sound(reading.records)


# The whole path.


def test_a_reply_from_another_server_stands_under_the_post_that_it_answers(kept, tmp_path):
    """Also when it came in first, and the post came by the account's own archive."""
    mastodon = Mastodon()
    said = mastodon.post("When are the bins emptied?", "2024-05-01T08:00")
    reply = tmp_path / "reply.json"
    reply.write_text(json.dumps(note(inReplyTo=said["id"], content="On Mondays")))
    kept.bring_in(reply)
    kept.bring_in(mastodon.write(tmp_path / "archive"))
    post = db.session.query(ArchivedPost).filter_by(platform_id=said["id"]).one()
    (turn,) = conversation_of(post).below
    answer = turn.row
    assert answer.shown.text == "On Mondays"
    assert answer.shown.handle == "reader@b.example"


def test_a_captured_deletion_is_told_of_the_post_that_the_archive_held(kept, tmp_path):
    mastodon = Mastodon()
    said = mastodon.post("Gone soon", "2024-05-01T08:00")
    kept.bring_in(mastodon.write(tmp_path / "archive"))
    gone = tmp_path / "gone.json"
    gone.write_text(json.dumps(act("Delete", said["id"], actor=mastodon.actor["id"])))
    kept.bring_in(gone)
    kept.bring_in(gone)
    assert count(ArchivedPost) == 1
    assert count(ArchiveEvent, ArchiveEvent.kind == DELETED) == 1
    assert not problems()
