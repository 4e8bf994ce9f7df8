"""How Alembic reaches the hub's database and knows its tables."""

from alembic import context
from flask import current_app

from hub.core.database import Base, begin_reading, begin_writing, db


def belongs_to_the_hub(_object: object, name: str | None, kind: str, *_rest: object) -> bool:
    """The search engine makes and keeps its own table."""
    return not (kind == "table" and (name or "").startswith("search_"))


def migrate() -> None:
    arguments = current_app.extensions["migrate"].configure_args
    begin_writing()
    try:
        with db.engine.connect() as connection:
            context.configure(
                connection=connection,
                target_metadata=Base.metadata,
                include_object=belongs_to_the_hub,
                **arguments,
            )
            with context.begin_transaction():
                context.run_migrations()
            connection.commit()
    finally:
        begin_reading()


migrate()
