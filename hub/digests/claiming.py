"""Claiming windows: each subscriber's due groups become one digest, once, whoever else is at it.

A claim is made in one transaction: the row of the window, its ranges, the watermarks and the queued mail, or
nothing. Claims are made in lots, one transaction and as many statements for all of a lot as for one of it. A
lot that fails is made again one by one, so that nobody's claim stands in the way of others'.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import bindparam, insert, update

from hub.core import clock
from hub.core.addressees import closed_to_lists
from hub.core.database import db, new_token, unit_of_work
from hub.core.mail import Posting, post_mails
from hub.subscriptions.actions import newest_number
from hub.subscriptions.models import Subscriber, Subscription
from hub.subscriptions.rules import next_due, window_at
from hub.subscriptions.telling import are_being_told

from .due import (
    Window,
    claimed_before,
    due_subscribers,
    due_subscriptions,
    held,
    with_mail_under_way,
)
from .gathering import has_news
from .models import Digest, DigestPart, window_name
from .news import News
from .ranges import range_of
from .telling import told_since

log = structlog.get_logger(__name__)

PURPOSE = "digest"

# Subscribers whose claims are made in one transaction. On SQLite whoever writes waits for it.
A_LOT = 50

# What a claim came to.
POSTED, NOTHING_NEW, HELD_BACK, NOT_DUE = "posted", "nothing new", "held back", "not due"
# Mail to the address came back: its windows pass by, and the first after it works again covers them all.
PASSED_OVER = "passed over"
NOT_CLAIMED = "not claimed"


_digests = Digest.__table__
_MAIL_OF = (
    update(_digests)  # type: ignore[arg-type]
    .where(_digests.c.id == bindparam("digest"))
    .values(mail_id=bindparam("mail"))
)


@dataclass(frozen=True)
class Claim:
    outcome: str
    mail_ids: tuple[int, ...] = ()


@dataclass(frozen=True)
class _Window:
    """One message to be: its window, and what is told in it."""

    subscriber: Subscriber
    name: Window
    due: list[Subscription]


def claim_due(at: datetime) -> Iterator[Claim]:
    """Claim what is due at `at`, the longest due first."""
    ids, news = due_subscribers(at), News()
    for first in range(0, len(ids), A_LOT):
        lot = ids[first : first + A_LOT]
        try:
            yield from claim_lot(lot, at, news)
        except Exception:
            log.exception("digests.lot_failed")
            yield from (_alone(subscriber_id, at) for subscriber_id in lot)


def _alone(subscriber_id: int, at: datetime) -> Claim:
    try:
        return claim(subscriber_id, at)
    except Exception:
        log.exception("digests.claim_failed", subscriber=subscriber_id)
        return Claim(NOT_CLAIMED)


def claim(subscriber_id: int, at: datetime) -> Claim:
    """Claim one subscriber's window that is due at `at`."""
    return claim_lot([subscriber_id], at, News())[0]


def claim_lot(ids: Sequence[int], at: datetime, news: News) -> list[Claim]:
    """Claim the windows of these subscribers that are due at `at`; what came of each, in the same order. What
    has nothing new moves on without a mail."""
    with unit_of_work() as session, session.no_autoflush:  # all that changes is written together, at the end
        subscribers = {one: found for one, found in held(ids).items() if found.may_be_mailed}
        due = {one: some for one, some in due_subscriptions(ids, at).items() if one in subscribers}
        passed_over = _passed_over(subscribers, due, at)
        reached = {one: min(each.last_number for each in some) for one, some in due.items()}
        held_back = with_mail_under_way(due) | are_being_told(reached)
        outcomes = {one: Claim(HELD_BACK if one in held_back else NOTHING_NEW) for one in due}
        outcomes |= dict.fromkeys(passed_over, Claim(PASSED_OVER))
        windows = _windows(subscribers, {one: due[one] for one in due if one not in held_back}, at)
        told, upto = told_since({one: reached[one] for one in windows}), newest_number()
        news_of = []
        for one, some in windows.items():
            if not some:
                outcomes[one] = Claim(NOT_DUE)
            news_of += [window for window in some if _has_news(window, told[one], upto, news)]
        for window, mail_id in _posted(news_of, upto):
            one = window.subscriber.id
            outcomes[one] = Claim(POSTED, (*outcomes[one].mail_ids, mail_id))
        return [outcomes.get(one, Claim(NOT_DUE)) for one in ids]


def _passed_over(
    subscribers: dict[int, Subscriber], due: dict[int, list[Subscription]], at: datetime
) -> list[int]:
    """The ids of those to whom nothing can be sent now, who are taken out of what is due. What they were to
    be told stays theirs; they are due again when the next window opens."""
    closed = closed_to_lists(subscribers[one].sent_to for one in due)
    found = [one for one in due if subscribers[one].sent_to.strip().lower() in closed]
    for one in found:
        for subscription in due.pop(one):
            subscription.next_due_at = next_due(subscribers[one], subscription.frequency, at)
    return found


def _windows(
    subscribers: dict[int, Subscriber], due: dict[int, list[Subscription]], at: datetime
) -> dict[int, list[_Window]]:
    """The windows of each that were not claimed before. What is due is due again when the next one opens."""
    found: dict[int, list[_Window]] = {}
    for one, some in due.items():
        subscriber = subscribers[one]
        day = window_at(at, subscriber.zone, subscriber.digest_hour)
        found[one] = [_Window(subscriber, (one, day, name), told) for name, told in _parts(subscriber, some)]
        for subscription in some:
            subscription.next_due_at = next_due(subscriber, subscription.frequency, at)
    before = claimed_before({window.name[0]: window.name[1] for some in found.values() for window in some})
    return {one: [window for window in some if window.name not in before] for one, some in found.items()}


def _parts(subscriber: Subscriber, due: list[Subscription]) -> list[tuple[str, list[Subscription]]]:
    """What is told in one message, and what that is called."""
    if subscriber.separate:
        return [(str(subscription.id), [subscription]) for subscription in due]
    return [("", due)]


def _has_news(window: _Window, told: set[int], upto: int, news: News) -> bool:
    """Whether there is anything to tell. What has nothing new is covered by that."""
    actor = window.subscriber.as_actor()
    ranges = [range_of(actor, each, each.last_number, upto) for each in window.due]
    if news.is_there(actor, ranges, told) or has_news(actor, ranges, told):
        return True
    if not has_news(actor, ranges, told, alone=True):
        _move_on(window.due, upto)
    return False


def _posted(windows: list[_Window], upto: int) -> list[tuple[_Window, int]]:
    """The digests of these windows are kept, and their mail is queued: the id of each, unless that was done
    before. In as many statements for many as for one."""
    if not windows:
        return []
    ids = _kept(windows, upto)
    names = {window.name: f"digest:{_name(window)}" for window in windows}
    made = post_mails(
        PURPOSE,
        [
            Posting(
                window.subscriber.sent_to,
                key=names[window.name],
                person_id=window.subscriber.person_id,
                payload={"digest_id": ids[window.name]},
            )
            for window in windows
        ],
    )
    posted = [(window, made[key]) for window in windows if (key := names[window.name]) in made]
    if posted:
        mail_of = [{"digest": ids[window.name], "mail": mail_id} for window, mail_id in posted]
        db.session.execute(_MAIL_OF, mail_of)
    return posted


def _kept(windows: list[_Window], upto: int) -> dict[Window, int]:
    """The ids of their digests, which cover everything up to that number from now on."""
    rows = [
        {
            "token": new_token(),
            "subscriber_id": window.name[0],
            "due_on": window.name[1],
            "part_of": window.name[2],
            "claimed_at": clock.now(),
            "told": [],
            "entries": [],
        }
        for window in windows
    ]
    inserted = insert(_digests).returning(
        _digests.c.id, _digests.c.subscriber_id, _digests.c.due_on, _digests.c.part_of
    )
    ids = {tuple(row[1:]): row.id for row in db.session.execute(inserted, rows)}
    parts = [
        {
            "digest_id": ids[window.name],
            "subscription_id": each.id,
            "after": each.last_number,
            "upto": upto,
        }
        for window in windows
        for each in window.due
    ]
    db.session.execute(insert(DigestPart.__table__), parts)  # type: ignore[arg-type]
    for window in windows:
        _move_on(window.due, upto)
    return ids


def _name(window: _Window) -> str:
    """What it is called, for good."""
    _subscriber_id, due_on, part_of = window.name
    return window_name(window.subscriber.token, due_on, part_of)


def _move_on(due: list[Subscription], upto: int) -> None:
    for subscription in due:
        subscription.last_number = upto


def take_back(digest: Digest) -> None:
    """Its mail was certainly not sent: the next window covers what this one did."""
    digest.told = []
    for part in digest.parts:
        if part.subscription.last_number == part.upto:
            part.subscription.last_number = part.after
