"""Making private feeds, and revoking them."""

from flask_babel import gettext as _

from hub.core.database import db
from hub.core.errors import Refused
from hub.core.policy import Actor

from .keys import hash_of, new_key
from .models import PrivateFeed
from .queries import how_many
from .rules import MOST_PRIVATE
from .subjects import Subject


def make_private(actor: Actor, subject: Subject) -> tuple[PrivateFeed, str]:
    """A feed of what the actor sees of a subject, and its key, which is told this once. Raises Refused."""
    if how_many(actor) >= MOST_PRIVATE:
        raise Refused(
            _(
                "You have %(count)s private feeds, which is as many as one person can have. Revoke one that "
                "you no longer use, then make this one.",
                count=MOST_PRIVATE,
            )
        )
    key = new_key()
    made = PrivateFeed(
        person_id=actor.person_id,
        key_hash=hash_of(key),
        kind=subject.kind,
        group_id=subject.group.id if subject.group is not None and not subject.wanted.asked else None,
        item_id=subject.item.id if subject.item is not None else None,
        asked=subject.wanted.asked,
    )
    db.session.add(made)
    db.session.flush()
    return made, key


def revoke(feed: PrivateFeed) -> None:
    """Its address opens nothing from now on."""
    db.session.delete(feed)
    db.session.flush()
