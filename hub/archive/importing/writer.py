"""Writes one batch of an adapter's records, in one short transaction."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

from hub.archive.adapters.base import Account, CapturedPost, Deletion, Record, Slice, is_provisional
from hub.archive.adapters.kept import KeptPost
from hub.archive.became import still_gone
from hub.archive.importing import batch_accounts, batch_media, batch_slices
from hub.archive.importing.batch_media import StoredMedia
from hub.archive.importing.batch_posts import PostRef, Posts, VersionRef
from hub.archive.importing.bulk import insert_rows
from hub.archive.importing.report import printable
from hub.archive.importing.restoring import Restoring
from hub.archive.importing.rows import deletion_row, media_row, post_row, version_row
from hub.archive.importing.seen import Held
from hub.archive.importing.tally import Tally
from hub.archive.models import (
    DELETED,
    FIRST_SEEN,
    FOUND_AGAIN,
    MET,
    ArchivedPost,
    ArchiveEvent,
    Citation,
    Import,
    PostMedia,
    PostVersion,
    Sighting,
)
from hub.core.database import db


class BatchWriter:
    """Writes into one import. `received_at` stands in where a source does not say when it saw a thing."""

    def __init__(self, found: Import):
        self.import_id = found.id
        self.collection_id = found.collection_id
        self.received_at: datetime = found.uploaded_at
        self.held = Held(found.collection_id)

    def write(self, records: list[Record], media: dict[str, StoredMedia]) -> Tally:
        """Write the batch in the current transaction."""
        batch = _Batch(self, records)
        batch.find_posts()
        batch.insert_posts()
        batch.insert_slices()
        batch.insert_versions()
        batch.insert_sightings()
        batch.insert_media(batch_media.write(media, self.collection_id, self.import_id))
        batch.insert_events()
        restored = Restoring(self.collection_id, self.import_id).write(records, media)
        self.held.learn(one for one in records if isinstance(one, KeptPost))
        return batch.tally + restored


class _Batch:
    def __init__(self, writer: BatchWriter, records: list[Record]):
        self.import_id = writer.import_id
        # What every row of this import says.
        self.common = {"collection_id": writer.collection_id, "import_id": writer.import_id}
        self.collection_id = writer.collection_id
        self.received_at, self.held = writer.received_at, writer.held
        self.tally = Tally()
        self.posts = [one for one in records if isinstance(one, CapturedPost)]
        self.deletions = [one for one in records if isinstance(one, Deletion)]
        self.accounts = [one for one in records if isinstance(one, Account)]
        self.placed: list[tuple[CapturedPost, PostRef, VersionRef]] = []
        self.gone: list[tuple[Deletion, PostRef]] = []
        self.slices: dict[str, int] = {}
        self.sighted: list[tuple[CapturedPost, PostRef, VersionRef, int]] = []
        # Sightings known before that bring the file of a picture that was only named then.
        self.added_media: list[tuple[CapturedPost, PostRef, VersionRef]] = []
        self.events: list[dict[str, Any]] = []

    # Accounts and posts.

    def find_posts(self) -> None:
        keys = [
            (one.platform, one.account_id)
            for one in (*self.accounts, *self.posts, *self.deletions)
            if one.account_id
        ]
        ids = batch_accounts.write(keys, self.collection_id, self.import_id)
        batch_accounts.write_names(self.accounts, ids, self.import_id, self.received_at)
        self.accounts_of = ids
        finder = Posts(self.collection_id, ids, self.held.numbers)
        finder.look_up((*self.posts, *self.deletions))
        for post in self.posts:
            ref = finder.of(post, post_row(post), self.received_at)
            if ref:
                self._complete_account(ref, ids.get((post.platform, post.account_id)), post)
                self.placed.append((post, ref, _version_of(ref, post)))
            else:
                self.tally.unplaced += 1
        for deletion in self.deletions:
            ref = finder.of(deletion, deletion_row(), self.received_at)
            if ref:
                self.gone.append((deletion, ref))
            else:
                self.tally.unplaced += 1
        self.new_posts = finder.take_new()

    def _complete_account(self, ref: PostRef, account_id: int | None, post: CapturedPost) -> None:
        """A post that was known only by its deletion may not have had an author yet, and one that was written
        down by hand only a handle. What else was sealed with its words is never changed."""
        if ref.id and ref.provisional and account_id and not is_provisional(post.account_id):
            ref.account_id, ref.provisional = account_id, False
            db.session.execute(
                update(ArchivedPost).where(ArchivedPost.id == ref.id).values(account_id=account_id)
            )
        elif ref.id and ref.account_id is None and account_id:
            ref.account_id = account_id
            values: dict[str, Any] = {"account_id": account_id}
            if not ref.had_versions:
                values |= post_row(post)
            if not ref.had_versions and post.posted_at:
                values |= {"posted_at": post.posted_at, "sort_at": post.posted_at}
            db.session.execute(update(ArchivedPost).where(ArchivedPost.id == ref.id).values(values))

    def insert_posts(self) -> None:
        rows = [row for _, row in self.new_posts]
        ids = insert_rows(ArchivedPost, rows, **self.common, met_import_id=self.import_id)
        for (ref, _), post_id in zip(self.new_posts, ids, strict=True):
            ref.id = post_id
        self.tally.new = len(rows)
        met = {ref.id for _, ref, _ in self.placed if not ref.new}
        if met:
            db.session.execute(
                update(ArchivedPost)
                .where(ArchivedPost.id.in_(met))
                .values(met_import_id=self.import_id)
                .execution_options(synchronize_session=False)
            )

    # Bytes.

    def insert_slices(self) -> None:
        wanted: dict[str, Slice] = {}
        for post, _, _ in self.placed:
            wanted[post.source.sha256] = post.source
            for cited in post.cites:
                wanted[cited.slice.sha256] = cited.slice
        wanted |= {deletion.source.sha256: deletion.source for deletion, _ in self.gone}
        self.slices = batch_slices.write(wanted, self.collection_id, self.import_id, self.held.slices)

    # Versions and sightings.

    def insert_versions(self) -> None:
        fresh: dict[int, tuple[PostRef, VersionRef]] = {
            id(version): (ref, version) for _, ref, version in self.placed if version.new
        }
        rows = [version_row(version.post, ref.id) for ref, version in fresh.values()]
        ids = insert_rows(PostVersion, rows, **self.common)
        for (_, version), version_id in zip(fresh.values(), ids, strict=True):
            version.id = version_id
        self.tally.versions = len(rows)

    def insert_sightings(self) -> None:
        known = self._known_sightings()
        met, rows = [], []
        for post, ref, version in self.placed:
            slice_id = self.slices[post.source.sha256]
            key = (version.id, slice_id, post.captured_at)
            if key in known:
                continue
            known.add(key)
            met.append((post, ref, version))
            rows.append(
                {
                    "post_id": ref.id,
                    "version_id": version.id,
                    "slice_id": slice_id,
                    "account_id": self.accounts_of.get((post.platform, post.account_id)),
                    "evidence": post.evidence,
                    "captured_at": post.captured_at,
                    "counts": post.counts,
                    "file": printable(post.source.file),
                    "row": post.source.row,
                }
            )
        ids = insert_rows(Sighting, rows, **self.common)
        self.sighted = [(*one, sighting_id) for one, sighting_id in zip(met, ids, strict=True)]
        self.tally.sightings = len(rows)
        citations = {
            (sighting_id, self.slices[cited.slice.sha256], cited.role)
            for post, _ref, _version, sighting_id in self.sighted
            for cited in post.cites
        }
        if citations:
            names = ("sighting_id", "slice_id", "role")
            db.session.execute(
                insert(Citation.__table__), [dict(zip(names, one, strict=True)) for one in citations]
            )

    def _known_sightings(self) -> set[tuple[int, int, datetime | None]]:
        """What was met before: the same bytes of the same version at the same moment are one sighting."""
        old = {version.id for _, _, version in self.placed if not version.new}
        if not old:
            return set()
        found = db.session.execute(
            select(Sighting.version_id, Sighting.slice_id, Sighting.captured_at).where(
                Sighting.version_id.in_(old)
            )
        )
        return {tuple(row) for row in found}

    # Media.

    def insert_media(self, ids: dict[str, int]) -> None:
        held = self._held_media(ids)
        sighted = {version.id for _, _, version, _ in self.sighted}
        rows = []
        for post, of_post, version in self.placed:
            for position, ref in enumerate(post.media):
                media_id = ids.get(ref.file or "")
                key = (version.id, ref.key or str(position))
                # A version's media are written with it; a file that only a later export holds, after it.
                if key in held or (not version.new and media_id is None):
                    continue
                if media_id is not None or version.post is post:
                    held.add(key)
                    rows.append(media_row(ref, version.id, position, media_id))
                    if version.id not in sighted:
                        sighted.add(version.id)
                        self.added_media.append((post, of_post, version))
        insert_rows(PostMedia, rows, **self.common)

    def _held_media(self, ids: dict[str, int]) -> set[tuple[int | None, str]]:
        old = {version.id for _, _, version in self.placed if not version.new}
        if not ids or not old:
            return set()
        found = db.session.execute(
            select(PostMedia.version_id, PostMedia.key, PostMedia.position).where(
                PostMedia.version_id.in_(old), PostMedia.media_id.is_not(None)
            )
        )
        return {(version_id, key or str(position)) for version_id, key, position in found}

    # History.

    def insert_events(self) -> None:
        """Each sighting is an event: its post's first, or a further one. So is each deletion told of."""
        seen: set[int] = set()
        for post, ref, version, sighting_id in self.sighted:
            first = not ref.had_versions and ref.id not in seen
            seen.add(ref.id)
            self._met(FIRST_SEEN if first else MET, post, ref, version, sighting_id)
        for post, ref, version in self.added_media:
            self._met(MET, post, ref, version, None)
        told = self._told_deletions()
        for deletion, ref in self.gone:
            key = (ref.id, deletion.told_by, deletion.cause, deletion.deleted_at)
            if not told & {key, (*key, deletion.known_at)}:
                told.add(key)
                self.tally.events += 1
                self._deleted(deletion, ref)
        insert_rows(ArchiveEvent, self.events, **self.common, recorded_at=self.received_at, details={})

    def _told_deletions(self) -> set[tuple]:
        """Those that still hold, by what they say; and all, by that and when it came to be known: what was
        found again may be gone once more, but the same file twice says nothing new."""
        found: dict[int, list[ArchiveEvent]] = {}
        for event in db.session.scalars(
            select(ArchiveEvent).where(
                ArchiveEvent.post_id.in_({ref.id for _, ref in self.gone}),
                ArchiveEvent.kind.in_((DELETED, FOUND_AGAIN)),
            )
        ):
            found.setdefault(event.post_id, []).append(event)
        told: set[tuple] = set()
        for events in found.values():
            gone = [event for event in events if event.kind == DELETED]
            told |= {(*_what(event), event.known_at) for event in gone}
            told |= {_what(event) for event in still_gone(events)}
        return told

    def _met(
        self, kind: str, post: CapturedPost, ref: PostRef, version: VersionRef, sighting_id: int | None
    ) -> None:
        self.events.append(
            {
                "post_id": ref.id,
                "kind": kind,
                "at": post.captured_at,
                "known_at": None,
                "told_by": post.evidence,
                "cause": "",
                "version_id": version.id,
                "sighting_id": sighting_id,
                "slice_id": self.slices[post.source.sha256],
            }
        )

    def _deleted(self, deletion: Deletion, ref: PostRef) -> None:
        self.events.append(
            {
                "post_id": ref.id,
                "kind": DELETED,
                "at": deletion.deleted_at,
                "known_at": deletion.known_at,
                "told_by": deletion.told_by,
                "cause": deletion.cause,
                "version_id": None,
                "sighting_id": None,
                "slice_id": self.slices[deletion.source.sha256],
            }
        )


def _what(event: ArchiveEvent) -> tuple[int, str, str, datetime | None]:
    return event.post_id, event.told_by, event.cause, event.at


def _version_of(ref: PostRef, post: CapturedPost) -> VersionRef:
    """The version that a record shows: known, or new.

    A text that is known to be cut short adds nothing to a version of the same number that is there.
    """
    found = ref.versions.get((post.version_id, post.content_hash))
    if found is None and not post.complete:
        same = (one for (number, _), one in ref.versions.items() if number == post.version_id)
        found = next(same, None)
    if found is None:
        found = VersionRef(None, post.complete, new=True, post=post)
        ref.versions[post.version_id, post.content_hash] = found
    return found


def media_needed(records: Iterable[Record]) -> set[str]:
    """The members of the upload that hold the records' pictures and films."""
    captured = (one for one in records if isinstance(one, CapturedPost))
    files = {ref.file for post in captured for ref in post.media if ref.file}
    return files.union(*(one.files for one in records if isinstance(one, KeptPost)))
