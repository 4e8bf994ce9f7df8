"""The verification of a whole collection, in passes that need nothing of one another."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select

from hub.core.database import db

from . import bytes as kept_bytes
from . import leftovers, notes, stamping, verifying
from .faults import Fault
from .log import Log
from .models import LogCheckpoint
from .notes import Note
from .verifying import Found, Tell

# So many faults are kept in words; the rest is counted.
MOST_FAULTS = 200


@dataclass
class Result:
    """How a collection verified. `anchored`: entries under the last checkpoint; `waiting`: not sealed yet."""

    size: int = 0
    erased: int = 0
    anchored: int = 0
    waiting: int = 0
    count: int = 0
    faults: list[Fault] = field(default_factory=list)

    def add(self, faults: Iterator[Fault] | Sequence[Fault]) -> None:
        for fault in faults:
            self.count += 1
            if len(self.faults) < MOST_FAULTS:
                self.faults.append(fault)

    def join(self, other: Result) -> None:
        self.count += other.count - len(other.faults)
        self.add(other.faults)


Pass = Callable[[Log, Sequence[Note], Tell], Result]


def verify(log: Log, given: Sequence[Note] = (), tell: Tell = lambda _done: None) -> Result:
    """Verify all of a collection. given: checkpoints of it that were held outside of the hub."""
    result = the_log(log, given, tell)
    result.join(the_rest(log, given, tell))
    return result


def the_log(log: Log, given: Sequence[Note], tell: Tell) -> Result:
    """The entries, and every checkpoint."""
    checkpoints = db.session.scalars(
        select(LogCheckpoint).where(LogCheckpoint.collection_id == log.id).order_by(LogCheckpoint.size)
    ).all()
    db.session.rollback()
    heads = [(one.size, one.root) for one in checkpoints] + [(one.size, one.root) for one in given]
    found, result, followed = Found(), Result(), Result()
    followed.add(verifying.entries(log, [size for size, _root in heads], found, tell))
    # What was signed comes first: it tells most, and a damaged log has many faults.
    result.add(verifying.against_checkpoints(heads, found))
    result.add(_signed(log, checkpoints, given))
    result.join(followed)
    result.size, result.erased = found.size, found.erased
    result.anchored = max((size for size, root in heads if found.roots.get(size) == root), default=0)
    result.waiting = leftovers.waiting(log.id)
    db.session.rollback()
    return result


def the_rest(log: Log, _given: Sequence[Note] = (), tell: Tell = lambda _done: None) -> Result:
    """The bytes, and what is in no log."""
    result = Result()

    def sign() -> None:
        tell(None)

    for faults in (
        kept_bytes.slices(log, sign=sign),
        kept_bytes.media(log, sign=sign),
        leftovers.unlogged(log),
    ):
        result.add(faults)
    db.session.rollback()
    return result


def _signed(log: Log, stored: Sequence[LogCheckpoint], given: Sequence[Note]) -> Iterator[Fault]:
    keys = [key.public for key in notes.known_keys()]
    for one in stored:
        try:
            note = notes.read(one.note)
        except notes.NotANote:
            yield Fault("checkpoint", {"size": one.size})
            continue
        if (note.collection_token, note.size, note.root) != (log.token, one.size, one.root):
            yield Fault("checkpoint", {"size": one.size})
        elif not any(note.signed_by(key) for key in keys):
            yield Fault("signature", {"size": one.size})
        if one.timestamp is not None and not stamping.is_of(one.timestamp, one.note):
            yield Fault("timestamp", {"size": one.size})
    for note in given:
        if not any(note.signed_by(key) for key in keys):
            yield Fault("signature", {"size": note.size})
