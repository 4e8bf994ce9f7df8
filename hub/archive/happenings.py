"""What people do with archived posts, written into their history: the one way in, for every room above."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import insert, select

from hub.accounts.models import Person
from hub.core import clock
from hub.core.database import db
from hub.core.jobs import enqueue
from hub.core.policy import Actor

from .models import DONE_BY_PEOPLE, ArchivedPost, ArchiveEvent

BY_PERSON, BY_HUB = "person", "hub"

# Events in one statement.
AT_ONCE = 1_000


def record(
    actor: Actor, post: ArchivedPost, kind: str, *, version_id: int | None = None, **details: Any
) -> ArchiveEvent:
    """Write into the current transaction that the actor did `kind` (one of DONE_BY_PEOPLE) with the post.

    version_id: of the version that it was done with, where that is one. details: JSON, kept for good and
    shown to the keepers: a reason, a token; never what the keepers may not know. Sealed after the commit.
    """
    if kind not in DONE_BY_PEOPLE:
        raise ValueError(kind)
    event = ArchiveEvent(
        collection_id=post.collection_id, post_id=post.id, version_id=version_id, **_act(actor, kind, details)
    )
    db.session.add(event)
    ask_for_sealing(post.collection_id)
    return event


def record_for_many(
    actor: Actor, collection_id: int, post_ids: Sequence[int], kind: str, **details: Any
) -> None:
    """The same for many posts of a collection at once."""
    if kind not in DONE_BY_PEOPLE:
        raise ValueError(kind)
    common = {"collection_id": collection_id, "version_id": None, **_act(actor, kind, details)}
    for start in range(0, len(post_ids), AT_ONCE):
        rows = [{**common, "post_id": post_id} for post_id in post_ids[start : start + AT_ONCE]]
        db.session.execute(insert(ArchiveEvent.__table__), rows)
    ask_for_sealing(collection_id)


def _act(actor: Actor, kind: str, details: dict[str, Any]) -> dict[str, Any]:
    handle = None
    if actor.person_id is not None:
        handle = db.session.scalar(select(Person.handle).where(Person.id == actor.person_id))
    now = clock.now()
    return {
        "kind": kind,
        "at": now,
        "recorded_at": now,
        "told_by": BY_HUB if actor.person_id is None else BY_PERSON,
        "person_id": actor.person_id,
        "details": {**details, **({"by": handle} if handle else {})},
    }


def ask_for_sealing(collection_id: int) -> None:
    """Have what is new in a collection's history sealed in its log, by the worker, soon after the commit."""
    key = f"archive.seal:{collection_id}"
    enqueue("archive.seal", key=key, serial=key, collection_id=collection_id)
