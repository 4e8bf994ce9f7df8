"""A seeded hub, founded once for all tests that only look at it."""

from collections.abc import Iterator

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.cli import ScriptInfo

from hub.cli import main
from hub.core.settings import Settings
from hub.seeds.founding import found
from tests.conftest import DATABASES, make_app


@pytest.fixture(scope="session", params=DATABASES)
def seeded(request, data_folder) -> Flask:
    """The seeded hub, on each database."""
    url = ""
    if request.param == "postgresql":
        server = request.getfixturevalue("postgresql_server")
        server.psql("CREATE DATABASE seeded")
        url = server.get_uri("seeded")
    settings = Settings(
        data=data_folder / f"seeded-{request.param}",
        database_url=url,
        secret_key="for tests only, and long enough to sign with",
        public_url="http://localhost",
    )
    app = make_app(settings)
    with app.test_request_context():
        app.extensions["founded"] = found()
    return app


@pytest.fixture
def inside(seeded: Flask) -> Iterator[Flask]:
    with seeded.test_request_context():
        yield seeded


@pytest.fixture
def hub(app, monkeypatch):
    """Run a command of the hub under test; gives its result."""
    monkeypatch.setattr("hub.cli._create_app", lambda: app)

    def run(*words):
        return CliRunner().invoke(main, words, obj=ScriptInfo(create_app=lambda: app))

    return run
