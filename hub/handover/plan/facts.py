"""What the hub knows of an organisation's collections, counted: those that whoever asks keeps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select

from hub.accounts.models import Organisation
from hub.archive.bags.layout import HUB_BAG
from hub.archive.models import (
    ATTACHED,
    CAPTURE,
    DISPOSED,
    ERASED,
    EXPORTED,
    PRIVATE,
    ArchivedPost,
    ArchiveEvent,
    Collection,
    Import,
    Sighting,
    SocialAccount,
)
from hub.archive.proof.models import LogCheck, LogCheckpoint, LogHead
from hub.archive.retention.disposal_models import Disposal
from hub.archive.retention.models import Hold
from hub.archive.retention.schedule_models import CollectionClass, PostClass, Schedule, ScheduleEntry
from hub.archive.rules import revealed
from hub.core.audit import AuditEntry
from hub.core.database import db
from hub.core.last_backup import last_backup
from hub.core.policy import Actor, visible

from ..models import DONE, GONE, HandOver


@dataclass(frozen=True)
class Facts:
    organisation: Organisation
    collections: Sequence[Collection]
    posts: int
    without_class: int
    schedules: Sequence[Schedule]
    entries: int
    holds: int
    disposed: int
    transfers: Sequence[Disposal]
    erased: int
    hand_overs: Sequence[HandOver]
    bags: int
    private_accounts: int
    others_posts: int
    captured: int
    attached: int
    exported: int
    sealed_events: int
    audited: int
    imports: int
    checks: Sequence[LogCheck]
    checkpoint: datetime | None
    backup: datetime | None


def collections_of(actor: Actor, organisation: Organisation) -> Sequence[Collection]:
    """The organisation's collections that the actor keeps."""
    return db.session.scalars(
        select(Collection)
        .where(Collection.organisation_id == organisation.id, visible(Collection, actor))
        .order_by(Collection.name, Collection.token)
    ).all()


def facts_of(organisation: Organisation, collections: Sequence[Collection]) -> Facts:
    ids = [one.id for one in collections]

    def count(model: type, *criteria: ColumnElement[bool]) -> int:
        statement = select(func.count()).select_from(model).where(model.collection_id.in_(ids), *criteria)  # type: ignore[attr-defined]
        return db.session.scalar(statement) or 0

    def events(kind: str) -> int:
        """Of what was done here: what other hubs did came with an import."""
        return count(ArchiveEvent, ArchiveEvent.kind == kind, ArchiveEvent.import_id.is_(None))

    def rows(model: type, *criteria: ColumnElement[bool]):
        return db.session.scalars(select(model).where(model.collection_id.in_(ids), *criteria)).all()  # type: ignore[attr-defined]

    # What was erased or disposed of is not held any more.
    shown = revealed(ArchivedPost.import_id) & ArchivedPost.erased_at.is_(None)
    classed = ArchivedPost.id.in_(select(PostClass.post_id)) | ArchivedPost.collection_id.in_(
        select(CollectionClass.collection_id)
    )
    private = select(SocialAccount.id).where(SocialAccount.kind == PRIVATE)
    schedules = rows(Schedule, Schedule.superseded_at.is_(None))
    made = (HandOver.state.in_((DONE, GONE)),)
    return Facts(
        organisation=organisation,
        collections=collections,
        posts=count(ArchivedPost, shown),
        without_class=count(ArchivedPost, shown, ~classed),
        schedules=schedules,
        entries=_entries(schedules),
        holds=count(Hold, Hold.released_at.is_(None)),
        disposed=events(DISPOSED),
        transfers=sorted(
            rows(Disposal, Disposal.transferred_to != "", Disposal.finished_at.is_not(None)),
            key=lambda one: one.asked_at,
            reverse=True,
        ),
        erased=events(ERASED) - events(DISPOSED),  # what is disposed of is erased with it
        hand_overs=sorted(rows(HandOver, *made), key=lambda one: one.asked_at, reverse=True),
        bags=count(Import, Import.adapter == HUB_BAG, Import.revealed_at.is_not(None)),
        private_accounts=count(
            SocialAccount, SocialAccount.kind == PRIVATE, revealed(SocialAccount.import_id)
        ),
        others_posts=count(ArchivedPost, shown, ArchivedPost.account_id.in_(private)),
        captured=count(Sighting, Sighting.evidence == CAPTURE, revealed(Sighting.import_id)),
        attached=events(ATTACHED),
        exported=events(EXPORTED),
        sealed_events=db.session.scalar(
            select(func.coalesce(func.sum(LogHead.size), 0)).where(LogHead.collection_id.in_(ids))
        ),
        audited=_audited(ids),
        imports=count(Import, Import.revealed_at.is_not(None)),
        checks=rows(LogCheck, LogCheck.finished_at.is_not(None)),
        checkpoint=db.session.scalar(
            select(func.max(LogCheckpoint.made_at)).where(LogCheckpoint.collection_id.in_(ids))
        ),
        backup=last_backup(),
    )


def _entries(schedules: Sequence[Schedule]) -> int:
    wanted = ScheduleEntry.schedule_id.in_([one.id for one in schedules])
    return db.session.scalar(select(func.count()).select_from(ScheduleEntry).where(wanted)) or 0


def _audited(ids: list[int]) -> int:
    """Entries of the audit about the collections themselves."""
    about = (AuditEntry.subject_kind == Collection.__tablename__, AuditEntry.subject_id.in_(ids))
    return db.session.scalar(select(func.count()).select_from(AuditEntry).where(*about)) or 0
