"""What the house does for itself."""

import pytest
from sqlalchemy import text

from hub.core.carrying import drain
from hub.core.database import db, unit_of_work
from hub.core.jobs import enqueue
from tests.conftest import DATABASES
from tests.factories.people import person


@pytest.mark.parametrize("app", DATABASES, indirect=True)
def test_the_database_learns_how_large_its_tables_are(app):
    with app.app_context():
        person()
        with unit_of_work():
            enqueue("database.measure")
        assert drain(kinds=["database.measure"]) == 1
        if app.extensions["settings"].sqlalchemy_url.startswith("sqlite"):
            known = db.session.scalars(text("SELECT DISTINCT tbl FROM sqlite_stat1")).all()
            assert "person" in known
