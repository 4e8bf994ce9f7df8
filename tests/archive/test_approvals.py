"""What nobody decides alone: asked for with a reason, decided by a second person, done by itself."""

import re
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from hub.archive.approvals import actions as approvals
from hub.archive.approvals import tasks
from hub.archive.approvals.kinds import A_SECOND_PERSON, THE_APPROVER, Kind, add_kind
from hub.archive.approvals.models import APPROVED, LAPSED, REFUSED, TAKEN_BACK, WAITING, Approval
from hub.archive.keeping.approver import name_approver, step_down
from hub.archive.leaving import ask_to_leave, may_leave, the_collection_of
from hub.archive.models import ArchivedPost, Collection, Keeper
from hub.core import clock
from hub.core.audit import AuditEntry
from hub.core.carrying import drain
from hub.core.database import db, unit_of_work
from hub.core.errors import Refused
from tests.archive.test_pages import text
from tests.factories.people import actor_of, person, sign_in
from tests.factories.x_archive import XArchive
from tests.mail import sent_mail, the_mail

done: list[tuple[int, int]] = []


def _note(actor, approval):
    if approval.details.get("fails"):
        raise Refused("The page is closed.")
    if approval.details.get("forbidden"):
        raise PermissionError("no")
    done.append((actor.person_id, approval.id))
    return "/collections"


@pytest.fixture(autouse=True)
def kinds():
    """Two kinds as higher rooms add them."""
    done.clear()
    add_kind(Kind("try_second", "Try something", A_SECOND_PERSON, _note))
    add_kind(Kind("try_leaving", "Take something out", THE_APPROVER, _note))


@pytest.fixture
def second(kept):
    """Another keeper of the collection."""
    other = person("Second", handle="second")
    with unit_of_work():
        db.session.add(Keeper(collection_id=kept.collection.id, person_id=other.id))
    db.session.expire_all()
    return other


def fresh(row):
    db.session.rollback()
    return db.session.get(type(row), row.id, populate_existing=True)


def asked(kept, code="try_second", **how):
    with unit_of_work():
        collection = db.session.get_one(Collection, kept.collection.id)
        return approvals.ask(kept.actor, code, collection, "It is official business", **how)


def decide(someone, approval, approve=True, reason=""):
    actor = actor_of(someone)
    with unit_of_work():
        approvals.decide(actor, db.session.get(Approval, approval.id), approve=approve, reason=reason)
    return fresh(approval)


# Asking.


def test_another_keeper_is_told_by_mail_what_is_asked_and_why(kept, second):
    made = asked(kept)
    drain()
    ((_token, sent),) = sent_mail()
    assert sent["To"] == "second@example.org"
    message = sent.get_body(("plain",)).get_content()
    assert "Try something" in message
    assert "It is official business" in message
    assert made.path in message


def test_nothing_happens_until_somebody_else_agrees(kept, second):
    made = asked(kept)
    assert made.state == WAITING
    with pytest.raises(Refused), unit_of_work():
        approvals.decide(kept.actor, db.session.get(Approval, made.id), approve=True)
    assert not done
    decided = decide(second, made)
    assert decided.state == APPROVED
    assert done == [(kept.person.id, made.id)]


def test_a_reason_is_needed_to_ask_and_to_refuse(kept, second):
    with pytest.raises(Refused, match="reason"), unit_of_work():
        approvals.ask(kept.actor, "try_second", db.session.get(Collection, kept.collection.id), "  ")
    made = asked(kept)
    with pytest.raises(Refused, match="reason"):
        decide(second, made, approve=False)
    assert fresh(made).waiting


def test_whoever_keeps_a_collection_alone_names_a_second_person_or_cannot(kept):
    with pytest.raises(Refused, match="alone"):
        asked(kept)
    with pytest.raises(Refused, match="another member"):
        asked(kept, second="keeper")
    friend = person("Friend", handle="friend")
    made = asked(kept, second="@Friend")
    assert decide(friend, made).state == APPROVED


def test_a_named_person_is_not_needed_where_another_keeper_is(kept, second):
    friend = person("Friend", handle="friend")
    made = asked(kept, second="friend")
    with pytest.raises(Refused):
        decide(friend, made)


# Deciding.


def test_a_refusal_is_told_with_its_reason(kept, second):
    made = decide(second, asked(kept), approve=False, reason="It names a child")
    assert made.state == REFUSED
    assert not done
    drain()
    assert "It names a child" in the_mail("keeper@example.org").get_body(("plain",)).get_content()


def test_what_can_no_longer_be_done_is_told_to_whoever_asked(kept, second):
    made = decide(second, asked(kept, fails=True))
    assert (made.state, made.problem) == (APPROVED, "The page is closed.")
    drain()
    assert "The page is closed." in the_mail("keeper@example.org").get_body(("plain",)).get_content()
    assert decide(second, asked(kept, forbidden=True)).problem


def test_it_is_not_done_for_somebody_whose_account_is_closed(kept, second):
    made = asked(kept)
    with unit_of_work():
        db.session.get(type(kept.person), kept.person.id).active = False
    assert "no account" in decide(second, made).problem
    assert not done


def test_what_was_decided_is_not_decided_again(kept, second):
    made = decide(second, asked(kept))
    with pytest.raises(Refused, match="already"):
        decide(second, made, approve=False, reason="No")
    assert len(done) == 1


def test_what_nobody_decides_lapses_and_whoever_asked_is_told(kept, second):
    made = asked(kept)
    with time_machine.travel(clock.now() + timedelta(days=31), tick=False):
        with unit_of_work():
            tasks.lapse()
        drain()
    assert fresh(made).state == LAPSED
    assert "lapsed" in the_mail("keeper@example.org").get_body(("plain",)).get_content()


def test_whoever_asked_takes_it_back(kept, second):
    made = asked(kept)
    with unit_of_work():
        approvals.take_back(kept.actor, db.session.get(Approval, made.id))
    assert fresh(made).state == TAKEN_BACK


def test_a_button_that_is_pressed_twice_leads_to_the_same_place_twice(browser, kept, second):
    """What was asked can be taken back no more by then: that is no fault of whoever is impatient."""
    made = asked(kept)
    names = ("csrf_token", "sent_token")
    page = browser.get(made.path).get_data(as_text=True)
    tokens = {name: re.search(rf'name="{name}"[^>]*value="([^"]*)"', page)[1] for name in names}
    answers = [browser.post(f"{made.path}/take-back", data=tokens) for _press in range(2)]
    assert [(one.status_code, one.headers["Location"]) for one in answers] == [(303, "/approvals")] * 2
    assert fresh(made).state == TAKEN_BACK
    answer = browser.post(f"{made.path}/take-back", data={**tokens, "sent_token": "another"})
    assert answer.status_code == 404


def test_asking_and_deciding_are_in_the_audit(kept, second):
    decide(second, asked(kept), reason="Seen")
    told = db.session.execute(select(AuditEntry.action, AuditEntry.person_id, AuditEntry.reason)).all()
    assert ("approval.ask", kept.person.id, "It is official business") in told
    assert ("approval.approved", second.id, "Seen") in told


# The approver: nothing leaves the collection without them.


def with_approver(kept, handle="press"):
    press = person("Press Office", handle=handle)
    with unit_of_work():
        name_approver(kept.actor, db.session.get_one(Collection, kept.collection.id), handle)
    return press


def test_where_nobody_approves_posts_may_leave_at_once(kept):
    assert may_leave(kept.actor, kept.collection)


def test_where_somebody_approves_nothing_leaves_without_them(kept, second):
    press = with_approver(kept)
    collection = fresh(kept.collection)
    assert not may_leave(kept.actor, collection)
    assert may_leave(actor_of(press), collection)
    with unit_of_work():
        made = ask_to_leave(kept.actor, "try_leaving", collection, "For the guidance")
    with pytest.raises(Refused):
        decide(second, made)
    assert decide(press, made).state == APPROVED
    assert done == [(kept.person.id, made.id)]


def test_an_approver_whose_account_is_closed_lets_nothing_out(kept):
    press = with_approver(kept)
    with unit_of_work():
        db.session.get(type(press), press.id).active = False
    collection = fresh(kept.collection)
    assert not may_leave(kept.actor, collection)
    with pytest.raises(Refused, match="account is closed"), unit_of_work():
        ask_to_leave(kept.actor, "try_leaving", collection, "For the guidance")


def test_keepers_let_go_of_an_approver_only_together(kept, second):
    with_approver(kept)
    with unit_of_work():
        asked_for = name_approver(
            kept.actor, db.session.get_one(Collection, kept.collection.id), "", "She has left"
        )
    assert fresh(kept.collection).approver_id is not None
    decide(second, asked_for)
    assert fresh(kept.collection).approver_id is None


def test_an_approver_may_step_down_and_the_keepers_are_told(kept):
    press = with_approver(kept)
    drain()
    assert "nothing leaves it" in the_mail("press@example.org").get_body(("plain",)).get_content()
    with unit_of_work():
        step_down(actor_of(press), db.session.get_one(Collection, kept.collection.id))
    drain()
    assert "decide alone" in the_mail("keeper@example.org").get_body(("plain",)).get_content()
    assert may_leave(kept.actor, fresh(kept.collection))


def test_posts_of_several_collections_do_not_leave_together_past_an_approver(kept, tmp_path):
    from tests.archive.conftest import make_kept

    (tmp_path / "other").mkdir()
    other = make_kept(tmp_path / "other", "other")
    posts = []
    for each in (kept, other):
        archive = XArchive()
        archive.post("Open on Monday", "2024-03-01T09:00")
        each.bring_in(archive)
        posts.append(
            db.session.scalars(
                select(ArchivedPost).where(ArchivedPost.collection_id == each.collection.id)
            ).one()
        )
    assert the_collection_of(posts)
    with_approver(kept)
    db.session.expire_all()
    with pytest.raises(Refused, match="several collections"):
        the_collection_of(posts)
    assert the_collection_of(posts[:1]).id == kept.collection.id


# The pages.


def test_the_approver_sees_the_posts_and_decides_although_they_keep_nothing(client, kept):
    archive = XArchive()
    archive.post("Open on Monday", "2024-03-01T09:00")
    kept.bring_in(archive)
    press = with_approver(kept)
    post = db.session.scalars(select(ArchivedPost)).one()
    with unit_of_work():
        made = ask_to_leave(
            kept.actor, "try_leaving", fresh(kept.collection), "For the guidance", posts=[post.id]
        )
    sign_in(client, press)
    assert client.get(post.path).status_code == 404
    assert "1 request waits" in text(client.get("/collections"))
    page = text(client.get(made.path))
    assert "Open on Monday" in page
    assert "For the guidance" in page
    answer = client.submit(made.path, {"decision": "approve"})
    assert answer.status_code == 303
    assert fresh(made).state == APPROVED
    page = text(client.get(made.path))
    assert "Open on Monday" not in page


def test_a_keeper_finds_what_another_keeper_asked_the_approver_for(client, kept, second):
    with_approver(kept)
    with unit_of_work():
        ask_to_leave(kept.actor, "try_leaving", fresh(kept.collection), "For the guidance")
    sign_in(client, second)
    page = text(client.get("/approvals"))
    assert "Nothing waits for you" in page
    assert "Others asked for, and others decide" in page
    assert "For the guidance" in page
    sign_in(client, kept.person)
    page = text(client.get("/approvals"))
    assert "You asked for" in page
    assert "Others asked for" not in page


def test_nobody_else_sees_what_was_asked(client, kept, second):
    made = asked(kept)
    for someone in (None, person()):
        if someone:
            sign_in(client, someone)
        assert client.get(made.path).status_code == 404
        assert client.post(f"{made.path}/decision", data={"decision": "approve"}).status_code in {400, 404}
    assert fresh(made).waiting


def test_a_refusal_without_a_reason_is_asked_for_it(client, kept, second):
    made = asked(kept)
    sign_in(client, second)
    answer = client.submit(made.path, {"decision": "refuse", "reason": ""})
    assert answer.status_code == 422
    assert "whoever asked has a right to know it" in text(answer)


def test_a_keeper_names_an_approver_on_the_page_of_keepers(browser, kept):
    press = person("Press Office", handle="press")
    page = f"{kept.collection.path}/keepers"
    answer = browser.submit(page, {"handle": "press"}, button="Name this approver")
    assert answer.status_code == 303
    assert "without Press Office" in text(browser.get(page))
    sign_in(browser, press)
    assert "Nothing leaves without you" in text(browser.get("/approvals"))
    answer = browser.submit("/approvals", {}, button=f"Step down as approver of {kept.collection.name}")
    assert answer.status_code == 303
    assert fresh(kept.collection).approver_id is None
