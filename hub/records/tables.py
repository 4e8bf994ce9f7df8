"""Tables as lines of JSON, the same whatever database they come from."""

import base64
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Date, DateTime, LargeBinary, Table, select

from hub.core.database import Base

# Rows held in memory at a time.
BATCH = 500

# Rebuilt or without meaning elsewhere: not carried away.
LEFT_OUT = frozenset({"alembic_version"})


def tables() -> list[Table]:
    """Every table, each after those that it points to."""
    return [table for table in Base.metadata.sorted_tables if table.name not in LEFT_OUT]


def lines(connection: Connection, table: Table) -> Iterator[bytes]:
    """Each row as one line of JSON, in order of its key."""
    statement = select(table).order_by(*table.primary_key.columns).execution_options(yield_per=BATCH)
    for row in connection.execute(statement):
        plain = {name: _plain(value) for name, value in row._mapping.items()}
        yield json.dumps(plain, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return {"$bytes": base64.b64encode(value).decode()}
    if isinstance(value, datetime):
        return {"$moment": value.astimezone(UTC).isoformat()}
    if isinstance(value, date):
        return {"$date": value.isoformat()}
    if isinstance(value, Decimal):
        return {"$number": str(value)}
    return value


def values(line: bytes, table: Table) -> dict[str, Any]:
    """One line as the values of a row of `table`, which was read from the database it goes into.

    Raises ValueError when the line is not a row of it.
    """
    row = json.loads(line)
    if not isinstance(row, dict) or not row.keys() <= set(table.columns.keys()):
        raise ValueError(f"a row does not fit the table {table.name}")
    return {name: _value(value, table.columns[name].type) for name, value in row.items()}


def _value(value: Any, kind: Any) -> Any:
    if isinstance(value, dict) and len(value) == 1:
        (tag, text), *_ = value.items()
        if tag == "$bytes" and isinstance(kind, LargeBinary):
            return base64.b64decode(text)
        if tag == "$moment" and isinstance(kind, DateTime):
            moment = datetime.fromisoformat(text)
            return moment if kind.timezone else moment.replace(tzinfo=None)
        if tag == "$date" and isinstance(kind, Date):
            return date.fromisoformat(text)
        if tag == "$number":
            return Decimal(text)
    return value
