"""Leaving by mail: the address that stands in every digest beside the link (RFC 2369)."""

from sqlalchemy import select

from hub.core.addressing import mail_comes_in, signed_address, signed_token
from hub.core.database import db
from hub.subscriptions.actions import leave
from hub.subscriptions.headers import leaves_by_mail
from hub.subscriptions.models import Subscriber

from .reading import Arrived
from .sorting import Settled, done, refused, sorts

LEAVE = "leave"
# Before automatic answers are dropped: mail programs send these messages by themselves.
LEAVING = 25


@leaves_by_mail
def leave_address(token: str) -> str | None:
    """Where a subscriber of this token leaves by mail."""
    return signed_address(LEAVE, token) if mail_comes_in() else None


@sorts(LEAVING)
def take_leave(arrived: Arrived) -> Settled | None:
    """Out of all digests, by whoever has the address: it was mailed to the subscriber alone."""
    tokens = [token for address in arrived.recipients if (token := signed_token(LEAVE, address)) is not None]
    if not tokens:
        return None
    subscribers = db.session.scalars(select(Subscriber).where(Subscriber.token.in_(tokens))).all()
    for subscriber in subscribers:
        leave(subscriber)
    return done(LEAVE) if subscribers else refused(LEAVE, "Its address is of links that were made useless.")
