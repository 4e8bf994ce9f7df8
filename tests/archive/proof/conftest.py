"""Collections with a sealed log: a small one in each test's database, a large one that tests tamper with."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from hub.archive.proof import checkpoints, sealing
from hub.archive.proof.log import log_of
from hub.archive.proof.whole import Result, verify
from hub.core.database import db
from tests.archive.conftest import Kept, kept  # noqa: F401  (a fixture)
from tests.factories.x_archive import XArchive, png


def some_posts(made_at: str = "2024-06-01T09:00") -> XArchive:
    """Posts of every sort: edited, deleted, with a picture, with links and mentions."""
    made = XArchive(made_at=made_at)
    made.post("The library opens at nine. Ask @strathtay", at="2024-02-01T09:00")
    first = made.post("Schools are closed.", at="2024-01-16T07:00")
    made.edit(first, "Schools are closed today and tomorrow.", at="2024-01-16T07:20")
    shown = made.post("Our new bridge", at="2024-03-01T12:00")
    made.picture(shown, png())
    made.deleted_post("Wrong channel, sorry", at="2024-02-02T10:00", deleted_at="2024-02-02T10:05")
    return made


def sealed(kept: Kept, archive: XArchive | None = None) -> int:  # noqa: F811
    """Bring posts in and seal them; how many entries that made."""
    kept.bring_in(archive or some_posts())
    return sealing.seal(kept.collection.id)


def verified(kept: Kept, *given) -> Result:  # noqa: F811
    db.session.rollback()
    return verify(log_of(kept.collection), given)


def faults(kept: Kept, *given) -> list[str]:  # noqa: F811
    """What a verification finds, in words."""
    return [str(fault) for fault in verified(kept, *given).faults]


@pytest.fixture
def log(kept) -> Iterator[Kept]:  # noqa: F811
    """A collection with a sealed and signed log."""
    sealed(kept)
    checkpoints.make(kept.collection.id)
    yield kept
