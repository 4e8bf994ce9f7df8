"""Backups: one zip file with a manifest, every table and every stored file; taken while the hub is in use.

The tables are read in one transaction, so they show one instant; stored files are named by their content
and only ever added, so those that the instant knows are there.
"""

import hashlib
import json
import os
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import Connection, text

from hub.archive.proof import erasures
from hub.core import clock, last_backup, migrating
from hub.core.database import db

from . import tables

FORMAT = "knowledge-hub backup 1"
MANIFEST = "manifest.json"

# Folders of the data folder that hold what cannot be made again. The search index and the worker's bell can.
KEPT_FOLDERS = ("files", "media", "keys", "mail", "uploads", erasures.FOLDER)
CHUNK = 1024 * 1024

Progress = Callable[[str], None]


class OtherVersion(Exception):
    """Why the database cannot be read by this version of the hub; nothing was written."""


def back_up(target: Path, progress: Progress = lambda _said: None) -> dict[str, Any]:
    """Write a backup to `target` (replacing it only when whole); returns its manifest.

    Raises OtherVersion.
    """
    unfinished = target.with_name(f".{target.name}.part")
    manifest: dict[str, Any] = {
        "format": FORMAT,
        "taken_at": clock.now().isoformat(),
        "tables": {},
        "files": {},
    }
    try:
        with (
            os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file,
            zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive,
        ):
            with db.engine.connect() as connection:
                _hold_one_instant(connection)
                manifest["revision"] = _revision(connection)
                for table in tables.tables():
                    progress(f"table {table.name}")
                    said = _write(archive, f"tables/{table.name}.jsonl", tables.lines(connection, table))
                    manifest["tables"][table.name] = said
                connection.rollback()
            for path, name in _kept_files():
                progress(f"file {name}")
                manifest["files"][name] = _write(archive, f"files/{name}", _chunks(path))
            archive.writestr(MANIFEST, json.dumps(manifest, indent=1))
            archive.close()
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)
    last_backup.note(manifest["taken_at"])
    return manifest


def _revision(connection: Connection) -> str | None:
    """Which version of the tables this is. Raises OtherVersion when it is not the one that is read here."""
    found, ours = migrating.revision_of(connection), migrating.newest_revision()
    if found not in (None, ours):
        raise OtherVersion(
            f"The database is of another version of the hub: its tables are as of revision {found}, and this "
            f"version reads {ours}. Nothing was written. Make the backup with the version that you ran until "
            "now, then run `hub upgrade` with this one. If you no longer have that version, stop the hub, "
            "copy its data folder (and its database, if that is PostgreSQL), and run `hub upgrade`."
        )
    return found


def _hold_one_instant(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))


def _write(archive: zipfile.ZipFile, name: str, parts: Iterator[bytes]) -> dict[str, Any]:
    """One member of the archive, streamed; how many parts it has, and its hash."""
    digest, count = hashlib.sha256(), 0
    with archive.open(name, "w", force_zip64=True) as member:
        for part in parts:
            digest.update(part)
            member.write(part)
            count += 1
    return {"count": count, "sha256": digest.hexdigest()}


def _kept_files() -> Iterator[tuple[Path, str]]:
    data: Path = current_app.extensions["settings"].data
    for folder in KEPT_FOLDERS:
        for path in sorted((data / folder).rglob("*")):
            if path.is_file() and not path.name.startswith("."):
                yield path, path.relative_to(data).as_posix()


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk
