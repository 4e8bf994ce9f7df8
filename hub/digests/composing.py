"""Digests as messages: plain text and HTML of equal worth, headers that let people leave in one click."""

import hmac
from dataclasses import replace
from functools import partial

from flask import current_app
from sqlalchemy import bindparam, update

from hub.core.database import db
from hub.core.language import read_by
from hub.core.letters import letter
from hub.core.mail import Email, Mail
from hub.core.message import CannotBeWritten
from hub.core.pages import day, moment_with_zone
from hub.examples import mail_wording
from hub.groups.models import Group
from hub.subscriptions import links
from hub.subscriptions.headers import list_headers
from hub.subscriptions.models import IN_DIGESTS, Subscription
from hub.subscriptions.rules import zone_named
from hub.subscriptions.subjects import subject_of
from hub.subscriptions.wording import name_of, often_words

from . import wording
from .entries import Edition
from .gathering import arrangement, gather
from .models import Digest
from .queries import digest_with
from .ranges import range_of
from .telling import told_before, told_ever
from .texts import texts

# Made once, as everything that is sent to the database for each message.
_KEPT = (
    update(Digest.__table__)  # type: ignore[arg-type]
    .where(Digest.__table__.c.id == bindparam("digest_id"))
    .values(told=bindparam("numbers"), entries=bindparam("arranged"))
)


def compose_digest(mail: Mail) -> Email | None:
    """The digest of a claimed window, as it may be sent now; None when nothing in it may be any more."""
    digest = digest_with(mail.payload["digest_id"])
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
    locale = subscriber.locale
    with read_by(locale, zone_named(subscriber.zone)):
        edition = gather(
            actor,
            ranges,
            told_before(actor, digest),
            ever=partial(told_ever, subscriber.id),
            length=subscriber.length,
        )
        if not edition.is_news:
            return None
        words = words_of(edition) | _links(digest, [part.subscription for part in chosen])
        words["texts"] = texts()
        headers = list_headers(subscriber.token, _the_group([part.subscription for part in chosen]))
        composed = letter("digest", locale=locale, headers=headers, **words)
    keep = partial(_keep, digest.id, sorted(edition.covered), arrangement(edition))
    return replace(composed, begun=keep, message_id=_name_of(digest))


def _name_of(digest: Digest) -> str:
    """What the message is named by: the same for the same window, also where the hub goes on from a backup,
    so that mail programs know a message that comes a second time. Nobody can guess it."""
    secret = current_app.config["SECRET_KEY"].encode()
    return f"digest.{hmac.new(secret, digest.window.encode(), 'sha256').hexdigest()[:32]}"


def _keep(digest_id: int, numbers: list[int], entries: list[dict[str, object]]) -> None:
    """In the transaction in which it is handed over: whatever becomes of it, these were told."""
    db.session.execute(_KEPT, {"digest_id": digest_id, "numbers": numbers, "arranged": entries})


def _the_group(chosen: list[Subscription]) -> Group | None:
    """The group that a digest is of, if it is of one alone."""
    return chosen[0].group if len(chosen) == 1 else None


def words_of(edition: Edition) -> dict[str, object]:
    """What templates need to say it."""
    return {
        "edition": edition,
        "say": wording,
        "words": mail_wording,
        "subject": wording.subject(edition),
    }


def _links(digest: Digest, chosen: list[Subscription]) -> dict[str, object]:
    token = digest.subscriber.token
    return {
        "due_on": day(digest.due_on),
        "up_to": moment_with_zone(digest.claimed_at),
        "chosen": chosen,
        "name_of": lambda subscription: name_of(subject_of(subscription)),
        "often": often_words(),
        "page_link": links.digest_link(token, digest.token),
        "choices_link": links.choices_link(token),
        "leave_link": links.leave_link(token),
    }
