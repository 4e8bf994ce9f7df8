"""Runs an import from its beginning, or from where an earlier reader was stopped, to its end."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import structlog
from sqlalchemy import func, select, update

from hub.archive import reckoning, storage
from hub.archive.adapters import Adapter, made_here, recognise
from hub.archive.adapters.base import (
    Account,
    CapturedPost,
    Counted,
    Deletion,
    Export,
    LeftOut,
    Noted,
    Record,
    Span,
    StillReading,
)
from hub.archive.adapters.kept import KeptPost
from hub.archive.adapters.mapped_table import MappedTable, NeedsColumns
from hub.archive.adapters.table_mapping import Mapping
from hub.archive.changes import posts_look_different
from hub.archive.importing import ahead, batch_media, batch_slices, history, undo
from hub.archive.importing.believing import Believing
from hub.archive.importing.erased import Erased
from hub.archive.importing.lease import CancelAsked, Lease, Lost
from hub.archive.importing.report import Report
from hub.archive.importing.writer import BatchWriter, media_needed
from hub.archive.models import (
    ASKS,
    CANCELLED,
    DONE,
    FAILED,
    Import,
    PostMedia,
)
from hub.archive.same_people import bring_together
from hub.archive.sources import Source, Unreadable, open_source
from hub.archive.storage import MediaStore
from hub.core import clock, collecting
from hub.core.database import db, many_rows, unit_of_work
from hub.core.outbox import emit

log = structlog.get_logger(__name__)

# Records in one transaction: enough to be quick, few enough that others wait for milliseconds only.
BATCH = 1_000
# A batch with large films is written sooner, so that its lease and the progress are kept.
LONGEST_BATCH_SECONDS = 5.0
SECONDS_BETWEEN_SIGNS = 10.0
# An import that stopped so often without getting on will not succeed.
MOST_ATTEMPTS = 5

Tell = Callable[[Import], None]


def run(import_id: int, sign_of_life: Callable[[], None] = lambda: None, tell: Tell | None = None) -> None:
    """Carry an import through. Ends with it done, failed or cancelled; raises Busy, Lost, or what went
    wrong on our side, after which it may be run again.

    sign_of_life is called every few seconds; tell gets the row as it stands after each piece.
    """
    lease = Lease(import_id)
    found = lease.take()
    if not found.unfinished:
        _forget_upload(found)
        return
    try:
        _run(found, lease, sign_of_life, tell)
    except CancelAsked:
        _end(found, lease, CANCELLED)
    except NeedsColumns:
        _ask(found, lease, tell)
    except Unreadable as problem:
        _end(found, lease, FAILED, problem.reason, problem.detail)
    except Lost:
        raise
    except Exception:
        log.exception("import.stopped", collection=found.collection_id, number=found.number)
        if found.attempts + 1 >= MOST_ATTEMPTS:
            _end(found, lease, FAILED, "trouble")
            return
        lease.give_back()
        raise


def _run(found: Import, lease: Lease, sign_of_life: Callable[[], None], tell: Tell | None) -> None:
    path = storage.upload_path(found.upload)
    if not path.is_file():
        raise Unreadable("upload_lost")
    lease.renew_now()  # so that a cancel that was asked for before anything was read is heard
    source = open_source(path, found.file_name)
    try:
        adapter = _adapter(found, source)
        reading = _Reading(found, lease, source, adapter, sign_of_life=sign_of_life, tell=tell)
        told = ahead.reading(adapter, source, path, found.file_name)
        with collecting.rarely(), many_rows(), told as records:
            reading.read(records)
    finally:
        source.close()
    _keep_export(found, lease, reading.report)
    with many_rows():
        history.find_out(found, lease, _spans(reading.report))
        _reveal(found, lease, reading.report)
    _forget_upload(found)
    if tell:
        tell(_fresh(found))


def _adapter(found: Import, source: Source) -> Adapter:
    if found.mapping is not None:
        return MappedTable(Mapping.from_json(found.mapping))
    own = made_here(found.adapter)
    if own and found.collection.sealed:
        raise Unreadable("sealed_takes_messages")
    return own or recognise(source, sealed=found.collection.sealed)


class _Reading:
    """Reads the source in batches and writes those that are not written yet."""

    def __init__(
        self,
        found: Import,
        lease: Lease,
        source: Source,
        adapter: Adapter,
        *,
        sign_of_life: Callable[[], None],
        tell: Tell | None,
    ):
        self.found, self.lease, self.source = found, lease, source
        self.sign_of_life, self.tell = sign_of_life, tell
        self.report = Report()
        self.writer = BatchWriter(found)
        self.erased = Erased(found.collection_id)
        self.media = MediaStore(found.collection.token)
        self.last_sign = time.monotonic()
        lease.renew_now(adapter=adapter.name, evidence=adapter.evidence)
        found.evidence = adapter.evidence

    def read(self, told: Iterator[Record]) -> None:
        """told: what the adapter says, from its beginning."""
        done = self.found.done_records
        self.erased.look()
        for batch, rows, number in self._batches(self._records(told), done):
            records = self.erased.without(batch)
            stored = batch_media.store(media_needed(records), self.source, self.media)
            batch_slices.store(records, self.media)
            with unit_of_work():
                tally = self.writer.write(records, stored)
                self.lease.renew(
                    done_records=number,
                    attempts=0,
                    expected=self.report.expected,
                    read=Import.read + rows,
                    new=Import.new + tally.new,
                    versions=Import.versions + tally.versions,
                    sightings=Import.sightings + tally.sightings,
                    events=Import.events + tally.events,
                    unplaced=Import.unplaced + tally.unplaced,
                )
            self._sign()
            if self.tell:
                self.tell(_fresh(self.found))

    def _batches(self, told: Iterator[Record], done: int) -> Iterator[tuple[list[Record], int, int]]:
        """(records, rows of the source they stand for, number of the last record)."""
        batch: list[Record] = []
        rows = number = 0
        began = time.monotonic()
        row_of_post = None
        for number, record in enumerate(told, 1):
            if isinstance(record, CapturedPost):
                is_row, row_of_post = True, record.source
            else:  # a deleted post and its deletion come from one row
                is_row = isinstance(record, KeptPost) or (
                    isinstance(record, Deletion) and record.source != row_of_post
                )
            self.report.erased += is_row and self.erased.holds(record)
            if number <= done:
                continue
            batch.append(record)
            rows += is_row
            if len(batch) >= BATCH or time.monotonic() - began > LONGEST_BATCH_SECONDS:
                yield batch, rows, number
                batch, rows, began = [], 0, time.monotonic()
        if batch:
            yield batch, rows, number

    def _records(self, told: Iterator[Record]) -> Iterator[Record]:
        """Records to write; what belongs to the report goes there."""
        only_believable = Believing(self.found.uploaded_at).only
        for record in told:
            if isinstance(record, CapturedPost):  # asked first: most are
                only_believable(record)
                yield record
            elif isinstance(record, LeftOut):
                self.report.leave_out(record)
            elif isinstance(record, Counted):
                self.report.count(record)
            elif isinstance(record, Noted):
                self.report.note(record)
            elif isinstance(record, Export):
                only_believable(record)
                self.report.export = record
            elif isinstance(record, StillReading):
                if time.monotonic() - self.last_sign > SECONDS_BETWEEN_SIGNS:
                    self.lease.renew_now()
                    self._sign()
            else:
                if isinstance(record, Account | Deletion):
                    only_believable(record)
                yield record

    def _sign(self) -> None:
        if time.monotonic() - self.last_sign > SECONDS_BETWEEN_SIGNS:
            self.sign_of_life()
            self.last_sign = time.monotonic()


def _spans(report: Report) -> tuple[Span, ...] | None:
    return report.export.spans if report.export else None


def _keep_export(found: Import, lease: Lease, report: Report) -> None:
    export = report.export
    if export is None:
        return
    values = {"account_id": export.account_id, "made_at": export.made_at, "whole": export.whole}
    lease.renew_now(**values)
    for name, value in values.items():
        setattr(found, name, value)


def _reveal(found: Import, lease: Lease, report: Report) -> None:
    """The one moment at which everything that was written begins to count."""
    with unit_of_work():
        _add_found_missing(found, report)
        bring_together(found.collection_id, found.id)
        posts_look_different(found.collection_id)
        lease.renew(
            state=DONE,
            report=report.as_json(),
            revealed_at=clock.now(),
            finished_at=clock.now(),
        )
        emit("archive.imported", import_id=found.id)


def _add_found_missing(found: Import, report: Report) -> None:
    """What only the written rows know: what rows became, posts of another account, media that are missing."""
    fresh = _fresh(found)
    report.became = reckoning.became(fresh, report.erased)
    if fresh.unplaced:
        report.leave_out(LeftOut("another_account", found.file_name, fresh.unplaced))
    if found.account_id:
        missing = db.session.scalar(
            select(func.count()).where(PostMedia.import_id == found.id, PostMedia.media_id.is_(None))
        )
        if missing:
            report.leave_out(LeftOut("missing_media", found.file_name, missing))


def _ask(found: Import, lease: Lease, tell: Tell | None) -> None:
    """A table: the upload stays where it is until a keeper says what its columns are, or gives it up."""
    with unit_of_work() as session:
        asked = session.execute(
            update(Import)
            .where(Import.id == found.id, Import.reader == lease.reader)
            .values(state=ASKS, reader="", leased_until=None, started_at=None)
        )
        if asked.rowcount != 1:
            raise Lost(f"Import {found.id} is read by another.")
    if tell:
        tell(_fresh(found))


def _end(found: Import, lease: Lease, state: str, problem: str = "", detail: str = "") -> None:
    """Leave no trace but the report."""
    undo.take_back(found)
    undo.release_met(found)
    with unit_of_work() as session:
        ended = session.execute(
            update(Import)
            .where(Import.id == found.id, Import.reader == lease.reader)
            .values(
                state=state,
                problem=problem,
                problem_detail=detail[:200],
                finished_at=clock.now(),
                leased_until=None,
                new=0,
                versions=0,
                sightings=0,
                events=0,
            )
        )
        if ended.rowcount != 1:
            raise Lost(f"Import {found.id} is read by another.")
    _forget_upload(found)


def _forget_upload(found: Import) -> None:
    """The upload holds private matter: its row names it until its file is gone, whatever happens between."""
    if found.upload:
        storage.forget_upload(found.upload)
        with unit_of_work() as session:
            session.execute(update(Import).where(Import.id == found.id).values(upload=""))


def _fresh(found: Import) -> Import:
    return db.session.get(Import, found.id, populate_existing=True)
