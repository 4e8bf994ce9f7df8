"""Reading one upload through its adapter, as the tests of adapters want it."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.archive.adapters import recognise
from hub.archive.adapters.base import Account, CapturedPost, Counted, Deletion, Export, LeftOut
from hub.archive.sources import open_source

SAMPLES = Path(__file__).parents[3] / "shared" / "samples"
CORPORA = Path(__file__).parents[3] / "shared" / "corpora"


def beside(folder: Path) -> Path:
    """A folder of real input; the test is skipped when it is not beside the project."""
    if not folder.is_dir():
        pytest.skip(f"{folder.name} is not beside the project")
    return folder


class Reading:
    """All that an upload holds, by kind."""

    def __init__(self, path: Path):
        source = open_source(path)
        self.adapter = recognise(source)
        self.records = list(self.adapter.read(source))
        source.close()

    def _of(self, kind):
        return [record for record in self.records if isinstance(record, kind)]

    @property
    def posts(self) -> list[CapturedPost]:
        return self._of(CapturedPost)

    @property
    def deletions(self) -> list[Deletion]:
        return self._of(Deletion)

    @property
    def accounts(self) -> list[Account]:
        return self._of(Account)

    @property
    def export(self) -> Export:
        return self._of(Export)[0]

    @property
    def left_out(self) -> dict[tuple[str, str], int]:
        counts: dict[tuple[str, str], int] = {}
        for one in self._of(LeftOut):
            counts[one.reason, one.file] = counts.get((one.reason, one.file), 0) + one.count
        return counts

    @property
    def counted(self) -> dict[str, tuple[int | None, int | None]]:
        return {one.dataset: (one.declared, one.found) for one in self._of(Counted)}
