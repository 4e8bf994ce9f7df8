"""The blueprint of subscriptions, and what its pages share."""

from flask import Blueprint, abort, make_response, render_template
from flask_login import current_user
from werkzeug.wrappers import Response

from hub.subscriptions import links, queries
from hub.subscriptions.actions import own_subscriber
from hub.subscriptions.models import Subscriber

bp = Blueprint("subscriptions", __name__)


def by_link(purpose: str, link: str) -> Subscriber | Response:
    """Whose signed link this is; a page that says so where it was made useless; 404 where it is not ours."""
    values = links.read(purpose, link)
    if not values:
        abort(404)
    return queries.subscriber_with(values[0]) or link_is_old()


def link_is_old() -> Response:
    return private(render_template("subscriptions/link_is_old.html"), 410)


def private(page: str, status: int = 200) -> Response:
    """A page whose address is a key is kept nowhere and told to nobody."""
    response = make_response(page, status)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def me() -> Subscriber:
    """The signed-in person as a subscriber, kept from now on."""
    return own_subscriber(current_user._get_current_object())
