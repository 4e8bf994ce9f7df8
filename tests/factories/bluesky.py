"""A Bluesky repository as a CAR: commit, tree and records, each block under its true hash."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import libipld

DID = "did:plc:strathtaystrathtaystrath"
OTHER = "did:plc:somebodyelsesomebodyelse"
POST, REPOST = "app.bsky.feed.post", "app.bsky.feed.repost"
DIGITS = "234567abcdefghijklmnopqrstuvwxyz"


def name_of(raw: bytes, codec: int = 0x71) -> bytes:
    return bytes([1, codec, 0x12, 0x20]) + hashlib.sha256(raw).digest()


def tid(at: datetime, clock: int = 0) -> str:
    """A time as keys and revisions hold it."""
    number = int(at.timestamp() * 1_000_000) << 10 | clock
    return "".join(DIGITS[number >> shift & 31] for shift in range(60, -1, -5))


def number(value: int) -> bytes:
    """A length, seven bits a byte."""
    found = b""
    while value > 0x7F:
        found += bytes([value & 0x7F | 0x80])
        value >>= 7
    return found + bytes([value])


class Bluesky:
    """What an account's repository holds; `write` makes the CAR."""

    def __init__(self, did: str = DID):
        self.did = did
        self.records: dict[str, Any] = {}
        self.made_at = datetime(2024, 6, 1, 9, 30, tzinfo=UTC)
        self.record("app.bsky.actor.profile/self", displayName="Strathtay Council", description="News")

    def record(self, key: str, **fields: Any) -> str:
        """Put a record under its key; its at:// address."""
        self.records[key] = {"$type": key.partition("/")[0]} | fields
        return f"at://{self.did}/{key}"

    def post(self, text: str, at: str, **more: Any) -> str:
        moment = datetime.fromisoformat(f"{at}:00+00:00")
        key = f"{POST}/{tid(moment, len(self.records))}"
        return self.record(key, text=text, createdAt=f"{at}:00.000Z", langs=["en"], **more)

    def picture(self, data: bytes = b"png", alt: str = "A map") -> dict:
        blob = {"$type": "blob", "ref": name_of(data, 0x55), "mimeType": "image/png", "size": len(data)}
        return {"$type": "app.bsky.embed.images", "images": [{"alt": alt, "image": blob}]}

    def blocks(self) -> list[tuple[bytes, bytes]]:
        """(name, content) of every block: the commit first, as the network gives them."""
        made: dict[bytes, bytes] = {}

        def put(value: Any) -> bytes:
            raw = libipld.encode_dag_cbor(value)
            made[name_of(raw)] = raw
            return name_of(raw)

        entries = [(key, put(value)) for key, value in sorted(self.records.items())]
        tree = _tree(entries, put)
        commit = {
            "did": self.did,
            "rev": tid(self.made_at),
            "data": tree,
            "prev": None,
            "sig": bytes(64),
            "version": 3,
        }
        root = put(commit)
        return [(root, made.pop(root)), *made.items()]

    def write(self, path: Path, blocks: list[tuple[bytes, bytes]] | None = None) -> Path:
        path.write_bytes(car(self.blocks() if blocks is None else blocks))
        return path


def car(blocks: list[tuple[bytes, bytes]]) -> bytes:
    """A CAR whose root is its first block."""
    header = libipld.encode_dag_cbor({"version": 1, "roots": [blocks[0][0]]})
    framed = (number(len(name) + len(raw)) + name + raw for name, raw in blocks)
    return number(len(header)) + header + b"".join(framed)


def _layer(key: str) -> int:
    """How high in the tree a key stands: by pairs of zero bits at the beginning of its hash."""
    digest = int.from_bytes(hashlib.sha256(key.encode()).digest())
    return (256 - digest.bit_length()) // 2


def _tree(entries: list[tuple[str, bytes]], put, layer: int | None = None) -> bytes | None:
    """Put the nodes of a tree; the name of its topmost."""
    top = max((_layer(key) for key, _ in entries), default=0) if layer is None else layer
    groups: list[list[tuple[str, bytes]]] = [[]]
    here = []
    for entry in entries:
        if _layer(entry[0]) == top:
            here.append(entry)
            groups.append([])
        else:
            groups[-1].append(entry)
    below = [_tree(group, put, top - 1) if group else None for group in groups]
    node: dict[str, Any] = {"l": below[0], "e": []}
    before = b""
    for (key, name), subtree in zip(here, below[1:], strict=True):
        plain = key.encode()
        shared = next(
            (i for i, (a, b) in enumerate(zip(before, plain, strict=False)) if a != b),
            min(len(before), len(plain)),
        )
        node["e"].append({"p": shared, "k": plain[shared:], "v": name, "t": subtree})
        before = plain
    return put(node)
