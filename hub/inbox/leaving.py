"""Leaving by mail: the addresses that stand in every mail to many beside the link (RFC 2369)."""

from sqlalchemy import select

from hub.core.addressing import mail_comes_in, signed_address, signed_token
from hub.core.database import db
from hub.instants.actions import stop
from hub.notices.actions import stop_mail
from hub.notices.composing import BY_MAIL as QUIET
from hub.notices.queries import notice_with
from hub.subscriptions.actions import leave
from hub.subscriptions.headers import leaves_by_mail, stops_by_mail
from hub.subscriptions.models import Subscriber, Subscription

from .reading import Arrived
from .sorting import Settled, done, refused, sorts

LEAVE, STOP = "leave", "stop"
# Before automatic answers are dropped: mail programs send these messages by themselves.
LEAVING = 25
OLD = "Its address is of links that were made useless."


@leaves_by_mail
def leave_address(token: str) -> str | None:
    """Where a subscriber of this token leaves by mail."""
    return signed_address(LEAVE, token) if mail_comes_in() else None


@stops_by_mail
def stop_address(chosen: Subscription) -> str | None:
    """Where one choice is stopped by mail; None when the hub's own part of its addresses leaves no room."""
    if not mail_comes_in():
        return None
    try:
        return signed_address(STOP, f"{chosen.subscriber.token}.{chosen.id:x}")
    except ValueError:
        return None


@sorts(LEAVING)
def take_leave(arrived: Arrived) -> Settled | None:
    """Out of all digests, by whoever has the address: it was mailed to the subscriber alone."""
    tokens = _tokens(LEAVE, arrived)
    if not tokens:
        return None
    subscribers = db.session.scalars(select(Subscriber).where(Subscriber.token.in_(tokens))).all()
    for subscriber in subscribers:
        leave(subscriber)
    return done(LEAVE) if subscribers else refused(LEAVE, OLD)


@sorts(LEAVING)
def take_stop(arrived: Arrived) -> Settled | None:
    """No posts of one subject at once, in the same way."""
    named = [token.partition(".") for token in _tokens(STOP, arrived)]
    if not named:
        return None
    stopped = [
        found
        for token, _dot, number in named
        for found in db.session.scalars(
            select(Subscription)
            .join(Subscription.subscriber)
            .where(Subscriber.token == token, Subscription.id == int(number, 16))
        )
    ]
    for chosen in stopped:
        stop(chosen)
    return done(STOP) if stopped else refused(STOP, OLD)


@sorts(LEAVING)
def take_quiet(arrived: Arrived) -> Settled | None:
    """No more mail of what one is told of on the site, in the same way."""
    tokens = _tokens(QUIET, arrived)
    if not tokens:
        return None
    notices = [notice for token in tokens if (notice := notice_with(token)) is not None]
    for notice in notices:
        stop_mail(notice)
    return done(QUIET) if notices else refused(QUIET, OLD)


def _tokens(purpose: str, arrived: Arrived) -> list[str]:
    """What signed addresses of that purpose name among those that it is for."""
    found = (signed_token(purpose, address) for address in arrived.recipients)
    return [token for token in found if token is not None]
