"""Pages of notices."""

from flask import Blueprint, abort, flash, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hub.core.access import current_actor, requires
from hub.core.forms import csrf
from hub.core.keyed import keyed
from hub.core.markup import excerpt, own_words
from hub.subscriptions import links
from hub.subscriptions.queries import subscriber_with

from . import queries, wording
from .actions import choose_mail, mark_all_read, mark_read, stop_mail
from .composing import token_of
from .rules import MAILED

bp = Blueprint("notices", __name__)

# A line under each: enough to know whether to go there.
LINE = 160


def _line(html: str) -> str:
    return excerpt(own_words(html), LINE)


@bp.get("/notices")
@requires("site.use")
def notices() -> str:
    """What concerns the reader, newest first."""
    return render_template(
        "notices/notices.html",
        page=queries.notices_of(current_actor(), request.args.get("after")),
        what=wording.what,
        line=_line,
    )


@bp.post("/notices/reading")
@requires("site.use")
def read_all() -> Response:
    mark_all_read(current_actor())
    flash(_("All notices are marked as read."), "success")
    return redirect("/notices", 303)


@bp.post("/notices/<token>/reading")
@requires("site.use")
def read_one(token: str) -> Response:
    mark_read(current_actor(), queries.one_notice(current_actor(), token) or abort(404))
    return redirect("/notices", 303)


@bp.post("/me/mail/notices")
@requires("site.use")
def choose() -> Response:
    """What one wants by e-mail at once."""
    person_id = current_actor().person_id or abort(404)
    choose_mail(person_id, **_ticked())
    flash(_("Your choices are kept."), "success")
    return redirect("/me/mail", 303)


def _ticked() -> dict[str, bool]:
    return {kind: kind in request.form for kind in MAILED.values()}


@bp.post("/mail/choices-of-notices/<link>")
@requires("site.read")
@keyed
@csrf.exempt
def choose_by_link(link: str) -> Response:
    """The same by the signed link to somebody's mail, without signing in."""
    values = links.read(links.CHOICES, link)
    subscriber = subscriber_with(values[0]) if values else None
    if subscriber is None or subscriber.person_id is None:
        abort(404)
    choose_mail(subscriber.person_id, **_ticked())
    return redirect(f"/mail/choices/{link}", 303)


@bp.route("/mail/notices/<link>", methods=["GET", "POST"])
@requires("site.read")
@keyed
@csrf.exempt
def stop(link: str) -> str:
    """Out of such mail by the link in it: a page with a button, or one click (RFC 8058)."""
    token = token_of(link)
    notice = (queries.notice_with(token) if token else None) or abort(404)
    stopped = request.method == "POST"
    if stopped:
        stop_mail(notice)
    return render_template("notices/stop.html", stopped=stopped)
