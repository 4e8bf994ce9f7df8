"""Files of the founding posts, made when a hub is seeded: texts and tables from their lines, charts drawn."""

from collections.abc import Sequence
from io import BytesIO

from hub.content.files.taking import NotTaken, Sent, Taken, keep_waiting, take
from hub.content.models import StoredFile

from . import shapes
from .channel import Picture
from .channel_pictures import draw


def wait_for(person_id: int, place: str, files: Sequence[shapes.File]) -> list[StoredFile]:
    """Files of a person that wait at a place, as if they had added them. Raises ContentError."""
    looked_at = [take(Sent(file.name, BytesIO(_bytes(file)), file.shows)) for file in files]
    refused = [one for one in looked_at if isinstance(one, NotTaken)]
    made, full = keep_waiting(person_id, place, [one for one in looked_at if isinstance(one, Taken)])
    if refused or full:
        raise shapes.ContentError(f"{place}: the hub does not take {(refused + full)[0]}")
    return made


def _bytes(file: shapes.File) -> bytes:
    if file.bars:
        bars = tuple((bar.name, bar.number) for bar in file.bars)
        return draw(Picture(key=file.name, kind="chart", title=file.title, alt=file.shows, bars=bars), "")
    return ("\n".join(file.lines) + "\n").encode()
