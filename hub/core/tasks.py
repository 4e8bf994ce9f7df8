"""What the house itself wants done now and then."""

from datetime import timedelta

from sqlalchemy import text

from . import mail_sending, outcomes
from .database import db
from .jobs import job, scheduled

# Importing registers.
__all__ = ["mail_sending", "measure_tables", "outcomes"]

# Rows looked at in each index: enough to choose a plan by, and done within a second on any size.
ROWS_LOOKED_AT = 1_000


@job("database.measure")
def measure_tables() -> None:
    """Let SQLite learn how large its tables are, so that it begins a query at the small end. PostgreSQL does
    so by itself."""
    if db.engine.dialect.name == "sqlite":
        db.session.execute(text(f"PRAGMA analysis_limit = {ROWS_LOOKED_AT}"))
        db.session.execute(text("ANALYZE"))


scheduled("database.measure", timedelta(days=1))
