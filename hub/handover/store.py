"""The files of hand-overs in the data folder: a folder each, gone after some days."""

from __future__ import annotations

import hashlib
import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import current_app

from hub.archive.bags.unpacking import unpacking_folder
from hub.core import clock

# Long enough to fetch it after a weekend; it holds private matter, so no longer.
KEPT = timedelta(days=7)


def all_folders() -> Path:
    return current_app.extensions["settings"].folder("handovers")


def folder_of(token: str) -> Path:
    folder = all_folders() / token
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def file_of(token: str, name: str) -> Path | None:
    """A finished file; None when it is no longer there."""
    path = all_folders() / token / name
    return path if path.is_file() else None


def forget(token: str) -> None:
    shutil.rmtree(all_folders() / token, ignore_errors=True)


def described(path: Path) -> dict[str, Any]:
    """What is kept of a file: its name, size and hash."""
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    return {"name": path.name, "size": path.stat().st_size, "sha256": sha256}


def sweep(wanted: set[str]) -> None:
    """Delete folders that no hand-over names, and bags that a crash left unpacked."""
    for folder in all_folders().iterdir():
        if folder.name not in wanted:
            shutil.rmtree(folder, ignore_errors=True)
    a_day_ago = (clock.now() - timedelta(days=1)).timestamp()
    for left in unpacking_folder().iterdir():
        if left.stat().st_mtime < a_day_ago:
            shutil.rmtree(left, ignore_errors=True)
