"""The hashes of the log, byte by byte. Nothing here knows the database; `hub/static/check-proof.py` says the
same again without the hub, so a change here is a change of the format.

    part digest   SHA-256(salt of the part | the part's line, UTF-8)
    commitment    SHA-256(for each part in order: its name | a space | its digest)
    leaf data     one byte 1 | seq, 8 bytes | time in microseconds, 8 bytes | commitment  (big-endian)
    leaf, node    SHA-256(0x00 | leaf data), SHA-256(0x01 | left | right)  (RFC 9162)
    link          SHA-256(link before | leaf); before the first: SHA-256 of the collection's token
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

# Parts of statements, in the order in which their salts are drawn: only ever added to.
PARTS = ("about", "act", "author", "bytes", "media", "post", "said", "source", "words")
SALT, SEED = 16, 16

_leaf = struct.Struct(">BQq32s").pack
_epoch = datetime(1970, 1, 1, tzinfo=UTC)
_microsecond = timedelta(microseconds=1)
_sha256 = hashlib.sha256

_places = {name: slice(at * SALT, (at + 1) * SALT) for at, name in enumerate(PARTS)}
_labels = {name: name.encode() + b" " for name in PARTS}
# By name as it stands in a statement's bytes: its label, and where its salt is.
_parts = {name.encode(): (_labels[name], _places[name]) for name in PARTS}


def part_salts(seed: bytes) -> bytes:
    """The salts of all parts, one after another. From one of them nobody learns another, nor the seed."""
    return hashlib.shake_256(seed).digest(SALT * len(PARTS))


def salt_of(name: str, seed: bytes) -> bytes:
    """The salt of one part."""
    return part_salts(seed)[_places[name]]


def part_digest(line: str, salt: bytes) -> bytes:
    return _sha256(salt + line.encode()).digest()


def commitment(statement: str, seed: bytes) -> bytes:
    """What an entry commits to. Raises KeyError for a part that nobody knows."""
    salts = part_salts(seed)
    told = []
    for line in statement.encode(errors="surrogateescape").split(b"\n"):
        label, place = _parts[line.partition(b" ")[0]]
        told.append(label)
        told.append(_sha256(salts[place] + line).digest())
    return _sha256(b"".join(told)).digest()


def commitment_of_digests(digests: dict[str, bytes]) -> bytes:
    """The same from the digests of the parts, by name."""
    return _sha256(b"".join(_labels[name] + digests[name] for name in sorted(digests))).digest()


def microseconds(at: datetime) -> int:
    """Since 1970, exactly."""
    return (at - _epoch) // _microsecond


def leaf_data(seq: int, at: int, committed: bytes) -> bytes:
    """at: in microseconds. Raises ValueError when that is no leaf."""
    if len(committed) != 32:
        raise ValueError("A commitment has 32 bytes.")
    return _leaf(1, seq, at, committed)


def leaf_hash(data: bytes) -> bytes:
    return _sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return _sha256(b"\x01" + left + right).digest()


def next_link(before: bytes, leaf: bytes) -> bytes:
    return _sha256(before + leaf).digest()


def first_link(collection_token: str) -> bytes:
    """What stands before the first link: a log is of one collection."""
    return _sha256(collection_token.encode()).digest()


def head_by(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """The head of the tree that a path of inclusion leads to (RFC 9162, 2.1.3.2); None when it fits none."""
    first, last, found = index, size - 1, leaf
    for one in path:
        if last == 0:
            return None
        if first & 1 or first == last:
            found = node_hash(one, found)
            while not first & 1 and first:
                first, last = first >> 1, last >> 1
        else:
            found = node_hash(found, one)
        first, last = first >> 1, last >> 1
    return found if last == 0 else None
