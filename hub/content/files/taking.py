"""From what somebody sends to a file that waits: judged, cleaned, on the disk, and then a row."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from io import BytesIO
from typing import BinaryIO

from sqlalchemy import func, select

from hub.content.models import StoredFile
from hub.core import clock
from hub.core.database import db
from hub.core.stored import THUMBNAIL

from .cleaning import cleaned
from .kinds import judge
from .limits import a_day_size, largest_size
from .names import fit_description, fit_name, shown_name
from .refusing import Refusal
from .storing import store


@dataclass(frozen=True)
class Sent:
    """A file as it came: its own name, and its bytes."""

    name: str
    stream: BinaryIO
    description: str = ""


@dataclass(frozen=True)
class Taken:
    """A file whose bytes are stored; its row is not written yet."""

    name: str
    media_type: str
    sha256: str
    size: int
    width: int | None = None
    height: int | None = None
    description: str = ""


@dataclass(frozen=True)
class NotTaken:
    name: str
    code: str


def take(sent: Sent) -> Taken | NotTaken:
    """Judge a file and store its bytes. It asks nothing of the database, and is not to be called while a
    transaction holds it: a large picture takes a second."""
    try:
        return _taken(sent)
    except Refusal as refusal:
        return NotTaken(shown_name(sent.name), refusal.code)


def _taken(sent: Sent) -> Taken:
    size = sent.stream.seek(0, 2)
    if size == 0:
        raise Refusal("empty")
    if size > largest_size():
        raise Refusal("too_large")
    described = fit_description(sent.description)
    picture = cleaned(sent.stream)
    if picture is not None:
        sha256, size = store().keep(BytesIO(picture.whole))
        store().keep_derived(sha256, THUMBNAIL, picture.thumbnail)
        name = fit_name(sent.name, picture.media_type)
        return Taken(name, picture.media_type, sha256, size, picture.width, picture.height, described)
    media_type = judge(sent.stream, sent.name)
    sent.stream.seek(0)
    sha256, size = store().keep(sent.stream)
    return Taken(fit_name(sent.name, media_type), media_type, sha256, size)


def keep_waiting(
    person_id: int, place: str, taken: Sequence[Taken]
) -> tuple[list[StoredFile], list[NotTaken]]:
    """Rows of what was taken, waiting at a place; and what there is no more room for today. What waits there
    already with the same bytes and name is not added again."""
    waits = {(one.sha256, one.name): one for one in waiting_at(person_id, place)}
    room = a_day_size() - _added_lately(person_id)
    made: list[StoredFile] = []
    refused: list[NotTaken] = []
    for one in taken:
        if (before := waits.get((one.sha256, one.name))) is not None:
            made.append(before)
        elif one.size > room:
            refused.append(NotTaken(one.name, "too_much"))
        else:
            room -= one.size
            waits[one.sha256, one.name] = file = _row(person_id, place, one)
            made.append(file)
    db.session.flush()
    return list(dict.fromkeys(made)), refused


def waiting_at(person_id: int | None, place: str) -> Sequence[StoredFile]:
    """The files of somebody's draft at a place, in the order in which they were added."""
    return db.session.scalars(
        select(StoredFile)
        .where(StoredFile.person_id == person_id, StoredFile.place == place, StoredFile.item_id.is_(None))
        .order_by(StoredFile.id)
    ).all()


def take_away(file: StoredFile) -> None:
    """It waits no longer, and is forgotten within a day or two."""
    if file.item_id is None:
        file.place = ""


def _row(person_id: int, place: str, taken: Taken) -> StoredFile:
    file = StoredFile(person_id=person_id, place=place, **asdict(taken))
    db.session.add(file)
    return file


def _added_lately(person_id: int) -> int:
    """Bytes, within a day."""
    since = clock.now() - timedelta(days=1)
    added = select(func.coalesce(func.sum(StoredFile.size), 0)).where(
        StoredFile.person_id == person_id, StoredFile.created_at > since
    )
    return int(db.session.scalar(added) or 0)
