"""What a subscriber was told already: nothing is told twice, whichever of their choices it fell under."""

from sqlalchemy import or_, select

from hub.content.models import Activity
from hub.core.database import db
from hub.core.mail import QUEUED, SENDING, Mail
from hub.core.policy import Actor
from hub.subscriptions.telling import told_elsewhere

from .models import Digest, DigestPart
from .ranges import in_ranges, range_of


def told_before(actor: Actor, digest: Digest) -> set[int]:
    """The numbers of activities that the subscriber's other digests told, or that those before it will."""
    since = min((part.after for part in digest.parts), default=0)
    return told_since(digest.subscriber_id, since, besides=digest.id) | _left_to_earlier(actor, digest)


def told_ever(subscriber_id: int) -> set[int]:
    """The numbers of all that they were told of, as far as it is remembered."""
    rows = db.session.scalars(select(Digest.told).where(Digest.subscriber_id == subscriber_id))
    return {number for told in rows for number in told} | told_elsewhere(subscriber_id)


def told_since(subscriber_id: int, number: int, besides: int | None = None) -> set[int]:
    """The numbers after `number` of activities that the subscriber was told, or is being told."""
    reached = select(DigestPart.digest_id).where(DigestPart.upto > number)
    rows = db.session.execute(
        select(Digest.id, Digest.told)
        .where(Digest.subscriber_id == subscriber_id)
        # Of what they no longer hear of, as of a group that they left, no part says how far it reached.
        .where(or_(Digest.id.in_(reached), ~Digest.parts.any()))
    )
    told = {one for row in rows if row.id != besides for one in row.told if one > number}
    return told | told_elsewhere(subscriber_id, number)


def _left_to_earlier(actor: Actor, digest: Digest) -> set[int]:
    """Where each subject has a message of its own, several are under way at once: what falls under two of
    them is told by the first."""
    parts = db.session.scalars(
        select(DigestPart)
        .join(Digest, Digest.id == DigestPart.digest_id)
        .join(Mail, Mail.id == Digest.mail_id)
        .where(Digest.subscriber_id == digest.subscriber_id, Digest.id < digest.id)
        .where(Mail.state.in_((QUEUED, SENDING)))
    ).all()
    if not parts:
        return set()
    ranges = [range_of(actor, part.subscription, part.after, part.upto) for part in parts]
    return set(db.session.scalars(select(Activity.number).where(in_ranges(Activity, ranges))))
