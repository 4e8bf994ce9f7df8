"""What an import keeps, on both databases: posts with versions, sightings, history and exact bytes."""

import hashlib
import json
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from hub.archive.models import (
    MET,
    AccountName,
    ArchivedPost,
    ArchiveEvent,
    Import,
    Media,
    PostMedia,
    PostVersion,
    Sighting,
    SocialAccount,
    SourceSlice,
)
from hub.archive.storage import MediaStore, uploads_folder
from hub.core import carrying
from hub.core.database import db
from hub.core.jobs import Job
from tests.archive.conftest import count
from tests.archive.test_captures import page, v2
from tests.conftest import DATABASES
from tests.factories.x_archive import XArchive, png

pytestmark = pytest.mark.parametrize("app", DATABASES, indirect=True)


@pytest.fixture
def archive():
    return XArchive()


def capture(folder, *values):
    path = folder / "capture.jsonl"
    path.write_text("\n".join(json.dumps(value) for value in values))
    return path


def history(post_id=None):
    statement = select(ArchiveEvent.kind).where(ArchiveEvent.kind != MET).order_by(ArchiveEvent.id)
    if post_id:
        statement = statement.where(ArchiveEvent.post_id == post_id)
    return list(db.session.scalars(statement))


def test_every_post_has_its_version_sighting_and_bytes(kept, archive):
    archive.post("Hello", "2024-03-01T09:00")
    done = kept.bring_in(archive)
    assert (done.state, done.read, done.new, done.versions) == ("done", 1, 1, 1)
    sighting = db.session.scalars(select(Sighting)).one()
    raw = db.session.scalar(select(SourceSlice.raw).where(SourceSlice.id == sighting.slice_id))
    assert json.loads(raw)["tweet"]["full_text"] == "Hello"
    digest = db.session.scalar(select(SourceSlice.sha256).where(SourceSlice.id == sighting.slice_id))
    assert digest == hashlib.sha256(raw).hexdigest()
    assert (sighting.evidence, sighting.counts["likes"]) == ("import", 3)
    assert sighting.captured_at == archive.made_at


def test_of_the_upload_only_name_size_and_hash_stay(kept, archive):
    archive.post("Hello", "2024-03-01T09:00")
    path = archive.private_matter().write(kept.folder / "archive.zip")
    done = kept.bring_in(path)
    assert done.file_name == "archive.zip"
    assert done.file_size == path.stat().st_size
    assert done.file_sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert list(uploads_folder().iterdir()) == []
    raws = b"".join(db.session.scalars(select(SourceSlice.raw)))
    assert b"CANARY" not in raws


def test_edits_are_versions_with_an_event_for_each(kept, archive):
    first = archive.post("Open on Mondy", "2024-03-01T09:00")
    archive.edit(first, "Open on Monday", "2024-03-01T09:05")
    archive.edit(first, "Open on Monday at ten", "2024-03-01T09:09")
    done = kept.bring_in(archive)
    assert (done.new, done.versions, done.events) == (1, 3, 2)
    assert history() == ["first_seen", "edited", "edited"]
    times = db.session.scalars(select(ArchiveEvent.at).where(ArchiveEvent.kind == "edited")).all()
    assert [time.minute for time in times] == [5, 9]


def test_other_words_under_the_same_time_are_an_edit_of_which_the_time_is_not_known(kept):
    for words, made_at in (("Open on Mondy", "2024-06-01T09:00"), ("Open on Monday", "2024-09-01T09:00")):
        archive = XArchive(made_at=made_at)
        archive.post(words, "2024-03-01T09:00")
        kept.bring_in(archive)
    edit = db.session.scalars(select(ArchiveEvent).where(ArchiveEvent.kind == "edited")).one()
    assert edit.at is None
    assert edit.known_at == datetime(2024, 9, 1, 9, tzinfo=UTC)


def test_deleted_posts_and_bare_headers_are_in_the_history(kept, archive):
    archive.deleted_post("Wrong channel", "2024-05-20T10:00", "2024-05-20T10:05")
    archive.deleted_header("2024-05-19T08:00")
    done = kept.bring_in(archive)
    assert (done.read, done.new, done.versions, done.events) == (2, 2, 1, 2)
    assert sorted(history()) == ["deleted", "deleted", "first_seen"]


def test_the_same_file_twice_changes_nothing(kept, archive):
    tweet = archive.post("Hello", "2024-03-01T09:00")
    archive.edit(tweet, "Hello again", "2024-03-01T09:05")
    archive.picture(tweet, png())
    archive.deleted_post("Wrong", "2024-05-20T10:00", "2024-05-20T10:05")
    kept.bring_in(archive)
    before = {model: count(model) for model in (ArchivedPost, PostVersion, Sighting, SourceSlice, Media)}
    events = history()
    again = kept.bring_in(archive)
    assert (again.state, again.read, again.new, again.versions, again.events) == ("done", 3, 0, 0, 0)
    assert {model: count(model) for model in before} == before
    assert history() == events


def test_a_later_export_adds_versions_and_events_and_says_what_it_lacks(kept, archive):
    stays = archive.post("Stays", "2024-03-01T09:00")
    archive.post("Vanishes", "2024-03-02T09:00")
    goes = archive.post("Goes", "2024-03-03T09:00")
    kept.bring_in(archive)
    later = XArchive(handle="strathtay_council", made_at="2024-09-01T09:00")
    later.tweets = [{"tweet": stays | {"favorite_count": "40"}}]
    later.edit(stays, "Stays, corrected", "2024-06-02T09:00")
    later.deleted = [{"tweet": goes | {"deleted_at": "Sun Aug 25 10:00:00 +0000 2024"}}]
    later.post("New", "2024-08-01T09:00")
    done = kept.bring_in(later)
    assert (done.new, done.versions, done.events) == (1, 2, 3)
    kinds = {post.platform_id: history(post.id) for post in db.session.scalars(select(ArchivedPost))}
    assert kinds[stays["id_str"]] == ["first_seen", "edited"]
    assert kinds[goes["id_str"]] == ["first_seen", "deleted"]
    assert ["first_seen", "not_found"] in kinds.values()
    names = db.session.scalars(select(AccountName.handle).order_by(AccountName.seen_from)).all()
    assert names == ["strathtay", "strathtay_council"]


def test_changed_counts_are_a_sighting_of_the_same_version(kept, archive):
    tweet = archive.post("Same", "2024-03-01T09:00")
    kept.bring_in(archive)
    tweet["favorite_count"] = "99"
    archive.made_at = datetime(2024, 7, 1, tzinfo=UTC)
    done = kept.bring_in(archive)
    assert (done.new, done.versions, done.events) == (0, 0, 0)
    assert [one["likes"] for one in db.session.scalars(select(Sighting.counts).order_by(Sighting.id))] == [
        3,
        99,
    ]


def test_a_post_that_comes_back_is_found_again(kept, archive):
    tweet = archive.post("Comes and goes", "2024-03-01T09:00")
    kept.bring_in(archive)
    archive.tweets, archive.made_at = [], datetime(2024, 7, 1, tzinfo=UTC)
    kept.bring_in(archive)
    archive.tweets, archive.made_at = [{"tweet": tweet}], datetime(2024, 8, 1, tzinfo=UTC)
    kept.bring_in(archive)
    assert history() == ["first_seen", "not_found", "found_again"]


def test_each_return_of_a_post_is_told_and_an_export_from_before_is_none(kept, archive):
    tweet = archive.post("Comes and goes", "2024-03-01T09:00")

    def export_of(month: int, *tweets: dict) -> None:
        archive.tweets, archive.made_at = (
            [{"tweet": one} for one in tweets],
            datetime(2024, month, 1, tzinfo=UTC),
        )
        kept.bring_in(archive)

    export_of(6, tweet)
    export_of(8)
    export_of(6, tweet)  # the first export once more
    export_of(7, tweet)  # and one from between, that comes in late
    assert history() == ["first_seen", "not_found"]
    export_of(9, tweet)
    export_of(10)
    export_of(11, tweet)
    export_of(11, tweet)
    assert history()[2:] == ["found_again", "not_found", "found_again"]


@pytest.mark.parametrize("missing", ["partial", "broken"])
def test_an_export_that_is_not_whole_never_says_that_a_post_is_missing(kept, archive, missing):
    archive.post("Here", "2024-03-01T09:00")
    kept.bring_in(archive)
    archive.made_at = datetime(2024, 7, 1, tzinfo=UTC)
    archive.partial = missing == "partial"
    archive.tweets = []
    if missing == "broken":
        archive.tweets = [{"tweet": "x"}] * 2
        path = archive.write(kept.folder / "x.zip")
        path.write_bytes(path.read_bytes())
        from tests.factories.hostile_zips import replaced

        path = replaced(path, archive, "data/tweets.js", b"window.YTD.tweets.part0 = [{")
        kept.bring_in(path)
    else:
        kept.bring_in(archive)
    assert history() == ["first_seen"]


def test_a_moment_that_cannot_be_true_is_kept_as_stated_and_breaks_no_page(kept, browser):
    """Sites that know no date write their clock's zero, and anybody may write the year 9999."""
    items = [
        {"id": f"https://site.example/{number}", "content_text": f"Post {number}", "date_published": date}
        for number, date in enumerate(
            ("0001-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "9999-12-31T23:59:59Z")
        )
    ]
    items[0]["date_modified"] = "9999-12-31T23:59:59Z"
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "A site", "items": items}
    path = kept.folder / "feed.json"
    path.write_text(json.dumps(feed))
    done = kept.bring_in(path)
    assert (done.state, done.new) == ("done", 3)
    assert set(db.session.scalars(select(ArchivedPost.posted_at))) == {None}
    stated = db.session.scalars(select(PostVersion.stated_at).order_by(PostVersion.stated_at)).all()
    assert [one[:10] for one in stated] == ["0001-01-01", "1970-01-01", "9999-12-31"]
    page = browser.get(kept.collection.path).text
    assert "Post 0" in page
    assert "Date not recorded" in page
    assert "Post 2" in browser.get(db.session.scalars(select(ArchivedPost)).all()[2].path).text
    carrying.drain()
    assert set(db.session.scalars(select(Job.error))) == {None}


def test_posts_written_after_an_older_export_are_not_missed_by_it(kept, archive):
    archive.post("Young", "2024-03-01T09:00")
    kept.bring_in(archive)
    kept.bring_in(XArchive(made_at="2023-01-01T09:00"))
    assert history() == ["first_seen"]


def test_import_and_capture_of_one_post_are_two_kinds_of_evidence_of_one_version(kept, archive):
    tweet = archive.post("Said &amp; seen", "2024-03-01T09:00")
    kept.bring_in(archive)
    seen = v2(tweet["id_str"], "Said &amp; seen", author_id=archive.account_id)
    done = kept.bring_in(capture(kept.folder, page(seen)))
    assert (done.new, done.versions, done.sightings) == (0, 0, 1)
    assert db.session.scalars(select(Sighting.evidence).order_by(Sighting.id)).all() == ["import", "capture"]


def test_captures_before_and_after_an_edit_are_one_post_with_two_versions(kept):
    chain = {"edit_history_tweet_ids": ["100", "101"]}
    kept.bring_in(capture(kept.folder, page(v2("100", "Before", **chain))))
    after = v2("101", "After", **chain) | {"created_at": "2022-10-03T17:59:00.000Z"}
    done = kept.bring_in(capture(kept.folder, page(after)))
    assert (done.new, done.versions, done.events) == (0, 1, 1)
    assert history() == ["first_seen", "edited"]


def test_a_compliance_file_adds_deletions_to_what_is_held(kept):
    kept.bring_in(capture(kept.folder, page(v2("100", "Before"))))
    row = {"id": "100", "action": "delete", "created_at": "2022-10-03T17:57:01.000Z", "reason": "suspended"}
    done = kept.bring_in(capture(kept.folder, row))
    assert (done.read, done.new, done.events) == (1, 0, 1)
    event = db.session.scalars(select(ArchiveEvent).where(ArchiveEvent.kind == "deleted")).one()
    assert (event.told_by, event.cause) == ("compliance", "suspended")


def test_a_deletion_may_be_known_before_its_post(kept):
    row = {"id": "100", "action": "delete", "created_at": "2022-10-03T17:57:01.000Z", "reason": "deleted"}
    kept.bring_in(capture(kept.folder, row))
    done = kept.bring_in(capture(kept.folder, page(v2("100", "Found in a drawer"))))
    assert (done.new, done.versions) == (0, 1)
    post = db.session.scalars(select(ArchivedPost)).one()
    assert post.account_id is not None
    assert history() == ["deleted", "first_seen"]


def test_an_import_unmasks_nobody_not_even_the_account_whose_export_it_is(kept, archive):
    """An archive in an organisation's collection may be one person's: a keeper says whose it is."""
    archive.post("Hello", "2024-03-01T09:00")
    kept.bring_in(archive)
    kept.bring_in(capture(kept.folder, page(v2("100", "Hi"))))
    kinds = dict(db.session.execute(select(SocialAccount.platform_id, SocialAccount.kind)).all())
    assert kinds == {archive.account_id: "private", "41": "private"}


def test_a_post_known_as_another_accounts_is_not_taken_over(kept, archive):
    tweet = archive.post("Ours", "2024-03-01T09:00")
    kept.bring_in(archive)
    forged = v2(tweet["id_str"], "Forged", author_id="666")
    done = kept.bring_in(capture(kept.folder, page(forged)))
    assert done.report["left_out"]["another_account"]["count"] == 1
    assert db.session.scalars(select(PostVersion.text)).all() == ["Ours"]


def test_a_chain_that_claims_another_accounts_post_is_not_believed(kept, archive):
    tweet = archive.post("Ours", "2024-03-01T09:00")
    kept.bring_in(archive)
    forged = v2("999", "Forged", author_id="666", edit_history_tweet_ids=[tweet["id_str"], "999"])
    kept.bring_in(capture(kept.folder, page(forged)))
    assert count(ArchivedPost) == 2


def test_a_cut_text_is_no_version_beside_the_whole_one(kept, archive):
    tweet = archive.post("The whole of it", "2024-03-01T09:00")
    kept.bring_in(archive)
    tweet |= {"full_text": "The whole…", "truncated": True}
    done = kept.bring_in(archive)
    assert (done.versions, history()) == (0, ["first_seen"])


def test_the_whole_text_after_a_cut_one_is_a_version_but_no_edit(kept, archive):
    tweet = archive.post("The whole…", "2024-03-01T09:00", truncated=True)
    kept.bring_in(archive)
    tweet |= {"full_text": "The whole of it", "truncated": False}
    done = kept.bring_in(archive)
    assert (done.versions, history()) == (1, ["first_seen"])


def test_pictures_are_kept_under_their_hash_with_a_small_copy(kept, archive):
    archive.picture(archive.post("Look", "2024-03-01T09:00"), png(900, 600))
    archive.picture(archive.post("Same picture", "2024-03-01T10:00"), png(900, 600))
    kept.bring_in(archive)
    media = db.session.scalars(select(Media)).one()
    store = MediaStore(kept.collection.token)
    assert hashlib.sha256(store.path(media.sha256).read_bytes()).hexdigest() == media.sha256
    assert (media.media_type, media.width, media.height, media.has_thumbnail) == ("image/png", 900, 600, True)
    assert count(PostMedia, PostMedia.media_id == media.id) == 2


def test_a_picture_that_only_a_later_export_holds_is_added_to_its_version(kept, archive):
    archive.picture(archive.post("Look", "2024-03-01T09:00"), png())
    held, archive.files = archive.files, {}
    done = kept.bring_in(archive)
    assert done.report["left_out"]["missing_media"]["count"] == 1
    archive.files = held
    kept.bring_in(archive)
    assert count(Media) == 1
    assert count(PostMedia, PostMedia.media_id.is_not(None)) == 1


def test_a_file_that_is_no_picture_is_kept_but_not_believed(kept, archive):
    archive.picture(archive.post("Look", "2024-03-01T09:00"), b"<script>alert(1)</script>")
    kept.bring_in(archive)
    media = db.session.scalars(select(Media)).one()
    assert (media.media_type, media.has_thumbnail) == ("application/octet-stream", False)


def test_characters_that_no_database_takes_are_replaced_and_the_bytes_kept(kept, archive):
    archive.post("half \ud83d and nul \x00", "2024-03-01T09:00")
    tweets = archive.tweets
    archive.tweets = []
    from tests.factories.hostile_zips import replaced

    data = b"window.YTD.tweets.part0 = " + json.dumps(tweets).encode()
    kept.bring_in(replaced(kept.folder / "x.zip", archive, "data/tweets.js", data))
    assert db.session.scalar(select(PostVersion.text)) == "half \ufffd and nul \ufffd"
    assert b"\\ud83d" in db.session.scalar(select(SourceSlice.raw))


def test_the_report_sets_declared_beside_found_and_says_what_was_left_out(kept, archive):
    archive.post("Hello", "2024-03-01T09:00")
    done = kept.bring_in(archive.private_matter())
    assert ["data/tweets.js", 1, 1] in done.report["counted"]
    private = done.report["left_out"]["private"]
    assert private["files"]["data/direct-messages.js"] == 3


def test_two_collections_know_nothing_of_each_other(kept, archive, tmp_path):
    from tests.archive.conftest import make_kept

    archive.post("Hello", "2024-03-01T09:00")
    kept.bring_in(archive)
    other = make_kept(tmp_path, "other")
    done = other.bring_in(archive)
    assert (done.new, done.number) == (1, 1)
    assert count(Import) == 2
