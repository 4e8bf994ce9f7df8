"""The database: one session a request or job, and transactions that know whether they will write.

SQLite loses updates when a transaction that began by reading later writes, so a request or job that
writes takes the write lock at its beginning; one that only reads is refused any write.
"""

import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import DateTime, MetaData, TypeDecorator, event
from sqlalchemy.engine import Connection, Dialect, Engine
from sqlalchemy.orm import DeclarativeBase, ORMExecuteState, Session

# Named constraints, so that migrations can drop them on both databases.
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

# No vowels and nothing that looks like something else: no words by accident, easy to read out.
TOKEN_ALPHABET = "23456789bcdfghjkmnpqrstvwxyz"
TOKEN_LENGTH = 12
_LETTERS = bytes(ord(TOKEN_ALPHABET[byte % len(TOKEN_ALPHABET)]) for byte in range(256))

# How long a transaction waits for another's write lock before it fails, in milliseconds.
BUSY_TIMEOUT = 5000

# What SQLite holds of the database in memory, a connection, in kB: its own default; and for whoever writes so
# many rows that pages of indexes would otherwise be written out and read again all the time.
CACHE, LARGE_CACHE = 2_000, 32_000
# After how many pages (of 4 kB) in its write-ahead log SQLite writes them into the database: its own default;
# and for many rows, since the same pages of indexes change again and again meanwhile.
LOGGED, MORE_LOGGED = 1_000, 8_000

_writing: ContextVar[bool] = ContextVar("writing", default=False)
_cache: ContextVar[int] = ContextVar("cache", default=CACHE)


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING)


class WriteWhileReading(RuntimeError):
    """Something tried to write in a transaction that was begun for reading."""


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment, kept as UTC on both databases."""

    impl = DateTime(timezone=True)
    cache_ok = True

    @property
    def python_type(self) -> type[datetime]:
        return datetime

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("A moment needs a time zone.")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


# What was committed stays readable on its objects: pages are rendered from it without loading it again.
db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})


def new_token() -> str:
    """A random address part: says nothing about how many of its kind there are."""
    # Imports make hundreds of thousands. That the first letters are a little likelier makes none guessable.
    return secrets.token_bytes(TOKEN_LENGTH).translate(_LETTERS).decode()


def begin_writing() -> None:
    """What follows in this context may write. Called by the dispatcher for unsafe methods."""
    _writing.set(True)


def begin_reading() -> None:
    """What follows in this context only reads."""
    _writing.set(False)


def must_be_writing() -> None:
    """For statements that SQLAlchemy does not see. Raises WriteWhileReading."""
    if not _writing.get():
        raise WriteWhileReading("This request only reads; the statement was not carried out.")


@contextmanager
def unit_of_work() -> Iterator[Session]:
    """One transaction of a job or command: committed when the block ends well, else rolled back."""
    token = _writing.set(True)
    db.session.rollback()  # a transaction begun for reading cannot be upgraded
    try:
        yield db.session()
        db.session.commit()
    except BaseException:
        db.session.rollback()
        raise
    finally:
        _writing.reset(token)


@contextmanager
def many_rows() -> Iterator[None]:
    """What follows writes hundreds of thousands of rows, in many transactions: SQLite gets memory for it."""
    token = _cache.set(LARGE_CACHE)
    try:
        yield
    finally:
        _cache.reset(token)


@event.listens_for(Engine, "connect")
def _prepare_sqlite(connection: Any, _record: Any) -> None:
    if isinstance(connection, sqlite3.Connection):
        connection.isolation_level = None  # the driver must not begin transactions by itself
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")  # what was acknowledged survives a power cut
        connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT}")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA secure_delete = ON")  # what was erased by law is not left on freed pages


def empty_the_log() -> None:
    """SQLite writes its write-ahead log into the database and empties it: old contents of rows go. Outside of
    any transaction; does what it can while others read. PostgreSQL sees to its own."""
    if db.engine.dialect.name != "sqlite":
        return
    db.session.rollback()
    connection = db.engine.raw_connection()
    try:
        connection.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()  # type: ignore[union-attr]
    finally:
        connection.close()


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        wanted = _cache.get()
        if connection.info.get("cache", CACHE) != wanted:
            connection.exec_driver_sql(f"PRAGMA cache_size = -{wanted}")
            logged = MORE_LOGGED if wanted == LARGE_CACHE else LOGGED
            connection.exec_driver_sql(f"PRAGMA wal_autocheckpoint = {logged}")
            connection.info["cache"] = wanted
        connection.exec_driver_sql("BEGIN IMMEDIATE" if _writing.get() else "BEGIN")


@event.listens_for(Session, "before_flush")
def _no_flush_while_reading(_session: Session, _context: Any, _instances: Any) -> None:
    if not _writing.get():
        raise WriteWhileReading("This request only reads; what it changed was not kept.")


@event.listens_for(Session, "do_orm_execute")
def _no_statement_while_reading(state: ORMExecuteState) -> None:
    if (state.is_insert or state.is_update or state.is_delete) and not _writing.get():
        raise WriteWhileReading("This request only reads; the statement was not carried out.")
