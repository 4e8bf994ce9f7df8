"""Records of a bag: what another hub kept, as it kept it. Nothing in them is found out anew.

Versions and sightings are named by their place in their post, imports by their place in the bag, from 1.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .base import Slice


@dataclass(slots=True)
class KeptImport:
    """An import of the other hub. `values`: columns of `EarlierImport`."""

    place: int
    values: dict[str, Any]


@dataclass(slots=True)
class KeptName:
    handle: str
    name: str
    seen_from: datetime
    seen_to: datetime
    came_with: int


@dataclass(slots=True)
class KeptAccount:
    platform: str
    account_id: str
    names: list[KeptName]


@dataclass(slots=True)
class KeptMedium:
    """`file` names the member of the upload; None: the other hub had no file of it."""

    position: int
    key: str
    kind: str
    url: str
    alt_text: str
    sha256: str | None
    file: str | None


@dataclass(slots=True)
class KeptVersion:
    """`values`: columns of `PostVersion`."""

    version_id: str
    content_hash: str
    values: dict[str, Any]
    media: list[KeptMedium]


@dataclass(slots=True)
class KeptSighting:
    """`values`: columns of `Sighting`; `cites`: (role, bytes)."""

    version: int
    account_id: str | None
    came_with: int
    captured_at: datetime | None
    source: Slice
    cites: list[tuple[str, Slice]]
    values: dict[str, Any]


@dataclass(slots=True)
class KeptEvent:
    """`values`: columns of `ArchiveEvent`; `came_with`: 0 for somebody's act."""

    came_with: int
    version: int | None
    sighting: int | None
    source: Slice | None
    values: dict[str, Any]


@dataclass(slots=True)
class KeptPost:
    """`values`: columns of `ArchivedPost`."""

    platform: str
    post_id: str
    account_id: str | None
    values: dict[str, Any]
    versions: list[KeptVersion]
    sightings: list[KeptSighting]
    events: list[KeptEvent]

    @property
    def slices(self) -> Iterator[Slice]:
        for sighting in self.sightings:
            yield sighting.source
            yield from (one for _role, one in sighting.cites)
        yield from (event.source for event in self.events if event.source)

    @property
    def accounts(self) -> Iterator[tuple[str, str]]:
        """(platform, id) of whom it is known as."""
        ids = (self.account_id, *(one.account_id for one in self.sightings))
        yield from ((self.platform, one) for one in ids if one)

    @property
    def files(self) -> set[str]:
        """The members of the upload that hold its media."""
        return {one.file for version in self.versions for one in version.media if one.file}


@dataclass(slots=True)
class KeptLog:
    """The other hub's log, as it was verified. `values`: columns of `FormerLog`."""

    values: dict[str, Any]


Kept = KeptImport | KeptAccount | KeptPost | KeptLog
