"""The records of one capture: the page, and what it is made of, by address."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import LargeBinary, func, select
from sqlalchemy.orm import joinedload, undefer

from hub.core.database import db

from ..adapters.web_archives.records import REVISIT, NoRecord, WebRecord, read_record
from ..models import RESOURCE, ArchivedPost, Citation, Import, Sighting, SourceSlice
from ..rules import revealed
from ..slices import beginning_of, bytes_of

# Adapters whose sightings are records of a web archive.
WEB_ARCHIVES = ("warc", "wacz")
# Enough for the headers of nearly every record; the others are read whole.
HEAD = 16 * 1024
MOST_HOPS = 10


def captures_of(post: ArchivedPost) -> Sequence[Sighting]:
    """The captures of a post's page, latest first."""
    return db.session.scalars(
        select(Sighting)
        .join(Import, Import.id == Sighting.import_id)
        .where(Sighting.post_id == post.id, Import.adapter.in_(WEB_ARCHIVES), revealed(Sighting.import_id))
        .options(joinedload(Sighting.source), joinedload(Sighting.imported).lazyload("*"))
        .order_by(Sighting.captured_at.desc(), Sighting.id.desc())
    ).all()


@dataclass(frozen=True, slots=True)
class KeptRecord:
    """A record's headers, and where its bytes are."""

    slice_id: int
    sha256: str
    said: WebRecord


class Book:
    """What one capture is kept with."""

    def __init__(self, post: ArchivedPost, capture: Sighting):
        self._token = post.collection.token
        self._source = capture.slice_id
        self._by_id = {one.slice_id: one for one in self._heads(capture)}
        self._by_address: dict[str, KeptRecord] = {}
        for one in self._by_id.values():
            known = self._by_address.get(one.said.address)
            # An answer tells more than a note that it was the same.
            if known is None or known.said.kind == REVISIT:
                self._by_address[one.said.address] = one

    def _heads(self, capture: Sighting) -> list[KeptRecord]:
        cited = select(Citation.slice_id).where(
            Citation.sighting_id == capture.id, Citation.role.in_(("page", RESOURCE))
        )
        start = func.substr(SourceSlice.raw, 1, HEAD, type_=LargeBinary)
        rows = db.session.execute(
            select(SourceSlice, start)
            .where(SourceSlice.id.in_(cited) | (SourceSlice.id == capture.slice_id))
            .order_by(SourceSlice.id)
        )
        heads = (self._head(found, raw) for found, raw in rows)
        return [one for one in heads if one]

    def _head(self, found: SourceSlice, raw: bytes) -> KeptRecord | None:
        if found.in_file:
            raw = beginning_of(found, self._token, HEAD)
        try:
            return KeptRecord(found.id, found.sha256, read_record(raw))
        except NoRecord:
            return None

    @property
    def parts(self) -> int:
        """How many records beside the page itself."""
        return max(0, len(self._by_id) - 1)

    def page(self) -> KeptRecord | None:
        """The answer that is the page; None where its record cannot be read any more."""
        return self._follow(self._by_id.get(self._source))

    def find(self, address: str) -> KeptRecord | None:
        """The answer that an address leads to, over redirects."""
        return self._follow(self._by_address.get(address))

    def _follow(self, one: KeptRecord | None) -> KeptRecord | None:
        for _ in range(MOST_HOPS):
            if one is None or (one.said.kind != REVISIT and not one.said.location):
                return one
            one = self._by_address.get(one.said.location) if one.said.location else self._original(one)
        return None

    def _original(self, revisit: KeptRecord) -> KeptRecord | None:
        answers = [one for one in self._by_id.values() if one.said.kind != REVISIT]
        named = (
            one for one in answers if one.said.address == (revisit.said.refers_to or revisit.said.address)
        )
        same = (one for one in answers if one.said.payload and one.said.payload == revisit.said.payload)
        return next(same, None) or next(named, None)

    def read(self, one: KeptRecord, longest: int, *, checked: bool = False) -> WebRecord | None:
        """The record with its body; None where its bytes are missing, or longer than that."""
        found = db.session.get(SourceSlice, one.slice_id, options=[undefer(SourceSlice.raw)])
        raw = bytes_of(found, self._token) if found else None
        try:
            record = read_record(raw, longest, checked=checked) if raw else None
        except NoRecord:
            return None
        return record if record and record.readable else None
