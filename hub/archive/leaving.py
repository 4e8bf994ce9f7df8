"""The one gate out of a collection: attaching as an example, and every export, ask here.

Where a collection has an approver, nothing leaves without them. Whoever wants to take something out asks
`may_leave`, and where it says no, asks for it with `ask_to_leave`; once the approver agrees, it happens by
itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from flask_babel import gettext as _

from hub.core.errors import Refused
from hub.core.policy import Actor

from .approvals.actions import ask
from .approvals.kinds import THE_APPROVER, kind
from .approvals.models import Approval
from .models import ArchivedPost, Collection


def may_leave(actor: Actor, collection: Collection) -> bool:
    """Whether the actor (who may do it otherwise) may take posts out of the collection at once."""
    return collection.approver_id is None or collection.approver_id == actor.person_id


def ask_to_leave(
    actor: Actor,
    code: str,
    collection: Collection,
    reason: str,
    *,
    posts: Sequence[int] = (),
    **details: Any,
) -> Approval:
    """Ask the approver. code: of a `Kind` that the approver decides. Raises Refused."""
    if kind(code).decides != THE_APPROVER:
        raise ValueError(f"{code!r} is not decided by the approver.")
    approver = collection.approver
    if approver is None or not approver.active:
        raise Refused(
            _(
                "Nothing leaves this collection without its approver, whose account is closed. Another"
                " approver has to be named first. Nothing was changed."
            )
        )
    return ask(actor, code, collection, reason, posts=posts, **details)


def the_collection_of(posts: Iterable[ArchivedPost]) -> Collection:
    """The one collection that posts leave together. Raises Refused when they are of several of which one has
    an approver: one decision cannot be taken for two approvers."""
    collections = {post.collection_id: post.collection for post in posts}
    guarded = [one for one in collections.values() if one.approver_id is not None]
    if guarded and len(collections) > 1:
        raise Refused(
            _(
                "These posts are of several collections, and “%(name)s” has an approver. Take its posts out"
                " by themselves. Nothing was changed.",
                name=guarded[0].name,
            )
        )
    return next(iter(guarded or collections.values()))
