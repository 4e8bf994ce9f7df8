"""Walks a Bluesky repository: from its commit through its tree of keys to its records.

A record counts only if it hangs, hash by hash, on the commit. The commit's signature is not checked: the key
that it was made with stands in a directory on the network, and may have been changed since.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import libipld

from hub.archive.adapters.fields import as_dict, dicts
from hub.archive.sources.car_blocks import Block, CarBlocks, is_name, written

# Keys are 512 characters at most: a collection, a slash, a record's own key.
LONGEST_KEY = 1_024
# A tree has a layer for each two zero bits that a key's hash begins with.
DEEPEST = 128
# Times stand in keys and revisions as thirteen of these digits: 53 bits of microseconds, and 10 more.
SORTED_DIGITS = "234567abcdefghijklmnopqrstuvwxyz"
TID_SIZE = 13


@dataclass(frozen=True, slots=True)
class Commit:
    """What a repository says of itself. `made_at`: when it last changed, as its revision tells."""

    did: str
    data: bytes
    made_at: datetime | None


@dataclass(frozen=True, slots=True)
class Missing:
    """A block that something refers to, and that the file does not hold or that was refused."""

    name: str


@dataclass(frozen=True, slots=True)
class Record:
    """A key of the tree ("app.bsky.feed.post/3k2a") and the name of its record's block."""

    key: str
    name: bytes


def commit_of(blocks: CarBlocks) -> Commit | None:
    """The commit that the file's root names, if it is one."""
    for root in blocks.roots:
        found = decoded(blocks.get(root))
        did, data = found.get("did"), found.get("data")
        if isinstance(did, str) and did.startswith("did:") and is_name(data):
            return Commit(did, data, time_of(found.get("rev")))
    return None


def decoded(block: Block | None) -> dict:
    """The object in a block; {} for anything else."""
    if block is None:
        return {}
    try:
        return as_dict(libipld.decode_dag_cbor(block.raw))
    except (ValueError, RecursionError):
        return {}


def records(blocks: CarBlocks, tree: bytes) -> Iterator[Record | Missing]:
    """The records of a tree in the order of their keys.

    Each node is visited once and keys only go up, as in every true tree; what is otherwise is passed over,
    so that no tree of a few blocks can be walked for ever.
    """
    waiting: list[bytes | Record] = [tree]
    last = ""
    while waiting:
        at = waiting.pop()
        if isinstance(at, Record):
            if at.key > last:
                last = at.key
                yield at
            continue
        block = blocks.get(at)
        if block is None:
            yield Missing(written(at))
        elif blocks.visit(at):
            waiting.extend(reversed(list(_of_node(decoded(block)))))


def find(blocks: CarBlocks, tree: bytes, key: str) -> bytes | None:
    """The name of the block of one record."""
    at: bytes | None = tree
    for _ in range(DEEPEST):
        below, at = at, None
        for part in _of_node(decoded(blocks.get(below))):
            if isinstance(part, bytes):
                at = part
            elif part.key == key:
                return part.name
            elif part.key > key:
                break
            else:
                at = None
        if at is None:
            return None
    return None


def _of_node(node: dict) -> Iterator[bytes | Record]:
    """What a node holds, in order: subtrees by name between records. A key leaves out what it has in common
    with the one before it."""
    if is_name(node.get("l")):
        yield node["l"]
    key = b""
    for entry in dicts(node.get("e")):
        rest, shared = entry.get("k"), entry.get("p")
        if not isinstance(rest, bytes) or not isinstance(shared, int) or not 0 <= shared <= len(key):
            return
        key = key[:shared] + rest
        if len(key) > LONGEST_KEY or not key.isascii() or not is_name(entry.get("v")):
            return
        yield Record(key.decode("ascii"), entry["v"])
        if is_name(entry.get("t")):
            yield entry["t"]


def time_of(tid: Any) -> datetime | None:
    """The moment that a revision or a record's own key holds."""
    if not isinstance(tid, str) or len(tid) != TID_SIZE or not set(tid) <= set(SORTED_DIGITS):
        return None
    number = 0
    for digit in tid:
        number = number * 32 + SORTED_DIGITS.index(digit)
    try:
        return datetime.fromtimestamp((number >> 10) / 1_000_000, UTC)
    except (ValueError, OverflowError, OSError):
        return None
