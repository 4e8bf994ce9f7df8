"""More of what one import brought, as if as many accounts had been brought in after one another: the rows are
copied in the database, with identities of their own, and wait to be sealed. It takes a tenth of the time that
imports take, and the log over it is as real: each event is sealed and verified as any other."""

from __future__ import annotations

import hashlib
import sqlite3
from pathlib import Path

# What differs between a copy and its original, by table. :n is the number of the copy; rows point at rows
# whose ids were shifted as their own were.
_TABLES: dict[str, dict[str, str]] = {
    "archive_import": {
        "token": "token || :n", "number": "number + :n", "sealed_at": "NULL",
        "file_sha256": "sha256(file_sha256 || :n)", "account_id": ":n || account_id",
    },
    "social_account": {"token": "token || :n", "platform_id": ":n || platform_id"},
    "account_name": {},
    "source_slice": {"raw": "CAST(raw || printf('%*s', :n, '') AS BLOB)",
                     "sha256": "sha256(raw || printf('%*s', :n, ''))"},
    "archived_post": {"token": "token || :n", "platform_id": ":n || platform_id",
                      "reply_to_id": ":n || reply_to_id"},
    "post_version": {"version_id": ":n || version_id"},
    "post_media": {},
    "sighting": {},
    "archive_event": {},
}  # fmt: skip
_POINTS_AT = {
    "import_id": "archive_import", "met_import_id": "archive_import", "slice_id": "source_slice",
    "post_id": "archived_post", "version_id": "post_version", "sighting_id": "sighting",
    "account_id": "social_account",
}  # fmt: skip


def multiply(database: Path, import_id: int, copies: int) -> None:
    """Copy all that an import brought, so many times. Nobody else may be writing."""
    with sqlite3.connect(database) as connection:
        connection.create_function("sha256", 1, _sha256, deterministic=True)
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute("PRAGMA cache_size = -200000")
        highest = {
            table: connection.execute(f"SELECT max(id) FROM {table}").fetchone()[0] or 0 for table in _TABLES
        }
        for copy in range(1, copies + 1):
            for table in _TABLES:
                shifts = {name: f"{highest[pointed] * copy}" for name, pointed in _POINTS_AT.items()}
                shifts |= {"id": f"{highest[table] * copy}"}
                connection.execute(_statement(connection, table, shifts), {"import": import_id, "n": copy})
    connection.close()


def _statement(connection: sqlite3.Connection, table: str, shifts: dict[str, str]) -> str:
    names = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
    other, values = _TABLES[table], []
    for name in names:
        if name in other:
            values.append(other[name])
        else:
            values.append(f'"{name}" + {shifts[name]}' if name in shifts else f'"{name}"')
    ours = "id" if table == "archive_import" else "import_id"
    columns = ", ".join(f'"{name}"' for name in names)
    return (
        f"INSERT INTO {table} ({columns}) SELECT {', '.join(values)} FROM {table} "
        f"WHERE {ours} = :import ORDER BY id"
    )


def _sha256(value: str | bytes) -> str:
    return hashlib.sha256(value.encode() if isinstance(value, str) else value).hexdigest()
