"""Saving searches, renaming and removing them."""

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select

from hub.core.database import db
from hub.core.errors import Refused

from .actions import choose
from .models import WEEKLY, SavedSearch, Subscriber, Subscription
from .subjects import Subject

# Each is asked anew for every digest: so many cost less than the rest of the mail together.
MOST_SEARCHES = 30
LONGEST_NAME = 120


def searches_of(subscriber: Subscriber) -> list[SavedSearch]:
    own = select(SavedSearch).where(SavedSearch.subscriber_id == subscriber.id)
    return list(db.session.scalars(own.order_by(SavedSearch.id)))


def saved_as_asked(subscriber: Subscriber, asked: dict[str, Any]) -> Subscription | None:
    """What somebody chose for the very same search, if they saved it."""
    own = select(Subscription).join(Subscription.search)
    found = db.session.scalars(own.where(Subscription.subscriber_id == subscriber.id))
    return next((one for one in found if one.search and one.search.asked == asked), None)


def save_search(
    subscriber: Subscriber, name: str, asked: dict[str, Any], frequency: str = WEEKLY
) -> Subscription:
    """Be told of what this search finds from now on. The same search twice is one, chosen anew."""
    kept = saved_as_asked(subscriber, asked)
    if kept is not None and kept.search is not None:
        return choose(subscriber, kept.search, frequency)
    counted = select(func.count()).where(SavedSearch.subscriber_id == subscriber.id)
    if (db.session.scalar(counted) or 0) >= MOST_SEARCHES:
        raise Refused(
            _(
                "You have saved %(most)s searches, as many as there can be. Remove one first.",
                most=MOST_SEARCHES,
            )
        )
    search = SavedSearch(subscriber_id=subscriber.id, name=name.strip()[:LONGEST_NAME], asked=asked)
    db.session.add(search)
    db.session.flush()
    return choose(subscriber, search, frequency)


def confirm_searches(subscriber: Subscriber, subjects: Iterable[Subject], frequency: str) -> None:
    """The address is theirs, and they want to be told of what these searches find, none of them saved yet."""
    for subject in subjects:
        assert isinstance(subject.thing, SavedSearch)
        save_search(subscriber, subject.thing.name, subject.thing.asked, frequency)


def rename_search(search: SavedSearch, name: str) -> None:
    """A name of one's own; an empty one changes nothing."""
    search.name = " ".join(name.split())[:LONGEST_NAME] or search.name


def remove_search(search: SavedSearch) -> None:
    """Forget it, and the choice that was made for it."""
    db.session.delete(search)
    db.session.flush()
