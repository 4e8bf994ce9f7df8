"""What a collection certainly does not hold: so that nothing has to be looked up for posts that are new."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from hub.archive.adapters.kept import KeptPost
from hub.archive.models import ArchivedPost, PostVersion, SourceSlice
from hub.core.database import db

# Two million bytes tell of a million things with one mistake in a hundred, and mistakes cost a look-up only.
BITS = 1 << 24
MASK = BITS - 1
# Beyond this it would be full and say nothing.
MOST = 4_000_000


class Seen:
    """A Bloom filter: it never takes for new what was seen."""

    def __init__(self) -> None:
        self._bits = bytearray(BITS >> 3)
        self._count = 0

    def add(self, things: Iterable[str]) -> None:
        bits = self._bits
        for thing in things:
            self._count += 1
            number = hash(thing)
            for place in (number & MASK, (number >> 20) & MASK, (number >> 40) & MASK):
                bits[place >> 3] |= 1 << (place & 7)

    def perhaps(self, things: Iterable[str]) -> list[str]:
        """Those of the things that may have been seen."""
        if self._count == 0:
            return []
        if self._count > MOST:
            return list(things)
        bits = self._bits
        found = []
        for thing in things:
            number = hash(thing)
            for place in (number & MASK, (number >> 20) & MASK, (number >> 40) & MASK):
                if not bits[place >> 3] >> (place & 7) & 1:
                    break
            else:
                found.append(thing)
        return found


class Held:
    """What a collection holds, as one import goes on: the numbers of its posts, the hashes of its bytes."""

    AT_ONCE = 10_000

    def __init__(self, collection_id: int):
        self.numbers, self.slices = Seen(), Seen()
        for column, seen in (
            (ArchivedPost.platform_id, self.numbers),
            (PostVersion.version_id, self.numbers),
            (SourceSlice.sha256, self.slices),
        ):
            statement = select(column).where(column.class_.collection_id == collection_id)
            rows = db.session.scalars(statement.execution_options(yield_per=self.AT_ONCE))
            seen.add(rows)
        db.session.rollback()

    def learn(self, posts: Iterable[KeptPost]) -> None:
        """Posts of a bag, which were written by another way."""
        for post in posts:
            self.numbers.add((post.post_id, *(version.version_id for version in post.versions)))
            self.slices.add(one.sha256 for one in post.slices)
