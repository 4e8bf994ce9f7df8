"""A keeper with a collection, hand-overs made to their end."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from hub.core.database import db, unit_of_work
from hub.handover import actions, choosing, making, store
from hub.handover.models import BAG, HandOver
from tests.archive.conftest import Kept, make_kept
from tests.factories.people import sign_in
from tests.factories.x_archive import XArchive, png


@pytest.fixture
def kept(app, tmp_path):
    with app.app_context():
        yield make_kept(tmp_path)


@pytest.fixture
def browser(client, kept):
    return sign_in(client, kept.person)


def filled(kept: Kept) -> Kept:
    """Posts of every fate: edited, deleted, missing from a later export, with a picture, with a long
    history."""
    archive = XArchive()
    first = archive.post("Schools are closed today.", at="2024-01-16T07:00")
    archive.edit(first, "Schools are closed today and tomorrow.", at="2024-01-16T07:20")
    archive.post("=cmd|' /C calc'!A0 is no formula", at="2024-01-17T08:00")
    pictured = archive.post("The bridge 🙃 at Strathtay", at="2024-01-18T08:00")
    archive.picture(pictured, png(40, 30))
    pictured["extended_entities"]["media"][0]["ext_alt_text"] = "A bridge over a river"
    archive.deleted_post("Wrong channel, sorry", at="2024-02-01T10:00", deleted_at="2024-02-01T10:05")
    missing = archive.post("Only in the first export", at="2024-02-02T10:00")
    kept.bring_in(archive)
    archive.tweets = [one for one in archive.tweets if one is not missing and one.get("tweet") is not missing]
    archive.made_at = archive.made_at.replace(month=9)
    archive.post("Later: <b>not</b> & bold", at="2024-07-01T10:00")
    kept.bring_in(archive)
    return kept


def made(kept: Kept, format_: str = BAG, scope=choosing.WHOLE, **how) -> HandOver:
    """Ask for a hand-over and carry it through."""
    with unit_of_work():
        asked = actions.hand_over(kept.actor, kept.collection, format_, scope, **how)
        number = asked.id
    return carried_through(number)


def carried_through(number: int) -> HandOver:
    making.make(number)
    db.session.rollback()
    return db.session.get(HandOver, number, populate_existing=True)


def path_of(found: HandOver, place: int = 0) -> Path:
    return store.file_of(found.token, found.files[place]["name"])


def member(found: HandOver, name: str) -> bytes:
    """What stands in a bag under a name."""
    with zipfile.ZipFile(path_of(found)) as bag:
        top = bag.namelist()[0].partition("/")[0]
        return bag.read(f"{top}/{name}")


def payload(found: HandOver) -> dict[str, bytes]:
    with zipfile.ZipFile(path_of(found)) as bag:
        return {
            name.partition("/")[2]: bag.read(name)
            for name in bag.namelist()
            if name.partition("/")[2].startswith("data/")
        }
