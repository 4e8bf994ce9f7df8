"""A post's events are all that ever happened to it: each time it was met, and whatever people did with it."""

import pytest
from sqlalchemy import select

from hub.archive import happenings, words
from hub.archive.models import (
    ATTACHED,
    DONE_BY_PEOPLE,
    EVENT_KINDS,
    FIRST_SEEN,
    MET,
    ArchivedPost,
    ArchiveEvent,
    Sighting,
)
from hub.archive.queries import evidence_of
from hub.core.database import db, unit_of_work
from tests.conftest import DATABASES
from tests.factories.x_archive import XArchive

both = pytest.mark.parametrize("app", DATABASES, indirect=True)


def archive(made_at="2024-06-01T09:00") -> XArchive:
    made = XArchive(made_at=made_at)
    made.post("The library opens at nine.", at="2024-02-01T09:00")
    first = made.post("Schools are closed.", at="2024-01-16T07:00")
    made.edit(first, "Schools are closed today and tomorrow.", at="2024-01-16T07:20")
    return made


@both
def test_each_sighting_is_an_event_its_posts_first_or_a_further_one(kept):
    kept.bring_in(archive())
    kept.bring_in(archive("2024-07-01T09:00"))
    found = db.session.execute(
        select(ArchiveEvent.kind, ArchiveEvent.sighting_id, ArchiveEvent.version_id).where(
            ArchiveEvent.sighting_id.is_not(None)
        )
    ).all()
    sightings = dict(db.session.execute(select(Sighting.id, Sighting.version_id)).all())
    assert {row.sighting_id: row.version_id for row in found} == sightings
    assert len(found) == len(sightings) == 6
    assert sorted(row.kind for row in found) == [FIRST_SEEN] * 2 + [MET] * 4


@both
def test_the_same_file_again_is_no_event(kept):
    kept.bring_in(archive())
    before = set(db.session.scalars(select(ArchiveEvent.id)))
    kept.bring_in(archive())
    assert set(db.session.scalars(select(ArchiveEvent.id))) == before


@both
def test_what_people_do_counts_at_once_and_says_who_and_why(kept):
    kept.bring_in(archive())
    with unit_of_work():
        post = db.session.scalars(select(ArchivedPost).limit(1)).one()
        happenings.record(kept.actor, post, "held", reason="FOI request 12.")
    event = evidence_of(post).events[-1]
    assert words.event_word(event) == ("", "Held")
    assert words.event_sentence(event) == (
        "Keeper put it on hold: nothing of it may be deleted. Reason given: FOI request 12."
    )


def test_whoever_has_left_is_named_by_the_handle_they_had(app):
    with app.test_request_context():
        event = ArchiveEvent(kind=ATTACHED, details={"by": "rona"})
        assert words.event_sentence(event) == "@rona attached it to a page as an example."


def test_only_acts_are_recorded_so(kept):
    kept.bring_in(archive())
    post = db.session.scalars(select(ArchivedPost).limit(1)).one()
    with pytest.raises(ValueError, match="deleted"):
        happenings.record(kept.actor, post, "deleted")


def test_every_kind_of_event_has_its_words(app):
    with app.test_request_context():
        for kind in EVENT_KINDS:
            word = words.event_word(ArchiveEvent(kind=kind, cause=""))[1]
            assert word
        for kind in DONE_BY_PEOPLE:
            assert words.event_sentence(ArchiveEvent(kind=kind, details={})).endswith(".")
