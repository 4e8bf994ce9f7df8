"""Zips that are the same bytes whenever they are made: a test that makes one twice has one file, not two."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import IO, TypeVar

Target = TypeVar("Target", Path, IO[bytes])


def write_zip(
    target: Target, members: Iterable[tuple[str, bytes | str]], compression: int = zipfile.ZIP_DEFLATED
) -> Target:
    with zipfile.ZipFile(target, "w", compression) as made:
        for name, data in members:
            # zipfile dates what is given by name with the clock; a ZipInfo has a date of its own (1980).
            made.writestr(zipfile.ZipInfo(name), data, compression)
    return target
