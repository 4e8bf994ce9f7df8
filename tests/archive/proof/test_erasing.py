"""A lawful erasure leaves nothing but the fact: the log still verifies, and says under what authority."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from hub.archive.models import (
    DISPOSED,
    AccountName,
    ArchivedPost,
    ArchiveEvent,
    Media,
    PostVersion,
    Sighting,
    SocialAccount,
    SourceSlice,
)
from hub.archive.proof import checkpoints, erasures, proofs, sealing
from hub.archive.proof.erasing import authorities_of, erase
from hub.archive.proof.models import LogEntry
from hub.archive.words import gone_words
from hub.core import carrying
from hub.core.audit import AuditEntry
from hub.core.database import db, unit_of_work
from hub.core.outbox import on
from tests.archive.conftest import count, problems
from tests.archive.proof.conftest import faults, some_posts, verified
from tests.archive.proof.test_proofs import check, the_post
from tests.conftest import DATABASES
from tests.factories.people import sign_in

both = pytest.mark.parametrize("app", DATABASES, indirect=True)
# How the eight bytes begin that are the same in every PNG: of three letters, chance makes some in any secret.
PICTURE = r"\x89PNG\r\n"
AUTHORITY = "Article 17 UK GDPR, decision 2024/7"


def erase_it(log, words: str = "Our new bridge") -> ArchivedPost:
    with unit_of_work():
        post = the_post(words)
        erase(post, AUTHORITY, "Asked for by whoever is in the picture.", log.actor)
    carrying.drain(kinds=["archive.erase_files", "archive.seal"])
    db.session.rollback()
    return db.session.get_one(ArchivedPost, post.id, populate_existing=True)


def everything(app) -> str:
    """Every text and byte of the database, and every file of the data folder."""
    found = []
    with db.engine.connect() as connection:
        for table in db.metadata.sorted_tables:
            found += [repr(tuple(row)) for row in connection.execute(select(table))]
    folder: Path = app.extensions["settings"].data / "media"
    found += [repr(path.read_bytes()) for path in folder.rglob("*") if path.is_file()]
    return "\n".join(found)


@both
def test_nothing_of_the_post_is_left_and_the_log_verifies(log, app):
    before = everything(app)
    assert "Our new bridge" in before
    assert PICTURE in before
    post = erase_it(log)
    after = everything(app)
    assert "Our new bridge" not in after
    assert PICTURE not in after
    assert post.erased_at is not None
    result = verified(log)
    assert (result.count, result.erased) == (0, 1)


def test_its_page_says_that_it_was_erased_and_the_checks_find_nothing_wrong(log, client):
    post = erase_it(log)
    page = sign_in(client, log.person).get(post.path).text
    assert "Erased by law" in page
    assert AUTHORITY.split(",", maxsplit=1)[0] in page
    assert "Our new bridge" not in page
    assert problems() == ""


def test_what_other_posts_need_stays(log):
    slices, names = count(SourceSlice), count(AccountName)
    erase_it(log)
    assert count(SourceSlice, SourceSlice.raw != b"") == slices - 1
    assert count(AccountName) == names
    assert count(Media) == 0
    assert faults(log) == []


def test_names_go_with_their_last_post(log):
    for words in ("Our new bridge", "The library", "Wrong channel"):
        erase_it(log, words)
    assert count(SocialAccount) == 1
    with unit_of_work():
        post = db.session.get_one(
            ArchivedPost,
            db.session.scalar(
                select(PostVersion.post_id).where(PostVersion.text.startswith("Schools")).limit(1)
            ),
        )
        erase(post, AUTHORITY, "", log.actor)
    carrying.drain(kinds=["archive.erase_files", "archive.seal"])
    assert (count(SocialAccount), count(AccountName)) == (0, 0)
    assert faults(log) == []


def test_bytes_that_another_post_leans_on_are_kept_for_it(log):
    other = the_post("The library")
    log.tampered = True  # the other post never stood on these
    own = db.session.scalars(select(Sighting.slice_id).where(Sighting.post_id == the_post().id)).one()
    with unit_of_work():
        db.session.execute(update(Sighting).where(Sighting.post_id == other.id).values(slice_id=own))
    post = erase_it(log)
    assert db.session.get_one(SourceSlice, own).raw != b""
    assert own not in db.session.scalars(select(Sighting.slice_id).where(Sighting.post_id == post.id)).all()


def test_the_fact_is_sealed_with_its_authority_and_shown(log):
    post = erase_it(log)
    assert authorities_of([post]) == {post.id: AUTHORITY}
    last = db.session.scalars(select(LogEntry).order_by(LogEntry.seq.desc()).limit(1)).one()
    assert AUTHORITY in last.statement
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "archived_post.erase")).one()
    assert entry.subject_id == post.id


def test_taking_a_statement_away_without_an_erasure_is_found(log):
    log.tampered = True
    with unit_of_work():
        db.session.execute(update(LogEntry).where(LogEntry.seq == 2).values(statement=None, salt=None))
    (fault,) = faults(log)
    assert "Entry 2 " in fault
    assert "no lawful erasure names it" in fault


def test_twice_is_once(log):
    erase_it(log)
    with unit_of_work():
        post = db.session.scalars(select(ArchivedPost).where(ArchivedPost.erased_at.is_not(None))).one()
        erase(post, "Another", "", log.actor)
    assert count(ArchiveEvent, ArchiveEvent.kind == "erased") == 1


def test_no_import_brings_it_back(log, app):
    post = erase_it(log)
    versions = count(PostVersion)
    log.bring_in(some_posts("2024-07-01T09:00"))
    sealing.seal(log.collection.id)
    assert "Our new bridge" not in everything(app)
    assert count(Sighting, Sighting.post_id == post.id) == 1
    assert count(PostVersion) == versions
    assert faults(log) == []


def test_an_erasure_while_the_log_is_being_sealed_is_not_undone(log, monkeypatch):
    """What the sealer had read before the erasure is read anew after it."""
    later = some_posts("2024-07-01T09:00")
    later.tweets[0]["tweet"]["full_text"] += " (also on Sundays)"
    log.bring_in(later)
    looked = sealing._look
    done = []

    def erase_in_between(collection_id, *, lock=False):
        if lock and not done:
            done.append(True)
            db.session.rollback()
            post = db.session.get_one(
                ArchivedPost,
                db.session.scalar(select(PostVersion.post_id).where(PostVersion.text.contains("Sundays"))),
            )
            erase(post, AUTHORITY, "", log.actor)
            db.session.commit()
        return looked(collection_id, lock=lock)

    monkeypatch.setattr(sealing, "_look", erase_in_between)
    sealing.seal(log.collection.id)
    assert done
    assert faults(log) == []
    post = db.session.scalars(select(ArchivedPost).where(ArchivedPost.erased_at.is_not(None))).one()
    told = db.session.scalars(
        select(LogEntry.statement)
        .join(ArchiveEvent, ArchiveEvent.id == LogEntry.event_id)
        .where(ArchiveEvent.post_id == post.id, LogEntry.statement.is_not(None))
    ).all()
    assert all("strathtay" not in one.lower() for one in told)


@both
def test_a_backup_from_before_is_erased_again_when_it_is_restored(log, app):
    """What the list in the data folder names, and stands in the database again, goes again."""
    post = erase_it(log)
    (line,) = erasures.listed()
    assert (line["post"], line["authority"]) == (post.token, AUTHORITY)
    with unit_of_work():  # as an older backup has it
        db.session.execute(
            update(ArchivedPost).where(ArchivedPost.id == post.id).values(erased_at=None, url="https://x")
        )
        db.session.execute(
            update(PostVersion).where(PostVersion.post_id == post.id).values(text="Our new bridge")
        )
    assert erasures.carry_out_again() == 1
    assert erasures.carry_out_again() == 0
    assert "Our new bridge" not in everything(app)
    assert len(erasures.listed()) == 1


def test_what_was_disposed_of_reads_as_that_when_a_backup_is_restored(log):
    with unit_of_work():
        post = db.session.scalars(select(ArchivedPost)).first()
        erase(post, "14.005", "Its time is over", log.actor, disposed={"certificate": "token"})
    carrying.drain()
    with unit_of_work():  # as a backup has it from before
        db.session.execute(update(ArchivedPost).where(ArchivedPost.id == post.id).values(erased_at=None))
    assert erasures.carry_out_again() == 1
    history = db.session.scalars(select(ArchiveEvent).where(ArchiveEvent.post_id == post.id)).all()
    assert [event.kind for event in history].count(DISPOSED) == 2  # then, and again
    assert gone_words(history)[0] == "Disposed of"


def test_lines_are_added_once_and_never_lost(log, app):
    one = {"collection": "a", "post": "b", "authority": "x", "reason": "", "at": "2024-01-01"}
    erasures.write_down([one])
    erasures.write_down([one, {**one, "post": "c"}])
    assert [line["post"] for line in erasures.listed()] == ["b", "c"]
    assert json.loads(erasures.erasures_file().read_text().split("\n")[0]) == one


def test_higher_rooms_are_told(log):
    heard = []

    @on("archive.erased")
    def hears(post_id: int, collection_id: int) -> None:
        heard.append(post_id)

    post = erase_it(log)
    carrying.drain()
    assert heard == [post.id]


def test_a_proof_from_before_still_holds_and_one_from_after_opens_nothing(log, tmp_path):
    before = proofs.proof_for_keepers(the_post(), "http://localhost/a-post")
    post = erase_it(log)
    checkpoints.make(log.collection.id)
    after = proofs.proof_for_keepers(post, "http://localhost/a-post")
    assert check(tmp_path, before).returncode == 0
    told = check(tmp_path, after)
    assert told.returncode == 0
    assert "was erased lawfully" in told.stdout


def test_the_number_of_entries_does_not_shrink(log):
    before = db.session.scalar(select(func.count()).select_from(LogEntry))
    erase_it(log)
    assert count(LogEntry) == before + 1
