"""Inserts many rows at once and knows their ids.

Asking a database for the ids of many inserted rows in order makes SQLAlchemy insert one at a time on
SQLite, at a fifth of the speed. So ids are taken first and the rows inserted with them; and what SQLAlchemy
makes of each value, for any database and any type, is made here for those types that the archive has, at a
quarter of the time. SQLite gets many rows in one statement: to begin a statement for each row takes as long
as to write the row.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from itertools import chain
from operator import itemgetter
from typing import Any

from sqlalchemy import JSON, Column, Connection, Table, text

from hub.core.database import UtcDateTime, db, must_be_writing

Convert = Callable[[Any], Any]
Values = tuple[Any, ...]

# Rows in one statement of SQLite: as many as fit, then fewer. Few sizes, so that it knows the statements.
ROWS_AT_ONCE = (128, 16, 1)


def insert_rows(model: type, rows: Sequence[dict[str, Any]], **same: Any) -> range | list[int]:
    """Insert rows in the current (writing) transaction; their ids, in the same order.

    All rows name the same columns, and are used up. same: columns of which all rows have one value. What
    neither names gets its default.
    """
    if not rows:
        return []
    table: Table = model.__table__  # type: ignore[attr-defined]
    must_be_writing()
    db.session.flush()
    connection = db.session.connection()
    ids = _take_ids(connection, table, len(rows))
    for row, row_id in zip(rows, ids, strict=True):
        row["id"] = row_id
    into = _into(table, connection.dialect.name, tuple(rows[0]), tuple(same))
    into.carry_out(connection, rows, tuple(same.values()))
    return ids


class _Into:
    """How rows that name certain columns go into one table of one database."""

    def __init__(self, table: Table, dialect: str, named: tuple[str, ...], same: tuple[str, ...]):
        left = [column for column in table.columns if column.name not in (*named, *same) and column.default]
        self._made = [(column.name, column.default) for column in left if column.default.is_callable]
        self._defaults = tuple(column.default.arg for column in left if column.default.is_scalar)
        self._width = len(named) + len(self._made)
        taken = [*named, *(name for name, _ in self._made)]
        self._take = itemgetter(*taken)
        conversions = {name: _conversion(table.c[name], dialect) for name in (*taken, *same)}
        self._converted = [(name, convert) for name in taken if (convert := conversions[name])]
        self._same = [conversions[name] or _as_it_is for name in same]
        shared = [*same, *(column.name for column in left if column.default.is_scalar)]
        names = ", ".join(f'"{name}"' for name in (*shared, *taken))
        self._insert = f'INSERT INTO "{table.name}" ({names}) VALUES '
        self._many = dialect == "sqlite"
        places = ["?" if self._many else "%s"] * (len(shared) + len(taken))
        self._row = f"({', '.join(places)})"
        self._statements: dict[int, str] = {}

    def carry_out(self, connection: Connection, rows: Sequence[dict[str, Any]], same: Values) -> None:
        shared = (*(convert(one) for convert, one in zip(self._same, same, strict=True)), *self._defaults)
        values = self._values(rows, shared)
        if not self._many:
            connection.exec_driver_sql(self._statement(1), values)
            return
        for piece in _pieces(values):
            connection.exec_driver_sql(self._statement(len(piece)), tuple(chain.from_iterable(piece)))

    def _statement(self, count: int) -> str:
        """For so many rows."""
        if count not in self._statements:
            self._statements[count] = self._insert + ", ".join([self._row] * count)
        return self._statements[count]

    def _values(self, rows: Sequence[dict[str, Any]], shared: Values) -> list[Values]:
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
        return [shared + one for one in map(self._take, rows)]


@lru_cache
def _into(table: Table, dialect: str, named: tuple[str, ...], same: tuple[str, ...]) -> _Into:
    return _Into(table, dialect, named, same)


def _pieces(values: list[Values]) -> Iterator[list[Values]]:
    at = 0
    for size in ROWS_AT_ONCE:
        while at + size <= len(values):
            yield values[at : at + size]
            at += size


def _conversion(column: Column[Any], dialect: str) -> Convert | None:
    if isinstance(column.type, JSON):
        return _as_json
    if isinstance(column.type, UtcDateTime) and dialect == "sqlite":
        return _as_text
    return None


def _as_it_is(value: Any) -> Any:
    return value


# What many rows say alike, by how Python writes it: that takes a fifth of the time that JSON takes.
_said_before: dict[str, str] = {}
MOST_SAID, LONGEST_SAID = 4_096, 200


def _as_json(value: Any) -> str | None:
    """As SQLAlchemy writes it."""
    if value is None:
        return None
    said = repr(value)
    found = _said_before.get(said)
    if found is None:
        found = json.dumps(value)
        if len(said) <= LONGEST_SAID:
            if len(_said_before) >= MOST_SAID:
                _said_before.clear()
            _said_before[said] = found
    return found


@lru_cache(maxsize=4096)
def _as_text(moment: datetime | None) -> str | None:
    """As SQLAlchemy writes it into SQLite. Many rows of an import have the same."""
    if moment is None:
        return None
    if moment.tzinfo is None:
        raise ValueError("A moment needs a time zone.")
    if moment.tzinfo is not UTC:
        moment = moment.astimezone(UTC)
    return moment.replace(tzinfo=None).isoformat(" ", "microseconds")


def _take_ids(connection: Connection, table: Table, count: int) -> range | list[int]:
    if connection.dialect.name == "postgresql":
        found = connection.execute(
            text(
                "SELECT nextval(pg_get_serial_sequence(:name, 'id')) FROM generate_series(1, :count)"
            ).bindparams(name=table.name, count=count)
        )
        return list(found.scalars())
    # A writing transaction of SQLite has the database for itself, and gives the highest id plus one, as here.
    highest = connection.exec_driver_sql(f'SELECT max(id) FROM "{table.name}"').scalar() or 0
    return range(highest + 1, highest + 1 + count)
