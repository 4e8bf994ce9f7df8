"""What of a collection's log goes along with posts: their entries, shown to be under a signed checkpoint."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from flask import current_app
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from hub.archive.models import ArchiveEvent, Collection, FormerLog
from hub.archive.proof import checkpoints, log_keys, notes, stamping
from hub.archive.proof.models import LogCheckpoint, LogEntry
from hub.archive.proof.sealing import seal
from hub.archive.proof.tree import Read, Tree, reads
from hub.archive.rules import event_counts
from hub.core.pages import figure, moment_with_zone

from .gathering import Gathered
from .paper import Block, Facts, Notice
from .record import moment

# What checks a bag without a hub, and what that leans on.
SCRIPTS = ("check-bag.py", "check-proof.py")


def anchor(collection_id: int) -> None:
    """Have everything that is known sealed and under a checkpoint. Manages its own transactions."""
    seal(collection_id)
    checkpoints.make(collection_id)


def all_is_sealed(session: Session, collection_id: int) -> bool:
    """Whether every event that counts has its entry: something may have come in since `anchor`."""
    waiting = (
        select(ArchiveEvent.id)
        .outerjoin(LogEntry, LogEntry.event_id == ArchiveEvent.id)
        .where(ArchiveEvent.collection_id == collection_id, event_counts(), LogEntry.event_id.is_(None))
    )
    return session.scalar(waiting.limit(1)) is None


def last_checkpoint(session: Session, collection_id: int) -> LogCheckpoint | None:
    return session.scalar(
        select(LogCheckpoint)
        .where(LogCheckpoint.collection_id == collection_id)
        .order_by(LogCheckpoint.size.desc())
        .limit(1)
    )


class _Remembering(Tree):
    """A tree whose paths are asked for one after another: neighbours share most of their steps."""

    # Nodes of some two thousand neighbours, and all above them.
    MOST = 5_000

    def __init__(self, read: Read):
        super().__init__(read)
        self._nodes: dict[tuple[int, int], bytes] = {}

    def _node(self, height: int, index: int) -> bytes:
        if not height:
            return super()._node(height, index)
        found = self._nodes.get((height, index))
        if found is None:
            found = super()._node(height, index)
            if len(self._nodes) >= self.MOST:
                self._nodes.clear()
            self._nodes[height, index] = found
        return found


class Entries:
    """The entries of a bag: one line for each event, in the order of the record. The path leads from an entry
    to the head of the tree that the checkpoint signs."""

    def __init__(self, session: Session, collection: Collection):
        self.checkpoint = last_checkpoint(session, collection.id)
        self._tree = _Remembering(reads(collection.id))

    def of(self, found: Gathered) -> Iterator[dict[str, Any]]:
        for event in found.events:
            yield self._line(found, found.entries[event.id])

    def _line(self, found: Gathered, entry: LogEntry) -> dict[str, Any]:
        size = self.checkpoint.size if self.checkpoint else 0
        return {
            "post": [found.post.platform, found.post.platform_id],
            "seq": entry.seq,
            "at": moment(entry.at),
            "statement": entry.statement,
            "salt": entry.salt.hex() if entry.salt is not None else None,
            "commitment": entry.commitment.hex(),
            "link": entry.link.hex(),
            "path": [step.hex() for step in self._tree.inclusion(entry.seq, size)]
            if entry.seq < size
            else None,
        }


def about_the_log(session: Session, collection: Collection) -> dict[str, str]:
    """The small files beside the entries, by name: checkpoints, keys, the script that checks."""
    found = session.scalars(
        select(LogCheckpoint).where(LogCheckpoint.collection_id == collection.id).order_by(LogCheckpoint.size)
    ).all()
    origin = log_keys.origin_of(collection)
    keys = [notes.verifier_key(origin, key.public) for key in log_keys.known_keys()]
    files = {"keys.txt": "".join(f"{key}\n" for key in keys)}
    if found:
        files["checkpoint.txt"] = found[-1].note
        files["checkpoints.txt"] = checkpoints.in_one_file(found)
    static = Path(current_app.static_folder or "")
    return files | {name: (static / name).read_text(encoding="utf-8") for name in SCRIPTS}


def former_logs(session: Session, collection: Collection) -> Iterable[FormerLog]:
    """The logs of the hubs that posts came from, as they were verified when they came."""
    return session.scalars(
        select(FormerLog)
        .where(FormerLog.collection_id == collection.id)
        .order_by(FormerLog.id)
        .options(undefer(FormerLog.entries))
        .execution_options(yield_per=1)
    )


class Anchored:
    """What a certificate says of the log."""

    def __init__(self, session: Session, collection: Collection):
        self._checkpoint = last_checkpoint(session, collection.id)

    def blocks(self, found: Gathered) -> Iterator[Block]:
        seqs = sorted(entry.seq for entry in found.entries.values())
        if not seqs:
            return
        one = self._checkpoint
        rows = [(_("Entries of the log that vouch for this"), ", ".join(figure(seq + 1) for seq in seqs))]
        if one is not None:
            rows += [
                (_("Checkpoint signed"), moment_with_zone(one.made_at)),
                (_("Entries under it"), figure(one.size)),
                (_("Head of the tree over them"), one.root.hex()),
            ]
            if one.stamped_at and one.timestamp:
                by = stamping.by_whom(one.timestamp) or _("an outside authority")
                rows.append(
                    (_("Time that %(authority)s vouches for", authority=by), moment_with_zone(one.stamped_at))
                )
        yield Facts(tuple(rows), frozenset({_("Head of the tree over them")}))
        newer = [seq for seq in seqs if one is None or seq >= one.size]
        if newer:
            yield Notice(
                _("Not yet anchored"),
                ngettext(
                    "One entry is newer than the last checkpoint.",
                    "%(num)d entries are newer than the last checkpoint.",
                    len(newer),
                ),
            )

    def steps(self) -> tuple[str, ...]:
        if self._checkpoint is None:
            return ()
        return (
            _(
                "Everything that happened to the posts stands in a log, entry after entry. Each day its "
                "head is signed as a checkpoint. Compare the head above with a checkpoint that somebody "
                "outside of the hub has held since: the hub's keepers can say who does. If they agree, "
                "nothing under it was changed, added or taken away."
            ),
            _(
                "With the proof of a post, which can be downloaded from its page, a short program that "
                "needs no hub shows that the post is under that checkpoint."
            ),
        )
