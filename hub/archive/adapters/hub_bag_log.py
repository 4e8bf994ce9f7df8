"""The log that came with a bag: verified, and held against what the bag says of each event.

What this shows: the other hub sealed exactly these events, and nothing of them was changed after its
checkpoint was signed. That the checkpoint itself is old is for whoever held it outside of that hub.
"""

from __future__ import annotations

import hashlib
import json
import struct
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hub.archive.adapters.kept import KeptEvent, KeptLog, KeptPost, KeptSighting, KeptVersion
from hub.archive.bags.layout import CHECKPOINT, ENTRIES, FORMER, KEYS, LOG
from hub.archive.proof import hashing, notes, statements
from hub.archive.sources import Unreadable, limits

# What entries that no hub wrote raise, of whatever type their parts are.
WRONG = (KeyError, TypeError, ValueError, AttributeError, OverflowError, RecursionError, struct.error)


class BagLog:
    """Reads the entries along with the posts: one line for each event, in their order. Raises Unreadable,
    naming the entry that does not hold."""

    def __init__(self, folder: Path, *, whole: bool, token: str):
        self._whole = whole
        self.note, self.keys = _checkpoint(folder / LOG)
        if self.note.collection_token != token:
            raise Unreadable("bag_log", CHECKPOINT)
        self._lines = _lines(folder / LOG / ENTRIES)
        self._line = 0
        self._seqs: set[int] = set()
        self.folder = folder

    def check(self, post: KeptPost) -> None:
        """The entries of the next post."""
        sealed: list[dict[str, Any]] = []
        line = None
        try:
            for event in post.events:
                self._line += 1
                line = next(self._lines, None)
                sealed.append(self._check(line, post, event))
            if post.values["erased_at"] is None:
                _media_vouched_for(sealed, post)
        except WRONG as problem:
            raise Unreadable("bag_log", self._where(line)) from problem

    def _where(self, line: Any) -> str:
        seq = line.get("seq") if isinstance(line, dict) else None
        named = f"entry {seq + 1}, " if isinstance(seq, int) else ""
        return f"{named}{LOG}{ENTRIES}, line {self._line}"

    def _check(self, line: Any, post: KeptPost, event: KeptEvent) -> dict[str, Any]:
        """What the entry vouches for, in parts; raises one of WRONG when it does not hold."""
        parts: dict[str, Any] = {}
        if line["post"] != [post.platform, post.post_id]:
            raise ValueError("of another post")
        seq, committed = line["seq"], bytes.fromhex(line["commitment"])
        if seq in self._seqs or seq < 0:
            raise ValueError("twice")
        self._seqs.add(seq)
        if line["statement"] is not None:
            if hashing.commitment(line["statement"], bytes.fromhex(line["salt"])) != committed:
                raise ValueError("its statement is not what it committed to")
            parts = statements.parts_of(line["statement"])
            _hold_against(parts, post, event)
        elif post.values["erased_at"] is None:
            raise ValueError("its statement is missing")
        at = datetime.fromisoformat(line["at"]).astimezone(UTC)
        leaf = hashing.leaf_hash(hashing.leaf_data(seq, hashing.microseconds(at), committed))
        path = [bytes.fromhex(step) for step in line["path"]]
        if _root(leaf, seq, self.note.size, path) != self.note.root:
            raise ValueError("it is not under the checkpoint")
        return parts

    def at_the_end(self) -> Iterator[KeptLog]:
        """Nothing may be left over; of a whole collection, nothing may be missing. Then the logs, to be
        kept."""
        if next(self._lines, None) is not None:
            raise Unreadable("bag_log", f"{LOG}{ENTRIES}, line {self._line + 1}")
        if self._whole and (missing := set(range(self.note.size)) - self._seqs):
            raise Unreadable("bag_log", f"entry {min(missing) + 1} of {self.note.size}, which is missing")
        for former in sorted((self.folder / FORMER).glob("*/")):
            yield _kept(former)
        yield _kept(self.folder / LOG)


def _checkpoint(folder: Path) -> tuple[notes.Note, str]:
    """The checkpoint and the keys that it may be signed with."""
    try:
        note = notes.read((folder / CHECKPOINT).read_text(encoding="utf-8"))
        keys = (folder / KEYS).read_text(encoding="utf-8")
        publics = [notes.public_of(key) for key in keys.split("\n") if key]
    except (OSError, ValueError) as problem:
        raise Unreadable("bag_log", CHECKPOINT) from problem
    if not any(note.signed_by(public) for public in publics):
        raise Unreadable("bag_log", CHECKPOINT)
    return note, keys


def _kept(folder: Path) -> KeptLog:
    """The files of a log, as they are kept."""
    note, keys = _checkpoint(folder)
    del note
    digest, packer, packed = hashlib.sha256(), zlib.compressobj(), []
    with (folder / ENTRIES).open("rb") as file:
        while chunk := file.read(limits.CHUNK):
            digest.update(chunk)
            packed.append(packer.compress(chunk))
    packed.append(packer.flush())
    text = (folder / CHECKPOINT).read_text(encoding="utf-8")
    return KeptLog({"note": text, "keys": keys, "entries": b"".join(packed), "sha256": digest.hexdigest()})


def _lines(path: Path) -> Iterator[Any]:
    if not path.is_file():
        raise Unreadable("bag_log", ENTRIES)
    with path.open("rb") as stream:
        number = 0
        while line := stream.readline(limits.MAX_VALUE):
            number += 1
            try:
                yield json.loads(line)
            except (ValueError, RecursionError) as problem:
                raise Unreadable("bag_log", f"{LOG}{ENTRIES}, line {number}") from problem


def _root(leaf: bytes, index: int, size: int, path: list[bytes]) -> bytes:
    """The head of the tree that a path leads to (RFC 9162, 2.1.3.2). Raises ValueError."""
    if not 0 <= index < size:
        raise ValueError("beyond the checkpoint")
    found, first, last = leaf, index, size - 1
    for step in path:
        if last == 0:
            raise ValueError("too long a path")
        if first & 1 or first == last:
            found = hashing.node_hash(step, found)
            while not first & 1 and first:
                first, last = first >> 1, last >> 1
        else:
            found = hashing.node_hash(found, step)
        first, last = first >> 1, last >> 1
    if last:
        raise ValueError("too short a path")
    return found


def _hold_against(parts: dict[str, Any], post: KeptPost, event: KeptEvent) -> None:
    """What the entry vouches for, and what the record says: part by part. Raises ValueError."""
    sealed = dict(parts)
    told = {"about": _about(post, event), "post": {"number": post.post_id}}
    if event.values["details"]:
        told["act"] = event.values["details"]
    sighting = post.sightings[event.sighting - 1] if event.sighting else None
    if sighting is not None:
        told |= {"bytes": _bytes(sighting), "post": _post(post), "source": _source(sighting)}
        if sighting.account_id is not None:
            told["author"] = {"account": sighting.account_id}
    elif event.source is not None:
        told["bytes"] = {"sha256": event.source.sha256}
    if event.version:
        version = post.versions[event.version - 1]
        told["said"] = _said(version)
        told["words"] = {"sha256": statements.sha256_of_text(version.values["text"])}
    erased = post.values["erased_at"] is not None  # what was sealed of it says more than is left
    for name, facts in told.items():
        if {fact: sealed[name].get(fact) for fact in facts} != facts:
            raise ValueError(f"it tells otherwise: {name}")
    if erased:
        return
    if (not event.version and "said" in sealed) or ("act" in sealed) != ("act" in told):
        raise ValueError("it tells of something else")


def _about(post: KeptPost, event: KeptEvent) -> dict[str, Any]:
    said = event.values
    times = {name: statements.iso(said[name]) for name in ("at", "known_at", "recorded_at")}
    return {"platform": post.platform, **{name: said[name] for name in ("kind", "told_by", "cause")}, **times}


def _post(post: KeptPost) -> dict[str, Any]:
    said = post.values
    return {
        "number": post.post_id,
        "posted_at": statements.iso(said["posted_at"]),
        "quotes": said["quotes_id"],
        "reply_to": said["reply_to_id"],
        "reply_to_account": said["reply_to_account"],
        "reposts": said["reposts_id"],
        "url": said["url"],
    }


def _bytes(sighting: KeptSighting) -> dict[str, Any]:
    return {
        "captured_at": statements.iso(sighting.captured_at),
        "evidence": sighting.values["evidence"],
        "sha256": sighting.source.sha256,
    }


def _source(sighting: KeptSighting) -> dict[str, Any]:
    cited = sorted([role, one.sha256] for role, one in sighting.cites)
    return {"cited": cited, **{name: sighting.values[name] for name in ("counts", "file", "row")}}


def _said(version: KeptVersion) -> dict[str, Any]:
    said = version.values
    return {
        "complete": said["complete"],
        "details": statements.sha256_of_json(said["details"]),
        "hash": version.content_hash,
        "language": said["language"],
        "number": version.version_id,
        "stated_at": said["stated_at"],
        "written_at": statements.iso(said["written_at"]),
    }


def _media_vouched_for(sealed: list[dict[str, Any]], post: KeptPost) -> None:
    """Every picture and film that the record tells of is in what was sealed of the post."""
    known = {tuple(one[:6]) for parts in sealed for one in parts.get("media", ())}
    for version in post.versions:
        for one in version.media:
            if (one.position, one.key, one.kind, one.url, one.alt_text, one.sha256) not in known:
                raise ValueError("a picture or film that no entry vouches for")
