"""Secrets that the hub makes for itself, once, and keeps in files of its data folder."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path


def kept_secret(path: Path, make: Callable[[], str]) -> str:
    """What `path` holds; `make` says what that is where there is nothing yet. Only the hub's user reads it.

    Of processes that begin at once all get the same: a secret is never half there, and never replaced.
    """
    if not path.exists():
        made = path.with_name(f".{path.name}-{secrets.token_hex(6)}")
        with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(make())
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(made, path)
        made.unlink()
    return path.read_text()
