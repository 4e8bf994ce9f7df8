"""Reads archived posts with all that is kept of them, some hundreds at a time, as they are at one instant.

What is gathered knows nothing of the database's ids: posts are named by their platform and number, versions,
sightings and imports by their place, bytes by their hash. So the same record gives the same hand-over,
whichever hub holds it.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, joinedload, lazyload, selectinload, undefer

from hub.archive.bags.layout import HUB_BAG
from hub.archive.importing.history import version_order
from hub.archive.models import (
    DONE_BY_PEOPLE,
    AccountName,
    ArchivedPost,
    ArchiveEvent,
    Citation,
    Collection,
    EarlierImport,
    Import,
    PostMedia,
    PostVersion,
    Sighting,
    SocialAccount,
    SourceSlice,
)
from hub.archive.proof.models import LogEntry
from hub.archive.rules import event_counts, revealed
from hub.archive.slices import beginning_of, bytes_of, size_of
from hub.core.database import db

from .layout import source_path

# Posts in memory at a time, each with its bytes: some 60 kB each at the very most.
PIECE = 200

# Which import told of a thing: its own id, and its place in the bag that it came in with (0: none).
Origin = tuple[int, int]


@dataclass(frozen=True)
class Exact:
    """Exact bytes of a source, and where they lie in a hand-over."""

    found: SourceSlice
    collection_token: str
    path: str
    size: int

    @property
    def sha256(self) -> str:
        return self.found.sha256

    def read(self) -> bytes:
        """Raises Lost when they are no longer what they were."""
        raw = bytes_of(self.found, self.collection_token)
        if raw is None or hashlib.sha256(raw).hexdigest() != self.sha256:
            raise Lost(self.sha256)
        return raw


class Lost(Exception):
    """Bytes that the hub holds by name are missing, or changed: nothing incomplete is handed over as
    whole."""


@dataclass(frozen=True)
class Gathered:
    """One post and all that is kept of it. Versions are in the order in which they were written."""

    post: ArchivedPost
    account: SocialAccount | None
    names: tuple[AccountName, ...]
    all_names: dict[int, list[AccountName]] = field(repr=False)  # of its accounts, by account
    versions: tuple[PostVersion, ...]
    sightings: tuple[Sighting, ...]
    events: tuple[ArchiveEvent, ...]
    slices: dict[str, Exact] = field(repr=False)  # by hash
    accounts: dict[int, SocialAccount] = field(repr=False)  # the post's, and its sightings'
    entries: dict[int, LogEntry] = field(repr=False)  # of the log, by event

    def place_of(self, version_id: int | None) -> int | None:
        """A version's place among the post's, from 1."""
        return next((at for at, one in enumerate(self.versions, 1) if one.id == version_id), None)

    def sighting_place(self, sighting_id: int | None) -> int | None:
        return next((at for at, one in enumerate(self.sightings, 1) if one.id == sighting_id), None)

    def sightings_of(self, version: PostVersion) -> list[Sighting]:
        return [one for one in self.sightings if one.version_id == version.id]


@contextmanager
def one_instant() -> Iterator[Session]:
    """A session that sees the database as it is now, whatever is written meanwhile."""
    engine = db.engine
    if engine.dialect.name == "postgresql":
        engine = engine.execution_options(isolation_level="REPEATABLE READ")
    with engine.connect() as connection, Session(connection, autoflush=False) as session:
        yield session
        session.rollback()


def how_many(session: Session, wanted: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).select_from(ArchivedPost).where(wanted)) or 0


def gather(
    session: Session, wanted: ColumnElement[bool], first: int = 0, most: int | None = None
) -> Iterator[Gathered]:
    """Posts that meet the condition, in the order in which they came in. `first` are passed over."""
    last, left = _passed_over(session, wanted, first), most
    while left is None or left > 0:
        count = PIECE if left is None else min(PIECE, left)
        posts = session.scalars(
            select(ArchivedPost)
            .where(wanted, ArchivedPost.id > last)
            .order_by(ArchivedPost.id)
            .limit(count)
            .options(joinedload(ArchivedPost.account), joinedload(ArchivedPost.collection).lazyload("*"))
        ).all()
        if not posts:
            return
        last = posts[-1].id
        left = None if left is None else left - len(posts)
        yield from _gathered(session, posts)
        session.expunge_all()


def _passed_over(session: Session, wanted: ColumnElement[bool], count: int) -> int:
    """The id of the last post that is passed over."""
    if not count:
        return 0
    found = select(ArchivedPost.id).where(wanted).order_by(ArchivedPost.id).offset(count - 1).limit(1)
    return session.scalar(found) or 0


def _gathered(session: Session, posts: Iterable[ArchivedPost]) -> Iterator[Gathered]:
    posts = list(posts)
    ids = [post.id for post in posts]
    versions = _by_post(session.scalars(_versions(ids)))
    sightings = _by_post(session.scalars(_sightings(ids)))
    events = _by_post(session.scalars(_events(ids)))
    accounts = _accounts(session, posts, sightings)
    entries = _entries(session, events)
    names: dict[int, list[AccountName]] = defaultdict(list)
    for name in session.scalars(_names(set(accounts))):
        names[name.account_id].append(name)
    for post in posts:
        if post.erased_at:  # what is left of its rows says nothing
            versions[post.id], sightings[post.id] = [], []
        yield Gathered(
            post=post,
            account=post.account,
            names=_called(post.account_id, accounts, names),
            all_names=names,
            versions=tuple(sorted(versions[post.id], key=version_order)),
            sightings=tuple(sightings[post.id]),
            events=tuple(events[post.id]),
            slices=_slices(post.collection.token, sightings[post.id], events[post.id]),
            entries={one.id: entries[one.id] for one in events[post.id] if one.id in entries},
            accounts={
                one: accounts[one]
                for one in (post.account_id, *(each.account_id for each in sightings[post.id]))
                if one in accounts
            },
        )


def _called(
    account_id: int | None, accounts: dict[int, SocialAccount], names: dict[int, list[AccountName]]
) -> tuple[AccountName, ...]:
    """Every name of an account, also those that it was met by before the platform's own id was known."""
    if account_id is None:
        return ()
    of_one = [one for one, row in accounts.items() if account_id in (row.id, row.same_as_id)]
    found = [name for one in of_one for name in names[one]]
    return tuple(sorted(found, key=lambda name: (name.seen_from, name.id)))


def _entries(session: Session, events: dict[int, list[ArchiveEvent]]) -> dict[int, LogEntry]:
    ids = [one.id for of_post in events.values() for one in of_post]
    found: dict[int, LogEntry] = {}
    for start in range(0, len(ids), PIECE):
        wanted = LogEntry.event_id.in_(ids[start : start + PIECE])
        found |= {row.event_id: row for row in session.scalars(select(LogEntry).where(wanted))}
    return found


def _accounts(
    session: Session, posts: list[ArchivedPost], sightings: dict[int, list[Sighting]]
) -> dict[int, SocialAccount]:
    ids = {post.account_id for post in posts}
    ids |= {one.account_id for of_post in sightings.values() for one in of_post}
    wanted = or_(SocialAccount.id.in_(ids - {None}), SocialAccount.same_as_id.in_(ids - {None}))
    found = session.scalars(select(SocialAccount).where(wanted))
    return {account.id: account for account in found}


def _by_post(rows: Iterable[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.post_id].append(row)
    return found


def _versions(ids: list[int]):
    media = selectinload(PostVersion.media.and_(revealed(PostMedia.import_id)))
    return (
        select(PostVersion)
        .where(PostVersion.post_id.in_(ids), revealed(PostVersion.import_id))
        .order_by(PostVersion.id)
        .options(media.joinedload(PostMedia.media).lazyload("*"))
    )


def _sightings(ids: list[int]):
    cited = selectinload(Sighting.citations).joinedload(Citation.source).undefer(SourceSlice.raw)
    return (
        select(Sighting)
        .where(Sighting.post_id.in_(ids), revealed(Sighting.import_id))
        .order_by(Sighting.id)
        .options(joinedload(Sighting.source).undefer(SourceSlice.raw), cited)
    )


def _events(ids: list[int]):
    return (
        select(ArchiveEvent)
        .where(ArchiveEvent.post_id.in_(ids), event_counts())
        .order_by(ArchiveEvent.id)
        .options(
            joinedload(ArchiveEvent.source).options(undefer(SourceSlice.raw)),
            joinedload(ArchiveEvent.imported).lazyload("*"),
            joinedload(ArchiveEvent.person).lazyload("*"),
        )
    )


def _names(account_ids: set[int]):
    return (
        select(AccountName)
        .where(AccountName.account_id.in_(account_ids), revealed(AccountName.import_id))
        .order_by(AccountName.account_id, AccountName.seen_from, AccountName.id)
    )


def _slices(token: str, sightings: Iterable[Sighting], events: Iterable[ArchiveEvent]) -> dict[str, Exact]:
    found: dict[str, SourceSlice] = {}
    for sighting in sightings:
        found[sighting.source.sha256] = sighting.source
        found |= {cited.source.sha256: cited.source for cited in sighting.citations}
    found |= {event.source.sha256: event.source for event in events if event.source}
    return {sha256: _exact(one, token) for sha256, one in found.items()}


def _exact(one: SourceSlice, token: str) -> Exact:
    path = source_path(one.sha256, beginning_of(one, token, 200))
    return Exact(one, token, path, size_of(one, token))


def origin_of(row: Sighting | ArchiveEvent | AccountName) -> Origin | None:
    """Which import told of it; None: somebody's act."""
    if row.import_id is None or getattr(row, "kind", None) in DONE_BY_PEOPLE:
        return None
    return row.import_id, row.earlier


@dataclass(frozen=True)
class CameIn:
    """One import, of this hub or of one that a bag came from."""

    number: int
    file_name: str
    file_size: int
    file_sha256: str
    uploaded_at: datetime
    adapter: str
    evidence: str
    account_id: str
    made_at: datetime | None
    whole: bool
    report: dict[str, Any]


Imports = Mapping[Origin, tuple[int, CameIn]]


def imports_of(session: Session, collection: Collection) -> Imports:
    """Every import whose records count, with the number it has in a hand-over (from 1, by time). A bag is not
    one of them: those that it brought are."""
    found: dict[Origin, Import | EarlierImport] = {}
    own = select(Import).where(
        Import.collection_id == collection.id, Import.revealed_at.is_not(None), Import.adapter != HUB_BAG
    )
    for one in session.scalars(own.options(lazyload("*"))):
        found[one.id, 0] = one
    earlier = select(EarlierImport).where(
        EarlierImport.collection_id == collection.id, revealed(EarlierImport.import_id)
    )
    for brought in session.scalars(earlier):
        found[brought.import_id, brought.place] = brought
    ordered = sorted(found.items(), key=lambda item: (item[1].uploaded_at, item[1].number, item[0]))
    numbers: dict[tuple[datetime, int, str], int] = {}
    names = CameIn.__dataclass_fields__
    told = {}
    for origin, row in ordered:
        # Two bags may tell of the same import.
        number = numbers.setdefault((row.uploaded_at, row.number, row.file_sha256), len(numbers) + 1)
        told[origin] = number, CameIn(**{name: getattr(row, name) for name in names})
    return told
