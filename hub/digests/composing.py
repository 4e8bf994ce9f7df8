"""Digests as messages: plain text and HTML of equal worth, headers that let people leave in one click."""

from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from hub.accounts.models import Person
from hub.core.database import db
from hub.core.language import read_by
from hub.core.letters import letter
from hub.core.mail import Email, Mail
from hub.core.message import CannotBeWritten
from hub.core.pages import day, moment_with_zone
from hub.groups.models import Group

from . import example_wording, links, wording
from .gathering import WHOLE, Edition, gather
from .models import NEVER, Digest, Subscriber, Subscription
from .queries import open_group
from .ranges import Ranges
from .rules import CONFIRM_WITHIN, zone_named

DEFAULT_LOCALE = "en_GB"


def compose_digest(mail: Mail) -> Email | None:
    """The digest of a claimed window, as it may be sent now; None when nothing in it may be any more."""
    digest = db.session.get(
        Digest,
        mail.payload["digest_id"],
        options=[
            selectinload(Digest.parts),
            joinedload(Digest.subscriber).joinedload(Subscriber.person).selectinload(Person.memberships),
        ],
        populate_existing=True,
    )
    if digest is None or not digest.subscriber.may_be_mailed:
        return None
    if digest.subscriber.sent_to != mail.to_address:
        raise CannotBeWritten("The address was changed: the next digest goes to the new one.")
    chosen = _still_chosen(digest)
    ranges = {part.group_id: (part.after, part.upto) for part in digest.parts if part.group_id in chosen}
    return digest_message(digest, chosen, ranges)


def digest_message(digest: Digest, chosen: dict[int, Subscription], ranges: Ranges) -> Email | None:
    subscriber = digest.subscriber
    locale = subscriber.person.locale if subscriber.person else DEFAULT_LOCALE
    with read_by(locale, zone_named(subscriber.zone)):
        edition = gather(subscriber.as_actor(), ranges)
        if not edition.events:
            return None
        words = _words(digest, edition, chosen)
        return letter("digest", locale=locale, headers=list_headers(subscriber.token), **words)


def _still_chosen(digest: Digest) -> dict[int, Subscription]:
    found = db.session.scalars(
        select(Subscription)
        .where(Subscription.subscriber_id == digest.subscriber_id, Subscription.frequency != NEVER)
        .execution_options(populate_existing=True)
    )
    return {subscription.group_id: subscription for subscription in found}


def _words(digest: Digest, edition: Edition, chosen: dict[int, Subscription]) -> dict[str, object]:
    token = digest.subscriber.token
    return {
        "edition": edition,
        "due_on": day(digest.due_on),
        "up_to": moment_with_zone(digest.claimed_at),
        "chosen": [chosen[news.group.id] for news in edition.groups if news.group.id in chosen],
        "often": wording.often_words(),
        "section_title": wording.section_title,
        "foot": wording.foot,
        "told": wording.told,
        "counted": wording.counted,
        "words": example_wording,
        "whole": WHOLE,
        "of_the_group": wording.of_the_group,
        "choices_link": links.choices_link(token),
        "leave_link": links.leave_link(token),
        "subject": wording.subject(edition),
    }


def list_headers(token: str) -> dict[str, str]:
    """Which list this is, and how to leave it: RFC 2919, 2369 and 8058."""
    return {
        "List-Id": f"<digest.{urlsplit(links.address('/')).hostname}>",
        "List-Unsubscribe": f"<{links.leave_link(token)}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Precedence": "bulk",
    }


def compose_confirmation(mail: Mail) -> Email | None:
    """Asks the owner of an address whether they want a group's digest, while anybody may have it."""
    subscriber = db.session.get(Subscriber, mail.payload["subscriber_id"])
    group = db.session.get(Group, mail.payload["group_id"])
    if subscriber is None or group is None or subscriber.sent_to != mail.to_address:
        return None
    if open_group(group.slug) is None:
        return None
    frequency = mail.payload["frequency"]
    words = {
        "group": group,
        "often": wording.often_words()[frequency],
        "days": CONFIRM_WITHIN.days,
        "confirm_link": links.confirm_link(subscriber.token, group.slug, frequency),
    }
    return letter("digest_confirm", **words)
