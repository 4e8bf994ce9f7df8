"""An import that is stopped at any instant goes on from there, and ends as if it had never been stopped.

Nothing of it is seen before its end, and nothing is left of one that fails or is cancelled.
"""

import os
import signal
import time
from datetime import timedelta

import pytest
from sqlalchemy import select

from hub.archive import storage
from hub.archive.filters import Filters
from hub.archive.importing import batch_media, history, reader, undo, writer
from hub.archive.importing.lease import LEASE, Busy, Lease, Lost
from hub.archive.models import (
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
from hub.archive.queries import list_posts
from hub.archive.retention.guard import asked
from hub.core import clock
from hub.core.database import db, unit_of_work
from tests.archive.conftest import carry_through, count, read_in_a_process
from tests.conftest import DATABASES
from tests.factories.x_archive import XArchive, big_archive, png

TABLES = (
    ArchivedPost,
    PostVersion,
    Sighting,
    SourceSlice,
    ArchiveEvent,
    Media,
    PostMedia,
    SocialAccount,
    AccountName,
)


@pytest.fixture(autouse=True)
def small_batches(monkeypatch):
    monkeypatch.setattr(reader, "BATCH", 20)
    monkeypatch.setattr(history, "PIECE", 3)
    monkeypatch.setattr(undo, "PIECE", 5)


@pytest.fixture
def archive():
    archive = big_archive(60)
    archive.picture(archive.tweets[0]["tweet"], png())
    archive.long_post("The consultation on the town centre opens today. " * 12, "2024-04-01T12:00")
    return archive


class Killed(BaseException):
    """As sudden as kill -9: nothing may catch it."""


def rows() -> dict[str, int]:
    return {model.__tablename__: count(model) for model in TABLES}


def contents() -> set:
    versions = db.session.execute(
        select(ArchivedPost.platform_id, PostVersion.version_id, PostVersion.text).join(PostVersion.post)
    )
    events = db.session.execute(
        select(ArchivedPost.platform_id, ArchiveEvent.kind, ArchiveEvent.at).join(
            ArchiveEvent, ArchiveEvent.post_id == ArchivedPost.id
        )
    )
    return {tuple(row) for row in versions} | {tuple(row) for row in events}


STAGES = [
    (batch_media, "store"),
    (writer.BatchWriter, "write"),
    (Lease, "renew"),
    (history, "edits_among"),
    (reader, "_reveal"),
    (storage, "forget_upload"),
]


@pytest.mark.parametrize("app", DATABASES, indirect=True)
@pytest.mark.parametrize(("place", "name"), STAGES, ids=lambda one: getattr(one, "__name__", one))
def test_killed_at_any_stage_and_taken_up_again_it_ends_the_same(kept, archive, monkeypatch, place, name):
    undisturbed = kept.bring_in(archive)
    wanted, wanted_rows = contents(), rows()
    figures = (undisturbed.read, undisturbed.new, undisturbed.versions, undisturbed.events)
    with unit_of_work() as session, asked():
        session.delete(session.get(Import, undisturbed.id))
    assert rows()["archived_post"] == 0

    found = kept.begin(kept.folder / "archive.zip")
    original = getattr(place, name)
    for survived in (0, 2):
        calls = []

        def dies(*arguments, survived=survived, calls=calls, **named):
            result = original(*arguments, **named) if len(calls) < survived else None
            calls.append(1)
            if len(calls) > survived:
                raise Killed
            return result

        monkeypatch.setattr(place, name, dies)
        try:
            reader.run(found.id)
        except Killed:
            assert not found_is_done(found) or name == "forget_upload"
        monkeypatch.setattr(place, name, original)
        expire_lease(found)
    done = carry_through(found)
    assert done.state == "done"
    assert not list(storage.uploads_folder().iterdir())
    assert contents() == wanted
    assert rows() == wanted_rows
    assert (done.read, done.new, done.versions, done.events) == figures


def found_is_done(found) -> bool:
    db.session.rollback()
    return db.session.scalar(select(Import.state).where(Import.id == found.id)) == "done"


def expire_lease(found) -> None:
    with unit_of_work() as session:
        session.get(Import, found.id, populate_existing=True).leased_until = None


def test_nothing_is_seen_until_all_of_it_is(kept, archive, monkeypatch):
    seen = []
    original = history.find_out

    def look(found, lease, *told):
        original(found, lease, *told)
        db.session.rollback()
        assert count(ArchivedPost) > 40
        seen.append(len(list_posts(kept.actor, kept.collection, Filters())))

    monkeypatch.setattr(history, "find_out", look)
    kept.bring_in(archive)
    assert seen == [0]
    assert len(list_posts(kept.actor, kept.collection, Filters())) == 30


def test_others_can_write_between_its_pieces(kept, archive):
    """Its pieces are short: somebody else's transaction goes in between each two of them."""
    written = []

    def write_meanwhile(found):
        with unit_of_work() as session:
            session.get(type(kept.collection), kept.collection.id).about = f"after {found.read}"
        written.append(found.read)

    found = kept.begin(archive.write(kept.folder / "archive.zip"))
    reader.run(found.id, tell=write_meanwhile)
    assert len(written) > 3
    assert written == sorted(written)


@pytest.mark.parametrize("app", DATABASES, indirect=True)
def test_a_failure_on_our_side_is_given_up_at_last_and_leaves_no_trace(kept, archive, monkeypatch):
    def fails(*_):
        raise OSError("no space left on device")

    found = kept.begin(archive.write(kept.folder / "archive.zip"))
    monkeypatch.setattr(history, "find_out", fails)
    for _ in range(reader.MOST_ATTEMPTS - 1):
        with pytest.raises(OSError, match="no space"):
            reader.run(found.id)
    ended = carry_through(found)
    assert (ended.state, ended.problem) == ("failed", "trouble")
    assert set(rows().values()) == {0}
    assert not list(storage.uploads_folder().iterdir())
    assert storage.MediaStore(kept.collection.token).files() == []


@pytest.mark.parametrize("app", DATABASES, indirect=True)
def test_a_cancelled_import_leaves_what_was_there_as_it_was(kept, archive, monkeypatch):
    earlier = XArchive()
    earlier.post("Here before", "2019-03-01T09:00")
    kept.bring_in(earlier)
    before, kept_rows = contents(), rows()
    found = kept.begin(archive.write(kept.folder / "archive.zip"))

    def cancel(_found):
        with unit_of_work() as session:
            session.get(Import, found.id, populate_existing=True).cancel_asked = True

    reader.run(found.id, tell=cancel)
    db.session.rollback()
    assert db.session.get(Import, found.id, populate_existing=True).state == "cancelled"
    assert contents() == before
    assert rows() == kept_rows


def test_one_reader_at_a_time(kept, archive):
    found = kept.begin(archive.write(kept.folder / "archive.zip"))
    Lease(found.id).take()
    with pytest.raises(Busy):
        reader.run(found.id)
    with clock.at(clock.now() + LEASE + timedelta(seconds=1)):
        assert carry_through(found).state == "done"


def test_a_reader_that_wakes_up_after_its_lease_writes_nothing_more(kept, archive):
    found = kept.begin(archive.write(kept.folder / "archive.zip"))
    slow = Lease(found.id)
    slow.take()
    expire_lease(found)
    Lease(found.id).take()
    with pytest.raises(Lost):
        slow.renew_now(read=999)


def test_imports_of_one_collection_go_one_after_another(kept, archive):
    first = kept.begin(archive.write(kept.folder / "first.zip"))
    second = kept.begin(archive.write(kept.folder / "second.zip"))
    with pytest.raises(Busy):
        reader.run(second.id)
    carry_through(first)
    assert carry_through(second).new == 0


def test_an_upload_that_is_gone_fails_with_that_reason(kept, archive):
    found = kept.begin(archive.write(kept.folder / "archive.zip"))
    storage.forget_upload(found.upload)
    ended = carry_through(found)
    assert (ended.state, ended.problem) == ("failed", "upload_lost")


def test_a_process_that_is_killed_loses_and_doubles_nothing(kept):
    """A real process, and a real kill -9, three times."""
    found = kept.begin(big_archive(600).write(kept.folder / "archive.zip"))
    for moment in (0.05, 0.15, 0.3):
        child = read_in_a_process(found.id)
        time.sleep(moment)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        expire_lease(found)
    done = carry_through(found)
    assert (done.state, done.read) == ("done", 600)
    assert count(Sighting) == count(PostVersion) == 600
    assert count(ArchivedPost) == done.new
