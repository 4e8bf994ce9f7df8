"""The database can be brought up from nothing and down again, and is then what the models say."""

from datetime import UTC, datetime

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from sqlalchemy import CheckConstraint, MetaData, func, inspect, select, text

from hub.core.database import Base, begin_reading, begin_writing, db
from hub.core.migrating import library, upgrade
from hub.core.settings import Settings
from hub.factory import create_app
from tests.conftest import DATABASES


@pytest.fixture(params=DATABASES)
def empty_hub(request: pytest.FixtureRequest, data_folder, tmp_path) -> Flask:
    url = ""
    if request.param == "postgresql":
        server_url = request.getfixturevalue("postgresql_url")
        request.getfixturevalue("postgresql_server").psql("CREATE DATABASE migrations")
        url = server_url.replace("/hub?", "/migrations?")
    return create_app(Settings(data=tmp_path, database_url=url, secret_key="x" * 32))


def _tables() -> set[str]:
    return set(inspect(db.engine).get_table_names()) - {"alembic_version"}


def test_up_from_empty_is_what_the_models_say_and_down_leaves_nothing(empty_hub: Flask):
    with empty_hub.app_context():
        upgrade()
        assert _tables() >= set(Base.metadata.tables)
        with db.engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            differences = [
                difference
                for difference in compare_metadata(context, Base.metadata)
                if not str(getattr(difference[1], "name", "")).startswith("search_")
            ]
        assert differences == []
        library().downgrade(revision="base")
        assert {table for table in _tables() if not table.startswith("search_")} == set()


def _said(sql: object) -> str:
    return " ".join(str(sql).split())


def test_what_a_table_refuses_is_what_its_model_says(data_folder, tmp_path):
    """Comparing models and tables passes over CHECK constraints, so they are compared here."""
    hub = create_app(Settings(data=tmp_path, secret_key="x" * 32))
    with hub.app_context():
        upgrade()
        for name, table in Base.metadata.tables.items():
            wanted = {
                str(one.name).removeprefix(f"ck_{name}_"): _said(one.sqltext)
                for one in table.constraints
                if isinstance(one, CheckConstraint)
            }
            there = {
                one["name"].removeprefix(f"ck_{name}_"): _said(one["sqltext"])
                for one in inspect(db.engine).get_check_constraints(name)
            }
            assert there == wanted, name


def test_an_upgrade_loses_nothing(empty_hub: Flask):
    """What the first release kept is there after each later change of its tables, and linked as it was."""
    with empty_hub.app_context():
        upgrade(revision="0001")
        before = _fill_the_first_tables()
        upgrade()
        before["archive_event"] += 1
        with db.engine.connect() as connection:
            for name, count in before.items():
                table = MetaData()
                table.reflect(connection, only=[name])
                rows = connection.execute(select(func.count()).select_from(table.tables[name])).scalar()
                assert rows == count, name
            found = connection.execute(
                text("SELECT kind, sighting_id, version_id FROM archive_event ORDER BY id")
            )
            # The log seals events: what was kept before has one for each time that it was met.
            assert [tuple(row) for row in found] == [("first_seen", 1, 1), ("met", 2, 1)]


def _fill_the_first_tables() -> dict[str, int]:
    """A row in every table of the first release that archived posts need; how many rows each then has."""
    at = datetime(2026, 1, 1, tzinfo=UTC)
    with db.engine.connect() as connection:
        metadata = MetaData()
        metadata.reflect(connection)
    filled: dict[str, int] = {}
    begin_writing()
    with db.engine.begin() as connection:
        for name in FIRST_TABLES:
            table = metadata.tables[name]
            row = {column.name: _some(column, at) for column in table.columns if not column.nullable}
            connection.execute(table.insert(), FIXED.get(name, {}) | row | FIXED.get(name, {}))
            filled[name] = 1
        again = {column.name: _some(column, at) for column in metadata.tables["sighting"].columns}
        connection.execute(metadata.tables["sighting"].insert(), again | {"id": 2})
        filled["sighting"] = 2
        if connection.dialect.name == "postgresql":  # the rows above brought their ids along
            connection.execute(text("SELECT setval(pg_get_serial_sequence('archive_event', 'id'), 1)"))
    begin_reading()
    return filled


FIRST_TABLES = (
    "person", "collection", "archive_import", "social_account", "account_name", "archived_post",
    "source_slice", "post_version", "sighting", "archive_event", "archive_media", "post_media",
)  # fmt: skip
# Where a column takes only certain words.
FIXED = {
    "archive_import": {"state": "done"},
    "social_account": {"kind": "private"},
    "archive_event": {"kind": "first_seen", "slice_id": 1},
}


def _some(column, at: datetime):
    kind = column.type.python_type
    if column.foreign_keys or kind is int:
        return 1
    return {bool: False, datetime: at, bytes: b"x", dict: {}, str: "x", float: 1.0}.get(kind, "x")
