"""A collection's log as verifications name it: plain values, that outlive any transaction."""

from __future__ import annotations

from dataclasses import dataclass

from hub.archive.models import Collection


@dataclass(frozen=True)
class Log:
    """Whose log it is. `path`: of the collection."""

    id: int
    token: str
    name: str
    path: str


def log_of(collection: Collection) -> Log:
    return Log(collection.id, collection.token, collection.name, collection.path)
