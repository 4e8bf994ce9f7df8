"""Transfers: what is due goes to an archive as a bag, and is disposed of here only once the archive has it.

Who makes bags lies above this room: it says with `handed_over` that one is made, and what it holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, func, select

from hub.accounts.models import Person
from hub.archive.models import EXPORTED, HELD, RELEASED, ArchiveEvent
from hub.archive.rules import event_counts
from hub.core import audit, clock
from hub.core.database import db
from hub.core.errors import Refused
from hub.core.policy import Actor

from .disposal_models import Disposal, DisposalPost

LONGEST_RECEIPT = 300
# What happens to a post by being transferred, or stops its disposal by itself, makes no bag out of date.
_NO_NEWS = (EXPORTED, HELD, RELEASED)


def counts_for_a_transfer(event: ArchiveEvent) -> bool:
    """Whether an archive would miss it that got its bag before it happened."""
    return event.kind not in _NO_NEWS


def told(disposal: Disposal) -> list[str]:
    """What whoever has to agree reads of a transfer; nothing of other disposals."""
    if not disposal.transferred_to:
        return []
    return [
        _("Transferred to: %(archive)s", archive=disposal.transferred_to),
        _("Receipt: %(receipt)s", receipt=disposal.receipt),
    ]


def handed_over(disposal: Disposal, events: Mapping[int, int], files: Sequence[Mapping[str, Any]]) -> None:
    """Its bag is made. events: how many of each post's events it holds, by the post's id."""
    disposal.handed_at, disposal.bag = clock.now(), [dict(one) for one in files]
    for part in db.session.scalars(select(DisposalPost).where(DisposalPost.disposal_id == disposal.id)):
        part.events = events.get(part.post_id, 0)


def give_up(disposal: Disposal) -> None:
    """No bag is made, or no receipt comes: its posts stay what they are, and are due as before."""
    if disposal.approved_at is None and disposal.given_up_at is None:
        disposal.given_up_at = clock.now()


def take_up_receipt(actor: Actor, disposal: Disposal, receipt: str) -> None:
    """A keeper says what the archive answered; who asks a second person does so next. Raises Refused."""
    receipt = " ".join(receipt.split())[:LONGEST_RECEIPT]
    if not disposal.awaits_receipt:
        raise Refused(_("This transfer waits for no receipt now. Nothing was changed."))
    if not receipt:
        raise Refused(_("Write down what the archive answered. Nothing was changed."))
    person = db.session.get_one(Person, actor.person_id)
    disposal.receipt, disposal.received_by, disposal.received_at = receipt, person.name, clock.now()
    audit.record(actor, "disposal.receipt", disposal, receipt=receipt)


def changed_since(parts: Iterable[DisposalPost]) -> set[int]:
    """The ids of posts to which something happened that the bag does not hold, or which it left out."""
    had = {part.post_id: part.events for part in parts}
    now = db.session.execute(
        select(ArchiveEvent.post_id, func.count().label("number"))
        .where(ArchiveEvent.post_id.in_(had), event_counts(), _is_news())
        .group_by(ArchiveEvent.post_id)
    )
    counted = {row.post_id: row.number for row in now}
    return {post_id for post_id, number in had.items() if number == 0 or counted.get(post_id, 0) != number}


def _is_news() -> ColumnElement[bool]:
    return ArchiveEvent.kind.not_in(_NO_NEWS)
