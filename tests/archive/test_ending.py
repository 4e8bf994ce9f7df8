"""A collection's end: closed, nothing comes in; deleted only if it never held a post; ended once everything
has been disposed of by two people, and then a stub says what was there."""

import pytest
import time_machine
from sqlalchemy import select

from hub.archive import actions
from hub.archive.capturing.actions import watch_address
from hub.archive.capturing.models import WatchedAddress
from hub.archive.keeping import ending
from hub.archive.models import ArchivedPost, Collection, Import
from hub.archive.proof.log import log_of
from hub.archive.proof.models import LogCheckpoint, LogEntry
from hub.archive.proof.whole import verify
from hub.archive.retention import holds
from hub.core.audit import AuditEntry
from hub.core.carrying import drain
from hub.core.database import db, unit_of_work
from hub.core.errors import Refused
from hub.handover.models import DONE
from tests.archive.conftest import carry_through, count
from tests.archive.retention.test_disposal import WORDS, agree, filled, propose, second
from tests.archive.retention.test_due import entry, set_class
from tests.archive.test_pages import text
from tests.conftest import DATABASES
from tests.factories.people import person, sign_in
from tests.factories.x_archive import XArchive
from tests.handover.conftest import made

both = pytest.mark.parametrize("app", DATABASES, indirect=True)

__all__ = ["filled", "second"]


def collection(kept) -> Collection:
    db.session.rollback()
    return db.session.get_one(Collection, kept.collection.id, populate_existing=True)


def act(kept, verb, reason="The channel is no more"):
    with unit_of_work():
        return verb(kept.actor, db.session.get_one(Collection, kept.collection.id), reason)


@pytest.fixture
def closed(filled):
    act(filled, ending.close)
    return filled


@pytest.fixture
def emptied(closed, second):
    """Closed, and all of it disposed of: everything is due under a class without a period."""
    entry(closed, "SM0", starts="kept", months=0)
    set_class(closed, "SM0")
    with time_machine.travel("2027-12-01T12:00:00Z", tick=False):
        agree(second, propose(closed))
    return closed


# Closed.


@both
def test_nothing_comes_into_a_closed_collection(closed):
    before = count(Import)
    for begin in (closed.begin, closed.bring_in):
        archive = XArchive()
        archive.post("Too late", "2026-10-02T09:00")
        with pytest.raises(Refused, match="closed"):
            begin(archive.write(closed.folder / "late.zip"))
        db.session.rollback()
    assert count(Import) == before
    assert collection(closed).closed_by == closed.person.name
    entries = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "collection.close")).all()
    assert [one.reason for one in entries] == ["The channel is no more"]


def test_it_is_still_read_searched_and_handed_over(client, closed):
    browser = sign_in(client, closed.person)
    page = text(browser.get(f"{closed.collection.path}?q=library"))
    assert WORDS in page
    assert "closed it on" in page
    assert "Import posts" not in page
    assert made(closed).state == DONE


@pytest.mark.parametrize("path", ["import", "paste"])
def test_whoever_wants_to_bring_something_in_is_told(client, closed, path):
    answer = sign_in(client, closed.person).get(f"{closed.collection.path}/{path}")
    assert answer.status_code == 422
    assert "This collection is closed" in text(answer)


def test_what_it_watched_is_paused_and_stays_so(client, kept):
    with unit_of_work():
        watch = watch_address(kept.actor, collection(kept), "https://news.example/feed", 24)
    act(kept, ending.close)
    db.session.rollback()
    watch = db.session.get_one(WatchedAddress, watch.id, populate_existing=True)
    assert watch.state == "paused"
    browser = sign_in(client, kept.person)
    assert browser.submit(f"{kept.collection.path}/watches", {}, button="Go on watching").status_code == 422


def test_it_is_not_closed_while_an_import_is_under_way(kept):
    archive = XArchive()
    archive.post("Under way", "2026-10-02T09:00")
    waiting = kept.begin(archive.write(kept.folder / "a.zip"))
    with pytest.raises(Refused, match="import"):
        act(kept, ending.close)
    db.session.rollback()
    carry_through(waiting)
    act(kept, ending.close)
    assert collection(kept).closed_at


def test_it_can_be_opened_again(closed):
    act(closed, ending.reopen)
    archive = XArchive()
    archive.post("In time after all", "2026-10-02T09:00")
    assert closed.bring_in(archive).new == 1
    with pytest.raises(Refused):
        act(closed, ending.reopen)


# Deleted.


@both
def test_a_collection_that_never_held_a_post_is_deleted(client, kept):
    answer = sign_in(client, kept.person).submit(
        f"{kept.collection.path}/end", {"reason": "Made by mistake"}, button="Delete this collection"
    )
    assert (answer.status_code, answer.location) == (303, "/collections")
    assert count(Collection) == 0
    assert count(AuditEntry, AuditEntry.action == "collection.delete") == 1


def test_one_that_holds_posts_is_not(filled):
    with pytest.raises(Refused, match="Close"):
        act(filled, ending.end)
    db.session.rollback()
    act(filled, ending.close)
    with pytest.raises(Refused, match="still kept"):
        act(filled, ending.end)
    assert collection(filled).ended_at is None
    assert count(ArchivedPost) == 3


# Ended.


@both
def test_once_everything_is_disposed_of_a_stub_with_its_log_is_left(client, emptied):
    assert act(emptied, ending.end) is True
    found = collection(emptied)
    assert found.ended_by == emptied.person.name
    assert ending.held_by(found) == ending.Held(ever=3, left=0, platforms={"x": 3})
    page = text(sign_in(client, emptied.person).get(found.path))
    assert "Everything that it held has been disposed of" in page
    assert "Asked for by Keeper, agreed to by Second Keeper" in page
    assert "3 posts" in page
    assert count(LogEntry, LogEntry.collection_id == found.id) > 3
    assert verify(log_of(found)).faults == []


def test_its_checkpoints_stay(client, emptied):
    made_at_all = count(LogCheckpoint)
    act(emptied, ending.end)
    drain()
    assert count(LogCheckpoint) >= made_at_all
    answer = sign_in(client, emptied.person).get(f"{emptied.collection.path}/checkpoints")
    assert answer.status_code == 200


def test_a_hold_stops_it(emptied):
    with unit_of_work():
        holds.place(emptied.actor, collection(emptied), "Inquiry", "Asked for by the inquiry", None)
    with pytest.raises(holds.Held):
        act(emptied, ending.end)
    assert collection(emptied).ended_at is None


def test_what_has_ended_is_not_opened_again(emptied):
    act(emptied, ending.end)
    for verb in (ending.reopen, ending.end, ending.close):
        with pytest.raises(Refused):
            act(emptied, verb)
        db.session.rollback()


# Whose it is to do.


def test_only_keepers_end_it_and_each_with_a_reason(client, kept):
    path = f"{kept.collection.path}/end"
    assert sign_in(client, kept.person).submit(path, {}, button="Delete this collection").status_code == 422
    stranger = sign_in(client, person("Stranger", handle="stranger"))
    assert stranger.get(path).status_code == 404
    assert stranger.post(f"{kept.collection.path}/close").status_code in (400, 404)
    assert actions.must_be_open(collection(kept)) is None
