"""The page behind the link that stops posts at once. GET only shows; mail scanners open links."""

from flask import Blueprint, abort, render_template, request
from sqlalchemy import select

from hub.core.access import requires
from hub.core.database import db
from hub.core.forms import csrf
from hub.core.keyed import keyed
from hub.subscriptions.links import choices_link
from hub.subscriptions.models import NEVER, Subscriber, Subscription

from . import wording
from .actions import stop
from .links import named_by

bp = Blueprint("instants", __name__)


@bp.route("/mail/at-once/<link>", methods=["GET", "POST"])
@requires("site.read")
@keyed
@csrf.exempt
def stop_page(link: str) -> str:
    """A page with a button, or one click in the mail program (RFC 8058)."""
    subscription = _named_by(link)
    if request.method == "POST":
        stop(subscription)
    return render_template(
        "instants/stop.html",
        chosen=wording.chosen(subscription),
        stopped=request.method == "POST",
        keeps_mentions=subscription.frequency != NEVER,
        choices_link=choices_link(subscription.subscriber.token),
    )


def _named_by(link: str) -> Subscription:
    token, subscription_id = named_by(link) or abort(404)
    return db.session.scalar(
        select(Subscription)
        .join(Subscription.subscriber)
        .where(Subscription.id == subscription_id, Subscriber.token == token)
    ) or abort(404)
