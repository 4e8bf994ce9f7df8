"""Moments that cannot be true are not taken for true, whatever adapter read them.

Sites that know no date write their clock's zero (1 January of the year 1, or of 1970), and anybody may write
the year 9999. Of a post such a moment is kept as what its source states.
"""

from __future__ import annotations

from datetime import datetime

from hub.archive.adapters.base import Account, CapturedPost, Deletion, Export
from hub.archive.adapters.fields import CLOCKS_DIFFER, EARLIEST


class Believing:
    """uploaded_at: of the file; nothing in it can be younger."""

    def __init__(self, uploaded_at: datetime):
        self._latest = uploaded_at + CLOCKS_DIFFER

    def only(self, record: CapturedPost | Deletion | Account | Export) -> None:
        """Leave out of a record the moments that cannot be true."""
        if isinstance(record, CapturedPost):
            self._of_post(record)
        elif isinstance(record, Deletion):
            record.posted_at = self._true(record.posted_at)
            record.deleted_at = self._true(record.deleted_at)
            record.known_at = self._true(record.known_at)
        elif isinstance(record, Account):
            record.at = self._true(record.at)
        else:
            record.made_at = self._true(record.made_at)

    def _of_post(self, post: CapturedPost) -> None:
        for at in (post.posted_at, post.written_at):
            if at and self._true(at) is None:
                post.stated_at = post.stated_at or at.isoformat()
        post.posted_at = self._true(post.posted_at)
        post.written_at = self._true(post.written_at)
        post.captured_at = self._true(post.captured_at)

    def _true(self, at: datetime | None) -> datetime | None:
        return at if at and EARLIEST <= at <= self._latest else None
