"""Sending what is due, now, and saying what became of it: `hub digest send`."""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from hub.core import clock
from hub.core.carrying import drain
from hub.core.database import db
from hub.core.leases import under_way
from hub.core.mail import DROPPED, FAILED, QUEUED, SEND, SENDING, SENT, UNCERTAIN, Mail

from .claiming import HELD_BACK, NOT_CLAIMED, NOT_DUE, NOTHING_NEW, PASSED_OVER, claim_due

NUMBERING = "activity>content.tasks.number_activities"

# A worker beside us may have taken up some of the mail: it gets this long to finish, in seconds.
PATIENCE = 60
LOOK_AGAIN = 0.2
# After so many messages it is told how far things are.
A_FEW = 200


@dataclass(frozen=True)
class Sending:
    """What became of the digests that were due: numbers of subscribers. passed_over: mail to their addresses
    came back, so nothing was begun for them."""

    subscribers: int
    sent: int
    empty: int
    waiting: int
    uncertain: int
    failed: int
    passed_over: int

    @property
    def all_well(self) -> bool:
        return not (self.waiting or self.uncertain or self.failed)


Tell = Callable[[int, int], None]


def send_due_now(at: datetime, tell: Tell = lambda _done, _of: None) -> Sending:
    """Claim what is due at `at`, send it, and wait until each mail has its answer, or must wait for long.

    tell: called now and then with how many messages are done, of how many.
    """
    drain(kinds=[NUMBERING, SEND])  # mail that waited goes first: a window waits for the one before it
    claims = [claim for claim in claim_due(at) if claim.outcome != NOT_DUE]
    outcomes = Counter(claim.outcome for claim in claims)
    states = _deliver([mail_id for claim in claims for mail_id in claim.mail_ids], tell)
    return Sending(
        subscribers=len(claims),
        sent=states[SENT],
        empty=outcomes[NOTHING_NEW] + states[DROPPED],
        waiting=outcomes[HELD_BACK] + outcomes[NOT_CLAIMED] + states[QUEUED] + states[SENDING],
        uncertain=states[UNCERTAIN],
        failed=states[FAILED],
        passed_over=outcomes[PASSED_OVER],
    )


def _deliver(mail_ids: list[int], tell: Tell) -> Counter[str]:
    deadline, done = time.monotonic() + PATIENCE, 0
    while True:
        sent = drain(A_FEW, kinds=[SEND])
        taken = under_way(SEND)  # asked before the states: what is finished in between is seen as finished
        states = _states(mail_ids)
        left = states[QUEUED] + states[SENDING]
        if states.total() - left > done:
            done, deadline = states.total() - left, time.monotonic() + PATIENCE
            tell(done, states.total())
        if sent == A_FEW:
            continue
        if not (left and (taken or _wait_for_a_turn(mail_ids))) or time.monotonic() > deadline:
            return states
        time.sleep(LOOK_AGAIN)


def _wait_for_a_turn(mail_ids: list[int]) -> bool:
    """Whether some of it only waits for its turn, as the pace is set, and that comes soon."""
    soon = clock.now() + timedelta(seconds=PATIENCE)
    for first in range(0, len(mail_ids), 500):
        some = Mail.id.in_(mail_ids[first : first + 500])
        turns = select(Mail.id).where(some, Mail.state == QUEUED, Mail.tries == 0, Mail.turn_at <= soon)
        if db.session.scalar(turns.limit(1)) is not None:
            return True
    return False


def _states(mail_ids: list[int]) -> Counter[str]:
    db.session.rollback()
    states: Counter[str] = Counter()
    for first in range(0, len(mail_ids), 500):
        some = mail_ids[first : first + 500]
        states.update(db.session.scalars(select(Mail.state).where(Mail.id.in_(some))))
    db.session.rollback()
    return states
