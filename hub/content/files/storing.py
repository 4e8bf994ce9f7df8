"""Where the bytes of files lie, and when they go: first they are on the disk, then a row names them; what no
row names any more is swept away."""

import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from flask import current_app
from sqlalchemy import delete, or_, select

from hub.content.models import StoredFile
from hub.core import clock
from hub.core.database import db
from hub.core.jobs import job, scheduled
from hub.core.stored import GOING, Store

FOLDER = "files"
# A draft that nobody sends takes its files along.
WAITING_KEPT = timedelta(days=30)
# What was taken away again counts for its day: nobody fills the disk by adding and taking away.
TAKEN_AWAY_KEPT = timedelta(days=1)
# In seconds. Between the bytes and their row lies one request, never an hour.
SURELY_WRITTEN = 3600


def store() -> Store:
    return Store(current_app.extensions["settings"].folder(FOLDER))


@job("files.forget")
def forget() -> None:
    """Forget files that were never sent with a post."""
    now = clock.now()
    db.session.execute(
        delete(StoredFile.__table__).where(
            StoredFile.item_id.is_(None),
            or_(
                StoredFile.created_at < now - WAITING_KEPT,
                (StoredFile.place == "") & (StoredFile.created_at < now - TAKEN_AWAY_KEPT),
            ),
        )
    )


@job("files.sweep")
def sweep() -> None:
    """Delete bytes that no row names, and parts of files whose process died."""
    kept, before = store(), time.time() - SURELY_WRITTEN
    for paths in _by_folder(kept.folder):
        named = _named({_sha256(path) for path in paths})
        for path in paths:
            if path.name.endswith(GOING):
                kept.put_back(path)  # a sweep that was killed between two steps
            elif _sha256(path) not in named and path.stat().st_mtime <= before:
                kept.forget_unless_newer(path, before)


scheduled("files.forget", timedelta(days=1))
scheduled("files.sweep", timedelta(hours=1))


def _by_folder(folder: Path) -> Iterator[list[Path]]:
    """The files of one folder after the other: no more of them in memory at a time."""
    yield [path for path in folder.iterdir() if path.is_file()]
    for inner in sorted(path for path in folder.iterdir() if path.is_dir()):
        yield [path for path in inner.iterdir() if path.is_file()]


def _sha256(path: Path) -> str:
    return path.name.lstrip(".").partition(".")[0]


def _named(hashes: set[str]) -> set[str]:
    """Those that a file has which was not erased."""
    wanted = sorted(hashes)
    found: set[str] = set()
    for start in range(0, len(wanted), 500):
        some = wanted[start : start + 500]
        found |= set(
            db.session.scalars(
                select(StoredFile.sha256).where(StoredFile.sha256.in_(some), StoredFile.erased_at.is_(None))
            )
        )
    return found
