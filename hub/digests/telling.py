"""What subscribers were told already: nothing is told twice, whichever of their choices it fell under."""

from collections.abc import Mapping, Sequence
from functools import lru_cache

from sqlalchemy import Row, Select, and_, bindparam, or_, select
from sqlalchemy.orm import aliased

from hub.content.models import Activity
from hub.core.database import db
from hub.core.mail import QUEUED, SENDING, Mail
from hub.core.policy import Actor
from hub.subscriptions.telling import beyond, is_beyond, told_elsewhere

from .models import Digest, DigestPart
from .ranges import in_ranges, range_of


def told_before(actor: Actor, digest: Digest) -> set[int]:
    """The numbers of activities that the subscriber's other digests told, or that those before it will."""
    since = min((part.after for part in digest.parts), default=0)
    told = told_elsewhere({digest.subscriber_id: since})[digest.subscriber_id]
    others = [other for other in _reaching({digest.subscriber_id: since}) if other.id != digest.id]
    told |= {number for other in others for number in other.told if number > since}
    waiting = [other.id for other in others if other.id < digest.id and other.state in (QUEUED, SENDING)]
    return told | _left_to(actor, waiting)


def told_ever(subscriber_id: int) -> set[int]:
    """The numbers of all that they were told of, as far as it is remembered."""
    rows = db.session.scalars(select(Digest.told).where(Digest.subscriber_id == subscriber_id))
    told = {number for told in rows for number in told}
    return told | told_elsewhere({subscriber_id: 0})[subscriber_id]


def told_since(after: Mapping[int, int]) -> dict[int, set[int]]:
    """Of subscribers, by their ids, the numbers after the given one of activities that they were told."""
    found = dict(told_elsewhere(after))
    for digest in _reaching(after):
        whose = digest.subscriber_id
        found[whose] |= {number for number in digest.told if number > after[whose]}
    return found


def _reaching(after: Mapping[int, int]) -> Sequence[Row]:
    """Their digests that cover something beyond the number: id, subscriber_id, what it told, and the state of
    its mail."""
    those = beyond(after)
    return db.session.execute(_digests(those.size), {**those.given, "everybody": list(after)}).all()


@lru_cache(maxsize=16)
def _digests(size: int) -> Select:
    digest, everybody = aliased(Digest), bindparam("everybody", expanding=True)
    reached = (
        select(digest.id)
        .join(DigestPart, DigestPart.digest_id == digest.id)
        .where(is_beyond(digest.subscriber_id, DigestPart.upto, size))
    )
    return (
        select(Digest.id, Digest.subscriber_id, Digest.told, Mail.state)
        .outerjoin(Mail, Mail.id == Digest.mail_id)
        # Of what they no longer hear of, as of a group that they left, no part says how far it reached.
        .where(or_(Digest.id.in_(reached), and_(Digest.subscriber_id.in_(everybody), ~Digest.parts.any())))
    )


def _left_to(actor: Actor, digest_ids: list[int]) -> set[int]:
    """Where each subject has a message of its own, several are under way at once: what falls under two of
    them is told by the first."""
    if not digest_ids:
        return set()
    parts = db.session.scalars(select(DigestPart).where(DigestPart.digest_id.in_(digest_ids))).all()
    ranges = [range_of(actor, part.subscription, part.after, part.upto) for part in parts]
    return set(db.session.scalars(select(Activity.number).where(in_ranges(Activity, ranges))))
