"""Query budgets: how many SQL statements a block sends.

with queries() as sent:
    client.get("/groups")
assert sent.count <= 6, sent
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine

# What begins and ends transactions is no query of a page.
NOT_COUNTED = ("BEGIN", "COMMIT", "ROLLBACK", "PRAGMA", "SAVEPOINT", "RELEASE")


@dataclass
class Sent:
    """The statements, in order. Printed, they explain a budget that was broken."""

    statements: list[str] = field(default_factory=list)

    @property
    def count(self) -> int:
        return len(self.statements)

    def __str__(self) -> str:
        lines = [f"{number}. {statement}" for number, statement in enumerate(self.statements, 1)]
        return "\n".join([f"{self.count} statements:", *lines])


@contextmanager
def queries() -> Iterator[Sent]:
    """Collects every statement that any engine is sent within the block."""
    sent = Sent()
    with _told(lambda statement: sent.statements.append(" ".join(statement.split()))):
        yield sent


@contextmanager
def counted() -> Iterator[list[int]]:
    """How many they are, in a list of one number: where there are too many to keep."""
    count = [0]

    def add(_statement: str) -> None:
        count[0] += 1

    with _told(add):
        yield count


@contextmanager
def _told(tell: Callable[[str], None]) -> Iterator[None]:
    def look(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.lstrip().upper().startswith(NOT_COUNTED):
            tell(statement)

    event.listen(Engine, "before_cursor_execute", look)
    try:
        yield
    finally:
        event.remove(Engine, "before_cursor_execute", look)
