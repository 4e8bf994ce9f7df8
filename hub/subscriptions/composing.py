"""The message that asks the owner of an address whether they want what somebody asked for."""

from hub.core.database import db
from hub.core.letters import letter
from hub.core.mail import Email, Mail
from hub.groups.models import Group

from . import links, wording
from .models import Subscriber
from .queries import open_group
from .rules import CONFIRM_WITHIN


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
