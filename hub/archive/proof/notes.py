"""Signed notes: checkpoints as they travel (C2SP tlog-checkpoint and signed-note).

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
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ED25519 = b"\x01"


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
