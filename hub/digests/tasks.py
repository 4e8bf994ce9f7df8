"""The worker's part: claiming what falls due, composing at the moment of sending."""

from datetime import timedelta

from sqlalchemy import delete

from hub.core import clock
from hub.core.carrying import heartbeat
from hub.core.database import db
from hub.core.jobs import job, scheduled
from hub.core.mail import DROPPED, FAILED, KEPT, Email, Mail, composer, when_not_sent

from . import composing
from .claiming import NOT_CLAIMED, PURPOSE, claim_due, take_back
from .models import Digest

# Windows open on the hour; zones lie at quarters of an hour.
LOOKED_FOR = timedelta(minutes=15)
# How many claims a lease easily outlasts.
CLAIMS_A_BEAT = 100

SEND_DUE = "digests.send_due"


class NotClaimed(RuntimeError):
    """Some claims failed, and are in the log; all others were made."""


@job(SEND_DUE, long=True)
def send_due() -> None:
    """Claim what is due now. Each claim stands alone: taken up again, it goes on where it was."""
    failed = 0
    for number, claimed in enumerate(claim_due(clock.now()), start=1):
        failed += claimed.outcome == NOT_CLAIMED
        if number % CLAIMS_A_BEAT == 0:
            heartbeat()
    if failed:
        raise NotClaimed(f"{failed} digests could not be claimed: the log says why. All others were.")


scheduled(SEND_DUE, LOOKED_FOR)


@composer(PURPOSE, to_many=True)
def compose(mail: Mail) -> Email | None:
    return composing.compose_digest(mail)


@when_not_sent(PURPOSE)
def follow(mail: Mail) -> None:
    """What was certainly not sent is told by the next digest: also who joined, when what they were to be told
    beside is gone by now."""
    digest = db.session.get(Digest, mail.payload.get("digest_id"))
    if digest is not None and mail.state in {FAILED, DROPPED}:
        take_back(digest)


@job("digests.forget")
def forget() -> None:
    """A window is known as long as the mail that it became: nobody's reading is on record for good."""
    db.session.execute(
        delete(Digest.__table__).where(Digest.claimed_at < clock.now() - KEPT)  # type: ignore[arg-type]
    )


scheduled("digests.forget", timedelta(days=1))
