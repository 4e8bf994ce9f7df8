"""A hold stops every way of deleting, until it is released."""

import re
from pathlib import Path

import pytest
from sqlalchemy import delete, select

import hub
from hub.archive.importing.undo import take_back
from hub.archive.models import HELD, RELEASED, ArchivedPost, ArchiveEvent, Collection, Import, PostVersion
from hub.archive.retention import holds
from hub.archive.retention.choosing import chosen
from hub.archive.retention.guard import GUARDED, NotAsked
from hub.archive.retention.models import Hold
from hub.core.carrying import drain
from hub.core.database import Base, db, unit_of_work
from hub.core.errors import Refused
from tests.archive.conftest import count, make_kept
from tests.archive.test_pages import text
from tests.conftest import DATABASES
from tests.factories.people import person, sign_in
from tests.factories.x_archive import XArchive


@pytest.fixture
def filled(kept):
    archive = XArchive()
    archive.post("Schools are closed today", "2024-03-01T09:00")
    archive.post("Schools are open again", "2024-03-02T09:00")
    archive.post("The library opens at nine", "2024-03-03T09:00")
    kept.bring_in(archive)
    return kept


def post_saying(words):
    said = select(PostVersion.post_id).where(PostVersion.text.contains(words))
    return db.session.scalars(select(ArchivedPost).where(ArchivedPost.id.in_(said))).one()


def put_on_hold(kept, **asked):
    with unit_of_work():
        collection = db.session.get_one(Collection, kept.collection.id)
        posts = chosen(kept.actor, collection, asked) if asked else None
        return holds.place(kept.actor, collection, "FOI 2026/114", "They asked for it", posts)


def try_to_delete(post):
    with unit_of_work(), holds.deleting([post.id]):
        db.session.execute(delete(ArchivedPost).where(ArchivedPost.id == post.id))


# What it stops.


def test_a_post_on_hold_is_not_deleted_and_the_refusal_names_the_hold(filled):
    post = post_saying("library")
    put_on_hold(filled, post=post.token)
    with pytest.raises(Refused, match="FOI 2026/114"):
        try_to_delete(post)
    assert count(ArchivedPost) == 3


@pytest.mark.parametrize("app", DATABASES, indirect=True)
def test_a_search_is_held_as_it_was_and_nothing_beyond_it(filled):
    hold = put_on_hold(filled, q="schools")
    assert hold.number == 2
    assert "schools" in hold.chosen
    with pytest.raises(Refused):
        try_to_delete(post_saying("closed"))
    try_to_delete(post_saying("library"))
    assert count(ArchivedPost) == 2


def test_a_whole_collection_is_held_with_what_comes_in_later(filled):
    put_on_hold(filled)
    archive = XArchive()
    archive.post("A later post", "2024-06-01T09:00")
    filled.bring_in(archive)
    with pytest.raises(Refused):
        try_to_delete(post_saying("later"))
    collection = db.session.get_one(Collection, filled.collection.id)
    with pytest.raises(Refused), unit_of_work(), holds.deleting_collection(collection):
        raise AssertionError("not reached")


def test_another_collection_is_not_held(filled, tmp_path):
    (tmp_path / "other").mkdir()
    other = make_kept(tmp_path / "other", "other")
    archive = XArchive()
    archive.post("Somebody else's post", "2024-03-01T09:00")
    other.bring_in(archive)
    put_on_hold(filled)
    try_to_delete(post_saying("Somebody"))


def test_once_released_it_stops_nothing_unless_another_holds(filled):
    post = post_saying("library")
    first, second = put_on_hold(filled, post=post.token), put_on_hold(filled)
    for hold, stops in ((first, True), (second, False)):
        with unit_of_work():
            holds.release(filled.actor, db.session.get_one(Hold, hold.id), "It is answered")
        if stops:
            with pytest.raises(Refused):
                try_to_delete(post)
    try_to_delete(post)
    assert count(ArchivedPost) == 2


def test_a_hold_needs_a_name_a_reason_and_posts(filled):
    collection = filled.collection
    for name, reason in (("", "Why"), ("FOI", " ")):
        with pytest.raises(Refused), unit_of_work():
            holds.place(filled.actor, collection, name, reason, None)
    with pytest.raises(Refused, match="no posts"):
        put_on_hold(filled, q="nothing says this")
    assert count(Hold) == 0


def test_the_history_of_each_post_tells_of_the_hold_and_of_its_end(filled):
    hold = put_on_hold(filled, q="schools")
    drain()
    held = db.session.scalars(select(ArchiveEvent).where(ArchiveEvent.kind == HELD)).all()
    assert {event.post_id for event in held} == {post_saying("closed").id, post_saying("again").id}
    assert held[0].details["hold"] == "FOI 2026/114"
    with unit_of_work():
        holds.release(filled.actor, db.session.get_one(Hold, hold.id), "It is answered")
    drain()
    drain()
    assert count(ArchiveEvent, ArchiveEvent.kind == RELEASED) == 2
    assert count(ArchiveEvent, ArchiveEvent.kind == HELD) == 2


# There is no way of deleting that does not ask.


@pytest.mark.parametrize("model", GUARDED, ids=lambda model: model.__tablename__)
def test_nothing_of_the_evidence_can_be_deleted_unasked(filled, model):
    with pytest.raises(NotAsked), unit_of_work():
        db.session.execute(delete(model))
    with pytest.raises(NotAsked), unit_of_work():
        db.session.execute(delete(model.__table__))
    assert count(ArchivedPost) == 3


def test_nor_by_deleting_a_loaded_row(filled):
    for row in (post_saying("library"), filled.collection):
        with pytest.raises(NotAsked), unit_of_work() as session:
            session.delete(session.get_one(type(row), row.id))
    assert count(ArchivedPost) == 3


def test_whatever_takes_evidence_along_when_it_is_deleted_is_guarded_too():
    """By the database's own cascades: no table outside of the guard leads to evidence."""
    evidence = {model.__tablename__ for model in GUARDED}
    leads = {
        key.column.table.name
        for name in evidence
        for key in Base.metadata.tables[name].foreign_keys
        if (key.ondelete or "").upper() == "CASCADE"
    }
    assert leads <= evidence


def test_no_code_deletes_behind_the_sessions_back():
    """Raw SQL does not pass the guard, so nothing above core deletes by it."""
    raw = re.compile(r"DELETE FROM|engine\.begin\(")
    allowed = {"core", "search", "records", "seeds"}
    root = Path(hub.__file__).parent
    found = [
        f"{file.relative_to(root)}:{number}"
        for file in sorted(root.rglob("*.py"))
        if file.relative_to(root).parts[0] not in allowed
        for number, line in enumerate(file.read_text().splitlines(), 1)
        if raw.search(line)
    ]
    assert found == []


def test_an_import_that_nobody_has_seen_is_taken_back_although_the_collection_is_held(filled):
    put_on_hold(filled)
    found = db.session.scalars(select(Import)).one()
    with pytest.raises(ValueError, match="revealed"):
        take_back(found)
    with unit_of_work():
        db.session.get_one(Import, found.id).revealed_at = None
    take_back(db.session.get_one(Import, found.id))
    assert count(ArchivedPost) == 0


# The pages.


def test_a_keeper_holds_what_a_search_finds_and_releases_it(browser, filled):
    page = f"{filled.collection.path}/holds/new?q=schools"
    assert "2 posts of this collection" in text(browser.get(page))
    answer = browser.submit(page, {"name": "Inquiry", "reason": "School closures"})
    assert answer.status_code == 303
    shown = text(browser.get(answer.location))
    assert "In force" in shown
    assert "Schools are closed today" in shown
    assert "library" not in shown
    assert "Inquiry" in text(browser.get(f"{filled.collection.path}/holds"))
    released = browser.submit(answer.location, {"reason": "It has ended"}, button="Release this hold")
    assert released.status_code == 303
    assert "It has ended" in text(browser.get(answer.location))


def test_what_was_not_filled_in_is_asked_for(browser, filled):
    answer = browser.submit(f"{filled.collection.path}/holds/new", {"name": "", "reason": ""})
    assert answer.status_code == 422
    assert "Give the hold a name" in text(answer)


def test_nobody_but_keepers_sees_a_hold(client, filled):
    hold = put_on_hold(filled)
    sign_in(client, person())
    for path in (hold.path, f"{filled.collection.path}/holds", f"{filled.collection.path}/holds/new"):
        assert client.get(path).status_code == 404
