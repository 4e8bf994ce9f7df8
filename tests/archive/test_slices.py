"""Exact bytes that are too many for a row lie in a file, and are as safe there."""

import json
import os

import pytest
from sqlalchemy import select, update

from hub.archive import actions
from hub.archive.importing import reader
from hub.archive.models import ArchivedPost, Import, SourceSlice
from hub.archive.queries import slice_of
from hub.archive.slices import LARGEST_ROW, beginning_of
from hub.archive.storage import MediaStore
from hub.archive.tasks import UNNAMED_FOR, sweep
from hub.core.database import db, unit_of_work
from tests.archive.conftest import problems
from tests.archive.test_captures import v1

ROW = json.dumps(v1(place="x" * LARGEST_ROW)).encode()


@pytest.fixture
def capture(kept):
    path = kept.folder / "capture.jsonl"
    path.write_bytes(ROW)
    return path


def files(kept):
    return MediaStore(kept.collection.token).files()


def test_a_long_row_is_kept_in_a_file_and_is_had_again_byte_for_byte(kept, capture):
    kept.bring_in(capture)
    found = db.session.scalars(select(SourceSlice)).one()
    assert (found.in_file, found.raw, len(files(kept))) == (True, b"", 1)
    assert slice_of(db.session.scalars(select(ArchivedPost)).one(), found.sha256) == ROW
    assert beginning_of(found, kept.collection.token, 10) == ROW[:10]
    assert problems() == ""


@pytest.mark.parametrize("harm", ["change", "remove"])
def test_harm_to_the_file_is_found(kept, capture, harm):
    kept.bring_in(capture)
    (file,) = files(kept)
    file.write_bytes(b"{}") if harm == "change" else file.unlink()
    kept.tampered = True
    assert file.name in problems()


def test_an_import_that_is_stopped_leaves_no_file(kept, capture, monkeypatch):
    found = kept.begin(capture)

    def asked(*_):
        with unit_of_work():
            actions.cancel_import(kept.actor, db.session.get(Import, found.id))

    monkeypatch.setattr(reader.history, "find_out", lambda found, lease, *_: (asked(), lease.renew_now()))
    reader.run(found.id)
    assert files(kept) == []


def test_the_sweep_leaves_what_a_row_names_and_takes_what_none_does(kept, capture):
    kept.bring_in(capture)
    (file,) = files(kept)
    long_ago = file.stat().st_mtime - 2 * UNNAMED_FOR.total_seconds()
    os.utime(file, (long_ago, long_ago))
    sweep()
    assert file.is_file()
    kept.tampered = True
    with unit_of_work() as session:
        session.execute(update(SourceSlice).values(in_file=False))
    sweep()
    assert not file.is_file()
