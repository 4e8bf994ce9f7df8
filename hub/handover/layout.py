"""Where things lie in a bag. Everything is named by what it is, so that the same record makes the same
names."""

from __future__ import annotations

from hub.archive.bags.layout import DATA
from hub.archive.models import Media

ACTIVITYSTREAMS = DATA + "activitystreams.json"
PREMIS = DATA + "premis.xml"
TABLES = DATA + "tables/"
README = DATA + "README.txt"
WEB_ARCHIVE = DATA + "web-archive.wacz"

WARC = ".warc"

# By how the bytes begin: whoever opens a file should get a program that can read it.
ENDINGS = ((b"{", ".json"), (b"[", ".json"), (b"WARC/", WARC), (b"<", ".xml"))
MEDIA_ENDINGS = {
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/gif": ".gif",
    "image/webp": ".webp",
    "video/mp4": ".mp4",
}


def source_path(sha256: str, beginning: bytes) -> str:
    """Exact bytes of a source. What begins like nothing we know is text, or is not."""
    start = beginning.lstrip()
    ending = next((ending for mark, ending in ENDINGS if start.startswith(mark)), ".txt")
    return f"{DATA}source/{sha256[:2]}/{sha256}{ending}"


def media_path(media: Media) -> str:
    return f"{DATA}media/{media.sha256[:2]}/{media.sha256}{MEDIA_ENDINGS.get(media.media_type, '.bin')}"
