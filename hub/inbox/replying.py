"""Replies by mail: to the signed address in a notice, or in what was mailed at once."""

from hub.accounts.models import Person
from hub.core.database import db

from .addresses import is_reply_address, read_reply_address
from .answering import answer
from .enclosures import Came, look_at
from .people import person_writing_from
from .posting import NotPosted, Written, fingerprint, hold, post_to_answer, publish, was_taken
from .reading import Arrived
from .sorting import Settled, done, refused, sorts
from .understanding import may_go_on, proof, understood


@sorts(50)
def sort_reply(arrived: Arrived) -> Settled | None:
    """A reply becomes a post, is held, or its sender is told why not. None: it is for no such address."""
    address = next((one for one in arrived.recipients if is_reply_address(one)), None)
    if address is None:
        return None
    named = read_reply_address(address)
    if named is None:
        return _revoked(arrived)
    subscriber, post_id = named
    person = db.session.get(Person, subscriber.person_id, populate_existing=True)
    if person is None or not person.active or person.confirmed_at is None:
        return _account_closed(arrived, person)
    if arrived.from_address != person.email.lower():
        # Told to the account alone: whoever else has the address is told nothing, and not repeated.
        answer(arrived, person.email, "other_address", person=person, threaded=False)
        return refused("other_address", "The reply address is another person's than its sender's.")
    return _take(arrived, person, post_id)


def _take(arrived: Arrived, person: Person, post_id: int) -> Settled:
    mark = fingerprint(
        person, arrived.header("Message-ID") or arrived.incoming.fingerprint, f"post:{post_id}"
    )
    if was_taken(mark):
        return done("again")
    written = Written(person, "", mark, post_id=post_id)
    try:
        post = post_to_answer(written.actor, post_id)
        what = understood(arrived, person, answered_html=post.html, answered_title=post.item.title)
        came = look_at(what.enclosed)
        written = Written(person, what.source, mark, post_id=post_id)
        if what.marking:
            return hold_for(arrived, written, "marked", what.marking, came=came)
        if not may_go_on(proof(arrived), signed_address=True):
            return hold_for(arrived, written, "unproven", came=came)
        made = publish(written, lambda: came.keep(person.id, mark))
    except NotPosted as reason:
        subject = arrived.header("Subject")[:200]
        answer(arrived, person.email, reason.code, person=person, post_id=post_id, subject=subject)
        return refused("reply", f"Not posted: {reason.code}.")
    if left_out := [*what.left_out, *came.left_out]:
        answer(arrived, person.email, "posted", person=person, post_id=made.id, left_out=left_out[:40])
    return done("reply")


def hold_for(arrived: Arrived, written: Written, why: str, marking: str = "", *, came: Came) -> Settled:
    """Its sender decides. The bytes go: what is held is held once, where only they read it."""
    held = hold(written, why, marking, came)
    if held is None:
        answer(arrived, written.person.email, "held_full", person=written.person)
        return refused("held", "Too many messages of this person are held already.")
    arrived.incoming.compressed = None
    answer(
        arrived,
        written.person.email,
        why,
        person=written.person,
        held=held.path,
        marking=marking,
        left_out=came.left_out[:40],
        threaded=why != "unproven",
    )
    return done(f"held_{why}")


def _revoked(arrived: Arrived) -> Settled:
    person = person_writing_from(arrived.from_address)
    if person is not None:
        answer(arrived, person.email, "revoked", person=person)
    return refused("reply", "Its address was not signed by this hub, or was revoked.")


def _account_closed(arrived: Arrived, person: Person | None) -> Settled:
    if person is not None and arrived.from_address == person.email.lower():
        answer(arrived, person.email, "account_closed", person=person)
    return refused("reply", "The account is closed.")
