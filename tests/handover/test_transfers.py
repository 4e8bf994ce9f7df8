"""A transfer: what is due goes to an archive as a bag of exactly these posts, and is disposed of here
only when the archive has it and a second person agrees."""

import json

import pytest
import time_machine
from sqlalchemy import select

from hub.archive import happenings
from hub.archive.approvals.actions import decide
from hub.archive.approvals.models import Approval
from hub.archive.keeping.approver import name_approver
from hub.archive.models import (
    ATTACHED,
    DISPOSED,
    ArchivedPost,
    ArchiveEvent,
    Collection,
    Keeper,
    PostVersion,
)
from hub.archive.retention import disposing, holds
from hub.archive.retention.certificate import as_json, as_text
from hub.archive.retention.choosing import chosen
from hub.archive.retention.disposal_models import Disposal
from hub.archive.retention.due import uses
from hub.archive.retention.queries import of_due
from hub.archive.retention.schedule_models import TRANSFER
from hub.archive.words import event_sentence
from hub.core.carrying import drain
from hub.core.database import db, unit_of_work
from hub.core.errors import Refused
from hub.handover import actions
from hub.handover.models import BAG, HandOver
from tests.archive.conftest import count, make_kept
from tests.archive.retention.test_disposal import words_left
from tests.archive.retention.test_due import TODAY, entry, set_class
from tests.archive.retention.test_holds import post_saying
from tests.archive.test_pages import text
from tests.conftest import DATABASES
from tests.factories.people import actor_of, person, sign_in
from tests.factories.x_archive import XArchive

from .conftest import carried_through, member, path_of

ARCHIVE = "Strathtay Archives"


@pytest.fixture
def filled(kept):
    with time_machine.travel(TODAY, tick=False):
        archive = XArchive()
        archive.post("The old library on Bridge Street opens at nine", "2020-02-10T09:00")
        archive.post("The second old notice about bins and bags", "2022-06-10T09:00")
        archive.post("A notice of this very month, to be kept", "2026-10-01T09:00")
        kept.bring_in(archive)
        drain()
        entry(kept, months=36, action=TRANSFER)
        set_class(kept, "SM1")
        yield kept


@pytest.fixture
def second(filled):
    other = person("Second Keeper", handle="second")
    with unit_of_work():
        db.session.add(Keeper(collection_id=filled.collection.id, person_id=other.id))
    db.session.expire_all()
    return other


def transfer(kept) -> HandOver:
    with unit_of_work():
        collection = db.session.get_one(Collection, kept.collection.id)
        use = uses(collection)[0]
        posts = of_due(collection, use, None)
        return actions.transfer(
            kept.actor, collection, use, posts, to=ARCHIVE, reason="Its time here is over"
        )


def disposal_of(made: HandOver) -> Disposal:
    return db.session.get_one(Disposal, made.disposal_id, populate_existing=True)


def confirm(kept, made: HandOver, receipt: str = "Accession 2026/31", **how) -> None:
    with unit_of_work():
        disposing.confirm_receipt(kept.actor, disposal_of(made), receipt, **how)


def agree(by, disposal: Disposal, *, approve: bool = True) -> Disposal:
    actor = actor_of(by)
    with unit_of_work():
        decide(
            actor,
            db.session.get_one(Approval, disposal.approval_id),
            approve=approve,
            reason="I have read it",
        )
    drain()
    db.session.rollback()
    return db.session.get_one(Disposal, disposal.id, populate_existing=True)


def messages(made: HandOver) -> str:
    return member(made, "data/tables/metadata.csv").decode()


# In this order, and no other.


@pytest.mark.parametrize("app", DATABASES, indirect=True)
def test_what_is_due_is_handed_over_confirmed_agreed_and_only_then_disposed_of(filled, second, tmp_path):
    made = carried_through(transfer(filled).id)
    assert (made.format, made.state, made.posts, made.recipient) == (BAG, "done", 2, ARCHIVE)
    drain()
    assert len(words_left()) == 3
    confirm(filled, made)
    drain()
    assert len(words_left()) == 3
    done = agree(second, disposal_of(made))
    assert done.finished_at is not None
    assert words_left() == {"A notice of this very month, to be kept"}
    told = db.session.scalars(select(ArchiveEvent).where(ArchiveEvent.kind == DISPOSED)).all()
    assert {event.details["transferred_to"] for event in told} == {ARCHIVE}
    assert "transferred to Strathtay Archives" in event_sentence(told[0])
    other = make_kept(tmp_path, "other")
    assert other.bring_in(path_of(made)).new == 2


def test_its_bag_brought_in_again_where_it_was_disposed_of_brings_nothing_back_and_says_so(
    client, filled, second
):
    made = carried_through(transfer(filled).id)
    confirm(filled, made)
    agree(second, disposal_of(made))
    brought = filled.bring_in(path_of(made))
    assert (brought.new, brought.versions, brought.events) == (0, 0, 0)
    assert words_left() == {"A notice of this very month, to be kept"}
    browser = sign_in(client, filled.person)
    told = text(browser.get(f"{filled.collection.path}/imports/{brought.token}"))
    assert "2 posts of this file were disposed of or erased here" in told
    assert "held everything in this file already" not in told


def test_a_transferred_post_says_where_it_went_and_offers_nothing_that_cannot_be(client, filled, second):
    made = carried_through(transfer(filled).id)
    confirm(filled, made)
    agree(second, disposal_of(made))
    post = db.session.scalars(select(ArchivedPost).where(ArchivedPost.erased_at.is_not(None))).first()
    browser = sign_in(client, filled.person)
    page = text(browser.get(post.path))
    assert "Transferred to Strathtay Archives" in page
    assert "by law" not in page
    assert "Ask for its erasure" not in page
    assert text(browser.get(filled.collection.path)).count("its words are kept no longer") == 2


def test_the_bag_holds_exactly_the_posts_that_were_due_and_are_free(filled):
    with unit_of_work():
        collection = db.session.get_one(Collection, filled.collection.id)
        posts = chosen(filled.actor, collection, {"post": post_saying("library").token})
        holds.place(filled.actor, collection, "FOI", "Asked", posts)
    made = carried_through(transfer(filled).id)
    assert made.posts == 1
    assert "bins and bags" in messages(made)
    assert "library" not in messages(made)
    assert "this very month" not in messages(made)


def test_nothing_is_confirmed_before_the_bag_is_made(filled, second):
    made = transfer(filled)
    with pytest.raises(Refused, match="no receipt now"):
        confirm(filled, made)


def test_a_receipt_says_what_the_archive_answered(filled, second):
    made = carried_through(transfer(filled).id)
    with pytest.raises(Refused, match="Write down"):
        confirm(filled, made, "  ")


def test_whoever_keeps_it_alone_names_a_second_person(filled):
    made = carried_through(transfer(filled).id)
    with pytest.raises(Refused, match="alone"):
        confirm(filled, made)
    friend = person("Friend", handle="friend")
    confirm(filled, made, second="friend")
    assert agree(friend, disposal_of(made)).finished_at is not None


def test_a_second_person_who_refuses_deletes_nothing_and_may_be_asked_again(filled, second):
    made = carried_through(transfer(filled).id)
    confirm(filled, made)
    disposal = agree(second, disposal_of(made), approve=False)
    assert (disposal.finished_at, len(words_left())) == (None, 3)
    confirm(filled, made, "Accession 2026/31, confirmed in writing")
    assert agree(second, disposal_of(made)).finished_at is not None


def test_the_class_is_not_disposed_of_without_an_archive(filled, second):
    collection = db.session.get_one(Collection, filled.collection.id)
    use = uses(collection)[0]
    with pytest.raises(Refused, match="transferred to an archive"):
        disposing.propose_disposal(
            filled.actor, collection, use, of_due(collection, use, None), reason="Its time is over"
        )


# What the archive does not have stays.


def test_what_happened_since_the_bag_was_made_keeps_its_post_here(filled, second):
    made = carried_through(transfer(filled).id)
    with unit_of_work():
        happenings.record(filled.actor, post_saying("library"), ATTACHED, example="token")
    confirm(filled, made)
    done = agree(second, disposal_of(made))
    assert {words.split()[1] for words in words_left()} == {"old", "notice"}
    assert "more is kept of them than was transferred: 1" in as_text(done)


def test_a_hold_that_comes_after_the_bag_keeps_its_posts_here(filled, second):
    made = carried_through(transfer(filled).id)
    with unit_of_work():
        holds.place(filled.actor, db.session.get_one(Collection, filled.collection.id), "FOI", "Asked", None)
    drain()
    confirm(filled, made)
    agree(second, disposal_of(made))
    assert len(words_left()) == 3


# What comes to nothing.


def test_a_bag_that_is_stopped_gives_the_transfer_up(filled):
    made = transfer(filled)
    with unit_of_work():
        actions.stop(filled.actor, db.session.get_one(HandOver, made.id))
    made = carried_through(made.id)
    assert (made.state, disposal_of(made).given_up_at is not None) == ("stopped", True)


def test_an_approver_who_refuses_stops_the_hand_over_and_gives_the_transfer_up(filled, second):
    approver = person("Approver", handle="approver")
    with unit_of_work():
        name_approver(filled.actor, db.session.get_one(Collection, filled.collection.id), "approver")
    made = transfer(filled)
    assert made.state == "asked"
    actor = actor_of(approver)
    with unit_of_work():
        approval = db.session.scalars(select(Approval).where(Approval.kind == "hand_over")).one()
        decide(actor, approval, approve=False, reason="Not to them")
    made = db.session.get_one(HandOver, made.id, populate_existing=True)
    assert (made.state, made.problem) == ("stopped", "not_agreed")
    assert disposal_of(made).given_up_at is not None


def test_the_approver_sees_what_leaves_as_what_and_to_whom(client, filled):
    approver = person("Approver", handle="approver")
    with unit_of_work():
        name_approver(filled.actor, db.session.get_one(Collection, filled.collection.id), "approver")
    transfer(filled)
    approval = db.session.scalars(select(Approval).where(Approval.kind == "hand_over")).one()
    asked = text(sign_in(client, approver).get(approval.path))
    for words in ("A bag (BagIt)", "Strathtay Archives", "2 archived posts", "bins and bags"):
        assert words in asked


# What is left, and the pages.


def test_the_certificate_says_to_whom_with_which_bag_and_what_they_answered(filled, second):
    made = carried_through(transfer(filled).id)
    confirm(filled, made)
    done = agree(second, disposal_of(made))
    said, plain = json.loads(as_json(done)), as_text(done)
    assert said["transfer"]["to"] == ARCHIVE
    assert said["transfer"]["files"] == made.files
    assert said["transfer"]["receipt"] == "Accession 2026/31"
    for words in (ARCHIVE, made.files[0]["sha256"], "Accession 2026/31", "Second Keeper"):
        assert words in plain


def test_a_keeper_transfers_what_is_due_from_its_list(client, filled, second):
    browser = sign_in(client, filled.person)
    due = f"{filled.collection.path}/due?class=default"
    assert "Transfer what is ticked to the archive" in browser.get(due).text
    assert "Propose the disposal" not in browser.get(due).text
    page = f"{filled.collection.path}/due/transfer?class=default&all=1"
    assert "2 posts that are due" in text(browser.get(page))
    assert browser.submit(page, {"reason": "Due"}).status_code == 422
    sent = browser.submit(page, {"recipient": ARCHIVE, "reason": "Due"})
    assert sent.status_code == 303
    made = carried_through(db.session.scalars(select(HandOver.id)).one())
    assert "write down what they answered" in text(browser.get(made.path))
    assert text(browser.get(due)).count("Disposal proposed") == 2
    disposal = disposal_of(made)
    assert "Waits for the archive's receipt" in text(browser.get(disposal.path))
    answered = browser.submit(disposal.path, {"receipt": "Accession 2026/31"}, button="They have it")
    assert answered.status_code == 303
    assert "Waits for a second person" in text(browser.get(disposal.path))
    asked = text(sign_in(client, second).get(disposal_of(made).approval.path))
    assert "Transferred to: Strathtay Archives" in asked
    assert "Receipt: Accession 2026/31" in asked
    agree(second, disposal_of(made))
    assert "Transferred" in text(browser.get(f"{filled.collection.path}/disposals"))


def test_a_transfer_without_an_answer_is_given_up_and_its_posts_are_due_as_before(client, filled, second):
    made = carried_through(transfer(filled).id)
    browser = sign_in(client, filled.person)
    path = disposal_of(made).path
    assert browser.submit(path, {}, button="Give this transfer up").status_code == 303
    assert "Given up" in text(browser.get(path))
    assert "Disposal proposed" not in text(browser.get(f"{filled.collection.path}/due?class=default"))
    with pytest.raises(Refused):
        confirm(filled, made)
    assert count(ArchivedPost, ArchivedPost.erased_at.is_not(None)) == 0
    assert count(PostVersion, PostVersion.text != "") == 3


def test_others_neither_transfer_nor_confirm(client, filled, second):
    made = carried_through(transfer(filled).id)
    browser = sign_in(client, person("Other"))
    assert browser.get(f"{filled.collection.path}/due/transfer?class=default&all=1").status_code == 404
    assert browser.post(f"{disposal_of(made).path}/receipt").status_code in (400, 404)
