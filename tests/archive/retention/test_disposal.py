"""Disposal and erasure: by two people, never of what is held, and what is left is a certificate."""

import json

import pytest
import time_machine
from sqlalchemy import func, select

from hub.archive.approvals.actions import decide
from hub.archive.approvals.models import Approval
from hub.archive.models import DISPOSED, ArchivedPost, ArchiveEvent, Collection, Keeper, PostVersion
from hub.archive.retention import disposing, holds
from hub.archive.retention.choosing import chosen
from hub.archive.retention.disposal_models import Disposal
from hub.archive.retention.due import uses
from hub.archive.retention.queries import of_due
from hub.core.carrying import drain
from hub.core.database import db, unit_of_work
from hub.core.errors import Refused
from tests.archive.conftest import count
from tests.archive.retention.test_due import TODAY, due_now, entry, set_class
from tests.archive.retention.test_holds import post_saying
from tests.archive.test_pages import text
from tests.conftest import DATABASES
from tests.factories.people import actor_of, person, sign_in
from tests.factories.x_archive import XArchive, png

WORDS = "The old library on Bridge Street opens at nine"


@pytest.fixture
def filled(kept):
    with time_machine.travel(TODAY, tick=False):
        archive = XArchive()
        archive.picture(archive.post(WORDS, "2020-02-10T09:00"), png())
        archive.post("The second old notice about bins and bags", "2022-06-10T09:00")
        archive.post("A notice of this very month, to be kept", "2026-10-01T09:00")
        kept.bring_in(archive)
        drain()
        entry(kept, months=36)
        set_class(kept, "SM1")
        yield kept


@pytest.fixture
def second(filled):
    other = person("Second Keeper", handle="second")
    with unit_of_work():
        db.session.add(Keeper(collection_id=filled.collection.id, person_id=other.id))
    db.session.expire_all()
    return other


def propose(kept, **how) -> Disposal:
    with unit_of_work():
        collection = db.session.get_one(Collection, kept.collection.id)
        use = uses(collection)[0]
        return disposing.propose_disposal(
            kept.actor, collection, use, of_due(collection, use, None), reason="Its time is over", **how
        )


def propose_erasure(kept, **asked) -> Disposal:
    with unit_of_work():
        collection = db.session.get_one(Collection, kept.collection.id)
        return disposing.propose_erasure(
            kept.actor,
            collection,
            chosen(kept.actor, collection, asked),
            authority="DPA request 12",
            reason="Granted",
        )


def agree(by, disposal, approve=True):
    actor = actor_of(by)
    with unit_of_work():
        approval = db.session.get_one(Approval, disposal.approval_id)
        decide(actor, approval, approve=approve, reason="" if approve else "Not yet")
    drain()
    db.session.rollback()
    return db.session.get_one(Disposal, disposal.id, populate_existing=True)


def words_left() -> set[str]:
    return set(db.session.scalars(select(PostVersion.text).where(PostVersion.text != "")))


# By two people.


@pytest.mark.parametrize("app", DATABASES, indirect=True)
def test_nothing_is_disposed_of_until_a_second_person_agrees(filled, second):
    disposal = propose(filled)
    drain()
    assert len(words_left()) == 3
    assert disposal.number == 2
    done = agree(second, disposal)
    assert done.finished_at is not None
    assert words_left() == {"A notice of this very month, to be kept"}
    assert count(ArchiveEvent, ArchiveEvent.kind == DISPOSED) == 2
    assert due_now(filled) == {}


def test_a_collection_counts_what_it_still_holds(client, filled, second):
    sign_in(client, filled.person)
    assert "3 posts" in text(client.get("/collections"))
    agree(second, propose(filled))
    sign_in(client, filled.person)
    assert "1 post " in text(client.get("/collections"))


def test_whoever_agrees_reads_of_how_many_posts_it_is(client, filled, second, monkeypatch):
    monkeypatch.setattr(disposing, "SHOWN", 1)
    disposal = propose(filled)
    asked = text(sign_in(client, second).get(disposal.approval.path))
    assert "2 archived posts" in asked
    assert "The first 1 of 2" in asked


def test_a_refusal_deletes_nothing(filled, second):
    disposal = agree(second, propose(filled), approve=False)
    assert disposal.finished_at is None
    assert len(words_left()) == 3


def test_whoever_keeps_it_alone_names_a_second_person(filled):
    with pytest.raises(Refused, match="alone"):
        propose(filled)
    friend = person("Friend", handle="friend")
    assert agree(friend, propose(filled, second="friend")).finished_at is not None


# Never of what is held.


def test_what_is_on_hold_is_left_out(filled, second):
    with unit_of_work():
        collection = db.session.get_one(Collection, filled.collection.id)
        posts = chosen(filled.actor, collection, {"post": post_saying("library").token})
        holds.place(filled.actor, collection, "FOI", "Asked", posts)
    disposal = propose(filled)
    assert disposal.number == 1
    agree(second, disposal)
    assert any(WORDS in text for text in words_left())


def test_a_hold_that_comes_after_the_approval_still_stops_it(filled, second):
    disposal = propose(filled)
    actor = actor_of(second)
    with unit_of_work():
        decide(actor, db.session.get_one(Approval, disposal.approval_id), approve=True)
    with unit_of_work():
        holds.place(filled.actor, db.session.get_one(Collection, filled.collection.id), "FOI", "Asked", None)
    drain()
    assert len(words_left()) == 3
    _done, held = disposing.progress(disposal)
    assert held == 2


def test_not_even_an_erasure_passes_a_hold(filled, second):
    with unit_of_work():
        holds.place(filled.actor, db.session.get_one(Collection, filled.collection.id), "FOI", "Asked", None)
    with pytest.raises(Refused, match="on hold"):
        propose_erasure(filled, post=post_saying("library").token)


# Erased.


def test_a_post_is_erased_by_law_whatever_its_class(filled, second):
    done = agree(second, propose_erasure(filled, post=post_saying("very month").token))
    assert done.finished_at is not None
    assert "A notice of this very month, to be kept" not in words_left()
    assert count(ArchivedPost, ArchivedPost.erased_at.is_not(None)) == 1


def test_an_erasure_needs_its_authority(filled, second):
    with pytest.raises(Refused, match="authority"), unit_of_work():
        collection = db.session.get_one(Collection, filled.collection.id)
        posts = chosen(filled.actor, collection, {"q": "library"})
        disposing.propose_erasure(filled.actor, collection, posts, authority=" ", reason="Why")


# What is left.


def test_the_certificate_says_what_by_whom_under_what_and_when(client, filled, second):
    disposal = agree(second, propose(filled))
    sign_in(client, filled.person)
    page = text(client.get(disposal.path))
    for words in ("Certificate of disposal", "SM1 Posts of SM1", "Policy 7", "Keeper", "Second Keeper"):
        assert words in page
    plain = client.get(f"{disposal.path}/certificate.txt").get_data(as_text=True)
    assert "CERTIFICATE OF DISPOSAL" in plain
    assert "Archived posts: 2" in plain
    said = json.loads(client.get(f"{disposal.path}/certificate.json").get_data())
    assert len(said["posts"]) == 2
    assert all(len(one["commitments"]) >= 1 for one in said["posts"])
    assert said["entry"]["reference"] == "SM1"
    assert WORDS not in plain + json.dumps(said)


def test_there_is_no_certificate_before_it_is_done(client, filled, second):
    disposal = propose(filled)
    sign_in(client, filled.person)
    assert client.get(f"{disposal.path}/certificate.txt").status_code == 404
    assert "Waits for a second person" in text(client.get(disposal.path))
    sign_in(client, person())
    assert client.get(disposal.path).status_code == 404


def test_a_keeper_proposes_on_the_pages_and_another_agrees_on_theirs(client, filled, second):
    sign_in(client, filled.person)
    page = f"{filled.collection.path}/due/dispose?class=default&all=1"
    assert "2 posts that are due" in text(client.get(page))
    answer = client.submit(page, {"reason": "Its time is over"})
    assert answer.status_code == 303
    disposal = db.session.scalars(select(Disposal)).one()
    sign_in(client, second)
    asked = text(client.get(disposal.approval.path))
    assert "Its time is over" in asked
    assert WORDS in asked
    assert client.submit(disposal.approval.path, {"decision": "approve"}).status_code == 303
    drain()
    assert "Disposed of" in text(client.get(f"{filled.collection.path}/disposals"))
    assert db.session.scalar(select(func.count()).where(ArchivedPost.erased_at.is_not(None))) == 2


def test_an_erasure_is_asked_for_from_a_post(client, filled, second):
    sign_in(client, filled.person)
    post = post_saying("library")
    assert "/erasures/new" in client.get(post.path).get_data(as_text=True)
    answer = client.submit(
        f"{filled.collection.path}/erasures/new?post={post.token}",
        {"authority": "Court order 5", "reason": "Ordered"},
    )
    assert answer.status_code == 303
    assert client.get(f"{filled.collection.path}/erasures/new").status_code == 404
