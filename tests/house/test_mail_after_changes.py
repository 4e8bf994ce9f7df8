"""What is changed between queueing a message and sending it: nothing leaks, whatever kind of mail it is.

Each purpose of mail has a case here, or a reason why its messages tell of nothing that can be hidden from
their reader, or the tests that hold its own rules. A purpose that is written tomorrow fails until it has one.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from hub.accounts.models import Person
from hub.content.models import Item, Post
from hub.core import clock
from hub.core.carrying import drain
from hub.core.database import db, unit_of_work
from hub.core.jobs import handlers
from hub.core.mail import Mail, _composers, post_mail
from hub.digests.claiming import claim_due
from hub.groups.actions import invite
from hub.groups.models import Invitation, Membership
from tests.digests.telling import again, answered, asked, subscribed, visitor, withdrawn
from tests.factories.archived import collection
from tests.factories.groups import group as a_group
from tests.factories.worlds import world

__all__ = ["world"]

# Stands in titles, texts and names of what somebody may lose sight of.
CANARY = "canary"

# Of these, what is to be told is somebody's own account, or an address that they typed.
OWN_ACCOUNT = {
    "account.confirm": "an account that is not confirmed has seen nothing yet; the link is asked for anew",
    "account.known": "says that the address has an account, to the address itself",
    "account.recover": "a link to one's own account",
    "account.change_email": "a link to one's own account",
    "account.changed": "what was changed in one's own account",
    "subscriptions.links": "a link to one's own choices",
    "log_checkpoints": "hashes for witnesses: they tell of no content",
    "report.answer": "the address that its reader reported, and the reason given to them",
    "report.withdrawn": "to the author: the address of their own text",
    "report.decided": "to the author: the address of their own text",
}

# What these tell is of collections, whose rules have tests of their own: who keeps them, who decides.
HELD_BY_TESTS_OF = {
    "approval.asked": "tests/archive/test_approvals.py",
    "approval.decided": "tests/archive/test_approvals.py",
    "collection.offered": "tests/archive/test_keepers.py",
    "collection.accepted": "tests/archive/test_keepers.py",
    "collection.orphaned": "tests/archive/test_keepers.py",
    "collection.approver": "tests/archive/test_keepers.py",
    "sealed.asked": "tests/archive/sealed",
    "sealed.decided": "tests/archive/sealed",
    "watch_noticed": "tests/archive/capturing",
    "watch_silent": "tests/archive/capturing",
    "webhook_paused": "tests/webhooks",
    "mail_answer": "tests/inbox",
    "retention_due": "tests/archive/retention",
    "report.takedown": "tests/moderation/test_takedown.py",
}


@dataclass
class Case:
    """A message that waits for bob (or an address): what it is about, and what may change meanwhile."""

    begin: Callable[[Any], Item | None]
    changes: tuple[str, ...]
    item: Item | None = field(default=None, init=False)


def _member_hears(world) -> None:
    with unit_of_work():
        group = again(world.group)
        group.visibility, group.mails_words = "listed", True


def _digest(world) -> Item:
    _member_hears(world)
    subscribed(world.as_bob, world.group)
    item = asked(world.as_cat, world.group, "A canary sings", "The canary sings at dawn.")
    _everything_but_mail()
    list(claim_due(clock.now() + timedelta(days=2)))
    return item


def _instant(world) -> Item:
    _member_hears(world)
    subscribed(world.as_bob, world.group, "at_once")
    item = asked(world.as_cat, world.group, "A canary sings", "The canary sings at dawn.")
    _everything_but_mail()
    return item


def _notice(world) -> Item:
    _member_hears(world)
    item = asked(world.as_bob, world.group, "Who sings?", "At dawn.")
    answered(world.as_ann, item, "The canary sings.")
    _everything_but_mail()
    return item


def _about_item(purpose: str) -> Callable[[Any], Item]:
    def begin(world) -> Item:
        _member_hears(world)
        item = asked(world.as_cat, world.group, "A canary sings", "At dawn.")
        with unit_of_work():
            post_mail(purpose, world.bob.email, key="case", person_id=world.bob.id, item_id=item.id)
        return item

    return begin


def _invitation(world) -> None:
    with unit_of_work():
        again(world.group).name = "The canary's friends"
    with unit_of_work():
        invite(world.as_ann, again(world.group), world.dan.email)


def _answer_to_request(purpose: str) -> Callable[[Any], None]:
    def begin(world) -> None:
        with unit_of_work():
            again(world.group).name = "The canary's friends"
            post_mail(
                purpose,
                world.bob.email,
                key="case",
                person_id=world.bob.id,
                group_id=world.group.id,
                reason="none",
            )

    return begin


def _confirming(world) -> None:
    with unit_of_work():
        again(world.group).name = "The canary's friends"
    subscriber = visitor(world.group)
    with unit_of_work():
        post_mail(
            "digest.confirm",
            "visitor@example.org",
            key="case",
            subscriber_id=subscriber.id,
            subjects=[f"group-{world.group.slug}"],
            frequency="daily",
        )


LOST = ("removed from the group", "moved to a hidden group", "group hidden", "deleted")
TAKEN_BACK = ("withdrawn", "unpublished")
CLOSED = ("account closed",)

CASES = {
    "digest": Case(_digest, LOST + TAKEN_BACK + CLOSED),
    "instant": Case(_instant, LOST + TAKEN_BACK + CLOSED),
    "notice": Case(_notice, (*LOST, *TAKEN_BACK, *CLOSED, "answer withdrawn")),
    # Drafts are told of to who works on them.
    "guidance_due": Case(_about_item("guidance_due"), (*LOST, "withdrawn", *CLOSED)),
    "guidance_returned": Case(_about_item("guidance_returned"), (*LOST, "withdrawn", *CLOSED)),
    "guidance_published": Case(_about_item("guidance_published"), (*LOST, "withdrawn", *CLOSED)),
    "guidance_derived": Case(_about_item("guidance_derived"), (*LOST, "withdrawn", *CLOSED)),
    "example_gone": Case(_about_item("example_gone"), (*LOST, "withdrawn", *CLOSED)),
    "example_brought": Case(_about_item("example_brought"), (*LOST, "withdrawn", *CLOSED)),
    "group.invitation": Case(_invitation, ("group deleted", "invitation taken back")),
    "group.request_accepted": Case(
        _answer_to_request("group.request_accepted"), ("removed from the group", "group deleted", *CLOSED)
    ),
    "group.request_declined": Case(
        _answer_to_request("group.request_declined"), ("group deleted", "group hidden", *CLOSED)
    ),
    "digest.confirm": Case(_confirming, ("group deleted", "group hidden")),
}


def _everything_but_mail() -> None:
    drain(kinds=[kind for kind in handlers if kind != "mail.send"])


def _change(change: str, world, item: Item | None) -> None:
    if change == "withdrawn":
        withdrawn(world.as_ann, item)
        return
    with unit_of_work() as session:
        if change in {"removed from the group", "group hidden"}:
            session.execute(delete(Membership).where(Membership.person_id == world.bob.id))
        if change == "group hidden":
            again(world.group).visibility = "hidden"
        elif change == "moved to a hidden group":
            again(item).group_id = a_group("Elsewhere", slug="elsewhere", visibility="hidden").id
        elif change == "unpublished":
            again(item).published_at = None
        elif change == "answer withdrawn":
            answer = select(Post).where(Post.item_id == item.id, Post.position == 2)
            session.scalars(answer).one().withdrawn_at = clock.now()
        elif change == "deleted":
            session.delete(again(item))
        elif change == "group deleted":
            session.delete(again(world.group))
        elif change == "invitation taken back":
            session.execute(delete(Invitation))
        elif change == "account closed":
            session.execute(update(Person).where(Person.id == world.bob.id).values(active=False))


def _said(purpose: str) -> str:
    """All that the message would say if it were sent now; nothing when it is not."""
    db.session.rollback()
    db.session.expire_all()
    row = db.session.scalars(select(Mail).where(Mail.purpose == purpose)).one_or_none()
    email = _composers[purpose](row) if row is not None else None
    db.session.rollback()
    return f"{email.subject}\n{email.text}\n{email.html}\n{dict(email.headers)}".lower() if email else ""


def test_each_kind_of_mail_has_a_case_or_a_reason(app):
    purposes = {name for name, compose in _composers.items() if compose.__module__.startswith("hub.")}
    assert purposes == {*CASES, *OWN_ACCOUNT, *HELD_BY_TESTS_OF}


@pytest.mark.parametrize("purpose", CASES)
def test_unchanged_it_is_sent(app, world, purpose):
    """Or the cases below would prove nothing."""
    CASES[purpose].begin(world)
    said = _said(purpose)
    assert said
    if purpose not in {"example_brought"}:  # it names the page by its address alone
        assert CANARY in said


@pytest.mark.parametrize(
    ("purpose", "change"), [(purpose, change) for purpose, case in CASES.items() for change in case.changes]
)
def test_what_changed_meanwhile_is_not_told(app, world, purpose, change):
    item = CASES[purpose].begin(world)
    _change(change, world, item)
    said = _said(purpose)
    assert CANARY not in said
    assert item is None or item.path not in said or change == "answer withdrawn"


@pytest.mark.parametrize("purpose", sorted(name for name in CASES if CLOSED[0] in CASES[name].changes))
def test_a_closed_account_gets_nothing_at_all(app, world, purpose):
    item = CASES[purpose].begin(world)
    _change("account closed", world, item)
    assert _said(purpose) == ""


@pytest.mark.parametrize("purpose", ["collection.accepted", "collection.orphaned", "collection.approver"])
def test_of_a_collection_a_closed_account_is_told_nothing(app, world, purpose):
    kept = collection(world.bob)
    with unit_of_work():
        post_mail(purpose, world.bob.email, key="case", person_id=world.bob.id, collection_id=kept.id)
    assert _said(purpose)
    _change("account closed", world, None)
    assert _said(purpose) == ""
