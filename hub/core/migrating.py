"""Brings the database to a version of the hub, and says which one it has.

Alembic is loaded when it is asked for: it takes a third of a second, and no page needs it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import Connection

from .database import db

FOLDER = Path(__file__).resolve().parent.parent.parent / "migrations"


def library() -> Any:
    """Flask-Migrate, knowing this hub."""
    import flask_migrate

    if "migrate" not in current_app.extensions:
        flask_migrate.Migrate(current_app, db, directory=str(FOLDER), compare_type=True)
    return flask_migrate


def upgrade(revision: str = "head") -> None:
    """Bring the database to that revision; the newest unless one is said."""
    library().upgrade(revision=revision)


def revision_of(connection: Connection) -> str | None:
    """What the database has; None if nothing was ever made in it."""
    from alembic.migration import MigrationContext

    return MigrationContext.configure(connection).get_current_revision()


def newest_revision() -> str | None:
    """What this version of the hub needs."""
    from alembic.script import ScriptDirectory

    return ScriptDirectory(str(FOLDER)).get_current_head()
