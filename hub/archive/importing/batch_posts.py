"""Which post each record of a batch belongs to: one that the collection has, or a new one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from hub.archive.adapters.base import PROVISIONAL, CapturedPost, Deletion, is_provisional
from hub.archive.importing.seen import Seen
from hub.archive.models import ArchivedPost, PostVersion, SocialAccount
from hub.core.database import db

Key = tuple[str, str]  # platform, id on the platform


@dataclass(slots=True)
class VersionRef:
    id: int | None
    complete: bool
    new: bool
    post: CapturedPost | None = None  # the record that a new version is made from


@dataclass(slots=True)
class PostRef:
    """A post of the batch; `id` is None until it is inserted. `versions` by (version id, content hash)."""

    id: int | None
    account_id: int | None
    key: Key
    new: bool
    versions: dict[tuple[str, str], VersionRef] = field(default_factory=dict)
    had_versions: bool = False
    # Its account is known by its handle alone: a source that tells the platform's own id of it is believed.
    provisional: bool = False


class Posts:
    """Finds and makes the posts of one batch."""

    def __init__(self, collection_id: int, accounts: dict[Key, int], seen: Seen):
        """seen: of the numbers that the collection may know a post by; the others need not be looked up."""
        self._collection_id, self._seen = collection_id, seen
        self._accounts = accounts
        self._known: dict[Key, PostRef] = {}
        self._rows: list[tuple[PostRef, dict]] = []

    def look_up(self, records: Iterable[CapturedPost | Deletion]) -> None:
        """Load the posts that the records may belong to, with their versions: by any id of a chain."""
        named: set[str] = set().union(*map(_ids, records))
        ids = self._seen.perhaps(named)
        self._seen.add(named)
        if not ids:
            return
        by_id: dict[int, PostRef] = {}
        for post_id, platform, platform_id, account_id in db.session.execute(
            select(
                ArchivedPost.id, ArchivedPost.platform, ArchivedPost.platform_id, ArchivedPost.account_id
            ).where(ArchivedPost.collection_id == self._collection_id, ArchivedPost.platform_id.in_(ids))
        ):
            ref = by_id[post_id] = PostRef(post_id, account_id, (platform, platform_id), new=False)
            self._known[ref.key] = ref
        self._look_up_versions(ids, by_id)
        self._look_up_accounts(by_id)

    def _look_up_accounts(self, by_id: dict[int, PostRef]) -> None:
        known = {ref.account_id for ref in by_id.values() if ref.account_id}
        if not known:
            return
        found = select(SocialAccount.id).where(
            SocialAccount.id.in_(known), SocialAccount.platform_id.startswith(PROVISIONAL, autoescape=True)
        )
        provisional = set(db.session.scalars(found))
        for ref in by_id.values():
            ref.provisional = ref.account_id in provisional

    def _look_up_versions(self, ids: list[str], by_id: dict[int, PostRef]) -> None:
        """A post may also be known by the number of a later version."""
        for version_id, post_id, platform, platform_id, account_id in db.session.execute(
            select(
                PostVersion.version_id,
                ArchivedPost.id,
                ArchivedPost.platform,
                ArchivedPost.platform_id,
                ArchivedPost.account_id,
            )
            .join(ArchivedPost, ArchivedPost.id == PostVersion.post_id)
            .where(PostVersion.collection_id == self._collection_id, PostVersion.version_id.in_(ids))
        ):
            if post_id not in by_id:
                by_id[post_id] = PostRef(post_id, account_id, (platform, platform_id), new=False)
            self._known.setdefault((platform, version_id), by_id[post_id])
        for version in db.session.execute(
            select(
                PostVersion.id,
                PostVersion.post_id,
                PostVersion.version_id,
                PostVersion.content_hash,
                PostVersion.complete,
            ).where(PostVersion.post_id.in_(by_id))
        ):
            ref = by_id[version.post_id]
            ref.had_versions = True
            found = VersionRef(version.id, version.complete, new=False)
            ref.versions[version.version_id, version.content_hash] = found

    def of(self, record: CapturedPost | Deletion, row: dict, received_at: datetime) -> PostRef | None:
        """The post of a record; made when the collection has none. `row` holds what a new one needs.

        None when the collection knows the post as another account's: one of the two is not true, and what
        was kept first stays as it is.
        """
        platform = record.platform
        account_id = self._accounts.get((platform, record.account_id or ""))
        keys = [(platform, one) for one in _ids(record)]
        root = None
        for key in keys:
            ref = self._known.get(key)
            if ref is None:
                # A chain that claims another account's post is not believed; the version's own number is.
                root = root or key
            elif ref.account_id == account_id or _may_be_of(record.account_id, ref):
                return self._named(ref, keys)
        if root is None:
            return None
        return self._named(self._make(record, root, account_id, row, received_at), keys)

    def _make(self, record, root: Key, account_id: int | None, row: dict, received_at: datetime) -> PostRef:
        ref = PostRef(None, account_id, root, new=True, provisional=is_provisional(record.account_id))
        row["platform"], row["platform_id"] = root
        row["account_id"] = account_id
        row["posted_at"] = record.posted_at
        row["sort_at"] = record.posted_at or _observed(record) or received_at
        self._rows.append((ref, row))
        return ref

    def _named(self, ref: PostRef, keys: Iterable[Key]) -> PostRef:
        for key in keys:
            self._known.setdefault(key, ref)
        return ref

    def take_new(self) -> list[tuple[PostRef, dict]]:
        rows, self._rows = self._rows, []
        return rows


def _may_be_of(account_id: str | None, ref: PostRef) -> bool:
    """Whether nothing speaks against the account: one of the two is not known, or by its handle alone."""
    return not account_id or not ref.account_id or ref.provisional or is_provisional(account_id)


def _observed(record: CapturedPost | Deletion) -> datetime | None:
    """When a post that says no date was seen: a captured page stands at its capture, not at its import."""
    return record.captured_at if isinstance(record, CapturedPost) else None


def _ids(record: CapturedPost | Deletion) -> tuple[str, ...]:
    """The numbers a record's post may be known by, the first of its chain first."""
    if isinstance(record, Deletion):
        return (record.post_id,)
    if record.chain == (record.post_id,) and record.version_id == record.post_id:
        return record.chain  # most posts were never edited
    return tuple(dict.fromkeys((record.post_id, *record.chain, record.version_id)))
