"""A serialised bag laid out in a folder of ours, for as long as it is checked."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import current_app

from hub.archive.sources import Source, Unreadable, limits

from .checking import BadBag


def unpacking_folder() -> Path:
    """Where bags lie while they are checked; a crash leaves one there, which the sweep finds."""
    return current_app.extensions["settings"].folder("unpacked")


@contextmanager
def unpacked(source: Source) -> Iterator[Path]:
    """The bag that a zip holds, laid out; gone afterwards. Raises BadBag, or Unreadable at a bomb.

    The zip's own refusals (names that reach outside, links, duplicates) are the bag's.
    """
    with tempfile.TemporaryDirectory(dir=unpacking_folder(), prefix="bag-") as folder:
        lay_out(source, Path(folder))
        yield Path(folder)


def lay_out(source: Source, folder: Path) -> None:
    """Write the bag's files into an empty folder. Raises as `unpacked` does."""
    for one in source.refused:
        if one.reason != "archive_inside":  # of another's bag: its hash cannot be checked, which says so
            raise BadBag(one.reason, one.name)
    top = top_folder(source)
    for member in source.members():
        if not member.name.startswith(top):
            raise BadBag("bag_not_valid", member.name)
        _lay_out(source, member.name, folder / member.name.removeprefix(top))


def top_folder(source: Source) -> str:
    """The folder of the zip that is the bag, with its slash; "" when the bag was packed without one."""
    found = [member.name for member in source.members() if member.name.rpartition("/")[2] == "bagit.txt"]
    if not found:
        raise BadBag("bag_not_valid", "bagit.txt")
    return min(found, key=lambda name: (name.count("/"), name)).removesuffix("bagit.txt")


def _lay_out(source: Source, name: str, place: Path) -> None:
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with source.open(name) as stream, place.open("xb") as file:
            while part := stream.read(limits.CHUNK):
                file.write(part)
    except OSError as problem:  # a name that is too long, or a file where a folder should be
        raise BadBag("unsafe_name", name) from problem
    except Unreadable as problem:
        raise BadBag(problem.reason, name) from problem
