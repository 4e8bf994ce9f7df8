"""A captured page, shown again to its keepers: the page around it, and what stands in the frame."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Response, abort, render_template, request

from hub.core.access import requires
from hub.core.security import CONTENT_SECURITY_POLICY, content_policy

from ..models import ArchivedPost, Sighting
from ..replaying.page import show_page
from ..replaying.records import Book, captures_of
from .blueprint import bp, post_at

# What stands in the frame runs nothing, loads nothing, sends nothing and has no origin: all that it shows is
# in it as data.
SHOWN_AGAIN_POLICY = {
    "default-src": "'none'",
    "img-src": "data:",
    "style-src": "'unsafe-inline' data:",
    "font-src": "data:",
    "media-src": "data:",
    "form-action": "'none'",
    "base-uri": "'none'",
    "frame-ancestors": "'self'",
    "sandbox": "",
}
# The page around it may show frames of this hub, and no others: a link in the frame leads nowhere.
FRAMING_POLICY = CONTENT_SECURITY_POLICY | {"frame-src": "'self'"}


@bp.get("/collections/<token>/posts/<post_token>/replay")
@requires("archived_post.read")
@content_policy(FRAMING_POLICY)
def replay(token: str, post_token: str) -> str:
    """A captured page, with what it is above it. `capture`: the hash of one capture; else the latest."""
    found = post_at(token, post_token)
    captures = captures_of(found)
    wanted = request.args.get("capture")
    capture = _capture(captures, wanted) if wanted else (captures[0] if captures else abort(404))
    return render_template(
        "archive/replay.html",
        collection=found.collection,
        post=found,
        capture=capture,
        captures=captures,
        shown=show_page(Book(found, capture)),
    )


@bp.get("/collections/<token>/posts/<post_token>/replay/<sha256>")
@requires("archived_post.read")
@content_policy(SHOWN_AGAIN_POLICY)
def shown_again(token: str, post_token: str, sha256: str) -> Response:
    """What stands in the frame: the page itself, in one document."""
    found: ArchivedPost = post_at(token, post_token)
    shown = show_page(Book(found, _capture(captures_of(found), sha256)))
    return Response(shown.document if shown else abort(404), mimetype="text/html")


def _capture(captures: Sequence[Sighting], sha256: str) -> Sighting:
    return next((one for one in captures if one.source.sha256 == sha256), None) or abort(404)
