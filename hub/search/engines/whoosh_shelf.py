"""One Whoosh index in one folder: its fields, its one writer, and searchers kept between queries."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from secrets import token_hex
from typing import Any

from whoosh.codec.whoosh3 import W3Codec, W3PerDocReader
from whoosh.columns import NumericColumn
from whoosh.fields import COLUMN, ID, STORED, FieldType, Schema
from whoosh.filedb.filestore import FileStorage
from whoosh.formats import Existence, Positions
from whoosh.index import FileIndex
from whoosh.reading import SegmentReader, TermNotFound
from whoosh.searching import Searcher
from whoosh.writing import SegmentWriter

from hub.core.search import Document
from hub.search.engines.whoosh_files import Segment
from hub.search.indexing import audiences_of, microseconds, placed_terms
from hub.search.weighing import damping, worth

WRITER_MEGABYTES = 32  # postings held before they go to disk, by Whoosh's own count
SEGMENTS_OF_A_SIZE = 8  # as many of the same size become one: few files, and each document moved seldom
LARGEST_MERGED = 2_000  # documents; larger segments are merged at night: no small change waits for them
IDLE_SEARCHERS = 4  # one for each thread of a web process; more are closed after use


Posting = tuple[bytes, int, float, bytes]
"""Term, how often, weight, positions: what a field gives Whoosh."""


class Text(FieldType):
    """Stems with positions; takes a document. A stem's weight is what it is worth there."""

    def __init__(self) -> None:
        self.format = Positions()
        self.analyzer = self.vector = self.column_type = None
        self.scorable, self.stored, self.unique, self.indexed = True, False, False, True

    def index(self, value: Document, **_: Any) -> Iterator[Posting]:
        placed = list(placed_terms(value))
        places: dict[str, set[int]] = defaultdict(set)
        fields: dict[str, set[str]] = defaultdict(set)
        for term in placed:
            places[term.stem].add(term.position)
            fields[term.stem].add(term.field)
        damped = damping(len(placed))
        for stem, found in places.items():
            weight = worth(len(found), fields[stem], damped, value.kind)
            yield stem.encode(), len(found), weight, self.format.encode(sorted(found))


class Tokens(FieldType):
    """Tokens that a document has or has not; takes a collection of str."""

    def __init__(self) -> None:
        self.format = Existence()
        self.analyzer = self.vector = self.column_type = None
        self.scorable, self.stored, self.unique, self.indexed = False, False, False, True

    def index(self, value: Iterable[str], **_: Any) -> Iterator[Posting]:
        return ((token.encode(), 1, 1.0, b"") for token in set(value))


SCHEMA = Schema(
    key=ID(sortable=True),
    item=COLUMN(),
    created=COLUMN(NumericColumn("q")),
    text=Text(),
    tags=Tokens(),
    about=STORED(),
)


def fields_of(document: Document) -> dict[str, Any]:
    """The document as Whoosh wants it."""
    return {
        "key": document.key,
        "item": document.item.encode(),
        "created": microseconds(document),
        "text": document,
        "tags": _tags(document),
        "about": (document.key, document.fingerprint()),
    }


def _tags(document: Document) -> set[str]:
    return {
        f"kind:{document.kind}",
        f"group:{document.group}",
        f"applies:{document.applies_to}",
        *(f"topic:{topic}" for topic in document.topics),
        *(f"audience:{audience}" for audience in audiences_of(document)),
    }


class _PerDocReader(W3PerDocReader):
    """Remembers that a field has no lengths; Whoosh would ask the file system again for each posting."""

    def _cached_reader(self, fieldname: str, column: Any) -> Any:
        self._readers[fieldname] = super()._cached_reader(fieldname, column)
        return self._readers[fieldname]


class _Codec(W3Codec):
    def new_segment(self, storage: FileStorage, indexname: str) -> Segment:
        # Whoosh names segments by `random`, which repeats itself where it is seeded.
        return Segment(self, indexname, segid=token_hex(8))

    def per_document_reader(self, storage: FileStorage, segment: Any) -> _PerDocReader:
        return _PerDocReader(storage, segment)


class Shelf:
    """An index of documents. Writes need the engine's lock; reads need nothing."""

    def __init__(self, folder: Path):
        self._storage = FileStorage(str(folder))
        self._index = FileIndex(self._storage, schema=SCHEMA)
        self._idle: list[Searcher] = []
        self._process = os.getpid()

    @classmethod
    def create(cls, folder: Path) -> Shelf:
        """An empty index in a new folder."""
        folder.mkdir(parents=True)
        FileIndex.create(FileStorage(str(folder)), SCHEMA)
        return cls(folder)

    @contextmanager
    def searcher(self) -> Iterator[Searcher]:
        """A searcher of the newest commit, for one thread at a time."""
        searcher = self._fresh()
        try:
            yield searcher
        except BaseException:
            searcher.close()
            raise
        if len(self._idle) < IDLE_SEARCHERS:
            self._idle.append(searcher)
        else:
            searcher.close()

    def _fresh(self) -> Searcher:
        if self._process != os.getpid():
            # Forked: the parent's searchers share file positions with it.
            self._idle, self._process = [], os.getpid()
        with suppress(IndexError):
            searcher = self._idle.pop()
            if searcher.up_to_date():
                return searcher
            searcher.close()
        return self._index.searcher()

    def write(self, documents: Sequence[Document], forget: Iterable[str]) -> None:
        """Forget these keys, add these documents, commit. Nothing is written when nothing changes."""
        numbers = self._numbers(forget)
        if not numbers and not documents:
            return
        writer = self._writer()
        try:
            for number in numbers:
                writer.delete_document(number)
            for document in documents:
                writer.add_document(**fields_of(document))
            writer.commit(mergetype=_merge_same_size)
        except BaseException:
            _abandon(writer)
            raise

    def _writer(self) -> SegmentWriter:
        return self._index.writer(limitmb=WRITER_MEGABYTES, timeout=10, codec=_Codec(compression=0))

    def _numbers(self, keys: Iterable[str]) -> list[int]:
        if self._index.is_empty():
            return []
        reader = self._index.reader()
        try:
            found: list[int] = []
            for key in keys:
                with suppress(TermNotFound):
                    found += reader.postings("key", key).all_ids()
            return found
        finally:
            reader.close()

    def about(self) -> Iterator[tuple[str, str]]:
        """(key, fingerprint) of every document."""
        if self._index.is_empty():
            return
        reader = self._index.reader()
        try:
            for _, stored in reader.iter_docs():
                yield stored["about"]
        finally:
            reader.close()

    def tidy(self) -> None:
        """Merge everything into one segment and drop what was deleted."""
        writer = self._writer()
        if len(writer.segments) > 1 or writer.has_deletions():
            writer.commit(optimize=True)
        else:
            writer.cancel()

    def close(self) -> None:
        while self._idle:
            self._idle.pop().close()


def _abandon(writer: SegmentWriter) -> None:
    """Give up what was not committed, and let go of the lock even when the writer is half done."""
    try:
        writer.cancel()
    except Exception:
        if writer.writelock.fd is not None:
            writer.writelock.release()


def _merge_same_size(writer: SegmentWriter, segments: list[Any]) -> list[Any]:
    """Merge policy: when there are many segments of one order of magnitude, they become one."""
    sizes: dict[int, list[Any]] = defaultdict(list)
    kept: list[Any] = []
    for segment in segments:
        if segment.doc_count_all() >= LARGEST_MERGED:
            kept.append(segment)
        elif segment.doc_count():
            sizes[len(str(segment.doc_count()))].append(segment)
    for same in sizes.values():
        if len(same) < SEGMENTS_OF_A_SIZE:
            kept += same
            continue
        for segment in same:
            reader = SegmentReader(writer.storage, writer.schema, segment)
            writer.add_reader(reader)
            reader.close()
    return kept
