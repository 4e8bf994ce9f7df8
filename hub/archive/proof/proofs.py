"""Proofs: one small file that shows, without the hub, that something was sealed and has not changed since.

It opens of each entry what its reader may see, with the salts that this takes; of the rest it holds digests.
`hub/static/check-proof.py` checks it.
"""

from __future__ import annotations

import base64
from collections.abc import Collection as Container
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from hub.archive.models import ArchivedPost, ArchiveEvent, Collection, PostVersion
from hub.archive.rules import event_counts
from hub.core import clock
from hub.core.database import db

from . import hashing, log_keys
from .checkpoints import last_of
from .models import LogCheckpoint, LogEntry
from .statements import parts_of, sha256_of_text
from .tree import tree_of

FORMAT = "knowledge-hub proof 1"


@dataclass(frozen=True)
class Shown:
    """What a reader may see of an entry: names of its parts, or all of them."""

    entry: LogEntry
    parts: Container[str]


def entries_of(post: ArchivedPost) -> Sequence[LogEntry]:
    """The entries of everything that ever happened to a post, in order."""
    ids = select(ArchiveEvent.id).where(ArchiveEvent.post_id == post.id, event_counts())
    return db.session.scalars(
        select(LogEntry)
        .where(LogEntry.collection_id == post.collection_id, LogEntry.event_id.in_(ids))
        .order_by(LogEntry.seq)
    ).all()


def entry_of_sighting(sighting_id: int) -> LogEntry | None:
    ids = select(ArchiveEvent.id).where(ArchiveEvent.sighting_id == sighting_id, event_counts())
    return db.session.scalar(select(LogEntry).where(LogEntry.event_id.in_(ids)))


def proof_for_keepers(post: ArchivedPost, address: str) -> dict[str, Any]:
    """Of all that happened to a post, with everything open."""
    versions = db.session.scalars(select(PostVersion.text).where(PostVersion.post_id == post.id))
    shown = [Shown(entry, hashing.PARTS) for entry in entries_of(post)]
    return make(post.collection, shown, address, list(versions))


def make(
    collection: Collection, shown: Sequence[Shown], address: str, texts: Sequence[str] = ()
) -> dict[str, Any]:
    """The proof. texts: words that the reader sees; those whose hash a shown part holds go along."""
    checkpoint = last_of(collection.id)
    entries = [_entry(one, checkpoint) for one in shown]
    opened = {part.get("line", "") for entry in entries for part in entry["parts"]}
    words = {sha256_of_text(text): text for text in texts}
    return {
        "format": FORMAT,
        "of": address,
        "origin": _origin(collection, checkpoint),
        "made_at": clock.now().isoformat(),
        "checkpoint": checkpoint.note if checkpoint else None,
        "checkpoint_made_at": checkpoint.made_at.isoformat() if checkpoint else None,
        "timestamp": _base64(checkpoint.timestamp) if checkpoint and checkpoint.timestamp else None,
        "public_keys": [_base64(key.public) for key in log_keys.known_keys()],
        "entries": entries,
        "texts": [text for digest, text in words.items() if f'words {{"sha256":"{digest}"}}' in opened],
    }


def _origin(collection: Collection, checkpoint: LogCheckpoint | None) -> str:
    """Whose log it is, as the checkpoint was signed: the hub may have moved to another host since."""
    return checkpoint.note.partition("\n")[0] if checkpoint else log_keys.origin_of(collection)


def _entry(shown: Shown, checkpoint: LogCheckpoint | None) -> dict[str, Any]:
    entry = shown.entry
    anchored = checkpoint is not None and checkpoint.size > entry.seq
    path = tree_of(entry.collection_id).inclusion(entry.seq, checkpoint.size) if anchored else None
    return {
        "seq": entry.seq,
        "at": hashing.microseconds(entry.at),
        "commitment": entry.commitment.hex(),
        "parts": _parts(shown),
        "path": [one.hex() for one in path] if path is not None else None,
    }


def _parts(shown: Shown) -> list[dict[str, str]]:
    """Each part of a statement in order: opened, or as its digest. None when it was lawfully erased."""
    entry = shown.entry
    if entry.statement is None or entry.salt is None:
        return []
    parts = []
    for line in entry.statement.split("\n"):
        name = line.partition(" ")[0]
        salt = hashing.salt_of(name, entry.salt)
        if name in shown.parts:
            parts.append({"name": name, "salt": salt.hex(), "line": line})
        else:
            parts.append({"name": name, "digest": hashing.part_digest(line, salt).hex()})
    return parts


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def told_of(entry: LogEntry) -> dict[str, Any]:
    """The parts of an entry's statement, read; empty when it was erased."""
    return parts_of(entry.statement) if entry.statement else {}
