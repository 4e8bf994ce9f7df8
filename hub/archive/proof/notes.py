"""Signed notes: checkpoints as they travel (C2SP tlog-checkpoint and signed-note), and the key that signs.

hub.example.org/collections/2n4x...      whose log: the origin
1234                                     how many entries it has
mDkz...=                                 the head of the tree over them, base64
                                         (an empty line)
— hub.example.org/collections/2n4x... base64(4 bytes that name the key | Ed25519 signature of the above)
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import secrets
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from flask import current_app
from sqlalchemy import select

from hub.archive.models import Collection
from hub.core.database import db
from hub.core.site import address

from .models import LogKey

ED25519 = b"\x01"
KEY_FILE = "log_key"


class NotANote(ValueError):
    """What was given is no checkpoint."""


@dataclass(frozen=True)
class Note:
    """A checkpoint that was read. `text` is what is signed; having been read is no reason to believe it."""

    origin: str
    size: int
    root: bytes
    text: str
    signatures: tuple[tuple[str, bytes], ...]  # (key name, 4 bytes of the key and the signature)

    @property
    def collection_token(self) -> str:
        return self.origin.rpartition("/collections/")[2]

    def signed_by(self, public: bytes) -> bool:
        """Whether one of its signatures is of that key, and true."""
        for name, signature in self.signatures:
            if signature[:4] != key_hash(name, public):
                continue
            try:
                Ed25519PublicKey.from_public_bytes(public).verify(signature[4:], self.text.encode())
            except InvalidSignature:
                continue
            return True
        return False


def origin_of(collection: Collection) -> str:
    """How a collection's log is named: by the hub's host and the collection's token."""
    return f"{urlsplit(address()).netloc}{collection.path}"


def key_hash(name: str, public: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + ED25519 + public).digest()[:4]


def verifier_key(name: str, public: bytes) -> str:
    """A public key as tools for signed notes take it."""
    return f"{name}+{key_hash(name, public).hex()}+{base64.b64encode(ED25519 + public).decode()}"


def public_of(verifier: str) -> bytes:
    """The public key in a verifier key. Raises ValueError."""
    name, _plus, rest = verifier.partition("+")
    said, _plus, encoded = rest.partition("+")
    key = base64.b64decode(encoded, validate=True)
    if key[:1] != ED25519 or len(key) != 33 or key_hash(name, key[1:]).hex() != said:
        raise ValueError("It is no key of ours.")
    return key[1:]


def write(origin: str, size: int, root: bytes, key: Ed25519PrivateKey) -> str:
    """The signed checkpoint."""
    text = f"{origin}\n{size}\n{base64.b64encode(root).decode()}\n"
    public = key.public_key().public_bytes_raw()
    signature = key_hash(origin, public) + key.sign(text.encode())
    return f"{text}\n\u2014 {origin} {base64.b64encode(signature).decode()}\n"


def read(note: str) -> Note:
    """A checkpoint, read. Raises NotANote."""
    text, gap, signed = note.replace("\r\n", "\n").partition("\n\n")
    lines = text.split("\n")
    try:
        if not gap or len(lines) < 3 or not lines[1].isascii() or not lines[1].isdecimal():
            raise NotANote("It is no checkpoint: origin, size and hash do not stand where they should.")
        root = base64.b64decode(lines[2], validate=True)
        signatures = []
        for line in signed.strip("\n").split("\n"):
            dash, name, signature = line.split(" ")
            if dash != "\u2014":
                raise NotANote("It is no checkpoint: a line of signatures begins otherwise.")
            signatures.append((name, base64.b64decode(signature, validate=True)))
    except (binascii.Error, ValueError) as problem:
        raise NotANote(f"It is no checkpoint: {problem}") from problem
    return Note(lines[0], int(lines[1]), root, text + "\n", tuple(signatures))


def read_many(notes: str) -> list[Note]:
    """The checkpoints of a file as the hub exports them, one after another. Raises NotANote."""
    found: list[list[str]] = []
    signed = True
    for line in notes.replace("\r\n", "\n").split("\n"):
        if signed and line and not line.startswith("\u2014 "):
            found.append([])
            signed = False
        if found:
            found[-1].append(line)
        signed = signed or line.startswith("\u2014 ")
    if not found:
        raise NotANote("There is no checkpoint in it.")
    return [read("\n".join(lines)) for lines in found]


def signing_key() -> Ed25519PrivateKey:
    """The hub's key for checkpoints: made once and kept in the data folder."""
    return Ed25519PrivateKey.from_private_bytes(base64.b64decode(_kept_key()))


def _kept_key() -> str:
    folder = current_app.extensions["settings"].folder("keys")
    kept = folder / KEY_FILE
    if not kept.exists():
        made = folder / f".{KEY_FILE}-{secrets.token_hex(6)}"
        with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(base64.b64encode(Ed25519PrivateKey.generate().private_bytes_raw()).decode() + "\n")
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(made, kept)  # whoever comes first: a key is never half there, and never replaced
        made.unlink()
    return kept.read_text()


def record_key(name: str) -> bytes:
    """The public key in use. Written down, in the current transaction, with when it was first used."""
    public = signing_key().public_key().public_bytes_raw()
    if db.session.scalar(select(LogKey.id).where(LogKey.public == public)) is None:
        db.session.add(LogKey(public=public, name=name))
        db.session.flush()
    return public


def known_keys() -> list[LogKey]:
    """Every key that checkpoints were ever signed with, the one in use last."""
    return list(db.session.scalars(select(LogKey).order_by(LogKey.id)))


def in_base64(public: bytes) -> str:
    """A public key as people compare it."""
    return base64.b64encode(public).decode()
