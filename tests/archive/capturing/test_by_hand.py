"""One post, written down by whoever saw it: kept as they declared it, with their name and the time."""

import hashlib
import io
import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from hub.archive import actions
from hub.archive.adapters import ADAPTERS, recognise
from hub.archive.adapters.by_hand import ByHand
from hub.archive.capturing.by_hand import Seen, pack
from hub.archive.models import (
    ArchivedPost,
    ArchiveEvent,
    Import,
    PostMedia,
    PostVersion,
    Sighting,
    SocialAccount,
    SourceSlice,
)
from hub.archive.sources import Unreadable, open_source
from hub.core.database import db, unit_of_work
from tests.archive.conftest import carry_through, count
from tests.conftest import DATABASES
from tests.factories.people import person, sign_in
from tests.factories.x_archive import XArchive, png

SEEN_AT = datetime(2024, 6, 1, 9, 30, tzinfo=UTC)
ADDRESS = "https://x.com/ana_p/status/1790000000000000000"


def seen(**more) -> Seen:
    who = {"handle": "@ana_p", "name": "Ana", "by": "Keeper"}
    when = {"posted_at": None, "seen_at": SEEN_AT}
    return Seen(**{"address": ADDRESS, "text": "Where is my bin?", **who, **when, **more})


def bring_in(kept, what: Seen, screenshot: bytes | None = None) -> Import:
    with unit_of_work(), pack(what, io.BytesIO(screenshot) if screenshot else None) as packed:
        upload = actions.keep_upload(packed)
        started = actions.start_import(kept.actor, kept.collection, "by hand", upload, adapter=ByHand.name)
    return carry_through(started)


@pytest.mark.parametrize("app", DATABASES, indirect=True)
def test_what_was_declared_is_a_capture_with_its_exact_bytes(kept):
    done = bring_in(kept, seen(how="On the office computer"))
    assert (done.state, done.new, done.versions, done.evidence) == ("done", 1, 1, "capture")
    sighting = db.session.scalars(select(Sighting)).one()
    assert (sighting.evidence, sighting.captured_at) == ("capture", SEEN_AT)
    raw = db.session.scalar(select(SourceSlice.raw).where(SourceSlice.id == sighting.slice_id))
    told = json.loads(raw)
    assert (told["seen_by"], told["how"], told["text"]) == (
        "Keeper",
        "On the office computer",
        "Where is my bin?",
    )
    account = db.session.scalars(select(SocialAccount)).one()
    assert (account.platform, account.kind) == ("x", "private")


def test_a_screenshot_is_kept_with_its_hash_and_is_no_picture_of_the_post(kept):
    picture = png()
    bring_in(kept, seen(text=""), picture)
    medium = db.session.scalars(select(PostMedia)).one()
    assert medium.kind == "screenshot"
    assert medium.media.sha256 == hashlib.sha256(picture).hexdigest()


def test_an_export_of_the_same_post_later_is_the_same_post_and_tells_whose_it_is(kept):
    archive = XArchive(handle="ana_p")
    tweet = archive.post("Where is my bin?", "2024-05-14T09:00")
    bring_in(kept, seen(address=f"https://x.com/ana_p/status/{tweet['id_str']}"))
    done = kept.bring_in(archive)
    assert (done.new, done.versions, done.sightings, done.unplaced) == (0, 0, 1, 0)
    post = db.session.scalars(select(ArchivedPost)).one()
    assert post.account.platform_id == archive.account_id
    assert db.session.scalars(select(Sighting.evidence).order_by(Sighting.id)).all() == ["capture", "import"]


def test_what_was_written_down_after_the_export_joins_it_too(kept):
    archive = XArchive(handle="ana_p")
    tweet = archive.post("Where is my bin?", "2024-05-14T09:00")
    kept.bring_in(archive)
    done = bring_in(
        kept, seen(address=f"https://twitter.com/ana_p/status/{tweet['id_str']}", text="Where is my BIN?")
    )
    assert (done.new, done.versions) == (0, 1)
    assert count(ArchivedPost) == 1
    assert db.session.scalars(select(ArchivedPost)).one().account.platform_id == archive.account_id


def test_that_a_post_is_gone_is_kept_as_seen_and_says_no_more(kept):
    bring_in(kept, seen())
    done = bring_in(kept, seen(gone=True, text="", seen_at=SEEN_AT + timedelta(days=1)))
    assert (done.new, done.versions, done.events) == (0, 0, 1)
    event = db.session.scalars(select(ArchiveEvent).where(ArchiveEvent.kind == "deleted")).one()
    assert (event.told_by, event.cause, event.at, event.known_at) == (
        "by_hand",
        "unknown",
        None,
        SEEN_AT + timedelta(days=1),
    )


def test_a_reply_is_threaded_under_the_post_that_it_answers(kept):
    bring_in(kept, seen())
    bring_in(
        kept,
        seen(address="https://x.com/council/status/1790000000000000009", text="Tomorrow", reply_to=ADDRESS),
    )
    post = db.session.scalars(select(ArchivedPost).where(ArchivedPost.reply_to_id.is_not(None))).one()
    assert post.reply_to_id == "1790000000000000000"


def test_a_file_that_says_so_itself_is_not_believed(kept, tmp_path):
    """Only the hub makes them: whoever uploads one could have written any name into it."""
    path = tmp_path / "forged.zip"
    with pack(seen(by="The Provost")) as packed:
        path.write_bytes(packed.read())
    source = open_source(path)
    assert ByHand().recognises(source)
    with pytest.raises(Unreadable):
        recognise(source)
    assert kept.bring_in(path).state == "failed"
    assert count(PostVersion) == 0
    assert not any(one.name == ByHand.name for one in ADAPTERS)


# The page.


@pytest.fixture
def form():
    return {
        "address": ADDRESS,
        "state": "there",
        "text": "Where is my bin?",
        "handle": "@ana_p",
        "seen_by": "Kate Keeper",
        "seen_at": "2024-06-01T10:30",
    }


def test_a_keeper_writes_down_a_post_and_finds_it_in_the_collection(browser, kept, form):
    page = browser.get(f"{kept.collection.path}/paste?address={ADDRESS}&gone=1")
    assert page.status_code == 200
    assert ADDRESS in page.text
    sent = browser.submit(f"{kept.collection.path}/paste", form)
    assert sent.status_code == 303
    found = db.session.scalars(select(Import)).one()
    assert sent.location == found.path
    done = carry_through(found)
    assert (done.state, done.new) == ("done", 1)
    told = json.loads(db.session.scalar(select(SourceSlice.raw)))
    assert told["seen_at"] == "2024-06-01T09:30:00+00:00"  # typed by a clock in London
    assert "Where is my bin?" in browser.get(kept.collection.path).text


def test_nothing_typed_is_lost_when_something_is_to_be_mended(browser, kept, form):
    page = browser.submit(f"{kept.collection.path}/paste", {**form, "address": "x.com/status/1"})
    assert page.status_code == 422
    assert "Write the whole address" in page.text
    assert "Where is my bin?" in page.text
    assert count(Import) == 0


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"text": " "}, "Write what the post says"),
        ({"seen_at": "2124-01-01T00:00"}, "has not come yet"),
        ({"seen_at": "9999-12-31T23:59", "posted_at": "9999-12-31T23:59"}, "has not come yet"),
        ({"seen_at": "0024-06-01T10:30"}, "Write the year in full"),
        ({"posted_at": "2024-06-02T00:00"}, "before it was posted"),
        ({"posted_at": "0001-01-01T00:00"}, "Write the year in full"),
        ({"seen_by": ""}, "Say who saw it"),
        ({"seen_at": ""}, "Say when it was seen"),
        ({"reply_to": "there"}, "Write the whole address"),
        ({"address": "https://council.example:99999/news"}, "Write the whole address"),
        ({"address": "https://x.com/" + "a" * 600}, "under 500"),
    ],
)
def test_what_a_declaration_needs(browser, kept, form, change, said):
    page = browser.submit(f"{kept.collection.path}/paste", {**form, **change})
    assert page.status_code == 422
    assert said in page.text


def test_a_screenshot_must_be_a_picture(browser, kept, form):
    as_file = lambda raw: {**form, "text": "", "screenshot": (io.BytesIO(raw), "screen.png")}  # noqa: E731
    for raw in (b"MZ\x90 not a picture", b""):
        refused = browser.submit(f"{kept.collection.path}/paste", as_file(raw))
        assert (refused.status_code, "is a picture" in refused.text) == (422, True)
    taken = browser.submit(f"{kept.collection.path}/paste", as_file(png()))
    assert taken.status_code == 303


def test_nobody_else_writes_into_a_collection(browser, kept, form):
    other = sign_in(browser, person("Other"))
    assert other.get(f"{kept.collection.path}/paste").status_code == 404
    assert other.get(kept.collection.path).status_code == 404
