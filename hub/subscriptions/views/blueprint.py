"""The blueprint of subscriptions, and what its pages share."""

from flask import Blueprint, abort, render_template
from flask_login import current_user

from hub.subscriptions import links, queries
from hub.subscriptions.actions import own_subscriber
from hub.subscriptions.models import Subscriber

bp = Blueprint("subscriptions", __name__)


Page = tuple[str, int]


def by_link(purpose: str, link: str) -> Subscriber | None:
    """Whose signed link this is; None where it was made useless; 404 where it is not ours."""
    values = links.read(purpose, link)
    if not values:
        abort(404)
    return queries.subscriber_with(values[0])


def link_is_old() -> Page:
    return render_template("subscriptions/link_is_old.html"), 410


def me() -> Subscriber:
    """The signed-in person as a subscriber, kept from now on."""
    return own_subscriber(current_user._get_current_object())
