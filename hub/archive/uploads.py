"""How a large upload arrives: on the disk of the data folder, never in memory, with no lock held."""

from __future__ import annotations

import tempfile
from typing import IO, Any

from flask import Flask

from . import storage

# Smaller files stay in memory while they are read; most forms' files are.
IN_MEMORY = 512 * 1024


def install(app: Flask) -> None:
    """Let the files of every form be received in the data folder instead of the system's /tmp.

    They are nameless there, so that one that is broken off leaves nothing.
    """

    class Request(app.request_class):  # type: ignore[name-defined, misc]
        def _get_file_stream(self, *_: Any, **__: Any) -> IO[bytes]:
            with app.app_context():
                folder = storage.uploads_folder()
            return tempfile.SpooledTemporaryFile(max_size=IN_MEMORY, dir=folder)

    app.request_class = Request
