"""Private feeds: the key in the address lets in whoever has it, and shows what its person sees now."""

from flask import Response, abort, request

from hub.core.access import requires
from hub.core.keyed import keyed
from hub.core.policy import Actor
from hub.feeds.answering import answer_private
from hub.feeds.models import PrivateFeed
from hub.feeds.queries import opened_by, subject_of
from hub.feeds.subjects import ICS, READ

from .blueprint import bp


@requires("site.read")
@keyed
def private(key: str) -> Response:
    """Judged at each request: who has left a group reads it no more, by whatever address."""
    found = opened_by(key) or abort(404)
    actor = reader_of(found)
    subject = subject_of(found, actor) or abort(404)
    return answer_private(found, actor, subject, request.path.rpartition(".")[2], request.path)


for _written in (*READ, ICS):
    bp.add_url_rule(f"/feeds/private/<key>.{_written}", f"private_{_written}", private)


def reader_of(feed: PrivateFeed) -> Actor:
    """Its person as a member. What an administrator reads by a recorded act is read on the site only."""
    roles = {membership.group_id: membership.role for membership in feed.person.memberships}
    return Actor(feed.person_id, roles)
