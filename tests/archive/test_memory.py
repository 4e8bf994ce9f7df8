"""Memory does not grow with the size of an import."""

import os

from hub.archive.models import Import
from hub.core.database import db
from tests.archive.conftest import read_in_a_process
from tests.factories.x_archive import big_archive

KB, MB = 1024, 1024**2


def peak(kept, posts: int) -> int:
    """Bytes of memory that a process has taken, at its worst, when it has read so many posts."""
    found = kept.begin(big_archive(posts, account_id=str(posts)).write(kept.folder / f"{posts}.zip"))
    _, _, usage = os.wait4(read_in_a_process(found.id), 0)
    db.session.rollback()
    assert db.session.get(Import, found.id, populate_existing=True).read == posts
    return usage.ru_maxrss * KB


def test_ten_thousand_posts_take_hardly_more_memory_than_a_thousand(kept):
    """9,000 posts more, held as Python objects, would take over 100 MB."""
    small = peak(kept, 1_000)
    assert peak(kept, 10_000) < small + 60 * MB
