"""Large imports get memory and quiet while they write, and give both back."""

import gc

import pytest
from sqlalchemy import text

from hub.archive.importing import history, reader
from hub.archive.importing.bulk import insert_rows
from hub.archive.models import AccountName, ArchiveEvent, Import, SocialAccount
from hub.core.database import CACHE, LARGE_CACHE, db, many_rows, unit_of_work
from tests.archive.conftest import count
from tests.conftest import DATABASES
from tests.factories.x_archive import XArchive, big_archive


def _cache() -> int:
    """What SQLite may hold in memory, in kB."""
    db.session.rollback()
    return -db.session.scalar(text("PRAGMA cache_size"))


@pytest.mark.parametrize("app", [DATABASES[0]], indirect=True)
def test_sqlite_holds_more_while_many_rows_are_written(kept):
    assert _cache() == CACHE
    with many_rows():
        assert _cache() == LARGE_CACHE
    assert _cache() == CACHE


def test_an_import_leaves_the_process_as_it_was(kept, monkeypatch):
    before = gc.get_threshold(), gc.get_freeze_count()
    meanwhile = []
    found = kept.begin(big_archive(20).write(kept.folder / "archive.zip"))
    reader.run(found.id, tell=lambda _: meanwhile.append(gc.get_threshold()[0]))
    assert meanwhile[0] == reader.BETWEEN_COLLECTIONS
    assert (gc.get_threshold(), gc.get_freeze_count()) == before

    def fails(*_):
        raise OSError("no space left on device")

    monkeypatch.setattr(reader.BatchWriter, "write", fails)
    found = kept.begin(big_archive(20).write(kept.folder / "archive.zip"))
    with pytest.raises(OSError, match="no space"):
        reader.run(found.id)
    assert (gc.get_threshold(), gc.get_freeze_count()) == before


@pytest.mark.parametrize("app", DATABASES, indirect=True)
def test_rows_inserted_together_name_the_same_columns(kept):
    """Or a value that only some of them name would be lost without a word."""
    imported = kept.bring_in(XArchive())
    common = {"collection_id": kept.collection.id, "import_id": imported.id, "platform": "x"}
    with unit_of_work():
        ids = insert_rows(SocialAccount, [common | {"platform_id": "900"}, common | {"platform_id": "901"}])
    made = [db.session.get(SocialAccount, one) for one in ids]
    assert [one.platform_id for one in made] == ["900", "901"]
    assert made[0].token != made[1].token  # named by neither: each gets a default of its own
    assert {one.kind for one in made} == {"private"}
    before = count(AccountName)
    name = {"account_id": made[0].id, "import_id": imported.id, "handle": "x"}
    name |= {"seen_from": imported.uploaded_at, "seen_to": imported.uploaded_at}
    with pytest.raises(ValueError, match="same columns"), unit_of_work():
        insert_rows(AccountName, [name, name | {"name": "Lost"}])
    db.session.rollback()
    assert count(AccountName) == before


@pytest.mark.parametrize("app", DATABASES, indirect=True)
def test_edits_are_found_however_few_are_looked_up_at_once(kept, monkeypatch):
    monkeypatch.setattr(history, "AHEAD", 2)
    monkeypatch.setattr(history, "PIECE", 1)
    archive = XArchive()
    for hour in range(10, 15):
        first = archive.post("Schools are closed.", f"2024-01-16T{hour}:00")
        archive.edit(first, "Schools are closed today.", f"2024-01-16T{hour}:20")
    done = kept.bring_in(archive)
    assert db.session.get(Import, done.id).events == 5
    assert count(ArchiveEvent, ArchiveEvent.kind == "edited") == 5
