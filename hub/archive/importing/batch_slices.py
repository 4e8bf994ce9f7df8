"""Stores the exact bytes of a batch: long ones in files before its transaction begins, short ones in rows."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator

from sqlalchemy import select

from hub.archive.adapters.base import CapturedPost, Deletion, Record, Slice
from hub.archive.adapters.kept import KeptPost
from hub.archive.importing.bulk import insert_rows
from hub.archive.importing.seen import Seen
from hub.archive.models import SourceSlice
from hub.archive.slices import LARGEST_ROW
from hub.archive.storage import MediaStore
from hub.core.database import db

# Bytes in one statement, and so in memory.
AT_ONCE = 8 * 1024 * 1024


def of_records(records: Iterable[Record]) -> Iterator[Slice]:
    """Every slice that posts and deletions stand on."""
    for record in records:
        if isinstance(record, CapturedPost):
            yield record.source
            for cited in record.cites:
                yield cited.slice
        elif isinstance(record, Deletion):
            yield record.source
        elif isinstance(record, KeptPost):
            yield from record.slices


def store(records: Iterable[Record], store: MediaStore) -> None:
    """Lay long slices in files, each once. Files take long, locks must not."""
    for one in of_records(records):
        if one.size > LARGEST_ROW and not store.path(one.sha256).is_file():
            store.keep(io.BytesIO(one.raw))


def write(
    wanted: dict[str, Slice], collection_id: int, import_id: int, seen: Seen | None = None
) -> dict[str, int]:
    """Ids of the slices by hash, in the current transaction; those that the collection lacks are made.

    seen: of the hashes that it may hold; the others need not be looked up.
    """
    there = list(wanted) if seen is None else seen.perhaps(wanted)
    ids: dict[str, int] = {}
    if there:
        found = select(SourceSlice.sha256, SourceSlice.id).where(
            SourceSlice.collection_id == collection_id, SourceSlice.sha256.in_(there)
        )
        ids = dict(db.session.execute(found).all())
    if seen is not None:
        seen.add(wanted)
    for piece in _pieces(one for sha256, one in wanted.items() if sha256 not in ids):
        rows = [
            {
                "sha256": one.sha256,
                "raw": b"" if one.size > LARGEST_ROW else one.raw,
                "in_file": one.size > LARGEST_ROW,
            }
            for one in piece
        ]
        made = insert_rows(SourceSlice, rows, collection_id=collection_id, import_id=import_id)
        ids |= {one.sha256: slice_id for one, slice_id in zip(piece, made, strict=True)}
    return ids


def _pieces(slices: Iterable[Slice]) -> Iterator[list[Slice]]:
    piece: list[Slice] = []
    size = 0
    for one in slices:
        piece.append(one)
        size += min(one.size, LARGEST_ROW)
        if size > AT_ONCE:
            yield piece
            piece, size = [], 0
    if piece:
        yield piece
