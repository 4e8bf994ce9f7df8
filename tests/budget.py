"""Query budgets: how many SQL statements a block sends.

with queries() as sent:
    client.get("/groups")
assert sent.count <= 6, sent
"""

from collections.abc import Iterator
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

    def keep(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.lstrip().upper().startswith(NOT_COUNTED):
            sent.statements.append(" ".join(statement.split()))

    event.listen(Engine, "before_cursor_execute", keep)
    try:
        yield sent
    finally:
        event.remove(Engine, "before_cursor_execute", keep)
