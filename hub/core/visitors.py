"""Answers to visitors, kept whole as long as nothing in the database changes.

An answer is kept beside the state that the database was in before it was made, and given again only while
the database is in that very state: it is never out of date. Only open pages are kept (those with a
validator), for requests without a session, each by its whole request: address, host and cookies.
"""

import os
import sqlite3
import time
from collections.abc import Callable, Hashable, Iterable
from contextlib import closing, suppress
from functools import partial
from threading import Lock
from typing import Any, NamedTuple
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response
from werkzeug.wsgi import ClosingIterator

from .database import db
from .fragments import Fragments
from .settings import Settings

AT_ONCE = 64  # pages that may be in the making: far more than a process has threads
MOST_BYTES = 16 * 1024 * 1024
# What a page says may follow from the clock alone: that something is due today.
KEPT_SECONDS = 10.0
# All of a request that an answer can follow from, besides its path and query.
SAID = (
    "wsgi.url_scheme",
    "SCRIPT_NAME",
    "HTTP_HOST",
    "HTTP_COOKIE",
    "HTTP_ACCEPT",
    "HTTP_ACCEPT_LANGUAGE",
    "HTTP_X_FORWARDED_PROTO",
    "HTTP_X_FORWARDED_HOST",
)
SESSIONS = ("session=", "remember_token=")

Headers = list[tuple[str, str]]


class _Answer(NamedTuple):
    state: Hashable
    until: float
    headers: Headers
    body: bytes


class Visitors:
    """The hub behind its kept answers: a WSGI application."""

    def __init__(self, app: Flask) -> None:
        self._app: WSGIApplication = app.wsgi_app
        self._state = _state_of(app)
        self._kept = Fragments(MOST_BYTES)
        self._making = [Lock() for _ in range(AT_ONCE)]

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        key = _key(environ)
        state = self._state() if key is not None else None
        if state is None:
            return self._app(environ, start_response)
        if (answer := self._found(key, state)) is None:
            with self._making[hash(key) % len(self._making)]:  # what many ask for at once is made once
                if (answer := self._found(key, state)) is None:
                    return self._ask(key, state, environ, start_response)
        whole = Response(answer.body, headers=answer.headers)
        return whole.make_conditional(environ)(environ, start_response)

    def _found(self, key: Hashable, state: Hashable) -> _Answer | None:
        answer: _Answer | None = self._kept.find(key)
        usable = answer is not None and answer.state == state and answer.until > time.monotonic()
        return answer if usable else None

    def _ask(
        self, key: Hashable, state: Hashable, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        said: list[Any] = []

        def start(status: str, headers: Headers, *problem: Any) -> Any:
            said[:] = [status, list(headers)]
            return start_response(status, headers, *problem)

        body = self._app(environ, start)
        status, headers = said
        if not _is_open(status, headers):
            return body
        with closing(ClosingIterator(body)) as parts:
            whole = b"".join(parts)
        self._kept.keep(
            key, _Answer(state, time.monotonic() + KEPT_SECONDS, headers, whole), len(whole) + 2_000
        )
        return [whole]


def _key(environ: WSGIEnvironment) -> Hashable | None:
    """All that an answer to this request can follow from; None for one whose answer is not kept."""
    cookies = environ.get("HTTP_COOKIE", "")
    if environ["REQUEST_METHOD"] != "GET" or any(name in cookies for name in SESSIONS):
        return None
    return (environ.get("PATH_INFO"), environ.get("QUERY_STRING"), *(environ.get(name) for name in SAID))


def _is_open(status: str, headers: Headers) -> bool:
    """Whether it is an answer that anybody may be given again: one with a validator, and nobody's own."""
    named = {name.lower(): value for name, value in headers}
    open_to_all = named.get("cache-control") == "no-cache" and "set-cookie" not in named
    return status.startswith("200") and open_to_all and "etag" in named


def _state_of(app: Flask) -> Callable[[], Hashable | None]:
    """A function that tells the state of the database: never the same again after a commit, by whomever."""
    settings: Settings = app.extensions["settings"]
    if settings.embedded:
        return _Changes(settings.sqlalchemy_url.removeprefix("sqlite:///"))
    return partial(_snapshot, app)


class _Changes:
    """SQLite counts the commits of others for each connection; this one commits nothing itself."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._lock = Lock()
        self._process = 0

    def __call__(self) -> Hashable | None:
        with self._lock, suppress(sqlite3.Error):
            if self._process != os.getpid():  # a connection must not be taken along into another process
                self._connection = sqlite3.connect(self._path, check_same_thread=False, isolation_level=None)
                self._process = os.getpid()
            return int(self._connection.execute("PRAGMA data_version").fetchone()[0])
        return None


def _snapshot(app: Flask) -> Hashable | None:
    """PostgreSQL's name for what a transaction that begins now would see."""
    with app.app_context(), suppress(SQLAlchemyError), db.engine.connect() as connection:
        return str(connection.scalar(text("SELECT CAST(pg_current_snapshot() AS text)")))
    return None
