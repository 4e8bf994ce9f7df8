"""Jobs of the log: sealing what is new, soon after it began to count."""

from __future__ import annotations

from datetime import timedelta

from hub.archive.happenings import ask_for_sealing
from hub.archive.models import Import
from hub.core import jobs
from hub.core.database import db, unit_of_work
from hub.core.jobs import job, scheduled
from hub.core.outbox import on

from . import sealing

# Whoever asks while the last piece is being sealed is heard at the latest by then.
LATEST = timedelta(minutes=10)


@on("archive.imported")
def seal_import(import_id: int) -> None:
    """What an import told begins to count: it is sealed next."""
    found = db.session.get(Import, import_id)
    if found is not None:
        ask_for_sealing(found.collection_id)


@job("archive.seal", long=True)
def seal(collection_id: int) -> None:
    sealing.seal(collection_id, sign_of_life=jobs.heartbeat)


@job("archive.seal_rest", long=True)
def seal_rest() -> None:
    """Nothing waits for long, whatever became of whoever asked."""
    with unit_of_work():
        for collection_id in sealing.unsealed_collections():
            ask_for_sealing(collection_id)


scheduled("archive.seal_rest", LATEST)
