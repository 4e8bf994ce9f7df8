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
    """Insert rows in the current (writing) transaction; their ids, in the same order."""
    if not rows:
        return []
    table: Table = model.__table__  # type: ignore[attr-defined]
    ids = _take_ids(table, len(rows))
    for row, row_id in zip(rows, ids, strict=True):
        row["id"] = row_id
    must_be_writing()
    dialect = db.engine.dialect.name
    into = _into(table, dialect)
    db.session.connection().exec_driver_sql(into.statement, [into.values(row) for row in rows])
    return ids


class _Into:
    """How rows go into one table of one database."""

    def __init__(self, table: Table, dialect: str):
        columns = list(table.columns)
        names = ", ".join(f'"{column.name}"' for column in columns)
        places = ", ".join(["%s" if dialect == "postgresql" else "?"] * len(columns))
        self.statement = f'INSERT INTO "{table.name}" ({names}) VALUES ({places})'
        self._in_order = itemgetter(*(column.name for column in columns))
        self._plain = {c.name: c.default.arg if c.default and c.default.is_scalar else None for c in columns}
        self._made = [(c.name, c.default) for c in columns if c.default and c.default.is_callable]
        self._converted = [
            (place, convert)
            for place, column in enumerate(columns)
            if (convert := _conversion(column, dialect)) is not None
        ]

    def values(self, row: dict[str, Any]) -> tuple[Any, ...]:
        """The row's values in the table's order, as the driver takes them."""
        for name, default in self._made:
            if name not in row:
                row[name] = default.arg(None)
        values = list(self._in_order(self._plain | row))
        for place, convert in self._converted:
            values[place] = convert(values[place])
        return tuple(values)


@lru_cache
def _into(table: Table, dialect: str) -> _Into:
    return _Into(table, dialect)


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
