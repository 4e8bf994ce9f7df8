"""Classes are given, and what is due is decided: kept on, with a reason and until when."""

from __future__ import annotations

from datetime import date

from flask_babel import gettext as _
from sqlalchemy import delete, insert, literal, select

from hub.archive.models import ArchivedPost, Collection
from hub.core import audit, clock
from hub.core.database import db
from hub.core.errors import Refused
from hub.core.policy import Actor

from .choosing import Chosen
from .holds import LONGEST_REASON
from .schedule_models import GIVEN, CollectionClass, KeptOn, PostClass, ScheduleEntry
from .schedules import entry_named


def set_class(
    actor: Actor, collection: Collection, reference: str, given: date | None, posts: Chosen | None
) -> ScheduleEntry | None:
    """The collection's posts, or some of them, are of the class with that reference from now on.

    reference: empty takes the class away. given: when the time begins, for entries that a given date starts.
    """
    entry = entry_named(collection, reference) if reference.strip() else None
    if reference.strip() and entry is None:
        raise Refused(
            _(
                "No current schedule of this collection has an entry “%(reference)s”. Nothing was changed.",
                reference=reference.strip(),
            )
        )
    if entry is not None and entry.starts != GIVEN:
        given = None
    if posts is None:
        db.session.execute(delete(CollectionClass).where(CollectionClass.collection_id == collection.id))
        if entry is not None:
            db.session.add(CollectionClass(collection_id=collection.id, entry_id=entry.id, given=given))
    else:
        _set_of_posts(collection, entry, given, posts)
    db.session.flush()
    audit.record(
        actor,
        "retention.set_class",
        collection,
        reference=entry.reference if entry else "",
        given=given.isoformat() if given else "",
        posts=posts.words if posts else "",
    )
    return entry


def _set_of_posts(
    collection: Collection, entry: ScheduleEntry | None, given: date | None, posts: Chosen
) -> None:
    ids = posts.ids.order_by(None)
    db.session.execute(
        delete(PostClass).where(PostClass.post_id.in_(ids)).execution_options(synchronize_session=False)
    )
    if entry is not None:
        chosen = ids.with_only_columns(
            ArchivedPost.id, literal(collection.id), literal(entry.id), literal(given, PostClass.given.type)
        )
        db.session.execute(
            insert(PostClass).from_select(["post_id", "collection_id", "entry_id", "given"], chosen)
        )


def keep_on(actor: Actor, collection: Collection, posts: Chosen, until: date, reason: str) -> None:
    """What was due is kept until a later day: it is then due again."""
    reason = reason.strip()[:LONGEST_REASON]
    if until <= clock.now().date():
        raise Refused(_("Keep it until a day that is still to come. Nothing was changed."))
    if not reason:
        raise Refused(_("Say why it is kept longer than the schedule says. Nothing was changed."))
    ids = posts.ids.order_by(None)
    if db.session.scalar(select(ids.subquery().c.id).limit(1)) is None:
        raise Refused(_("Choose the posts that are to be kept on. Nothing was changed."))
    db.session.execute(
        delete(KeptOn).where(KeptOn.post_id.in_(ids)).execution_options(synchronize_session=False)
    )
    chosen = ids.with_only_columns(
        ArchivedPost.id,
        literal(until, KeptOn.until.type),
        literal(reason),
        literal(actor.person_id, KeptOn.person_id.type),
        literal(clock.now(), KeptOn.decided_at.type),
    )
    db.session.execute(
        insert(KeptOn).from_select(["post_id", "until", "reason", "person_id", "decided_at"], chosen)
    )
    audit.record(
        actor, "retention.keep_on", collection, reason=reason, until=until.isoformat(), posts=posts.words
    )
