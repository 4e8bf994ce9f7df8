"""Files that come with a message: which of them their sender meant to send, and what becomes of them."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from io import BytesIO

from hub.content.files.limits import most_of_a_post
from hub.content.files.names import shown_name
from hub.content.files.taking import NotTaken, Sent, Taken, keep_waiting, take
from hub.content.models import StoredFile
from hub.core.database import db

from .parts import PICTURE, Enclosed

# Left out by the rules for files: told with the reason.
REFUSED = "refused"
# Signs of an office, which programs put under every message, have fewer bytes than any picture of something.
LARGEST_LOGO = 12_000


@dataclass
class Came:
    """What came with a message: bytes that are stored, and what could not be taken."""

    taken: list[Taken] = field(default_factory=list)
    refused: list[NotTaken] = field(default_factory=list)

    @property
    def left_out(self) -> list[tuple[str, str, str]]:
        return [(REFUSED, one.name, one.code) for one in self.refused]

    def keep(self, person_id: int, place: str) -> list[StoredFile]:
        """Their rows, waiting at a place. What there is no room for today is refused."""
        kept, full = keep_waiting(person_id, place, self.taken)
        self.refused += full
        return kept


def look_at(enclosed: Sequence[Enclosed]) -> Came:
    """Judge and store them. To be called before anything is written."""
    came = Came()
    if not enclosed:
        return came
    # Pictures take a while: nobody waits for this transaction meanwhile.
    db.session.rollback()
    most = most_of_a_post()
    for one in enclosed[:most]:
        found = take(Sent(one.name, BytesIO(one.content)))
        came.taken.append(found) if isinstance(found, Taken) else came.refused.append(found)
    came.refused += [NotTaken(shown_name(one.name), "too_many") for one in enclosed[most:]]
    return came


def meant(enclosed: Sequence[Enclosed], marks: Collection[str]) -> list[Enclosed]:
    """What somebody sent on purpose, once each: not the pictures of a signature. marks: what stands in their
    words where their program had put a picture."""
    named = {_plain(mark) for mark in marks}
    wanted = [one for one in enclosed if one.kind != PICTURE or _is_meant(one, named)]
    return list({(one.name, one.content): one for one in wanted}.values())


def unmatched(enclosed: Sequence[Enclosed], marks: Collection[str]) -> int:
    """How many marks are of pictures that did not come with the message."""
    came = {_plain(name) for one in enclosed for name in (one.cid, one.name) if name}
    return sum(_plain(mark) not in came for mark in marks)


def _is_meant(picture: Enclosed, marks: Collection[str]) -> bool:
    """A picture that stands within the text is meant if it stands in what they wrote, and is no sign."""
    if picture.attached or not picture.cid:
        return True
    marked = _plain(picture.cid) in marks or _plain(picture.name) in marks
    return marked and len(picture.content) > LARGEST_LOGO


def _plain(name: str) -> str:
    return re.sub(r"[<>\s]", "", name).lower()
