"""The outbox: what must follow from a change, written in the same transaction as the change.

An event has any number of handlers, in whichever rooms registered for it; each becomes a job of its own,
so that one that fails is tried again without repeating the others.
"""

from collections.abc import Callable
from typing import Any

from .jobs import enqueue, job

_handlers: dict[str, dict[str, str | None]] = {}


def on(
    event: str, *, serial: str | None = None, long: bool = False
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Register a handler for an event; the payload arrives as keyword arguments.

    It runs in the worker, in a transaction of its own. serial: see `jobs.enqueue`; long: see `jobs`.
    """

    def register(handler: Callable[..., None]) -> Callable[..., None]:
        kind = f"{event}>{handler.__module__.removeprefix('hub.')}.{handler.__name__}"
        _handlers.setdefault(event, {})[kind] = serial
        return job(kind, long=long)(handler)

    return register


def emit(event: str, **payload: Any) -> None:
    """Write what follows from `event` into the current transaction. The payload must be JSON."""
    for kind, serial in _handlers.get(event, {}).items():
        enqueue(kind, serial=serial, **payload)


def handled_events() -> frozenset[str]:
    return frozenset(_handlers)
