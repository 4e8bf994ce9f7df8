"""Archived posts are found by their keepers, by the words of every version, and by nobody else."""

import pytest
from sqlalchemy import select

from hub.archive.importing import history
from hub.core.carrying import drain
from hub.core.database import db
from hub.core.jobs import Job
from hub.core.policy import ANYBODY
from hub.core.search import CHANGED, audiences_of_actor, register
from tests.archive.conftest import make_kept
from tests.factories.x_archive import XArchive


@pytest.fixture
def archive():
    archive = XArchive()
    first = archive.post("Open on Mondy", "2024-03-01T09:00")
    archive.edit(first, "Open on Monday", "2024-03-01T09:05")
    return archive


def provider():
    return register.providers["archived"]


def test_every_versions_words_are_found(kept, archive):
    kept.bring_in(archive)
    (document,) = provider().load(list(provider().keys()))
    assert "Mondy" in document.text
    assert "Monday" in document.text
    assert document.people == "Strathtay Council @strathtay"
    assert document.place == "Strathtay's channels"


def test_only_keepers_find_them(kept, archive, tmp_path):
    kept.bring_in(archive)
    stranger = make_kept(tmp_path, "stranger")
    keys = list(provider().keys())
    (document,) = provider().load(keys)
    assert document.audiences & audiences_of_actor(kept.actor)
    assert set(provider().permitted(keys, kept.actor)) == set(keys)
    for other in (stranger.actor, ANYBODY):
        assert not document.audiences & audiences_of_actor(other)
        assert not provider().permitted(keys, other)


def test_nothing_of_an_import_is_indexed_before_it_is_revealed(kept, archive, monkeypatch):
    seen = []
    original = history.find_out
    monkeypatch.setattr(
        history,
        "find_out",
        lambda *given: (original(*given), seen.append(list(provider().keys()))),
    )
    kept.bring_in(archive)
    assert seen == [[]]
    assert len(list(provider().keys())) == 1


def test_an_import_has_what_it_added_indexed_and_the_same_file_again_has_not(kept, archive):
    def told() -> list[str]:
        drain()
        payloads = db.session.scalars(select(Job.payload).where(Job.kind.startswith(CHANGED)))
        return [key for payload in payloads for key in payload["keys"]]

    kept.bring_in(archive)
    assert told() == list(provider().keys())
    kept.bring_in(archive)
    assert len(told()) == 1
