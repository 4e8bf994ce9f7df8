"""`hub check` finds what is wrong with the archive, and says nothing when all is well."""

import pytest
from sqlalchemy import delete, update

from hub.archive.models import ArchiveEvent, Import, Media, PostVersion, Sighting, SourceSlice
from hub.archive.retention.guard import asked
from hub.archive.storage import MediaStore
from hub.core.database import db, unit_of_work
from tests.archive.conftest import problems
from tests.factories.x_archive import XArchive, png


@pytest.fixture
def filled(kept):
    archive = XArchive()
    archive.picture(archive.post("Hello", "2024-03-01T09:00"), png())
    kept.bring_in(archive)
    return kept


def test_all_is_well(filled):
    assert problems() == ""


def test_one_changed_byte_is_found(filled):
    filled.tampered = True
    with unit_of_work() as session:
        session.execute(update(SourceSlice).values(raw=b"{}"))
    assert "no longer those bytes" in problems()


@pytest.mark.parametrize("harm", ["change", "remove"])
def test_a_media_file_that_is_changed_or_gone_is_found(filled, harm):
    filled.tampered = True
    media = db.session.query(Media).one()
    path = MediaStore(filled.collection.token).path(media.sha256)
    path.write_bytes(b"x" * media.size) if harm == "change" else path.unlink()
    assert media.sha256 in problems()


@pytest.mark.parametrize("model", [PostVersion, Sighting])
def test_a_row_that_is_gone_is_found(filled, model):
    filled.tampered = True
    with unit_of_work() as session, asked():
        session.execute(delete(ArchiveEvent))
        session.execute(delete(model))
    assert problems() != ""


def test_what_an_import_that_failed_left_is_found(filled):
    with unit_of_work() as session:
        session.execute(update(Import).values(state="failed", revealed_at=None))
    assert "are left from imports" in problems()
