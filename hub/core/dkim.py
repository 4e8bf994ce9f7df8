"""DKIM: mail is signed with the domain's key, so that who receives it knows that it comes from here, and
unchanged (RFC 6376; Ed25519: RFC 8463). The signature is made over the very bytes that travel.

With several keys a message carries several signatures: not everybody reads Ed25519 yet.
"""

import base64
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256

from .settings import Settings

Key = ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey

# What stands in the header of every message, whether it is there or not: nobody can add one unseen. Those of
# one-click leaving must be signed (RFC 8058).
SIGNED = (
    "from",
    "to",
    "reply-to",
    "subject",
    "date",
    "message-id",
    "in-reply-to",
    "references",
    "auto-submitted",
    "precedence",
    "list-id",
    "list-unsubscribe",
    "list-unsubscribe-post",
    "mime-version",
    "content-type",
)
RSA_BITS = 2048
# Header lines go on in the next line after this.
FOLD = "\r\n "


class CannotSign(ValueError):
    """The settings of DKIM do not fit together, or name no key that can sign. Says what to mend."""


@dataclass(frozen=True)
class Signer:
    domain: str
    selector: str
    key: Key

    @property
    def algorithm(self) -> str:
        return "rsa-sha256" if isinstance(self.key, rsa.RSAPrivateKey) else "ed25519-sha256"

    @property
    def record(self) -> tuple[str, str]:
        """The name and the text of the TXT record that the domain must publish."""
        public = self.key.public_key()
        if isinstance(public, rsa.RSAPublicKey):
            form = serialization.PublicFormat.SubjectPublicKeyInfo
            told, kind = public.public_bytes(serialization.Encoding.DER, form), "rsa"
        else:
            told, kind = public.public_bytes_raw(), "ed25519"
        name = f"{self.selector}._domainkey.{self.domain}"
        return name, f"v=DKIM1; k={kind}; p={base64.b64encode(told).decode()}"

    def signature_of(self, raw: bytes) -> bytes:
        """The header line that stands before everything else."""
        head, _, body = raw.partition(b"\r\n\r\n")
        headers = _headers(head)
        names = [name for name in SIGNED for _ in range(1 + sum(one == name for one, _ in headers))]
        fields = [
            "v=1",
            f"a={self.algorithm}",
            "c=relaxed/relaxed",
            f"d={self.domain}",
            f"s={self.selector}",
            f"h={':'.join(names)}".replace(":", FOLD + ":"),
            f"bh={base64.b64encode(hashlib.sha256(_relaxed_body(body)).digest()).decode()}",
            "b=",
        ]
        line = f";{FOLD}".join(fields).encode()
        told = b"".join(_chosen(headers, names)) + _relaxed("dkim-signature", line).removesuffix(b"\r\n")
        made = base64.b64encode(self._sign(told)).decode()
        folded = re.sub(r"(.{72})(?=.)", rf"\1{FOLD}", made)
        return b"DKIM-Signature: " + line + folded.encode() + b"\r\n"

    def _sign(self, told: bytes) -> bytes:
        if isinstance(self.key, rsa.RSAPrivateKey):
            return self.key.sign(told, padding.PKCS1v15(), SHA256())
        return self.key.sign(hashlib.sha256(told).digest())


def signed(raw: bytes, signers: Sequence[Signer]) -> bytes:
    """A message with the signatures of all signers before it."""
    return b"".join(signer.signature_of(raw) for signer in signers) + raw


def signers_of(settings: Settings) -> tuple[Signer, ...]:
    """Who signs the hub's mail; nobody when no key is set. Raises CannotSign."""
    domain = settings.dkim_domain or settings.mail_from.rpartition("@")[2]
    return _signers(domain, settings.dkim_selector, settings.dkim_key)


@lru_cache(maxsize=4)
def _signers(domain: str, selectors: str, files: str) -> tuple[Signer, ...]:
    names, paths = _listed(selectors), _listed(files)
    if paths and len(names) != len(paths):
        raise CannotSign(
            f"HUB_DKIM_SELECTOR names {len(names)} selectors and HUB_DKIM_KEY {len(paths)} files: "
            "each key needs a selector of its own."
        )
    return tuple(Signer(domain, name, read_key(Path(path))) for name, path in zip(names, paths, strict=False))


def _listed(value: str) -> list[str]:
    return [one.strip() for one in value.split(",") if one.strip()]


def read_key(file: Path) -> Key:
    """Raises CannotSign."""
    try:
        key = serialization.load_pem_private_key(file.read_bytes(), password=None)
    except (OSError, ValueError, TypeError) as problem:
        raise CannotSign(f"The key in {file} cannot be read: {problem}") from problem
    if not isinstance(key, Key):
        raise CannotSign(f"The key in {file} is neither RSA nor Ed25519.")
    return key


def new_key(kind: str) -> bytes:
    """A new private key (PEM): "rsa" or "ed25519"."""
    key: Key
    if kind == "rsa":
        key = rsa.generate_private_key(public_exponent=65537, key_size=RSA_BITS)
    else:
        key = ed25519.Ed25519PrivateKey.generate()
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _headers(head: bytes) -> list[tuple[str, bytes]]:
    """Names in small letters, with values as they stand, folded lines and all."""
    lines = re.split(rb"\r\n(?![ \t])", head)
    parts = (line.partition(b":") for line in lines)
    return [(name.strip().decode().lower(), value) for name, _, value in parts]


def _chosen(headers: list[tuple[str, bytes]], names: Sequence[str]) -> list[bytes]:
    """The lines that are signed: of several of one name the last first; one that is not there is nothing."""
    left = list(headers)
    lines = []
    for name in names:
        found = next((place for place in reversed(range(len(left))) if left[place][0] == name), None)
        if found is not None:
            lines.append(_relaxed(name, left.pop(found)[1]))
    return lines


def _relaxed(name: str, value: bytes) -> bytes:
    unfolded = re.sub(rb"[ \t]+", b" ", value.replace(b"\r\n", b"")).strip()
    return name.encode() + b":" + unfolded + b"\r\n"


def _relaxed_body(body: bytes) -> bytes:
    lines = [re.sub(rb"[ \t]+", b" ", line).rstrip(b" ") for line in body.split(b"\r\n")]
    text = b"\r\n".join(lines).rstrip(b"\r\n")
    return text + b"\r\n" if text else b""
