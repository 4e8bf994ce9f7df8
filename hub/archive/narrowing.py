"""The conditions behind a list of a collection's posts: one for each thing that can be asked for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import ColumnElement, and_, false, func, or_, select, tuple_
from sqlalchemy.orm import aliased

from .filters import ANSWERED, CHANGED, GONE, MISSED, PICTURED, POST, REPLY, Filters
from .models import (
    DELETED,
    EDITED,
    NOT_FOUND,
    ArchivedPost,
    ArchiveEvent,
    Collection,
    PostMedia,
    PostVersion,
    SocialAccount,
)
from .rules import event_counts, revealed

HAPPENED = {GONE: DELETED, CHANGED: EDITED, MISSED: NOT_FOUND}

_answers_something = or_(ArchivedPost.reply_to_id.is_not(None), ArchivedPost.reply_to_account.is_not(None))


def narrowed(collection: Collection, filters: Filters) -> Iterator[ColumnElement[bool]]:
    """What is asked for beside words (see `finding`)."""
    if filters.backwards:
        yield false()
    if filters.since:
        yield ArchivedPost.sort_at >= _beginning(filters.since)
    if filters.until and filters.until < date.max:
        yield ArchivedPost.sort_at < _beginning(filters.until + timedelta(days=1))
    if filters.platform:
        yield ArchivedPost.platform == filters.platform
    if filters.account:
        yield ArchivedPost.account_id.in_(
            select(func.coalesce(SocialAccount.same_as_id, SocialAccount.id)).where(
                SocialAccount.collection_id == collection.id, SocialAccount.token == filters.account
            )
        )
    if filters.form:
        yield _of_form(filters.form)
    for mark in filters.marks:
        if mark in HAPPENED:
            yield happened(mark, ArchiveEvent.collection_id == collection.id)
    if ANSWERED in filters.marks:
        yield _answered(collection)
    if PICTURED in filters.marks:
        yield _pictured()


def happened(mark: str, kept: ColumnElement[bool]) -> ColumnElement[bool]:
    """Archived posts to which that happened (a key of HAPPENED). kept: which ArchiveEvents are looked at."""
    posts = select(ArchiveEvent.post_id).where(kept, ArchiveEvent.kind == HAPPENED[mark], event_counts())
    return ArchivedPost.id.in_(posts)


def _beginning(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _of_form(form: str) -> ColumnElement[bool]:
    if form == POST:
        return and_(ArchivedPost.form == "", ~_answers_something)
    if form == REPLY:
        return and_(ArchivedPost.form == "", _answers_something)
    # Said twice, so that the index of those that have a form is used.
    return and_(ArchivedPost.form == form, ArchivedPost.form != "")


def _answered(collection: Collection) -> ColumnElement[bool]:
    """A post of the collection answers it, or one of its versions by that version's own number."""
    answer, asked = aliased(ArchivedPost), aliased(ArchivedPost)
    counts = (
        answer.collection_id == collection.id,
        answer.reply_to_id.is_not(None),
        revealed(answer.import_id),
    )
    # Later versions have numbers that are no other platform's posts: the platform need not be compared.
    later = (
        select(PostVersion.post_id)
        .join(asked, asked.id == PostVersion.post_id)
        .where(
            PostVersion.collection_id == collection.id,
            PostVersion.version_id.in_(select(answer.reply_to_id).where(*counts)),
            PostVersion.version_id != asked.platform_id,
        )
    )
    answered = select(answer.platform, answer.reply_to_id).where(*counts)
    return or_(
        tuple_(ArchivedPost.platform, ArchivedPost.platform_id).in_(answered), ArchivedPost.id.in_(later)
    )


def _pictured() -> ColumnElement[bool]:
    shown = (
        select(PostMedia.id)
        .join(PostVersion, PostVersion.id == PostMedia.version_id)
        .where(PostVersion.post_id == ArchivedPost.id, revealed(PostMedia.import_id))
    )
    return shown.correlate(ArchivedPost).exists()
