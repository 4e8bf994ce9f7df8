"""How Alembic reaches the hub's database and knows its tables."""

from collections.abc import Iterator
from contextlib import contextmanager

from alembic import context
from flask import current_app
from sqlalchemy import Connection

from hub.core.database import Base, begin_reading, begin_writing, db


def belongs_to_the_hub(_object: object, name: str | None, kind: str, *_rest: object) -> bool:
    """The search engine makes and keeps its own table."""
    return not (kind == "table" and (name or "").startswith("search_"))


@contextmanager
def unlinked(connection: Connection) -> Iterator[None]:
    """SQLite changes a table by copying it and dropping the old one, which would delete all rows that point
    to it: links are not looked at meanwhile, and checked before the change is kept."""
    if connection.dialect.name != "sqlite":
        yield
        return
    driver = connection.connection.driver_connection
    driver.execute("PRAGMA foreign_keys = OFF")
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys = ON")


def check_links(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
        if broken:
            raise RuntimeError(f"The change would leave {len(broken)} rows that point nowhere: {broken[:3]}")


def migrate() -> None:
    arguments = current_app.extensions["migrate"].configure_args
    begin_writing()
    try:
        with db.engine.connect() as connection, unlinked(connection):
            context.configure(
                connection=connection,
                target_metadata=Base.metadata,
                include_object=belongs_to_the_hub,
                **arguments,
            )
            with context.begin_transaction():
                context.run_migrations()
            check_links(connection)
            connection.commit()
    finally:
        begin_reading()


migrate()
