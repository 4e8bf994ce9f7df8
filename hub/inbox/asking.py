"""Asking a question and starting a discussion by mail to a group's address.

`<group>@` asks, `<group>.discuss@` starts a discussion: a group's own name in an address has no dot.
"""

import re

from sqlalchemy import select

from hub.accounts.models import Person
from hub.content.models import DISCUSSION, QUESTION
from hub.core.addressing import address_with, mail_comes_in, tag_of
from hub.core.database import db
from hub.core.markup import tidy
from hub.core.policy import ANYBODY, Actor, can, visible
from hub.groups.models import Group

from .answering import answer
from .authenticity import FORGED
from .enclosures import look_at
from .models import WritesByMail
from .people import person_writing_from
from .posting import NotPosted, Written, fingerprint, publish, title_of, was_taken
from .reading import Arrived
from .replying import hold_for
from .sorting import UNKNOWN, Settled, done, refused, sorts
from .understanding import may_go_on, proof, understood
from .unread import tell_sender

DISCUSS = ".discuss"

# What mail programs, lists and servers put before a subject.
BEFORE_SUBJECT = re.compile(
    r"^(?:\s*(?:(?:re|fw|fwd|aw|wg)\s*:|\[(?:external|ext)\]|external\s*:))+\s*", re.IGNORECASE
)


def addresses_of(group: Group) -> dict[str, str]:
    """Where members write to: for a question, and for a discussion. Empty where no mail comes in, or when the
    group's name leaves no room in an address."""
    if not mail_comes_in():
        return {}
    try:
        return {QUESTION: address_with(group.slug), DISCUSSION: address_with(group.slug + DISCUSS)}
    except ValueError:
        return {}


def is_written_by_mail(group: Group) -> bool:
    return db.session.get(WritesByMail, group.id) is not None


@sorts(60)
def sort_question(arrived: Arrived) -> Settled | None:
    """None: it is for no group. Of a hidden group only its members learn that it exists."""
    for address in arrived.recipients:
        tag = tag_of(address) or ""
        group = db.session.scalar(select(Group).where(Group.slug == tag.removesuffix(DISCUSS)))
        if group is not None:
            kind = DISCUSSION if tag.endswith(DISCUSS) else QUESTION
            return _sort(arrived, group, kind)
    return None


def _sort(arrived: Arrived, group: Group, kind: str) -> Settled:
    person = person_writing_from(arrived.from_address)
    found = proof(arrived)
    if person is None or not can(_actor(person), "group.write", group):
        return _of_no_member(arrived, group, person, found)
    if not is_written_by_mail(group):
        answer(arrived, person.email, "group_off", person=person, group_id=group.id)
        return refused("question", "The group takes nothing by mail.")
    return _take(arrived, person, group, kind, found)


def _take(arrived: Arrived, person: Person, group: Group, kind: str, found: str) -> Settled:
    place = f"group:{group.id}:{kind}"
    mark = fingerprint(person, arrived.header("Message-ID") or arrived.incoming.fingerprint, place)
    if was_taken(mark):
        return done("again")
    subject = BEFORE_SUBJECT.sub("", tidy(arrived.header("Subject"))).strip()
    try:
        what = understood(arrived, person)
        came = look_at(what.enclosed)
        written = Written(
            person, what.source, mark, group_id=group.id, item_kind=kind, title=title_of(subject)
        )
        if what.marking:
            return hold_for(arrived, written, "marked", what.marking, came=came)
        if not may_go_on(found, signed_address=False):
            return hold_for(arrived, written, "unproven", came=came)
        made = publish(written, lambda: came.keep(person.id, mark))
    except NotPosted as reason:
        answer(arrived, person.email, reason.code, person=person, group_id=group.id, subject=subject[:200])
        return refused("question", f"Not posted: {reason.code}.")
    if left_out := [*what.left_out, *came.left_out]:
        answer(arrived, person.email, "posted", person=person, post_id=made.id, left_out=left_out[:40])
    return done("question")


def _of_no_member(arrived: Arrived, group: Group, person: Person | None, found: str) -> Settled:
    """Whoever can see that the group exists is told once how to join it, and others that there is nothing. A
    forged sender is told nothing."""
    told = visible(Group, _actor(person))
    seen = db.session.scalar(select(Group.id).where(Group.id == group.id, told)) is not None
    if seen and found != FORGED:
        to = person.email if person is not None else arrived.from_address
        once = f"join:{group.id}:{to}"[:150]
        answer(arrived, to, "not_a_member", person=person, group_id=group.id, once=once)
    if not seen:
        tell_sender(arrived, UNKNOWN)  # as of an address at which there is nothing
    return refused("question" if seen else UNKNOWN, "Its sender is no member of the group that it is for.")


def _actor(person: Person | None) -> Actor:
    return Written(person, "", "").actor if person is not None else ANYBODY
