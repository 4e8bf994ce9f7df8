"""Feeds over HTTP: with validators, so that a reader who has it is told so and nothing else."""

from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Response, abort, make_response, request, session

from hub.core.language import HUB_ZONE, read_by
from hub.core.policy import ANYBODY, Actor
from hub.subscriptions.rules import zone_named

from .calendar import calendar_of
from .entries import NOTHING_YET
from .gathering import feed_of
from .models import PrivateFeed
from .subjects import ICS, Subject
from .wording import MEDIA_TYPES
from .writing import WRITERS

ENGLISH = "en"


def answer_open(subject: Subject, written: str) -> Response:
    """As anybody sees it, in the hub's own language and zone, whoever asks."""
    with read_by(ENGLISH, ZoneInfo(HUB_ZONE)):
        return _answer(ANYBODY, subject, written, subject.feed(written))


def answer_private(feed: PrivateFeed, actor: Actor, subject: Subject, written: str, own: str) -> Response:
    """As its person sees it, in their language and zone. own: the address that was asked for."""
    with read_by(feed.person.locale, zone_named(feed.person.time_zone)):
        response = _answer(actor, subject, written, own, f"/private/{feed.token}")
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _answer(actor: Actor, subject: Subject, written: str, own: str, name: str = "") -> Response:
    if written not in subject.formats:
        abort(404)
    if written == ICS:
        body, items = calendar_of(actor, subject)
        changed = max((item.last_activity_at for item in items), default=NOTHING_YET)
    else:
        feed = feed_of(actor, subject, own, name, request.args.get("after"))
        body, changed = WRITERS[written](feed), feed.updated
    return _with_validators(body, MEDIA_TYPES[written], changed)


def _with_validators(body: bytes, media_type: str, changed: datetime) -> Response:
    response = make_response(body)
    response.headers["Content-Type"] = f"{media_type}; charset=utf-8"
    # Asked for again each time: what is withdrawn goes dark at once.
    response.headers["Cache-Control"] = "private, no-cache" if session else "no-cache"
    response.last_modified = changed
    response.add_etag()
    # By date alone: what has gone without a word leaves an earlier date behind, and that is a change, too.
    if request.if_none_match or request.if_modified_since == response.last_modified:
        response.make_conditional(request)
    return response
