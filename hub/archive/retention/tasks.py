"""What the worker does about holds."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, or_, select

from hub.accounts.models import Person
from hub.archive.happenings import record
from hub.archive.models import HELD, RELEASED, ArchivedPost, Collection
from hub.archive.rules import revealed
from hub.core import clock
from hub.core.carrying import heartbeat
from hub.core.database import db, empty_the_log, unit_of_work
from hub.core.jobs import job, scheduled
from hub.core.letters import letter
from hub.core.mail import Email, Mail, composer, post_mail
from hub.core.outbox import emit, on
from hub.core.policy import ANYBODY

from . import kept_mail, rules
from .disposing import dispose_of_next
from .due import due_now
from .models import SOME_POSTS, Hold, HoldPost
from .schedule_models import CollectionClass, PostClass, ScheduleDraft

# Importing registers.
__all__ = ["dispose", "forget_drafts", "kept_mail", "remind", "rules", "tell_of_hold"]

PIECE = 500

# The purpose of the mail, and the folder of its templates.
DUE = "retention_due"
# A spreadsheet that nobody loaded in so long is not going to be.
DRAFTS_KEPT = timedelta(days=7)


@job("retention.tell_of_hold", long=True)
def tell_of_hold(hold_id: int) -> None:
    """Write into the history of each held post that it is held, and once it is released, that it is."""
    for kind in (HELD, RELEASED):
        while _tell_some(hold_id, kind):
            heartbeat()


def _tell_some(hold_id: int, kind: str) -> bool:
    """The next posts, with how far it got: begun again, nothing is told twice."""
    with unit_of_work():
        hold = db.session.get(Hold, hold_id)
        if hold is None or (kind == RELEASED and hold.in_force):
            return False
        told = hold.told_held if kind == HELD else hold.told_released
        posts = _posts(hold, told, told_of_it=hold.told_held if kind == RELEASED else None)
        by = hold.placed_by_id if kind == HELD else hold.released_by_id
        person = db.session.get(Person, by) if by else None
        actor = person.as_actor() if person else ANYBODY
        for post in posts:
            record(actor, post, kind, hold=hold.name)
        if posts:
            if kind == HELD:
                hold.told_held = posts[-1].id
            else:
                hold.told_released = posts[-1].id
        return len(posts) == PIECE


def _posts(hold: Hold, after: int, told_of_it: int | None) -> list[ArchivedPost]:
    """told_of_it: only posts whose history says that they were held end that they no longer are."""
    statement = (
        select(ArchivedPost)
        .where(
            ArchivedPost.collection_id == hold.collection_id,
            ArchivedPost.id > after,
            revealed(ArchivedPost.import_id),
        )
        .order_by(ArchivedPost.id)
        .limit(PIECE)
    )
    if told_of_it is not None:
        statement = statement.where(ArchivedPost.id <= told_of_it)
    if hold.covers == SOME_POSTS:
        named = select(HoldPost.post_id).where(HoldPost.hold_id == hold.id)
        statement = statement.where(ArchivedPost.id.in_(named))
    return list(db.session.scalars(statement))


@job("retention.dispose", long=True)
def dispose(disposal_id: int) -> None:
    """In pieces, each a transaction that leaves everything whole."""
    more = True
    while more:
        with unit_of_work():
            more = dispose_of_next(disposal_id)
            if not more:
                emit("disposal.finished", disposal_id=disposal_id)
        heartbeat()


@on("disposal.finished", long=True)
def leave_nothing_in_the_database(disposal_id: int) -> None:
    """What was freed is not read out of the database's own files either."""
    empty_the_log()


@job("retention.remind")
def remind() -> None:
    """Once a month, the keepers of a collection of which something is due are told."""
    classed = or_(
        Collection.id.in_(select(CollectionClass.collection_id)),
        Collection.id.in_(select(PostClass.collection_id)),
    )
    month = clock.now().strftime("%Y-%m")
    for collection in db.session.scalars(select(Collection).where(classed)):
        if not due_now(collection):
            continue
        for keeper in collection.keepers:
            post_mail(
                DUE,
                keeper.person.email,
                key=f"{DUE}:{collection.id}:{keeper.person_id}:{month}",
                person_id=keeper.person_id,
                collection_id=collection.id,
            )


scheduled("retention.remind", timedelta(days=7))


@composer(DUE)
def tell_what_is_due(mail: Mail) -> Email | None:
    """As it is when it is sent; nothing for who keeps it no longer, or when nothing is due any more."""
    person = db.session.get(Person, mail.person_id) if mail.person_id else None
    collection = db.session.get(Collection, mail.payload.get("collection_id"))
    if person is None or not person.active or collection is None:
        return None
    keeps = any(keeper.person_id == person.id for keeper in collection.keepers)
    due = due_now(collection) if keeps else []
    return letter(DUE, locale=person.locale, collection=collection, due=due) if due else None


@job("retention.forget_drafts")
def forget_drafts() -> None:
    db.session.execute(delete(ScheduleDraft).where(ScheduleDraft.made_at < clock.now() - DRAFTS_KEPT))


scheduled("retention.forget_drafts", timedelta(days=1))
