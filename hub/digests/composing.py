"""Digests as messages: plain text and HTML of equal worth, headers that let people leave in one click."""

from dataclasses import replace
from functools import partial

from sqlalchemy import update
from sqlalchemy.orm import joinedload, selectinload

from hub.accounts.models import Person
from hub.core.database import db
from hub.core.language import read_by
from hub.core.letters import letter
from hub.core.mail import Email, Mail
from hub.core.message import CannotBeWritten
from hub.core.pages import day, moment_with_zone
from hub.examples import mail_wording
from hub.subscriptions import links
from hub.subscriptions.headers import list_headers
from hub.subscriptions.models import IN_DIGESTS, Subscriber, Subscription
from hub.subscriptions.rules import zone_named
from hub.subscriptions.wording import often_words

from . import wording
from .gathering import WHOLE, Edition, gather
from .models import Digest, DigestPart
from .ranges import range_of
from .telling import told_before

DEFAULT_LOCALE = "en_GB"


def compose_digest(mail: Mail) -> Email | None:
    """The digest of a claimed window, as it may be sent now; None when nothing in it may be any more."""
    digest = db.session.get(
        Digest,
        mail.payload["digest_id"],
        options=[
            selectinload(Digest.parts).joinedload(DigestPart.subscription),
            joinedload(Digest.subscriber).joinedload(Subscriber.person).selectinload(Person.memberships),
        ],
        populate_existing=True,
    )
    if digest is None or not digest.subscriber.may_be_mailed:
        return None
    if digest.subscriber.sent_to != mail.to_address:
        raise CannotBeWritten("The address was changed: the next digest goes to the new one.")
    return digest_message(digest)


def digest_message(digest: Digest) -> Email | None:
    subscriber = digest.subscriber
    actor = subscriber.as_actor()
    chosen = [part for part in digest.parts if part.subscription.frequency in IN_DIGESTS]
    ranges = [range_of(actor, part.subscription, part.after, part.upto) for part in chosen]
    locale = subscriber.person.locale if subscriber.person else DEFAULT_LOCALE
    with read_by(locale, zone_named(subscriber.zone)):
        edition = gather(actor, ranges, told_before(actor, digest))
        if not edition.entries:
            return None
        words = _words(digest, edition, [part.subscription for part in chosen])
        composed = letter("digest", locale=locale, headers=list_headers(subscriber.token), **words)
    numbers = sorted(event.number for event in edition.events)
    return replace(composed, begun=partial(_keep_what_is_told, digest.id, numbers))


def _keep_what_is_told(digest_id: int, numbers: list[int]) -> None:
    """In the transaction in which it is handed over: whatever becomes of it, these were told."""
    db.session.execute(update(Digest).where(Digest.id == digest_id).values(told=numbers))


def _words(digest: Digest, edition: Edition, chosen: list[Subscription]) -> dict[str, object]:
    token = digest.subscriber.token
    return {
        "edition": edition,
        "due_on": day(digest.due_on),
        "up_to": moment_with_zone(digest.claimed_at),
        "chosen": chosen,
        "often": often_words(),
        "section_title": wording.section_title,
        "foot": wording.foot,
        "told": wording.told,
        "counted": wording.counted,
        "words": mail_wording,
        "whole": WHOLE,
        "of_the_group": wording.of_the_group,
        "choices_link": links.choices_link(token),
        "leave_link": links.leave_link(token),
        "subject": wording.subject(edition),
    }
