"""Inserts many rows at once and knows their ids.

Asking a database for the ids of many inserted rows in order makes SQLAlchemy insert one at a time on
SQLite, at a fifth of the speed. So ids are taken first and the rows inserted with them; and what SQLAlchemy
makes of each value, for any database and any type, is made here for those types that the archive has, at a
quarter of the time.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from operator import itemgetter
from typing import Any

from sqlalchemy import JSON, Column, Table, func, select, text

from hub.core.database import UtcDateTime, db, must_be_writing

Convert = Callable[[Any], Any]


def insert_rows(model: type, rows: Sequence[dict[str, Any]]) -> range | list[int]:
    """Insert rows in the current (writing) transaction; their ids, in the same order.

    All rows name the same columns, and are used up; columns that they do not name get their defaults.
    """
    if not rows:
        return []
    table: Table = model.__table__  # type: ignore[attr-defined]
    ids = _take_ids(table, len(rows))
    for row, row_id in zip(rows, ids, strict=True):
        row["id"] = row_id
    must_be_writing()
    dialect = db.engine.dialect.name
    into = _into(table, dialect, tuple(rows[0]))
    db.session.connection().exec_driver_sql(into.statement, into.values(rows))
    return ids


class _Into:
    """How rows that name certain columns go into one table of one database."""

    def __init__(self, table: Table, dialect: str, named: tuple[str, ...]):
        left = [column for column in table.columns if column.name not in named and column.default]
        self._made = [(column.name, column.default) for column in left if column.default.is_callable]
        self._same = tuple(column.default.arg for column in left if column.default.is_scalar)
        self._width = len(named) + len(self._made)
        taken = [*named, *(name for name, _ in self._made)]
        self._take = itemgetter(*taken)
        self._converted = [
            (name, convert) for name in taken if (convert := _conversion(table.c[name], dialect)) is not None
        ]
        columns = [*taken, *(column.name for column in left if column.default.is_scalar)]
        names = ", ".join(f'"{name}"' for name in columns)
        places = ", ".join(["%s" if dialect == "postgresql" else "?"] * len(columns))
        self.statement = f'INSERT INTO "{table.name}" ({names}) VALUES ({places})'

    def values(self, rows: Sequence[dict[str, Any]]) -> list[tuple[Any, ...]]:
        """The rows' values in the statement's order, as the driver takes them. One column after another:
        that is quicker than one row after another."""
        for name, default in self._made:
            for row in rows:
                row[name] = default.arg(None)
        for name, convert in self._converted:
            for row in rows:
                row[name] = convert(row[name])
        if any(len(row) != self._width for row in rows):
            raise ValueError("Rows that are inserted together name the same columns.")
        take, same = self._take, self._same
        return [take(row) + same for row in rows] if same else [take(row) for row in rows]


@lru_cache
def _into(table: Table, dialect: str, named: tuple[str, ...]) -> _Into:
    return _Into(table, dialect, named)


def _conversion(column: Column[Any], dialect: str) -> Convert | None:
    if isinstance(column.type, JSON):
        return _as_json
    if isinstance(column.type, UtcDateTime) and dialect == "sqlite":
        return _as_text
    return None


def _as_json(value: Any) -> str | None:
    """As SQLAlchemy writes it."""
    if value == {}:
        return "{}"
    return None if value is None else json.dumps(value)


@lru_cache(maxsize=4096)
def _as_text(moment: datetime | None) -> str | None:
    """As SQLAlchemy writes it into SQLite. Many rows of an import have the same."""
    if moment is None:
        return None
    if moment.tzinfo is None:
        raise ValueError("A moment needs a time zone.")
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")


def _take_ids(table: Table, count: int) -> range | list[int]:
    if db.engine.dialect.name == "postgresql":
        found = db.session.execute(
            text(
                "SELECT nextval(pg_get_serial_sequence(:name, 'id')) FROM generate_series(1, :count)"
            ).bindparams(name=table.name, count=count)
        )
        return list(found.scalars())
    # A writing transaction of SQLite has the database for itself, and gives the highest id plus one, as here.
    highest = db.session.scalar(select(func.max(table.c.id))) or 0
    return range(highest + 1, highest + 1 + count)
