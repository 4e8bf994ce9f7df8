"""Jobs of the archive: importing, and sweeping up files that nothing names any more."""

from datetime import timedelta

from sqlalchemy import select

from hub.core import carrying, clock
from hub.core.database import db
from hub.core.jobs import job, scheduled

from . import storage
from .approvals import tasks as approvals
from .capturing import tasks as capturing
from .importing import reader
from .keeping import tasks as keepers
from .models import Collection, Import, Media, SourceSlice
from .proof import tasks as proof
from .retention import tasks as retention
from .sealed import tasks as sealed
from .tables.actions import give_up_overdue

# Importing registers.
__all__ = ["approvals", "capturing", "carry_out_import", "keepers", "proof", "retention", "sealed", "sweep"]

# A file that nothing names is left alone for so long: somebody may be about to name it.
UNNAMED_FOR = timedelta(days=1)


@job("archive.import", long=True)
def carry_out_import(import_id: int) -> None:
    reader.run(import_id, sign_of_life=carrying.heartbeat)


@job("archive.sweep")
def sweep() -> None:
    """Delete uploads and media files that no row names: what a crash between file and row leaves; and tables
    of which nobody said anything."""
    give_up_overdue()
    oldest = (clock.now() - UNNAMED_FOR).timestamp()
    wanted = set(db.session.scalars(select(Import.upload).where(Import.upload != "")))
    for file in storage.uploads_folder().iterdir():
        if file.name not in wanted and file.stat().st_mtime < oldest:
            file.unlink(missing_ok=True)
    for collection in db.session.scalars(select(Collection)):
        hashes = set(db.session.scalars(select(Media.sha256).where(Media.collection_id == collection.id)))
        in_files = select(SourceSlice.sha256).where(
            SourceSlice.collection_id == collection.id, SourceSlice.in_file
        )
        hashes.update(db.session.scalars(in_files))
        for file in storage.MediaStore(collection.token).files():
            if file.name.partition(".")[0] not in hashes and file.stat().st_mtime < oldest:
                file.unlink(missing_ok=True)


scheduled("archive.sweep", timedelta(days=1))
