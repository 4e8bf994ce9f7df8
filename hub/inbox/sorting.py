"""Who takes a message: sorters in their order, asked one after another until one knows what it is."""

from collections.abc import Callable
from dataclasses import dataclass

import structlog

from hub.core.database import db
from hub.core.jobs import job

from .models import DONE, HELD, REFUSED, WAITING, Incoming
from .reading import Arrived, Unreadable, arrived
from .receiving import SORT
from .unread import tell_sender_of_broken

log = structlog.get_logger(__name__)

# What became nothing: for nobody, or by nobody taken apart.
UNKNOWN, BROKEN = "unknown", "broken"


@dataclass(frozen=True)
class Settled:
    """What a sorter decided. problem: one sentence, for administrators."""

    state: str
    kind: str
    problem: str = ""


def done(kind: str) -> Settled:
    return Settled(DONE, kind)


def refused(kind: str, problem: str) -> Settled:
    return Settled(REFUSED, kind, problem)


def held(kind: str, problem: str) -> Settled:
    """A person has to look: its bytes are kept until then."""
    return Settled(HELD, kind, problem)


Sorter = Callable[[Arrived], Settled | None]
_sorters: list[tuple[int, Sorter]] = []


def sorts(order: int) -> Callable[[Sorter], Sorter]:
    """Register who may take messages: the lowest order is asked first. A sorter returns None for what is not
    its own. It runs in the transaction in which the message is settled: what it writes happens once. It may
    be run again after an error, so it does nothing outside of the database."""

    def register(sorter: Sorter) -> Sorter:
        if not any(known.__qualname__ == sorter.__qualname__ for _order, known in _sorters):
            _sorters.append((order, sorter))
            _sorters.sort(key=lambda entry: entry[0])
        return sorter

    return register


def _hold(incoming_id: int) -> None:
    """Sorting it failed as often as jobs are tried."""
    incoming = db.session.get(Incoming, incoming_id)
    if incoming is not None and incoming.state == WAITING:
        incoming.settle(HELD, BROKEN, "The hub failed again and again to sort this message.")
        tell_sender_of_broken(incoming)


@job(SORT, given_up=_hold)
def sort(incoming_id: int) -> None:
    """Settle one message."""
    incoming = db.session.get(Incoming, incoming_id, with_for_update=True)
    if incoming is None or incoming.state != WAITING:
        return
    settled = _sorted(incoming)
    incoming.settle(settled.state, settled.kind, settled.problem)


def _sorted(incoming: Incoming) -> Settled:
    try:
        message = arrived(incoming)
    except Unreadable as problem:
        log.warning("inbox.not_read", incoming=incoming.id, problem=str(problem))
        tell_sender_of_broken(incoming)
        return held(BROKEN, str(problem))
    for _order, sorter in _sorters:
        settled = sorter(message)
        if settled is not None:
            return settled
    return refused(UNKNOWN, "It is for none of the addresses that the hub knows.")
