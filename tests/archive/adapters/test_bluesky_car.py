"""What the adapter of Bluesky repositories promises: nothing is believed but what hangs, hash by hash, on the
commit."""

import random
from datetime import UTC, datetime

import libipld
import pytest
from sqlalchemy import select

from hub.archive.adapters.base import Slice
from hub.archive.adapters.bluesky_records import Place, read_post
from hub.archive.adapters.bluesky_repo import find, records, time_of
from hub.archive.conversation import conversation_of
from hub.archive.models import EDITED, NOT_FOUND, ArchivedPost, ArchiveEvent
from hub.archive.sources import Unreadable
from hub.archive.sources.car_blocks import CarBlocks, written
from hub.core.database import db
from tests.archive.adapters.fuzz import assert_sound, with_one_odd_value
from tests.archive.conftest import count, problems
from tests.archive.reading import SAMPLES, Reading, beside
from tests.factories.bluesky import DID, OTHER, POST, REPOST, Bluesky, car, name_of, number, tid


@pytest.fixture
def bluesky():
    return Bluesky()


@pytest.fixture
def read(bluesky, tmp_path):
    return lambda blocks=None: Reading(bluesky.write(tmp_path / "upload", blocks))


def the_block(bluesky, uri):
    """Where among the blocks the record at an address is, and the block."""
    raw = libipld.encode_dag_cbor(bluesky.records[uri.removeprefix(f"at://{DID}/")])
    blocks = bluesky.blocks()
    return next((place, block) for place, block in enumerate(blocks) if block[0] == name_of(raw))


def test_posts_are_read_under_their_addresses(bluesky, read):
    uri = bluesky.post("The depot is closed.", "2024-05-01T09:00")
    reading = read()
    (post,) = reading.posts
    assert reading.adapter.name == "bluesky-car"
    assert (post.post_id, post.text, post.account_id, post.evidence) == (
        uri,
        "The depot is closed.",
        DID,
        "import",
    )
    assert (post.posted_at, post.language) == (datetime(2024, 5, 1, 9, tzinfo=UTC), "en")
    assert post.url == f"https://bsky.app/profile/{DID}/post/{uri.rpartition('/')[2]}"


def test_a_posts_bytes_are_exactly_its_block_and_their_hash_is_in_the_blocks_name(bluesky, read):
    uri = bluesky.post("Exactly", "2024-05-01T09:00")
    place, (name, raw) = the_block(bluesky, uri)
    (post,) = read().posts
    assert (post.source.raw, post.source.row) == (raw, place + 1)
    assert name.hex().endswith(post.source.sha256)


def test_whose_repository_it_is_and_when_it_last_changed(bluesky, read):
    reading = read()
    (account,) = reading.accounts
    assert (account.account_id, account.name, account.handle) == (DID, "Strathtay Council", None)
    assert (reading.export.made_at, reading.export.whole) == (bluesky.made_at, True)


def test_many_records_are_found_in_the_order_of_their_keys(bluesky, tmp_path):
    for minute in range(300):
        bluesky.post(f"Post {minute}", f"2024-05-{minute // 60 + 1:02}T09:{minute % 60:02}")
    with bluesky.write(tmp_path / "upload").open("rb") as stream:
        blocks = CarBlocks(stream)
        assert list(blocks.index()) == []
        tree = libipld.decode_dag_cbor(blocks.get(blocks.roots[0]).raw)["data"]
        assert [one.key for one in records(blocks, tree)] == sorted(bluesky.records)
        for key in bluesky.records:
            assert find(blocks, tree, key) == name_of(libipld.encode_dag_cbor(bluesky.records[key]))
        assert find(blocks, tree, "app.bsky.feed.post/none") is None
        blocks.close()


def test_replies_quotes_reposts_links_mentions_labels_and_pictures(bluesky, read):
    theirs = f"at://{OTHER}/{POST}/3k2a"
    reference = {"uri": theirs, "cid": "bafyreib"}
    text = "Grüße @b.example see council.example/bins"
    mention = {"$type": "app.bsky.richtext.facet#mention", "did": OTHER}
    link = {"$type": "app.bsky.richtext.facet#link", "uri": "https://council.example/bins?a=b"}
    facets = [
        {"index": {"byteStart": 8, "byteEnd": 18}, "features": [mention]},
        {"index": {"byteStart": 23, "byteEnd": 43}, "features": [link]},
    ]
    with_media = {
        "$type": "app.bsky.embed.recordWithMedia",
        "record": {"$type": "app.bsky.embed.record", "record": reference},
        "media": bluesky.picture(),
    }
    bluesky.post("Yes", "2024-05-01T09:00", reply={"root": reference, "parent": reference})
    bluesky.post(text, "2024-05-01T10:00", facets=facets)
    bluesky.post("Look", "2024-05-01T11:00", embed=with_media)
    bluesky.post("Card", "2024-05-01T12:00", embed={"external": {"uri": "https://a.example", "title": "A"}})
    bluesky.post("Careful", "2024-05-01T13:00", labels={"values": [{"val": "graphic-media"}]})
    bluesky.record(f"{REPOST}/3k2b", subject=reference, createdAt="2024-05-01T14:00:00Z")
    reply, linked, quote, card, labelled, repost = read().posts
    assert (reply.reply_to.post_id, reply.reply_to.account_id) == (theirs, OTHER)
    assert [(one.handle, one.account_id) for one in linked.mentions] == [("b.example", OTHER)]
    assert [(one.shown, one.expanded) for one in linked.links] == [("council.example/bins", link["uri"])]
    assert (quote.quotes, quote.media[0].alt_text) == (theirs, "A map")
    assert quote.media[0].key == written(name_of(b"png", 0x55))
    assert [(one.shown, one.expanded) for one in card.links] == [("A", "https://a.example")]
    assert labelled.warning == "graphic-media"
    assert (repost.reposts, repost.text) == (theirs, "")


def test_what_is_no_post_is_counted_by_its_kind(bluesky, read):
    for one in range(3):
        bluesky.record(f"app.bsky.feed.like/{one}", subject={"uri": "at://a/b/c"})
    bluesky.record("app.bsky.graph.block/1", subject=OTHER)
    assert read().left_out == {
        ("not_posts", "app.bsky.feed.like"): 3,
        ("not_posts", "app.bsky.graph.block"): 1,
    }


def test_a_time_in_the_future_is_not_believed(bluesky, read):
    """The app states it; the record's key holds another."""
    at = datetime(2024, 5, 1, 9, tzinfo=UTC)
    bluesky.record(f"{POST}/{tid(at)}", text="Later", createdAt="2099-01-01T00:00:00Z")
    (post,) = read().posts
    assert (post.posted_at, post.stated_at) == (at, "2099-01-01T00:00:00Z")
    assert time_of("not-a-time") is None


def test_the_record_that_the_api_gives_of_a_post_has_the_same_hash_of_content(bluesky, read):
    bluesky.post("Look", "2024-05-01T11:00", embed=bluesky.picture())
    (post,) = read().posts
    record = next(value for key, value in bluesky.records.items() if key.startswith(POST))
    image = record["embed"]["images"][0]["image"]
    as_json = record | {
        "embed": {"images": [{"alt": "A map", "image": image | {"ref": {"$link": written(image["ref"])}}}]}
    }
    place = Place(DID, post.post_id.partition(f"{DID}/")[2], Slice(b"{}", "api", 1), "capture")
    assert read_post(as_json, place).content_hash == post.content_hash


# What cannot be believed.


def test_a_post_whose_block_has_a_wrong_hash_is_refused_and_named_and_the_rest_is_read(bluesky, read):
    forged, kept = bluesky.post("True", "2024-05-01T09:00"), bluesky.post("Kept", "2024-05-01T10:00")
    place, (name, raw) = the_block(bluesky, forged)
    blocks = bluesky.blocks()
    blocks[place] = (name, raw.replace(b"True", b"Lies"))
    reading = read(blocks)
    assert [post.post_id for post in reading.posts] == [kept]
    assert reading.left_out == {
        ("wrong_hash", written(name)): 1,
        ("missing_block", forged.removeprefix(f"at://{DID}/")): 1,
    }
    assert not reading.export.whole


def test_nothing_hangs_on_a_node_of_the_tree_that_has_a_wrong_hash(bluesky, read):
    for minute in range(60):
        bluesky.post(f"Post {minute}", f"2024-05-01T09:{minute:02}")
    blocks = bluesky.blocks()
    nodes = [place for place, (_, raw) in enumerate(blocks) if "e" in libipld.decode_dag_cbor(raw)]
    place = nodes[0]
    blocks[place] = (blocks[place][0], blocks[place][1] + b"\x00")
    reading = read(blocks)
    assert len(reading.posts) < 60
    assert reading.left_out["wrong_hash", written(blocks[place][0])] == 1
    assert not reading.export.whole


def test_a_block_that_nothing_refers_to_is_not_read(bluesky, read):
    stray = libipld.encode_dag_cbor({"$type": POST, "text": "Not mine", "createdAt": "2024-05-01T09:00:00Z"})
    assert not read([*bluesky.blocks(), (name_of(stray), stray)]).posts


def test_a_repository_without_its_commit_is_refused(bluesky, read):
    blocks = bluesky.blocks()
    blocks[0] = (blocks[0][0], blocks[0][1] + b"\x00")
    with pytest.raises(Unreadable, match="no_account"):
        read(blocks)


@pytest.mark.parametrize("keep", [0.3, 0.7, 0.99])
def test_a_truncated_file_is_refused(bluesky, tmp_path, keep):
    bluesky.post("x" * 5_000, "2024-05-01T09:00")
    path = bluesky.write(tmp_path / "upload")
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * keep)])
    with pytest.raises(Unreadable, match="truncated"):
        Reading(path)


@pytest.mark.parametrize("tail", [number(2**62), number(5) + b"short", b"\xff" * 20, number(40) + bytes(40)])
def test_blocks_that_are_none_are_refused_in_bounded_memory(bluesky, tmp_path, tail):
    (tmp_path / "upload").write_bytes(car(bluesky.blocks()) + tail)
    with pytest.raises(Unreadable, match=r"truncated|damaged"):
        Reading(tmp_path / "upload")


def test_a_tree_that_leads_to_itself_again_and_again_is_walked_once(bluesky, tmp_path):
    """Forty nodes that each refer twice to the next would be a million million visits."""
    made = []

    def put(value):
        raw = libipld.encode_dag_cbor(value)
        made.append((name_of(raw), raw))
        return name_of(raw)

    record = put({"$type": POST, "text": "Deep"})
    below = None
    for depth in range(40):
        below = put(
            {"l": below, "e": [{"p": 0, "k": b"%s/%02d" % (POST.encode(), depth), "v": record, "t": below}]}
        )
    put({"did": DID, "rev": tid(datetime(2024, 6, 1, tzinfo=UTC)), "data": below, "version": 3})
    path = bluesky.write(tmp_path / "upload", made[::-1])
    assert len(Reading(path).posts) <= 40


def test_a_file_of_other_blocks_is_no_repository(tmp_path):
    raw = libipld.encode_dag_cbor({"hello": "world"})
    (tmp_path / "upload").write_bytes(car([(name_of(raw), raw)]))
    with pytest.raises(Unreadable, match="no_account"):
        Reading(tmp_path / "upload")


def test_whatever_stands_in_a_field_there_is_a_report(bluesky, read):
    whole = {
        "text": "Grüße @b.example",
        "createdAt": "2024-05-01T09:00:00Z",
        "langs": ["en"],
        "labels": {"values": [{"val": "x"}]},
        "reply": {"parent": {"uri": f"at://{OTHER}/{POST}/1", "cid": "x"}},
        "facets": [
            {"index": {"byteStart": 8, "byteEnd": 18}, "features": [{"$type": "f#mention", "did": OTHER}]}
        ],
        "entities": [{"type": "link", "index": {"start": 0, "end": 2}, "value": "https://a.example"}],
        "embed": {"record": {"uri": f"at://{OTHER}/{POST}/1"}, "media": bluesky.picture()},
    }
    odd = [one for one in with_one_odd_value(whole) if _is_cbor(one)]
    for place, one in enumerate(odd):
        bluesky.records[f"{POST}/{place:06}"] = one
        bluesky.records[f"{REPOST}/{place:06}"] = {"subject": one.get("embed"), "createdAt": one.get("text")}
    reading = read()
    assert len(reading.posts) + sum(reading.left_out.values()) == 2 * len(odd)
    assert_sound(reading.records)


def _is_cbor(value) -> bool:
    try:
        return bool(libipld.encode_dag_cbor(value))
    except Exception:
        return False


def test_whatever_bytes_there_are_there_is_a_report(bluesky, tmp_path):
    bluesky.post("One", "2024-05-01T09:00")
    data, draw = car(bluesky.blocks()), random.Random(7)
    for _ in range(400):
        changed = bytearray(data)
        for _ in range(draw.randint(1, 4)):
            changed[draw.randrange(len(changed))] = draw.randrange(256)
        (tmp_path / "upload").write_bytes(changed)
        try:
            assert_sound(Reading(tmp_path / "upload").records)
        except Unreadable as refused:
            assert refused.reason in {
                "truncated",
                "damaged",
                "no_account",
                "nothing_readable",
                "unknown_format",
            }


def test_the_samples_are_read():
    folder = beside(SAMPLES / "bluesky-car")
    found = {path.name: Reading(path) for path in sorted(folder.iterdir())}
    assert {name: len(reading.posts) for name, reading in found.items()} == {
        "greenground.repo.car": 0,
        "paul_staging.repo.car": 116,
        "repo_slice.car": 1,
    }
    assert found["paul_staging.repo.car"].export.whole
    assert not found["repo_slice.car"].export.whole  # a part of a repository says so
    for reading in found.values():
        assert_sound(reading.records)


# The whole path.


def test_the_same_repository_twice_changes_nothing(kept, bluesky, tmp_path):
    bluesky.post("One", "2024-05-01T09:00", embed=bluesky.picture())
    path = bluesky.write(tmp_path / "upload")
    first, second = kept.bring_in(path), kept.bring_in(path)
    assert (first.new, first.versions, first.state) == (1, 1, "done")
    assert (second.new, second.versions, second.sightings, second.events) == (0, 0, 0, 0)
    assert not problems()


def test_a_later_repository_tells_what_changed_and_what_is_gone(kept, bluesky, tmp_path):
    changed, gone = bluesky.post("First", "2024-05-01T09:00"), bluesky.post("Gone", "2024-05-02T09:00")
    answer = bluesky.post("Answer", "2024-05-03T09:00", reply={"parent": {"uri": changed}})
    kept.bring_in(bluesky.write(tmp_path / "one"))
    del bluesky.records[gone.removeprefix(f"at://{DID}/")]
    bluesky.records[changed.removeprefix(f"at://{DID}/")]["text"] = "Second"
    bluesky.made_at = datetime(2024, 7, 1, tzinfo=UTC)
    found = kept.bring_in(bluesky.write(tmp_path / "two"))
    assert (found.new, found.versions) == (0, 1)
    happened = dict(
        db.session.execute(
            select(ArchiveEvent.kind, ArchivedPost.platform_id)
            .join(ArchivedPost, ArchivedPost.id == ArchiveEvent.post_id)
            .where(ArchiveEvent.kind.in_((EDITED, NOT_FOUND)))
        ).all()
    )
    assert happened == {EDITED: changed, NOT_FOUND: gone}
    post = db.session.scalars(select(ArchivedPost).where(ArchivedPost.platform_id == changed)).one()
    assert [turn.row.post.platform_id for turn in conversation_of(post).below] == [answer]
    assert count(ArchivedPost) == 3
