"""The database can be brought up from nothing and down again, and is then what the models say."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect

from hub.core.database import Base, db
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
        downgrade(revision="base")
        assert {table for table in _tables() if not table.startswith("search_")} == set()
