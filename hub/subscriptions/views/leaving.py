"""Out of all digests: a page with a button, or one click in the mail program (RFC 8058)."""

from flask import render_template, request

from hub.core.access import requires
from hub.core.forms import csrf
from hub.core.keyed import keyed
from hub.subscriptions import links
from hub.subscriptions.actions import leave

from .blueprint import Page, bp, by_link, link_is_old


@bp.route("/mail/leave/<link>", methods=["GET", "POST"])
@requires("site.read")
@keyed
@csrf.exempt
def leave_page(link: str) -> str | Page:
    subscriber = by_link(links.LEAVE, link)
    if subscriber is None:
        return link_is_old()
    if request.method == "POST":
        leave(subscriber)
    return render_template(
        "subscriptions/leave.html",
        left=request.method == "POST",
        member=subscriber.person is not None,
        choices_link=links.choices_link(subscriber.token),
    )
