"""Messages about subscriptions themselves: the one that asks to confirm, and the one with new links."""

from hub.core.database import db
from hub.core.letters import letter
from hub.core.mail import Email, Mail
from hub.core.policy import ANYBODY

from . import links, wording
from .models import Subscriber
from .rules import CONFIRM_WITHIN
from .subjects import Subject, may_be_chosen, searches_asked, subjects_named


def still_open(codes: list[str]) -> list[Subject]:
    """Of subjects named by their codes, those that anybody may subscribe to now. A search finds what is open
    to all: it is asked as anybody would."""
    named = subjects_named(ANYBODY, codes).values()
    return [
        *(subject for subject in named if may_be_chosen(ANYBODY, subject)),
        *searches_asked(ANYBODY, codes),
    ]


def compose_confirmation(mail: Mail) -> Email | None:
    """Asks the owner of an address whether they want what was asked for, while anybody may have it."""
    subscriber = db.session.get(Subscriber, mail.payload["subscriber_id"])
    if subscriber is None or subscriber.sent_to != mail.to_address:
        return None
    subjects = still_open(mail.payload["subjects"])
    if not subjects:
        return None
    frequency = mail.payload["frequency"]
    words = {
        "names": [wording.name_for_strangers(subject) for subject in subjects],
        "often": wording.often_words()[frequency],
        "days": CONFIRM_WITHIN.days,
        "confirm_link": links.confirm_link(
            subscriber.token, [subject.code for subject in subjects], frequency
        ),
    }
    return letter("digest_confirm", **words)


def compose_new_links(mail: Mail) -> Email | None:
    """The new link to somebody's choices, where they made all earlier ones useless."""
    subscriber = db.session.get(Subscriber, mail.payload["subscriber_id"])
    if subscriber is None or subscriber.sent_to != mail.to_address:
        return None
    locale = subscriber.locale
    return letter("mail_links", locale=locale, choices_link=links.choices_link(subscriber.token))
