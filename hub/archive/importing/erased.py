"""What was lawfully erased does not come in again, whatever a source still says of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select

from hub.archive.adapters.base import Account, CapturedPost, Deletion
from hub.archive.adapters.kept import KeptPost
from hub.archive.importing.batch_posts import Key
from hub.archive.models import ArchivedPost, PostVersion
from hub.archive.proof.models import LogHead
from hub.core.database import db


class Erased:
    """The numbers of a collection's erased posts, read anew when another one is erased meanwhile."""

    def __init__(self, collection_id: int):
        self._collection_id = collection_id
        self._erasures = 0
        self._keys: set[Key] = set()

    def look(self) -> None:
        """See which posts are erased by now."""
        self._look()
        db.session.rollback()

    def holds(self, record: Any) -> bool:
        """Whether a record is of a post that was erased, as far as was looked."""
        return bool(self._keys) and self._is_erased(record)

    def without(self, records: list[Any]) -> list[Any]:
        """The records of a batch but those of erased posts, and of accounts that only those name."""
        self.look()  # files are stored next, with no transaction open
        if not self._keys:
            return records
        kept = [one for one in records if not self._is_erased(one)]
        if len(kept) == len(records):
            return records
        gone = _authors(records) - _authors(kept)
        return [one for one in kept if not (isinstance(one, Account) and _key(one) in gone)]

    def _is_erased(self, record: Any) -> bool:
        if isinstance(record, CapturedPost):
            ids: Iterable[str] = (record.post_id, record.version_id, *record.chain)
        elif isinstance(record, Deletion | KeptPost):
            ids = (record.post_id,)
        else:
            return False
        return any((record.platform, one) in self._keys for one in ids)

    def _look(self) -> None:
        erasures = db.session.scalar(
            select(LogHead.erasures).where(LogHead.collection_id == self._collection_id)
        )
        if not erasures or erasures == self._erasures:
            return
        self._erasures = erasures
        of_erased = (ArchivedPost.collection_id == self._collection_id, ArchivedPost.erased_at.is_not(None))
        versions = (
            select(ArchivedPost.platform, PostVersion.version_id)
            .join(PostVersion, PostVersion.post_id == ArchivedPost.id)
            .where(*of_erased)
        )
        posts = select(ArchivedPost.platform, ArchivedPost.platform_id).where(*of_erased)
        self._keys = {tuple(row) for row in db.session.execute(posts.union(versions))}


def _key(one: Any) -> Key:
    return one.platform, one.account_id


def _authors(records: Iterable[Any]) -> set[Key]:
    return {
        _key(one) for one in records if isinstance(one, CapturedPost | Deletion | KeptPost) and one.account_id
    }
