"""A keeper with a collection, and imports carried through to their end."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import func, select

from hub.accounts.models import Organisation, Person
from hub.archive import actions
from hub.archive.importing import reader
from hub.archive.models import Collection, Import
from hub.archive.proof import sealing
from hub.archive.proof.log import log_of
from hub.archive.proof.whole import verify
from hub.core.checks import run_checks
from hub.core.database import db, unit_of_work
from hub.core.policy import Actor
from tests.factories.people import actor_of, organisation, person, sign_in


@dataclass
class Kept:
    """A collection and its keeper."""

    person: Person
    actor: Actor
    collection: Collection
    folder: Path
    # Set by a test that changes rows or files behind the hub's back.
    tampered: bool = False

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


def read_in_a_process(found_id: int) -> int:
    """Begin to read in a process of its own (forked: it starts at once); its id."""
    db.session.remove()
    child = os.fork()
    if child == 0:
        db.engine.dispose(close=False)  # the parent's connections are not the child's
        with suppress(BaseException):
            reader.run(found_id)
        os._exit(0)
    return child


def count(model, *criteria) -> int:
    return db.session.scalar(select(func.count()).select_from(model).where(*criteria))


def problems() -> str:
    """What the archive's own checks find wrong."""
    found = run_checks()
    names = ("exact bytes of archived posts", "media of archived posts", "imports", "archived posts")
    return " ".join(sentence for name in names for sentence in found[name])


@pytest.fixture
def kept(app, tmp_path):
    """Within an application context, for tests of data."""
    with app.app_context():
        made = make_kept(tmp_path)
        yield made
        if not made.tampered:
            assert what_logs_find() == []


def what_logs_find() -> list[str]:
    """Whatever an import or an act wrote is sealed, and verifies: asked after every test that does not tamper
    with the database itself."""
    db.session.rollback()
    found: list[str] = []
    for collection in db.session.scalars(select(Collection)).all():
        log = log_of(collection)
        sealing.seal(log.id)
        found += [str(fault) for fault in verify(log).faults]
    return found


def make_kept(folder: Path, handle: str = "keeper") -> Kept:
    keeper = person(handle.title(), handle=handle, organisation=organisation(f"Organisation of {handle}"))
    actor = actor_of(keeper)
    with unit_of_work():
        held_for = db.session.get(Organisation, keeper.organisation_id)
        collection = actions.create_collection(actor, "Strathtay's channels", "", held_for)
    return Kept(keeper, actor, collection, folder)


@pytest.fixture
def browser(client, kept):
    """A client, signed in as the keeper."""
    return sign_in(client, kept.person)
