"""Bytes come first and rows after; what no row names is swept away, and what is named is never."""

import os
from datetime import timedelta
from io import BytesIO

import pytest
from sqlalchemy import select

from hub.content.actions import edit_post
from hub.content.files.hanging import FileChange
from hub.content.files.storing import TAKEN_AWAY_KEPT, WAITING_KEPT, forget, store, sweep
from hub.content.files.taking import Sent, take, take_away
from hub.content.models import Post, StoredFile
from hub.content.queries import opening_post
from hub.core import clock
from hub.core.checks import run_checks
from hub.core.database import db, unit_of_work
from hub.records.backup import back_up
from tests.conftest import DATABASES
from tests.factories.content import discussion, fresh
from tests.factories.files import PDF, picture, waiting
from tests.factories.people import actor_of

both = pytest.mark.parametrize("app", DATABASES, indirect=True)


def age(hours: float) -> None:
    """Everything in the folder was put there that long ago."""
    at = clock.now().timestamp() - hours * 3600
    for path in store().files():
        os.utime(path, (at, at))


def problems() -> list[str]:
    return run_checks()["files of posts"]


@both
def test_bytes_whose_row_was_never_written_are_swept_away_and_others_stay(place):
    take(Sent("lost.pdf", BytesIO(PDF + b"lost")))  # and the process died
    waiting(place.ann, "bridge.png", picture())
    (store().folder / "part-unfinished").write_bytes(b"half")
    sweep()
    assert len(store().files()) == 4, "their rows may be about to be written"
    age(2)
    sweep()
    (file,) = db.session.scalars(select(StoredFile))
    kept = sorted(path.name for path in store().files())
    assert kept == [file.sha256, f"{file.sha256}.thumbnail.webp"]
    assert problems() == []


def test_what_is_put_there_anew_while_it_is_swept_stays(app, monkeypatch):
    found = take(Sent("a.pdf", BytesIO(PDF)))
    age(2)
    path = store().path(found.sha256)
    assert not store().forget_unless_newer(path, than=0)
    assert path.read_bytes() == PDF and len(store().files()) == 1
    take(Sent("a.pdf", BytesIO(PDF)))  # the same bytes come again: they count as new
    sweep()
    assert path.is_file()


def test_a_sweep_that_was_killed_loses_nothing(place):
    file = waiting(place.ann)
    path = store().path(file.sha256)
    path.rename(path.with_name(f".{path.name}.going"))
    sweep()
    assert path.read_bytes() == PDF and len(store().files()) == 1


def test_what_is_never_sent_is_forgotten_after_a_month_and_what_was_taken_away_after_a_day(place):
    drafted, dropped = waiting(place.ann), waiting(place.ann, "other.pdf", PDF + b"2")
    with unit_of_work():
        take_away(fresh(dropped))
    for later, left in (
        (TAKEN_AWAY_KEPT - timedelta(hours=1), [drafted.id, dropped.id]),
        (TAKEN_AWAY_KEPT + timedelta(hours=1), [drafted.id]),
        (WAITING_KEPT + timedelta(hours=1), []),
    ):
        with clock.at(clock.now() + later), unit_of_work():
            forget()
        assert list(db.session.scalars(select(StoredFile.id).order_by(StoredFile.id))) == left
    age(2)
    sweep()
    assert store().files() == []


def test_what_hangs_on_a_post_is_kept_also_when_a_later_revision_has_it_no_more(place):
    talk, file = discussion(place.ann, place.group), waiting(place.ann)
    for change in (FileChange((file,)), FileChange(dropped=frozenset({file.id}))):
        with unit_of_work():
            edit_post(actor_of(place.ann), opening_post(talk), "Words", files=change)
    with clock.at(clock.now() + timedelta(days=100)), unit_of_work():
        forget()
    age(2)
    sweep()
    assert store().path(file.sha256).read_bytes() == PDF
    assert fresh(opening_post(talk)).file_count == 0 and problems() == []


@both
def test_the_check_tells_what_is_missing_changed_or_miscounted(place):
    talk, file = discussion(place.ann, place.group), waiting(place.ann)
    with unit_of_work():
        edit_post(actor_of(place.ann), opening_post(talk), "Words", files=FileChange((file,)))
    assert problems() == []
    path = store().path(file.sha256)
    path.write_bytes(PDF[:-1] + b"!")
    assert problems() == [f"The bytes of file {file.token} are no longer what they were."]
    path.unlink()
    assert problems() == [f"The bytes of file {file.token} are not in the data folder."]
    path.write_bytes(PDF)
    with unit_of_work():
        fresh(opening_post(talk)).file_count = 2
    (said,) = problems()
    assert said.endswith("file_count says 2, a recount says 1.")


def test_a_backup_carries_rows_and_bytes(place, tmp_path):
    file = waiting(place.ann)
    manifest = back_up(tmp_path / "backup.zip")
    assert f"files/{file.sha256[:2]}/{file.sha256}" in manifest["files"]
    assert manifest["tables"]["stored_file"]["count"] == 1


def test_two_who_edit_at_once_keep_each_others_files(place):
    talk = discussion(place.ann, place.group)
    first, second = waiting(place.ann), waiting(place.mod, "mods.pdf", PDF + b"2")
    post = opening_post(talk)
    for someone, file in ((place.ann, first), (place.mod, second)):
        with unit_of_work():
            edit_post(
                actor_of(someone),
                db.session.get_one(Post, post.id),
                "Words",
                base=1,
                files=FileChange((file,)),
            )
    assert fresh(post).file_count == 2


def test_a_file_of_another_item_does_not_come_along(place):
    talk, other = discussion(place.ann, place.group), discussion(place.ann, place.group)
    file = waiting(place.ann)
    with unit_of_work():
        edit_post(actor_of(place.ann), opening_post(talk), "Words", files=FileChange((file,)))
    with pytest.raises(PermissionError), unit_of_work():
        edit_post(actor_of(place.ann), opening_post(other), "Words", files=FileChange((fresh(file),)))
