"""Writes what another hub kept (the records of a bag) as it kept it, beside what the collection has already.

What is there is left as it is; what is not is added. So the same bag twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select

from hub.archive.adapters.base import Slice
from hub.archive.adapters.kept import (
    KeptAccount,
    KeptImport,
    KeptLog,
    KeptPost,
    KeptVersion,
)
from hub.archive.importing import batch_accounts, batch_media, batch_slices
from hub.archive.importing.batch_media import StoredMedia
from hub.archive.importing.bulk import insert_rows
from hub.archive.importing.tally import Tally
from hub.archive.models import (
    DONE_BY_PEOPLE,
    FIRST_SEEN,
    MET,
    AccountName,
    ArchivedPost,
    ArchiveEvent,
    Citation,
    EarlierImport,
    FormerLog,
    PostMedia,
    PostVersion,
    Sighting,
)
from hub.core.database import db, new_token

Key = tuple[str, str]


class Restoring:
    """One batch of what a bag brings into one import."""

    def __init__(self, collection_id: int, import_id: int):
        self.common = {"collection_id": collection_id, "import_id": import_id}
        self.collection_id, self.import_id = collection_id, import_id
        self.tally = Tally()
        # Sightings that are new here: only of these does the history tell.
        self.sighted: set[int] = set()

    def write(self, records: Iterable[Any], media: dict[str, StoredMedia]) -> Tally:
        """Write in the current transaction what of the records is a bag's."""
        records = list(records)
        self._imports([one for one in records if isinstance(one, KeptImport)])
        self._accounts([one for one in records if isinstance(one, KeptAccount)])
        self._logs([one for one in records if isinstance(one, KeptLog)])
        posts = [one for one in records if isinstance(one, KeptPost)]
        if posts:
            self._posts(posts, media)
        return self.tally

    # Where it came from.

    def _imports(self, brought: Sequence[KeptImport]) -> None:
        if not brought:
            return
        known = set(
            db.session.scalars(select(EarlierImport.place).where(EarlierImport.import_id == self.import_id))
        )
        rows = [
            {**self.common, "place": one.place, **one.values} for one in brought if one.place not in known
        ]
        insert_rows(EarlierImport, rows)

    def _logs(self, logs: Sequence[KeptLog]) -> None:
        known = set(
            db.session.scalars(select(FormerLog.sha256).where(FormerLog.collection_id == self.collection_id))
        )
        wanted = {one.values["sha256"]: one for one in logs if one.values["sha256"] not in known}
        insert_rows(FormerLog, [{**self.common, **one.values} for one in wanted.values()])

    def _accounts(self, accounts: Sequence[KeptAccount]) -> None:
        ids = batch_accounts.write(
            [(one.platform, one.account_id) for one in accounts], self.collection_id, self.import_id
        )
        columns = (AccountName.account_id, AccountName.earlier, AccountName.handle, AccountName.name)
        known = {
            tuple(row)
            for row in db.session.execute(select(*columns).where(AccountName.import_id == self.import_id))
        }
        rows = []
        for account in accounts:
            account_id = ids[account.platform, account.account_id]
            for one in account.names:
                key = (account_id, one.came_with, one.handle, one.name)
                if key not in known:
                    known.add(key)
                    rows.append(
                        {
                            "import_id": self.import_id,
                            "account_id": account_id,
                            "earlier": one.came_with,
                            "handle": one.handle,
                            "name": one.name,
                            "seen_from": one.seen_from,
                            "seen_to": one.seen_to,
                        }
                    )
        insert_rows(AccountName, rows)

    # Posts.

    def _posts(self, brought: Sequence[KeptPost], media: dict[str, StoredMedia]) -> None:
        keys = [key for one in brought for key in one.accounts]
        accounts = batch_accounts.write(keys, self.collection_id, self.import_id)
        posts = self._placed(brought, accounts)
        wanted: dict[str, Slice] = {one.sha256: one for post, _id in posts for one in post.slices}
        slices = batch_slices.write(wanted, self.collection_id, self.import_id)
        versions, fresh = self._versions(posts)
        self._media(posts, versions, fresh, batch_media.write(media, self.collection_id, self.import_id))
        sightings = self._sightings(posts, versions, slices, accounts)
        self._events(posts, versions, sightings, slices)

    def _placed(self, brought: Sequence[KeptPost], accounts: dict[Key, int]) -> list[tuple[KeptPost, int]]:
        """Each post with its row's id. One that was erased here by law does not come back. That a bag holds a
        post says nothing of whether an export would: the import that met it last stays as it was."""
        found = {
            (platform, platform_id): (post_id, erased_at)
            for post_id, platform, platform_id, erased_at in db.session.execute(
                select(
                    ArchivedPost.id, ArchivedPost.platform, ArchivedPost.platform_id, ArchivedPost.erased_at
                ).where(
                    ArchivedPost.collection_id == self.collection_id,
                    ArchivedPost.platform_id.in_({one.post_id for one in brought}),
                )
            )
        }
        new = [one for one in brought if (one.platform, one.post_id) not in found]
        rows = [
            {
                **self.common,
                "met_import_id": self.import_id,
                "token": new_token(),
                "platform": one.platform,
                "platform_id": one.post_id,
                "account_id": accounts[one.platform, one.account_id] if one.account_id else None,
                **one.values,
            }
            for one in new
        ]
        made = insert_rows(ArchivedPost, rows)
        self.tally.new += len(rows)
        found |= {
            (one.platform, one.post_id): (post_id, None) for one, post_id in zip(new, made, strict=True)
        }
        placed = [(one, found[one.platform, one.post_id]) for one in brought]
        return [(one, post_id) for one, (post_id, erased_at) in placed if erased_at is None]

    def _versions(self, posts: Sequence[tuple[KeptPost, int]]) -> tuple[dict[tuple[int, int], int], set[int]]:
        """Ids of versions by post and place, and which of them are new."""
        columns = (PostVersion.post_id, PostVersion.version_id, PostVersion.content_hash, PostVersion.id)
        known = {
            (post_id, number, said): version_id
            for post_id, number, said, version_id in db.session.execute(
                select(*columns).where(PostVersion.post_id.in_([post_id for _post, post_id in posts]))
            )
        }
        missing: dict[tuple[int, str, str], tuple[int, KeptVersion]] = {}
        for post, post_id in posts:
            for one in post.versions:
                key = (post_id, one.version_id, one.content_hash)
                if key not in known:
                    missing.setdefault(key, (post_id, one))
        rows = [
            {
                **self.common,
                "post_id": post_id,
                "version_id": one.version_id,
                "content_hash": one.content_hash,
                **one.values,
            }
            for post_id, one in missing.values()
        ]
        made = list(insert_rows(PostVersion, rows))
        self.tally.versions += len(rows)
        known |= dict(zip(missing, made, strict=True))
        placed = {
            (post_id, place): known[post_id, one.version_id, one.content_hash]
            for post, post_id in posts
            for place, one in enumerate(post.versions, 1)
        }
        return placed, set(made)

    def _media(
        self,
        posts: Sequence[tuple[KeptPost, int]],
        versions: dict[tuple[int, int], int],
        fresh: set[int],
        ids: dict[str, int],
    ) -> None:
        """A version's media are written with it; to one that was there, only a file that it lacked."""
        there = select(PostMedia.version_id, PostMedia.media_id).where(
            PostMedia.version_id.in_(set(versions.values()) - fresh), PostMedia.media_id.is_not(None)
        )
        held = {(version_id, media_id) for version_id, media_id in db.session.execute(there)}
        rows = []
        for post, post_id in posts:
            for place, version in enumerate(post.versions, 1):
                version_id = versions[post_id, place]
                for one in version.media:
                    media_id = ids.get(one.file or "")
                    if version_id not in fresh and (media_id is None or (version_id, media_id) in held):
                        continue
                    rows.append(
                        {
                            **self.common,
                            "version_id": version_id,
                            "media_id": media_id,
                            "position": one.position,
                            "key": one.key,
                            "kind": one.kind,
                            "url": one.url,
                            "alt_text": one.alt_text,
                        }
                    )
        insert_rows(PostMedia, rows)

    # Sightings and history.

    def _sightings(
        self,
        posts: Sequence[tuple[KeptPost, int]],
        versions: dict[tuple[int, int], int],
        slices: dict[str, int],
        accounts: dict[Key, int],
    ) -> dict[tuple[int, int], int]:
        """Ids of sightings by post and place."""
        columns = (Sighting.version_id, Sighting.slice_id, Sighting.captured_at, Sighting.id)
        known = {
            (version_id, slice_id, at): sighting_id
            for version_id, slice_id, at, sighting_id in db.session.execute(
                select(*columns).where(Sighting.version_id.in_(set(versions.values())))
            )
        }
        keys: dict[tuple[int, int], tuple[int, int, datetime | None]] = {}
        rows: dict[tuple[int, int, datetime | None], dict[str, Any]] = {}
        cited: dict[tuple[int, int, datetime | None], set[tuple[str, int]]] = {}
        for post, post_id in posts:
            for place, one in enumerate(post.sightings, 1):
                version_id, slice_id = versions[post_id, one.version], slices[one.source.sha256]
                key = keys[post_id, place] = (version_id, slice_id, one.captured_at)
                if key in known or key in rows:
                    continue
                rows[key] = {
                    **self.common,
                    "post_id": post_id,
                    "version_id": version_id,
                    "slice_id": slice_id,
                    "account_id": accounts[post.platform, one.account_id] if one.account_id else None,
                    "captured_at": one.captured_at,
                    "earlier": one.came_with,
                    **one.values,
                }
                cited[key] = {(role, slices[cites.sha256]) for role, cites in one.cites}
        made = insert_rows(Sighting, list(rows.values()))
        self.tally.sightings += len(rows)
        fresh = dict(zip(rows, made, strict=True))
        self.sighted = set(fresh.values())
        citations = [
            {"sighting_id": fresh[key], "slice_id": slice_id, "role": role}
            for key, all_of_it in cited.items()
            for role, slice_id in sorted(all_of_it)
        ]
        if citations:
            db.session.execute(insert(Citation.__table__), citations)
        known |= fresh
        return {place: known[key] for place, key in keys.items()}

    def _events(
        self,
        posts: Sequence[tuple[KeptPost, int]],
        versions: dict[tuple[int, int], int],
        sightings: dict[tuple[int, int], int],
        slices: dict[str, int],
    ) -> None:
        """What happened there, in its order. The same twice is one."""
        known = self._told([post_id for _post, post_id in posts])
        rows = []
        for post, post_id in posts:
            for one in post.events:
                sighting_id = sightings[post_id, one.sighting] if one.sighting else None
                version_id = versions[post_id, one.version] if one.version else None
                said = one.values
                key = _told_once(
                    (post_id, said["kind"], said["at"], said["known_at"], said["told_by"], said["cause"],
                    said["recorded_at"], version_id, sighting_id)
                )  # fmt: skip
                if key in known or (sighting_id is not None and sighting_id not in self.sighted):
                    continue
                known.add(key)
                rows.append(
                    {
                        **self.common,
                        "post_id": post_id,
                        "version_id": version_id,
                        "sighting_id": sighting_id,
                        "slice_id": slices[one.source.sha256] if one.source else None,
                        "person_id": None,
                        "earlier": one.came_with,
                        **one.values,
                    }
                )
        insert_rows(ArchiveEvent, rows)
        self.tally.events += sum(row["kind"] not in (FIRST_SEEN, MET) for row in rows)

    def _told(self, post_ids: list[int]) -> set[tuple[Any, ...]]:
        columns = (
            ArchiveEvent.post_id, ArchiveEvent.kind, ArchiveEvent.at, ArchiveEvent.known_at,
            ArchiveEvent.told_by, ArchiveEvent.cause, ArchiveEvent.recorded_at, ArchiveEvent.version_id,
            ArchiveEvent.sighting_id,
        )  # fmt: skip
        found = db.session.execute(select(*columns).where(ArchiveEvent.post_id.in_(post_ids)))
        return {_told_once(tuple(row)) for row in found}


def _told_once(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """What makes an event one and the same: what a source told, whoever wrote it down when; an act, its
    moment. row: as `_told` reads it."""
    post_id, kind, at, known_at, told_by, cause, recorded_at, version_id, sighting_id = row
    act = recorded_at if kind in DONE_BY_PEOPLE else None
    return post_id, kind, at, known_at, told_by, cause, act, version_id, sighting_id
