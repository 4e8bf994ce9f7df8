"""The moderator's desk: each room says what of its own waits for somebody to act.

Lower rooms cannot know the desk, so the list of queues is kept here and the desk's room shows it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from .policy import Actor

# Rows of one queue on the desk: as many as somebody works through in one sitting.
ROWS = 30
# Counting stops here: "more than this" is the same news.
MOST_COUNTED = 999


@dataclass(frozen=True)
class Act:
    """A button of a row. `path` is posted to, with `fields`; a link to a page when `link` is set."""

    text: str
    path: str
    fields: Mapping[str, str] = field(default_factory=dict)
    link: bool = False
    danger: bool = False


@dataclass(frozen=True)
class Waiting:
    """One thing that waits: a row. `status` is (meaning, word) as for the status component."""

    title: str
    path: str
    since: datetime | date
    line: str = ""
    group_name: str = ""
    status: tuple[str, str] | None = None
    acts: Sequence[Act] = ()


@dataclass(frozen=True)
class Queue:
    """A queue of the desk. `name` and `nothing` are sentences in words (lazily translated); `count` and
    `rows` take the actor and the ids of the groups looked at; rows come oldest first."""

    key: str
    name: str
    nothing: str
    count: Callable[[Actor, Sequence[int]], int]
    rows: Callable[[Actor, Sequence[int]], list[Waiting]]
    order: int = 50


_queues: dict[str, Queue] = {}


def add_queue(queue: Queue) -> None:
    """Put a queue on the desk. One of the same key takes the place of the earlier."""
    _queues[queue.key] = queue


def queues() -> list[Queue]:
    return sorted(_queues.values(), key=lambda queue: (queue.order, queue.key))
