"""A keeper with a collection, and imports carried through to their end."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import func, select

from hub.accounts.models import Organisation, Person
from hub.archive import actions
from hub.archive.importing import reader
from hub.archive.models import Collection, Import
from hub.core.database import db, unit_of_work
from hub.core.policy import Actor


def person(handle: str) -> Person:
    return Person(handle=handle, name=handle.title(), email=f"{handle}@example.org")


@dataclass
class Kept:
    """A collection and its keeper."""

    actor: Actor
    collection: Collection
    folder: Path

    def begin(self, path: Path) -> Import:
        """Upload a file; the import waits."""
        with path.open("rb") as stream, unit_of_work():
            upload = actions.keep_upload(stream)
            return actions.start_import(self.actor, self.collection, path.name, upload)

    def bring_in(self, archive, **how) -> Import:
        """Upload an X archive (or a file), and carry it through."""
        path = archive if isinstance(archive, Path) else archive.write(self.folder / "archive.zip", **how)
        return carry_through(self.begin(path))


def carry_through(found: Import) -> Import:
    reader.run(found.id)
    db.session.rollback()
    return db.session.get(Import, found.id, populate_existing=True)


def count(model, *criteria) -> int:
    return db.session.scalar(select(func.count()).select_from(model).where(*criteria))


@pytest.fixture
def kept(app, tmp_path):
    """Within an application context, for tests of data."""
    with app.app_context():
        yield make_kept(tmp_path)


def make_kept(folder: Path, handle: str = "keeper") -> Kept:
    with unit_of_work() as session:
        keeper = person(handle)
        organisation = Organisation(slug=f"of-{handle}", name=f"Organisation of {handle}")
        session.add_all([keeper, organisation])
        session.flush()
        actor = keeper.as_actor()
        collection = actions.create_collection(actor, "Strathtay's channels", "", organisation)
    return Kept(actor, collection, folder)
