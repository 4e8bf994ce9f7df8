"""Every event that counts is sealed once, in an order that only grows, whoever is killed while it is done."""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress

import pytest
from sqlalchemy import func, select, update

from hub.archive import happenings
from hub.archive.models import ArchivedPost, ArchiveEvent, Import
from hub.archive.proof import checkpoints, hashing, sealing
from hub.archive.proof.models import LogEntry, LogHead
from hub.archive.proof.statements import parts_of
from hub.core import carrying, clock, jobs
from hub.core.database import db, unit_of_work
from tests.archive.conftest import count
from tests.archive.proof.conftest import faults, sealed, some_posts, verified
from tests.chance import chance
from tests.conftest import DATABASES
from tests.factories.x_archive import big_archive

both = pytest.mark.parametrize("app", DATABASES, indirect=True)


def entries() -> list[LogEntry]:
    return list(db.session.scalars(select(LogEntry).order_by(LogEntry.seq)))


@both
def test_every_event_has_one_entry_in_its_order(kept):
    made = sealed(kept)
    ids = list(db.session.scalars(select(ArchiveEvent.id).order_by(ArchiveEvent.id)))
    assert [entry.event_id for entry in entries()] == ids
    assert [entry.seq for entry in entries()] == list(range(made))
    assert sealing.seal(kept.collection.id) == 0
    assert faults(kept) == []


@both
def test_a_later_import_and_what_people_did_come_behind(kept):
    first = sealed(kept)
    with unit_of_work():
        post = db.session.scalars(select(ArchivedPost).limit(1)).one()
        happenings.record(kept.actor, post, "exported", reason="FOI 12")
    later = some_posts("2024-07-01T09:00")
    later.post("A later word", at="2024-06-15T10:00")
    second = sealed(kept, later)
    kinds = [parts_of(entry.statement)["about"]["kind"] for entry in entries()[first:]]
    assert len(kinds) == second
    assert kinds[0] == "exported"
    assert "first_seen" in kinds
    assert faults(kept) == []


@both
def test_an_import_that_is_not_revealed_is_not_sealed_and_an_older_one_not_skipped(kept):
    """What was written first may be revealed last: its events' ids lie below those that are sealed."""
    found = kept.bring_in(some_posts())
    with unit_of_work():
        db.session.execute(update(Import).where(Import.id == found.id).values(revealed_at=None))
        post = db.session.scalars(select(ArchivedPost).limit(1)).one()
        happenings.record(kept.actor, post, "exported")
    assert sealing.seal(kept.collection.id) == 1
    with unit_of_work():
        db.session.execute(update(Import).where(Import.id == found.id).values(revealed_at=clock.now()))
    assert sealing.seal(kept.collection.id) == count(ArchiveEvent) - 1
    assert faults(kept) == []


@both
def test_acts_are_sealed_by_when_they_became_visible_not_by_their_number(kept):
    """On PostgreSQL a lower number may be committed later: it is sealed all the same."""
    sealed(kept)
    with unit_of_work():
        post = db.session.scalars(select(ArchivedPost).limit(1)).one()
        late = happenings.record(kept.actor, post, "held")
        db.session.flush()
        late_id = late.id
        number = db.session.scalar(select(func.max(ArchiveEvent.id)))
        db.session.execute(update(ArchiveEvent).where(ArchiveEvent.id == late_id).values(id=number + 50))
    assert sealing.seal(kept.collection.id) == 1
    with unit_of_work():
        db.session.add(
            ArchiveEvent(
                id=number + 20, collection_id=post.collection_id, post_id=post.id, kind="released",
                told_by="person", details={},
            )
        )  # fmt: skip
    assert sealing.seal(kept.collection.id) == 1
    assert faults(kept) == []


@both
def test_acts_that_are_long_settled_are_not_looked_through_again(kept):
    sealed(kept)
    with unit_of_work():
        post = db.session.scalars(select(ArchivedPost).limit(1)).one()
        old = happenings.record(kept.actor, post, "held")
        old.recorded_at = clock.now() - 2 * sealing.SETTLED_AFTER
        db.session.flush()
        settled = old.id
        happenings.record(kept.actor, post, "released")
    sealing.seal(kept.collection.id)
    assert db.session.scalar(select(LogHead.acts_to)) == settled
    assert faults(kept) == []


@both
def test_whoever_dies_while_sealing_leaves_nothing_by_halves(kept, monkeypatch):
    """Killed (SIGKILL) at random instants, again and again, until all is sealed."""
    moments = chance("when it is killed")
    kept.bring_in(big_archive(400))
    monkeypatch.setattr(sealing, "PIECE", 7)
    total = count(ArchiveEvent)
    for _attempt in range(12):
        child = _seal_in_a_process(kept.collection.id)
        time.sleep(moments.uniform(0.01, 0.15))
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        db.session.rollback()
        assert [entry.seq for entry in entries()] == list(range(count(LogEntry)))
    sealing.seal(kept.collection.id)
    assert count(LogEntry) == total
    assert faults(kept) == []


@both
def test_two_sealers_at_once_make_one_log(kept, monkeypatch):
    kept.bring_in(big_archive(300))
    monkeypatch.setattr(sealing, "PIECE", 5)
    children = [_seal_in_a_process(kept.collection.id) for _ in range(2)]
    assert [os.waitpid(child, 0)[1] for child in children] == [0, 0]
    db.session.rollback()
    assert count(LogEntry) == count(ArchiveEvent)
    assert faults(kept) == []


def _seal_in_a_process(collection_id: int) -> int:
    db.session.remove()
    child = os.fork()
    if child == 0:
        db.engine.dispose(close=False)
        try:
            sealing.seal(collection_id)
        except BaseException:
            os._exit(1)
        os._exit(0)
    return child


@both
def test_the_worker_seals_soon_after_an_import_and_after_an_act(kept):
    kept.bring_in(some_posts())
    carrying.drain(kinds=["archive.imported>archive.proof.tasks.seal_import", "archive.seal"])
    assert count(LogEntry) == count(ArchiveEvent) > 0
    with unit_of_work():
        post = db.session.scalars(select(ArchivedPost).limit(1)).one()
        happenings.record(kept.actor, post, "held")
    carrying.drain(kinds=["archive.seal"])
    assert count(LogEntry) == count(ArchiveEvent)


def test_what_nobody_asked_for_is_sealed_within_ten_minutes(kept):
    kept.bring_in(some_posts())
    with unit_of_work() as session:
        session.execute(jobs.Job.__table__.delete())
        jobs.enqueue("archive.seal_rest")
    carrying.drain(kinds=["archive.seal_rest", "archive.seal"])
    assert count(LogEntry) == count(ArchiveEvent) > 0
    assert list(sealing.unsealed_collections()) == []


def test_an_entry_commits_to_its_statement_part_by_part(log):
    """One part can be shown with its salt, and of the others nothing but their digests."""
    entry = entries()[0]
    digests = {}
    for line in entry.statement.split("\n"):
        name = line.partition(" ")[0]
        digests[name] = hashing.part_digest(line, hashing.salt_of(name, entry.salt))
    assert hashing.commitment_of_digests(digests) == entry.commitment
    assert hashing.commitment(entry.statement, entry.salt) == entry.commitment
    salts = {hashing.salt_of(name, entry.salt) for name in hashing.PARTS}
    assert len(salts) == len(hashing.PARTS)


def test_a_statement_names_what_the_event_vouches_for(log):
    told = [parts_of(entry.statement) for entry in entries()]
    (picture,) = [one for one in told if "media" in one]
    assert picture["about"]["kind"] == "first_seen"
    assert picture["author"]["handle"] == "strathtay"
    assert picture["source"]["file"] == "data/tweets.js"
    assert picture["source"]["import"]["number"] == 1
    assert len(picture["bytes"]["sha256"]) == len(picture["words"]["sha256"]) == 64
    (gone,) = [one for one in told if one["about"]["kind"] == "deleted"]
    assert gone["about"]["at"] == "2024-02-02T10:05:00+00:00"


def test_a_checkpoint_is_made_once_for_what_is_new(log):
    assert checkpoints.make(log.collection.id) is None
    with unit_of_work():
        post = db.session.scalars(select(ArchivedPost).limit(1)).one()
        happenings.record(log.actor, post, "held")
    assert list(checkpoints.collections_with_news()) == []
    sealing.seal(log.collection.id)
    assert list(checkpoints.collections_with_news()) == [log.collection.id]
    assert verified(log).anchored < verified(log).size
    made = checkpoints.make(log.collection.id)
    assert verified(log).anchored == made.size == count(LogEntry)


def test_what_the_worker_has_not_come_to_yet_is_counted_and_no_fault(log):
    assert verified(log).waiting == 0
    with unit_of_work():
        post = db.session.scalars(select(ArchivedPost).limit(1)).one()
        happenings.record(log.actor, post, "held")
    assert (verified(log).waiting, verified(log).count) == (1, 0)
