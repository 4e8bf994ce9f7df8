"""Restoring a backup: checked whole before anything is touched, into an empty hub, on either database."""

import hashlib
import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any

from flask import current_app
from sqlalchemy import Connection, Integer, MetaData, Table, func, inspect, select, text, update

from hub.archive.proof import erasures
from hub.core import migrating
from hub.core.database import begin_reading, begin_writing, db, unit_of_work
from hub.core.mail import QUEUED, SENDING, UNCERTAIN, Mail

from . import tables
from .backup import CHUNK, FORMAT, KEPT_FOLDERS, MANIFEST, Progress


class CannotRestore(Exception):
    """Why a backup cannot be put back; nothing was changed."""


def restore(source: Path, progress: Progress = lambda _said: None) -> dict[str, Any]:
    """Put the backup into this hub, which must be empty; returns the backup's manifest, and with it under
    "erased_again" how many posts were erased again.

    Mail that was on its way when the backup was taken is marked uncertain: it may have gone out since. What
    was lawfully erased since, by the list in this data folder, is erased again.
    """
    try:
        with zipfile.ZipFile(source) as archive:
            manifest = _checked_manifest(archive, progress)
            _refuse_unless_empty()
            progress("making the tables")
            migrating.upgrade(manifest["revision"] or "head")
            begin_writing()
            try:
                with db.engine.begin() as connection:
                    _fill(connection, archive, manifest, progress)
            finally:
                begin_reading()
            for name in manifest["files"]:
                progress(f"file {name}")
                if name == f"{erasures.FOLDER}/{erasures.FILE}":
                    erasures.write_down(erasures.read(archive.read(f"files/{name}").decode()))
                else:
                    _put_file(archive, name)
    except (zipfile.BadZipFile, OSError, KeyError, ValueError) as problem:
        raise CannotRestore(f"{source.name} is not a whole backup of a hub: {problem}") from problem
    migrating.upgrade()
    _doubt_mail_on_its_way()
    manifest["erased_again"] = erasures.carry_out_again()
    return manifest


def _doubt_mail_on_its_way() -> None:
    """What the backup shows as unsent may have been sent after it was taken: never sent again blindly."""
    with unit_of_work() as session:
        session.execute(
            update(Mail)
            .where(Mail.state.in_((QUEUED, SENDING)))
            .values(state=UNCERTAIN, problem="The hub was restored from a backup taken before this was sent.")
        )


def _checked_manifest(archive: zipfile.ZipFile, progress: Progress) -> dict[str, Any]:
    manifest = json.loads(archive.read(MANIFEST))
    if manifest.get("format") != FORMAT:
        raise CannotRestore("The file is not a backup that this version of the hub knows.")
    members = {f"tables/{name}.jsonl": said for name, said in manifest["tables"].items()}
    members |= {f"files/{name}": said for name, said in manifest["files"].items()}
    for name, said in members.items():
        progress(f"checking {name}")
        digest = hashlib.sha256()
        with archive.open(name) as member:
            while chunk := member.read(CHUNK):
                digest.update(chunk)
        if digest.hexdigest() != said["sha256"]:
            raise CannotRestore(f"{name} in the backup was changed or damaged.")
    for name in manifest["files"]:
        parts = PurePosixPath(name).parts
        if parts[0] not in KEPT_FOLDERS or ".." in parts:
            raise CannotRestore(f"{name} in the backup would be written outside of the data folder.")
    return manifest


def _refuse_unless_empty() -> None:
    present = set(inspect(db.engine).get_table_names())
    with db.engine.connect() as connection:
        for table in tables.tables():
            if table.name in present and connection.execute(select(table).limit(1)).first():
                raise CannotRestore(
                    "This hub is not empty. Restore into a new one: set HUB_DATA to a new folder "
                    "(and HUB_DATABASE_URL to an empty database)."
                )


def _fill(
    connection: Connection, archive: zipfile.ZipFile, manifest: dict[str, Any], progress: Progress
) -> None:
    reflected = MetaData()
    reflected.reflect(connection)
    known = [table.name for table in tables.tables()]
    with _foreign_keys_at_the_end(connection):
        for name in sorted(manifest["tables"], key=lambda name: known.index(name) if name in known else -1):
            progress(f"table {name}")
            table = reflected.tables[name]
            with archive.open(f"tables/{name}.jsonl") as member:
                for rows in _batches(tables.values(line, table) for line in member):
                    connection.execute(table.insert(), rows)
            _continue_numbering(connection, table)


@contextmanager
def _foreign_keys_at_the_end(connection: Connection) -> Iterator[None]:
    """Rows may point at rows that come later; they are checked together when the block ends."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        yield
        if connection.exec_driver_sql("PRAGMA foreign_key_check").first():
            raise CannotRestore("The backup's tables do not fit together.")
        return
    found = connection.execute(
        text(
            "SELECT conrelid::regclass::text, conname FROM pg_constraint "
            "WHERE contype = 'f' AND connamespace = 'public'::regnamespace"
        )
    ).all()
    for table, constraint in found:
        connection.exec_driver_sql(f'ALTER TABLE {table} ALTER CONSTRAINT "{constraint}" DEFERRABLE')
    connection.exec_driver_sql("SET CONSTRAINTS ALL DEFERRED")
    yield
    connection.exec_driver_sql("SET CONSTRAINTS ALL IMMEDIATE")
    for table, constraint in found:
        connection.exec_driver_sql(f'ALTER TABLE {table} ALTER CONSTRAINT "{constraint}" NOT DEFERRABLE')


def _batches(rows: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    batch: list[dict[str, Any]] = []
    for row in rows:
        batch.append(row)
        if len(batch) == tables.BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _continue_numbering(connection: Connection, table: Table) -> None:
    key = list(table.primary_key.columns)
    if connection.dialect.name != "postgresql" or len(key) != 1 or not isinstance(key[0].type, Integer):
        return
    highest = connection.scalar(select(func.max(key[0])))
    sequence = connection.scalar(select(func.pg_get_serial_sequence(f'"{table.name}"', key[0].name)))
    if highest and sequence:
        connection.execute(select(func.setval(sequence, highest)))


def _put_file(archive: zipfile.ZipFile, name: str) -> None:
    data: Path = current_app.extensions["settings"].data
    target = data / name
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with archive.open(f"files/{name}") as member, target.open("wb") as file:
        while chunk := member.read(CHUNK):
            file.write(chunk)
    target.chmod(0o600)
