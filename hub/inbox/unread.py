"""Messages of which nothing could be made: their senders are told, once, and they can be sorted again."""

import structlog
from sqlalchemy import select

from hub.core.audit import record
from hub.core.database import db
from hub.core.jobs import enqueue
from hub.core.policy import Actor

from .answering import answer
from .authenticity import FORGED
from .models import HELD, WAITING, Incoming
from .people import person_writing_from
from .reading import Arrived, headers_of
from .receiving import SORT
from .understanding import proof

log = structlog.get_logger(__name__)

# What is sorted again in one go.
A_LOT = 500


def tell_sender(arrived: Arrived, code: str) -> None:
    """Whoever has an account is told that their message was not posted, unless it is known to be forged."""
    person = person_writing_from(arrived.from_address)
    if person is not None and proof(arrived) != FORGED:
        answer(arrived, person.email, code, person=person, subject=arrived.header("Subject")[:200])


def tell_sender_of_broken(incoming: Incoming) -> None:
    """The same of a message that cannot be taken apart, by its headers alone. Whatever is wrong with it must
    not keep it from being settled."""
    try:
        with db.session.begin_nested():
            tell_sender(Arrived(incoming, headers_of(incoming.raw or b"")), "broken")
    except Exception:
        log.exception("inbox.sender_not_told", incoming=incoming.id)


def sort_again(actor: Actor) -> int:
    """Sort what was held, as after the hub was mended; how many that are."""
    held = select(Incoming).where(Incoming.state == HELD).order_by(Incoming.id).limit(A_LOT)
    found = db.session.scalars(held.with_for_update()).all()
    for incoming in found:
        incoming.state, incoming.kind, incoming.problem, incoming.settled_at = WAITING, "", "", None
        enqueue(SORT, key=f"{SORT}:{incoming.id}", incoming_id=incoming.id)
        record(actor, "mail.sorted_again", incoming)
    return len(found)
