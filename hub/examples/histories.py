"""What happens to an example, in the histories of the archived posts that it shows."""

from hub.archive.happenings import record
from hub.archive.models import ArchivedPost
from hub.core.database import db
from hub.core.policy import Actor

from .models import Example


def into_history(actor: Actor, example: Example, kind: str) -> None:
    """What happens to an example has happened to each of its archived posts. Their keepers read it, who may
    not see the page: so it names the example, by an address that tells nobody anything, and gives no reason.
    """
    for part in example.shows:
        post = db.session.get_one(ArchivedPost, part.archived_post_id)
        record(actor, post, kind, version_id=part.version_id, example=example.token)
