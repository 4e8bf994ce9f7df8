"""Hand-overs that are one file of JSON, or tables in a zip."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path

from . import activitystreams, tables
from .gathering import Gathered
from .telling import versions_told

Progress = Callable[[int], None]


def write_activitystreams(target: Path, posts: Iterable[Gathered], total: int, progress: Progress) -> None:
    """An ordered collection of every post, as one file."""
    with target.open("wb") as file:
        file.write(activitystreams.beginning(total))
        for count, found in enumerate(posts, 1):
            file.write((b",\n" if count > 1 else b"") + activitystreams.as_line(found))
            progress(count)
        file.write(activitystreams.ENDING)


def write_tables(target: Path, posts: Iterable[Gathered], at: datetime, progress: Progress) -> None:
    """Every table, in a zip."""
    with ExitStack() as stack:
        files = {one: stack.enter_context(tempfile.TemporaryFile()) for one in tables.LAYOUTS}
        for table, file in files.items():
            file.write(table.head())
        for count, found in enumerate(posts, 1):
            for told in versions_told(found):
                for table, file in files.items():
                    file.write(table.row(told))
            progress(count)
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
            for table, file in files.items():
                file.seek(0)
                info = zipfile.ZipInfo(table.file, at.timetuple()[:6])
                info.compress_type = zipfile.ZIP_DEFLATED
                with packed.open(info, "w") as member:
                    while chunk := file.read(1024 * 1024):
                        member.write(chunk)
