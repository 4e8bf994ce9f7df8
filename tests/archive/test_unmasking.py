"""Nobody becomes visible by one person's word; children and special categories stay masked."""

import pytest
from sqlalchemy import select

from hub.archive.approvals.actions import decide
from hub.archive.approvals.models import Approval
from hub.archive.models import (
    AGREED,
    CHILD,
    ORGANISATION,
    PRIVATE,
    SPECIAL,
    ArchivedPost,
    Collection,
    Keeper,
    SocialAccount,
)
from hub.archive.unmasking import ask_to_lift, protect, say_whose
from hub.core.audit import AuditEntry
from hub.core.database import db, unit_of_work
from hub.core.errors import Refused
from tests.archive.test_pages import text
from tests.factories.people import actor_of, person, sign_in
from tests.factories.x_archive import XArchive


@pytest.fixture
def held(kept):
    """A collection with two keepers and one post."""
    archive = XArchive()
    archive.post("Schools are closed", at="2024-02-05T09:00")
    kept.bring_in(archive)
    other = person("Second", handle="second")
    with unit_of_work():
        db.session.add(Keeper(collection_id=kept.collection.id, person_id=other.id))
    kept.second = actor_of(other)
    kept.other = other
    return kept


def account() -> SocialAccount:
    db.session.rollback()
    return db.session.scalars(select(SocialAccount).execution_options(populate_existing=True)).one()


def say(held, kind: str, second: str = "") -> Approval | None:
    with unit_of_work():
        return say_whose(held.actor, account(), kind, "Its profile says so.", second)


def agree(held, asked: Approval, *, approve: bool = True) -> Approval:
    with unit_of_work():
        found = db.session.get_one(Approval, asked.id)
        return decide(held.second, found, approve=approve, reason="" if approve else "No.")


def test_an_account_is_shown_by_name_once_a_second_keeper_agrees(held):
    asked = say(held, ORGANISATION)
    assert account().kind == PRIVATE
    agree(held, asked)
    assert account().kind == ORGANISATION
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "social_account.classify")).one()
    assert (entry.person_id, entry.reason) == (held.person.id, "Its profile says so.")


def test_refused_it_stays_masked(held):
    agree(held, say(held, ORGANISATION), approve=False)
    assert account().kind == PRIVATE


def test_masking_somebody_again_holds_at_once_and_becoming_more_visible_never_does(held):
    agree(held, say(held, AGREED))
    assert say(held, ORGANISATION) is not None  # what they deleted would be shown
    assert account().kind == AGREED
    assert say(held, PRIVATE) is None
    assert account().kind == PRIVATE


def test_the_same_is_not_asked_twice(held):
    say(held, ORGANISATION)
    with pytest.raises(Refused, match="asked about this account already"):
        say(held, ORGANISATION)


def test_a_lone_keeper_names_a_member_who_is_to_agree(kept):
    archive = XArchive()
    archive.post("Mine", at="2024-02-05T09:00")
    kept.bring_in(archive)
    person("Helper", handle="helper")
    with pytest.raises(Refused, match="needs a second person"):
        say(kept, ORGANISATION)
    with pytest.raises(Refused, match="not the handle of another member"):
        say(kept, ORGANISATION, second="keeper")
    assert say(kept, ORGANISATION, second="@helper").second.handle == "helper"


@pytest.mark.parametrize("mark", [CHILD, SPECIAL])
def test_a_mark_holds_at_once_and_nothing_unmasks_what_is_marked(held, mark):
    asked = say(held, ORGANISATION)
    with unit_of_work():
        protect(held.actor, account(), mark, "She is twelve.")
    assert agree(held, asked).problem.startswith("This account is marked")
    assert account().kind == PRIVATE
    with pytest.raises(Refused, match="stays masked"):
        say(held, ORGANISATION)


def test_a_mark_is_lifted_by_two(held):
    with unit_of_work():
        protect(held.actor, account(), CHILD, "She is twelve.")
    with unit_of_work():
        asked = ask_to_lift(held.actor, account(), "A namesake.")
    assert account().protected == CHILD
    agree(held, asked)
    assert account().protected == ""


def test_a_mark_changes_what_cards_were_kept_by(held):
    before = db.session.get_one(Collection, held.collection.id).version
    post = db.session.scalars(select(ArchivedPost)).one()
    with unit_of_work():
        protect(held.actor, db.session.get_one(ArchivedPost, post.id), CHILD, "It shows a child.")
    assert db.session.get_one(Collection, held.collection.id, populate_existing=True).version > before


def test_the_pages_say_what_is_marked_and_who_is_asked(held, client):
    browser = sign_in(client, held.person)
    post = db.session.scalars(select(ArchivedPost)).one()
    browser.submit(
        f"{post.path}/protection", {"mark": CHILD, "reason": "It shows a child."}, button="Save this mark"
    )
    assert "A child: always masked." in text(browser.get(post.path))
    browser.submit(f"{post.path}/protection", {"mark": "", "reason": "A doll."}, button="Save this mark")
    assert "A second person has been asked" in text(browser.get(f"{post.path}/protection"))
    assert "Lift a mark that keeps somebody masked" in text(sign_in(client, held.other).get("/approvals"))


def two_more(held) -> None:
    for number, handle in ((77, "rob_resident"), (78, "cllr_ann")):
        own = XArchive(handle=handle, name=handle.title(), account_id=str(number))
        own.post(f"I am {handle}", at="2024-02-06T09:00")
        held.bring_in(own)


def test_several_accounts_are_said_at_once_and_one_person_agrees_once(held, client):
    two_more(held)
    browser, page = sign_in(client, held.person), f"{held.collection.path}/accounts"
    tokens = list(db.session.scalars(select(SocialAccount.token)))
    sent = {"account": tokens, "kind": ORGANISATION, "reason": "Their profiles say so."}
    answer = browser.submit(page, sent, button="Save for the accounts that are ticked")
    assert answer.status_code == 303
    (asked,) = db.session.scalars(select(Approval)).all()
    shown = text(sign_in(client, held.other).get(asked.path))
    for handle in ("@strathtay", "@rob_resident", "@cllr_ann"):
        assert handle in shown
    assert "@rob_resident" in text(client.get("/approvals"))
    assert set(db.session.scalars(select(SocialAccount.kind))) == {PRIVATE}
    again = sign_in(client, held.person).submit(page, sent, button="Save for the accounts that are ticked")
    assert "has been asked about" in text(again)
    agree(held, asked)
    assert set(db.session.scalars(select(SocialAccount.kind))) == {ORGANISATION}


def test_several_accounts_are_marked_at_once(held, client):
    two_more(held)
    browser, page = sign_in(client, held.person), f"{held.collection.path}/accounts"
    tokens = list(db.session.scalars(select(SocialAccount.token)))[1:]
    sent = {"account": tokens, "kind": CHILD, "reason": "A school's pupils."}
    assert browser.submit(page, sent, button="Save for the accounts that are ticked").status_code == 303
    assert sorted(db.session.scalars(select(SocialAccount.protected))) == ["", CHILD, CHILD]
    assert db.session.scalars(select(Approval)).all() == []


def test_nothing_is_saved_while_no_account_is_ticked(held, client):
    page = f"{held.collection.path}/accounts"
    sent = {"kind": CHILD, "reason": "A school's pupils."}
    answer = sign_in(client, held.person).submit(page, sent, button="Save for the accounts that are ticked")
    assert answer.status_code == 422
    assert "Tick at least one account" in text(answer)
    assert "pupils" in answer.text


def test_whoever_keeps_alone_is_offered_the_members_whom_they_meet(kept, client):
    from tests.factories.groups import group, member

    archive = XArchive()
    archive.post("Schools are closed", at="2024-02-05T09:00")
    kept.bring_in(archive)
    together = group("Together", slug="together")
    member(kept.person, together)
    member(person("Fay Friend", handle="fay"), together)
    page = sign_in(client, kept.person).get(f"{kept.collection.path}/accounts").text
    assert '<option value="fay">Fay Friend</option>' in page
