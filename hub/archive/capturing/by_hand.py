"""What somebody saw, written down: made into the file that the adapter `by_hand` reads."""

from __future__ import annotations

import json
import zipfile
from dataclasses import dataclass
from datetime import datetime
from tempfile import SpooledTemporaryFile
from typing import IO, BinaryIO

from hub.archive.adapters.by_hand import CAPTURE, MARK
from hub.archive.post_addresses import read_address
from hub.core import clock

IN_MEMORY = 1024 * 1024
FILE_NAME = "capture-by-hand.zip"

# A file that is always made alike: its hash tells of its content alone.
ZIP_TIME = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Seen:
    """What was seen. `gone`: the post was no longer there. Moments are aware; `by`: who saw it, in words."""

    address: str
    text: str
    handle: str
    name: str
    posted_at: datetime | None
    seen_at: datetime
    by: str
    how: str = ""
    reply_to: str = ""
    gone: bool = False


def declared(seen: Seen) -> dict[str, object]:
    """The declaration, as it is kept. Raises ValueError when the address names no post."""
    place = read_address(seen.address)
    if place is None:
        raise ValueError(seen.address)
    answered = read_address(seen.reply_to) if seen.reply_to else None
    return {
        "made_as": MARK,
        "format": 1,
        "address": seen.address,
        "platform": place.platform,
        "post_id": place.post_id,
        "handle": seen.handle.lstrip("@") or place.handle,
        "name": seen.name,
        "text": seen.text,
        "posted_at": seen.posted_at.isoformat() if seen.posted_at else None,
        "reply_to": answered.post_id if answered else "",
        "gone": seen.gone,
        "seen_at": seen.seen_at.isoformat(),
        "seen_by": seen.by,
        "how": seen.how,
        "written_down_at": clock.now().isoformat(),
    }


def pack(seen: Seen, screenshot: BinaryIO | None = None, suffix: str = "png") -> IO[bytes]:
    """The declaration, with its screenshot, as one file from its beginning."""
    packed = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - the caller reads and closes it
    with zipfile.ZipFile(packed, "w") as archive:
        said = json.dumps(declared(seen), ensure_ascii=False, indent=1)
        archive.writestr(zipfile.ZipInfo(CAPTURE, ZIP_TIME), said)
        if screenshot is not None:
            archive.writestr(zipfile.ZipInfo(f"screenshot.{suffix}", ZIP_TIME), screenshot.read())
    packed.seek(0)
    return packed
