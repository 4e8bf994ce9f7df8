"""The verification of a whole collection: questions that need nothing of one another, answered one by one or
by several processes at a time (see `crew`), and what follows from the answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from typing import Any

from sqlalchemy import select

from hub.core.database import db

from . import bytes as kept_bytes
from . import leftovers, log_keys, notes, stamping
from .chain import Chain, against_checkpoints, pieces
from .crew import Ask, Question, alone
from .faults import Fault
from .log import Log
from .models import LogCheckpoint
from .notes import Note
from .pieces import Looker, Piece

# So many faults are kept in words; the rest is counted.
MOST_FAULTS = 200

# Called every now and then, with how many entries were followed; None while bytes are read.
Tell = Callable[[int | None], None]


@dataclass
class Result:
    """How a collection verified. `anchored`: entries under the last checkpoint; `waiting`: not sealed yet."""

    size: int = 0
    erased: int = 0
    anchored: int = 0
    waiting: int = 0
    count: int = 0
    faults: list[Fault] = field(default_factory=list)

    def add(self, faults: Iterable[Fault]) -> None:
        for fault in faults:
            self.count += 1
            if len(self.faults) < MOST_FAULTS:
                self.faults.append(fault)

    def join(self, other: Result) -> None:
        self.count += other.count - len(other.faults)
        self.add(other.faults)


def verify(log: Log, given: Sequence[Note] = (), tell: Tell = lambda _done: None, ask: Ask = alone) -> Result:
    """Verify all of a collection.

    given: checkpoints of it that were held outside of the hub; ask: who answers the questions.
    """
    checkpoints = db.session.scalars(
        select(LogCheckpoint).where(LogCheckpoint.collection_id == log.id).order_by(LogCheckpoint.size)
    ).all()
    heads = [(one.size, one.root) for one in checkpoints] + [(one.size, one.root) for one in given]
    signed = list(_signed(log, checkpoints, given))
    following, rest = _Following(log, [size for size, _root in heads], tell), _Rest(log, tell)
    db.session.rollback()
    # What takes longest begins first, so that at the end nobody waits for it.
    questions = chain(rest.about_rows(), following.questions(), rest.about_bytes())
    ask(questions, {**following.answerers, **rest.answerers})
    following.what_came_meanwhile()
    found, result = following.chain.found, Result()
    # What was signed comes first: it tells most, and a damaged log has many faults.
    result.add(against_checkpoints(heads, found))
    result.add(signed)
    result.join(following.result)
    result.join(rest.result())
    result.size, result.erased = found.size, found.erased
    result.anchored = max((size for size, root in heads if found.roots.get(size) == root), default=0)
    result.waiting = leftovers.waiting(log.id)
    db.session.rollback()
    return result


class _Following:
    """The entries: looked at in pieces, which are joined in order, whenever they come."""

    def __init__(self, log: Log, sizes: Sequence[int], tell: Tell):
        self.chain, self.result = Chain(log, sizes), Result()
        self.answerers = {"entries": Looker(log).look}
        self._log, self._tell = log, tell
        # Pieces that came before their turn, by number.
        self._early: dict[int, Piece] = {}
        self._joined = 0

    def questions(self) -> Iterator[Question]:
        for number, bounds in enumerate(pieces(self._log.id)):
            yield Question("entries", bounds, partial(self._take, number))

    def _take(self, number: int, piece: Piece) -> None:
        self._early[number] = piece
        while (following := self._early.pop(self._joined, None)) is not None:
            self._join(following)
            self._joined += 1

    def _join(self, piece: Piece) -> None:
        self.result.add(self.chain.join(piece))
        self._tell(self.chain.found.size)

    def what_came_meanwhile(self) -> None:
        """Sealed while the others were looked at."""
        while (bounds := self.chain.what_follows()) is not None:
            self._join(self.answerers["entries"](*bounds))
        self.result.add(self.chain.at_the_end())


class _Rest:
    """The bytes, and what is in no log."""

    def __init__(self, log: Log, tell: Tell):
        self._log, self._tell = log, tell
        # What was found, by the place at which it is told.
        self._found: dict[tuple[int, int], Result] = {}
        self.answerers = {
            "slices": partial(_faults, kept_bytes.slices, log),
            "media": partial(_faults, kept_bytes.media, log),
            "rows": partial(_faults, leftovers.unlogged, log),
        }

    def about_rows(self) -> Iterator[Question]:
        for number in range(leftovers.SORTS):
            yield Question("rows", (number,), partial(self._take, (2, number)))

    def about_bytes(self) -> Iterator[Question]:
        for number, ids in enumerate(kept_bytes.blocks_of_slices(self._log)):
            yield Question("slices", (ids,), partial(self._take, (0, number)))
        for number, ids in enumerate(kept_bytes.blocks_of_media(self._log)):
            yield Question("media", (ids,), partial(self._take, (1, number)))

    def _take(self, place: tuple[int, int], found: Result) -> None:
        if found.count:
            self._found[place] = found
        self._tell(None)

    def result(self) -> Result:
        joined = Result()
        for _place, found in sorted(self._found.items(), key=lambda item: item[0]):
            joined.join(found)
        return joined


def _faults(look: Callable[..., Iterator[Fault]], log: Log, which: Any) -> Result:
    result = Result()
    result.add(look(log, which))
    db.session.rollback()
    return result


def _signed(log: Log, stored: Sequence[LogCheckpoint], given: Sequence[Note]) -> Iterator[Fault]:
    keys = [key.public for key in log_keys.known_keys()]
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
