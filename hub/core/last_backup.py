"""When the hub was last backed up: a line in the data folder, so that a backup needs no transaction."""

from datetime import datetime
from pathlib import Path

from flask import current_app


def _place() -> Path:
    data: Path = current_app.extensions["settings"].data
    return data / "last_backup"


def note(at: str) -> None:
    """A whole backup was written at that moment (ISO 8601)."""
    _place().write_text(at)


def last_backup() -> datetime | None:
    """None: nobody knows of any."""
    try:
        return datetime.fromisoformat(_place().read_text())
    except (OSError, ValueError):
        return None
