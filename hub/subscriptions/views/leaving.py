"""Out of all digests: a page with a button, or one click in the mail program (RFC 8058)."""

from flask import render_template, request
from werkzeug.wrappers import Response

from hub.core.access import requires
from hub.core.forms import csrf
from hub.core.keyed import keyed
from hub.subscriptions import links
from hub.subscriptions.actions import leave

from .blueprint import bp, by_link, private


@bp.route("/mail/leave/<link>", methods=["GET", "POST"])
@requires("site.read")
@keyed
@csrf.exempt
def leave_page(link: str) -> Response:
    subscriber = by_link(links.LEAVE, link)
    if isinstance(subscriber, Response):
        return subscriber
    if request.method == "POST":
        leave(subscriber)
    return private(
        render_template(
            "subscriptions/leave.html",
            left=request.method == "POST",
            member=subscriber.person is not None,
            choices_link=links.choices_link(subscriber.token),
        )
    )
