"""Whatever kind of file an export is, its posts are never held all at once."""

import json
import tracemalloc

import pytest

from hub.archive.adapters import recognise
from hub.archive.adapters.base import CapturedPost
from hub.archive.sources import open_source
from tests.factories.bluesky import Bluesky
from tests.factories.mastodon import CONTEXT, Mastodon
from tests.factories.wordpress import WordPress, comment

MB = 1024**2
WORDS = "Bins are emptied on Mondays. " * 10


def mastodon(path, posts, packed="tar.gz"):
    made = Mastodon()
    for number in range(posts):
        made.post(f"<p>{number} {WORDS}</p>", "2024-05-01T09:00")
    made.write(path, packed=packed)


def mastodon_zip(path, posts):
    mastodon(path, posts, "zip")


def collection(path, posts):
    made = Mastodon()
    notes = [made.post(f"<p>{number} {WORDS}</p>", "2024-05-01T09:00") for number in range(posts)]
    path.write_text(json.dumps({"@context": CONTEXT, "type": "OrderedCollection", "orderedItems": notes}))


def bluesky(path, posts):
    made = Bluesky()
    for number in range(posts):
        made.record(
            f"app.bsky.feed.post/{number:08}", text=f"{number} {WORDS}", createdAt="2024-05-01T09:00:00Z"
        )
    made.write(path)


def rss(path, posts):
    items = "".join(
        f"<item><guid>https://a.example/{n}</guid><title>{WORDS}</title></item>" for n in range(posts)
    )
    path.write_text(f"<rss><channel><title>News</title><link>https://a.example</link>{items}</channel></rss>")


def wordpress(path, posts):
    made = WordPress()
    for number in range(1, posts // 2 + 1):
        made.post(number, "Bins", WORDS, comment(number, WORDS))
    made.write(path)


def peak_of_reading(path, posts):
    """Bytes of Python's memory at the worst moment; every post is read and let go."""
    tracemalloc.start()
    source = open_source(path)
    read = sum(isinstance(record, CapturedPost) for record in recognise(source).read(source))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    source.close()
    assert read == posts
    return peak


@pytest.mark.parametrize(
    ("make", "posts"),
    [(mastodon, 400), (mastodon_zip, 400), (collection, 400), (bluesky, 400), (rss, 100), (wordpress, 300)],
)
def test_posts_are_let_go_as_they_are_read(tmp_path, make, posts):
    """Held as the objects that are read, they would take some 6 KB each beside what reading needs."""
    make(tmp_path / "upload", posts)
    assert peak_of_reading(tmp_path / "upload", posts) < 2 * MB
