"""PostgreSQL full-text search, in a schema of its own (``hub_search``), made when first needed.

Stems come from the hub's own analysis, so it needs no dictionary and no extension, and finds what
Whoosh finds. A rebuild fills a table beside the one in use and takes its place in one transaction.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from secrets import token_hex
from typing import Any

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import OperationalError

from hub.core.search import OPEN, Document, Query, SearchUnavailable
from hub.search.engines.postgres_query import counting, dating, ranking, weighed
from hub.search.indexing import FORMAT, audiences_of, microseconds
from hub.search.parsing import Parsed
from hub.search.ranking import Candidate, RankedSearch
from hub.search.weighing import BEGINNING_RARITY, rarity

BATCH = 500  # documents in one statement
COUNTED_SECONDS = 60  # how long the number of open documents is taken for right
QUERY_MILLISECONDS = 3_000  # a query that takes longer is given up, and the reader told
_NAME = f"document_{FORMAT}"
_TABLE = f"hub_search.{_NAME}"
# Two advisory locks, taken as (this number, which): they end with their session.
_LOCKS = 0x68756273
_WRITING, _REBUILDING = 1, 2

_COLUMNS = """
    key text COLLATE "C" PRIMARY KEY, item text NOT NULL, kind text NOT NULL, in_group text NOT NULL,
    applies_to text NOT NULL, topics text[] NOT NULL, audiences text[] NOT NULL, open boolean NOT NULL,
    created bigint NOT NULL, fingerprint text NOT NULL, terms tsvector NOT NULL, head tsvector NOT NULL,
    damping double precision NOT NULL, favour double precision NOT NULL
"""
_INSERT = """
    INSERT INTO {table}
        (key, item, kind, in_group, applies_to, topics, audiences, open, created, fingerprint, terms, head,
         damping, favour)
    VALUES (:key, :item, :kind, :in_group, :applies_to, CAST(:topics AS text[]), CAST(:audiences AS text[]),
            :open, :created, :fingerprint, CAST(:terms AS tsvector), CAST(:head AS tsvector), :damping,
            :favour)
    ON CONFLICT (key) DO UPDATE SET item = excluded.item, kind = excluded.kind, in_group = excluded.in_group,
        applies_to = excluded.applies_to, topics = excluded.topics, audiences = excluded.audiences,
        open = excluded.open, created = excluded.created, fingerprint = excluded.fingerprint,
        terms = excluded.terms, head = excluded.head, damping = excluded.damping, favour = excluded.favour
"""
Load = Callable[[Sequence[str]], Mapping[str, Document]]


class PostgresEngine(RankedSearch):
    """See ``hub.core.search.Engine``."""

    def __init__(self, url: str):
        address = url.replace("postgresql://", "postgresql+psycopg://", 1)
        self._engine = create_engine(address, pool_size=4, pool_pre_ping=True)
        self._made = False
        self._counted = (0.0, 0)

    def add(self, documents: Iterable[Document]) -> None:
        latest = {document.key: document for document in documents}
        self._replace(list(latest), latest)

    def remove(self, keys: Iterable[str]) -> None:
        self._replace(list(keys), {})

    def _replace(self, keys: Sequence[str], documents: Mapping[str, Document]) -> None:
        with self._writing() as connection:
            connection.execute(text(_TOUCH), {"keys": list(keys)})
            self.put(connection, _TABLE, keys, documents)

    def put(
        self, connection: Connection, table: str, keys: Sequence[str], documents: Mapping[str, Document]
    ) -> None:
        """In a table, forget the keys that have no document and index the others."""
        findable = {key: document for key, document in documents.items() if document.audiences}
        gone = [key for key in keys if key not in findable]
        if gone:
            connection.execute(text(f"DELETE FROM {table} WHERE key = ANY(:keys)"), {"keys": gone})
        rows = [_row(document) for document in findable.values()]
        for start in range(0, len(rows), BATCH):
            connection.execute(text(_INSERT.format(table=table)), rows[start : start + BATCH])

    def candidates(self, parsed: Parsed, query: Query) -> list[Candidate]:
        with self._reading() as connection:
            if connection is None:
                return []
            connection.execute(text(f"SET LOCAL statement_timeout = {QUERY_MILLISECONDS}"))
            connection.execute(text("SET LOCAL jit = off"))
            statement, bound = counting(parsed, _TABLE)
            having = connection.execute(text(statement), bound).one()
            documents = self._open_documents(connection)
            rarities = [
                BEGINNING_RARITY if clause.prefix else rarity(documents, number)
                for clause, number in zip(parsed.wanted, having, strict=True)
            ]
            statement, bound = ranking(parsed, query, rarities, _TABLE)
            rows = connection.execute(text(statement), bound)
            return [Candidate(row.key, row.item, float(row.score), row.created) for row in rows]

    def by_date(self, parsed: Parsed, query: Query, before: int | None, most: int) -> list[tuple[int, str]]:
        with self._reading() as connection:
            if connection is None:
                return []
            connection.execute(text(f"SET LOCAL statement_timeout = {QUERY_MILLISECONDS}"))
            connection.execute(text("SET LOCAL jit = off"))
            statement, bound = dating(parsed, query, before, most, _TABLE)
            return [(row.created, row.key) for row in connection.execute(text(statement), bound)]

    def _open_documents(self, connection: Connection) -> int:
        """How many there are: counted now and then, for it hardly changes how rare a word is."""
        until, number = self._counted
        if until < time.monotonic():
            number = connection.execute(text(f"SELECT count(*) FROM {_TABLE} WHERE open")).scalar_one()
            self._counted = (time.monotonic() + COUNTED_SECONDS, number)
        return number

    def keys(self) -> Iterator[tuple[str, str]]:
        with self._reading() as connection:
            if connection is not None:
                rows = connection.execution_options(stream_results=True).execute(
                    text(f"SELECT key, fingerprint FROM {_TABLE}")
                )
                for row in rows:
                    yield row.key, row.fingerprint

    def clear(self) -> None:
        with self._writing() as connection:
            connection.execute(text(f"TRUNCATE {_TABLE}"))

    def tidy(self) -> None:
        with self._writing():
            pass  # the tables are there
        with self._available(), self._engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT")
            connection.execute(text(f"VACUUM (ANALYZE) {_TABLE}"))

    @contextmanager
    def rebuild(self) -> Iterator[PostgresRebuild]:
        table = f"hub_search.new_{token_hex(8)}"
        with self._writing() as connection:
            self._drop_abandoned(connection)
        with self._available(), self._engine.connect() as holder:
            # The lock is this session's: it ends with the process, whatever becomes of it.
            taken = holder.execute(text(f"SELECT pg_try_advisory_lock({_LOCKS}, {_REBUILDING})")).scalar_one()
            holder.commit()
            if not taken:
                raise SearchUnavailable("Another process is rebuilding the search index.")
            try:
                with self._writing() as connection:
                    connection.execute(text("TRUNCATE hub_search.touched"))
                    _make_table(connection, table)
                yield PostgresRebuild(self, table)
            finally:
                with self._engine.begin() as connection:
                    connection.execute(text(f"DROP TABLE IF EXISTS {table}"))
                holder.execute(text(f"SELECT pg_advisory_unlock({_LOCKS}, {_REBUILDING})"))
                holder.commit()

    def outdated(self) -> bool:
        with self._available(), self._engine.connect() as connection:
            return bool(_earlier(connection))

    def close(self) -> None:
        self._engine.dispose()

    def fill(self, table: str, documents: Sequence[Document]) -> None:
        """Add documents to a table that is being built."""
        with self._available(), self._engine.begin() as connection:
            self.put(connection, table, [], {document.key: document for document in documents})

    def replace(self, table: str, load: Load) -> None:
        """Let the new table catch up, and use it from now on."""
        with self._writing() as connection:
            touched = list(
                connection.scalars(text("SELECT DISTINCT key FROM hub_search.touched ORDER BY key"))
            )
            for start in range(0, len(touched), BATCH):
                keys = touched[start : start + BATCH]
                self.put(connection, table, keys, load(keys))
            connection.execute(text(f"ANALYZE {table}"))
            connection.execute(text(f"DROP TABLE {_TABLE}"))
            connection.execute(text(f"ALTER TABLE {table} RENAME TO {_NAME}"))
            connection.execute(text("TRUNCATE hub_search.touched"))
            for earlier in _earlier(connection):
                connection.execute(text(f"DROP TABLE hub_search.{earlier}"))

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with self._available(), self._engine.begin() as connection:
            connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCKS}, {_WRITING})"))
            if not self._made:
                connection.execute(text("CREATE SCHEMA IF NOT EXISTS hub_search"))
                connection.execute(text("CREATE TABLE IF NOT EXISTS hub_search.touched (key text NOT NULL)"))
                if not _exists(connection):
                    _make_table(connection, _TABLE)
            yield connection
        self._made = True
        self._counted = (0.0, 0)

    @contextmanager
    def _reading(self) -> Iterator[Connection | None]:
        """A connection; None when nothing was indexed yet."""
        with self._available(), self._engine.connect() as connection:
            yield connection if self._made or _exists(connection) else None

    @contextmanager
    def _available(self) -> Iterator[None]:
        try:
            yield
        except OperationalError as problem:
            # Out of reach, or a query that took too long.
            raise SearchUnavailable(str(problem.orig)) from problem

    def _drop_abandoned(self, connection: Connection) -> None:
        """Tables that killed rebuilds left behind."""
        if not connection.execute(text(_BEING_BUILT)).scalar_one():
            for name in _tables(connection, "new"):
                connection.execute(text(f"DROP TABLE hub_search.{name}"))


_BEING_BUILT = f"""
    SELECT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND granted
                   AND classid = {_LOCKS} AND objid = {_REBUILDING}
                   AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))
"""
# What changes while a rebuild runs is noted for it.
_TOUCH = f"INSERT INTO hub_search.touched (key) SELECT unnest(CAST(:keys AS text[])) WHERE ({_BEING_BUILT})"


class PostgresRebuild:
    """See ``hub.core.search.Rebuild``."""

    def __init__(self, engine: PostgresEngine, table: str):
        self._engine = engine
        self._table = table

    def add(self, documents: Iterable[Document]) -> None:
        self._engine.fill(self._table, list(documents))

    def finish(self, load: Load) -> None:
        self._engine.replace(self._table, load)


def _tables(connection: Connection, beginning: str) -> list[str]:
    names = text("SELECT tablename FROM pg_tables WHERE schemaname = 'hub_search'")
    return [name for name in connection.scalars(names) if name.startswith(f"{beginning}_")]


def _earlier(connection: Connection) -> list[str]:
    """What other versions of the hub have indexed."""
    return [name for name in _tables(connection, "document") if name != _NAME]


def _exists(connection: Connection) -> bool:
    return bool(connection.execute(text(f"SELECT to_regclass('{_TABLE}') IS NOT NULL")).scalar_one())


def _make_table(connection: Connection, table: str) -> None:
    connection.execute(text(f"CREATE TABLE {table} ({_COLUMNS})"))
    connection.execute(text(f"CREATE INDEX ON {table} USING gin (terms)"))
    connection.execute(text(f"CREATE INDEX ON {table} (key) WHERE open"))


def _row(document: Document) -> dict[str, Any]:
    audiences = audiences_of(document)
    return {
        "key": document.key,
        "item": document.item,
        "kind": document.kind,
        "in_group": document.group,
        "applies_to": document.applies_to,
        "topics": sorted(document.topics),
        "audiences": sorted(audiences),
        "open": OPEN in audiences,
        "created": microseconds(document),
        "fingerprint": document.fingerprint(),
        **weighed(document),
    }
