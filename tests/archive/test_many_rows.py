"""Large imports get memory and quiet while they write, and give both back."""

import gc
import json

import pytest
from sqlalchemy import select, text

from hub.archive.importing import history, reader
from hub.archive.importing.bulk import insert_rows
from hub.archive.models import AccountName, ArchiveEvent, Import, SocialAccount
from hub.core import collecting
from hub.core.database import CACHE, LARGE_CACHE, LOGGED, MORE_LOGGED, db, many_rows, unit_of_work
from tests.archive.conftest import count
from tests.conftest import DATABASES
from tests.factories.x_archive import XArchive, big_archive


def _room() -> tuple[int, int]:
    """What SQLite may hold in memory, in kB, and in its write-ahead log, in pages."""
    db.session.rollback()
    cache, logged = (
        db.session.scalar(text(f"PRAGMA {name}")) for name in ("cache_size", "wal_autocheckpoint")
    )
    return -cache, logged


@pytest.mark.parametrize("app", [DATABASES[0]], indirect=True)
def test_sqlite_holds_more_while_many_rows_are_written(kept):
    assert _room() == (CACHE, LOGGED)
    with many_rows():
        assert _room() == (LARGE_CACHE, MORE_LOGGED)
    assert _room() == (CACHE, LOGGED)


def test_an_import_leaves_the_process_as_it_was(kept, monkeypatch):
    before = gc.get_threshold()
    meanwhile = []
    found = kept.begin(big_archive(20).write(kept.folder / "archive.zip"))
    reader.run(found.id, tell=lambda _: meanwhile.append(gc.get_threshold()[0]))
    assert meanwhile[0] == collecting.BETWEEN_SEARCHES
    assert gc.get_threshold() == before

    def fails(*_):
        raise OSError("no space left on device")

    monkeypatch.setattr(reader.BatchWriter, "write", fails)
    found = kept.begin(big_archive(20).write(kept.folder / "archive.zip"))
    with pytest.raises(OSError, match="no space"):
        reader.run(found.id)
    assert gc.get_threshold() == before


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
@pytest.mark.parametrize("count", [0, 1, 15, 16, 17, 145, 300])
def test_however_many_rows_are_inserted_each_gets_its_own_id_and_values(kept, count):
    imported = kept.bring_in(XArchive())
    rows = [{"platform_id": f"9{number:03}", "protected": "child" * (number % 2)} for number in range(count)]
    same = {"collection_id": kept.collection.id, "import_id": imported.id, "platform": "x"}
    with unit_of_work():
        ids = insert_rows(SocialAccount, [dict(row) for row in rows], **same)
    found = {
        one.id: one for one in db.session.scalars(select(SocialAccount).where(SocialAccount.id.in_(ids)))
    }
    made = [{"platform_id": found[one].platform_id, "protected": found[one].protected} for one in ids]
    assert made == rows
    assert len({one.token for one in found.values()}) == count


@pytest.mark.parametrize("app", DATABASES, indirect=True)
def test_what_rows_say_alike_is_written_as_each_of_them_says_it(kept):
    """True is not 1, and a text is not what it looks like."""
    said = [{"a": 1}, {"a": True}, {"a": "1"}, {"a": 1.0}, {"b": None}, [], {}, {"b": "x" * 300}, {"a": 1}]
    imported = kept.bring_in(_one_post())
    event = db.session.scalars(select(ArchiveEvent)).first()
    same = {"collection_id": kept.collection.id, "import_id": imported.id, "post_id": event.post_id}
    same |= {"kind": "met", "told_by": "import", "recorded_at": imported.uploaded_at}
    with unit_of_work():
        ids = insert_rows(ArchiveEvent, [{"details": one} for one in said], **same)
    found = [db.session.get(ArchiveEvent, one).details for one in ids]
    assert [json.dumps(one) for one in found] == [json.dumps(one) for one in said]


def _one_post() -> XArchive:
    archive = XArchive()
    archive.post("The library opens at nine.", "2024-01-16T10:00")
    return archive


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
