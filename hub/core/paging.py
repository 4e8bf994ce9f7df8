"""Paging by key: page 500 costs what page 1 costs, and nothing shifts while people write.

A cursor is the sort key of the last row seen, in the open: so sort only by what may be shown (times,
slugs, numbers within a group), never by a site-wide id.
"""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, tuple_

from .database import db

Row = TypeVar("Row")

PAGE_SIZE = 30


@dataclass(frozen=True)
class Page(Generic[Row]):
    """One page of rows; `older` is the cursor of the next page, None on the last."""

    rows: Sequence[Row]
    older: str | None = None

    def __iter__(self):
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)


class BadCursor(ValueError):
    """The cursor in the address is not one of ours."""


def page(
    statement: Select[Any],
    keys: Sequence[Any],
    key_of: Callable[[Any], Sequence[Any]],
    cursor: str | None = None,
    size: int = PAGE_SIZE,
    *,
    scalars: bool = True,
    ascending: bool = False,
) -> Page[Any]:
    """The rows after `cursor`, newest first; or ascending, for lists by name.

    keys: the columns to sort by, all in one direction, together unique. key_of: their values of one row.
    A cursor that is not ours gives the first page: an address that was cut short should still work.
    """
    if cursor:
        try:
            last = read_cursor(cursor, keys)
            row, bound = tuple_(*keys), tuple_(*last)
            # The first key alone, too: it bounds the index where the others stand in another table.
            statement = statement.where(
                *((keys[0] >= last[0], row > bound) if ascending else (keys[0] <= last[0], row < bound))
            )
        except BadCursor:
            cursor = None
    order = [key.asc() if ascending else key.desc() for key in keys]
    found = db.session.execute(statement.order_by(*order).limit(size + 1)).unique()
    rows = list(found.scalars() if scalars else found)
    more = len(rows) > size
    rows = rows[:size]
    return Page(rows, write_cursor(key_of(rows[-1])) if more else None)


def write_cursor(values: Sequence[Any]) -> str:
    plain = [value.isoformat() if isinstance(value, datetime) else value for value in values]
    return base64.urlsafe_b64encode(json.dumps(plain).encode()).decode().rstrip("=")


def read_cursor(cursor: str, keys: Sequence[Any]) -> list[Any]:
    """The values that the cursor holds, as bound parameters of the keys' types. Raises BadCursor."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        plain = json.loads(base64.urlsafe_b64decode(padded.encode("ascii")))
        if not isinstance(plain, list) or len(plain) != len(keys):
            raise BadCursor(cursor)
        return [_typed(value, key) for value, key in zip(plain, keys, strict=True)]
    except (ValueError, TypeError, binascii.Error, RecursionError) as problem:
        raise BadCursor(cursor) from problem


def _typed(value: Any, key: Any) -> Any:
    from sqlalchemy import literal

    wanted = key.type.python_type
    value = datetime.fromisoformat(value) if issubclass(wanted, datetime) else value
    if not isinstance(value, wanted) or isinstance(value, bool) or value in (None, ""):
        raise BadCursor(str(value))
    if isinstance(value, int) and not 0 <= value < 2**31:
        raise BadCursor(str(value))
    if isinstance(value, str) and "\x00" in value:
        raise BadCursor(value)
    return literal(value, key.type)
