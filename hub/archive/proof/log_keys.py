"""The key that signs the hub's checkpoints, those that it had before, and how a log is named."""

from __future__ import annotations

import base64
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import current_app
from sqlalchemy import select

from hub.archive.models import Collection
from hub.core.database import db
from hub.core.secret_files import kept_secret
from hub.core.site import address

from .models import LogKey

KEY_FILE = "log_key"


def origin_of(collection: Collection) -> str:
    """How a collection's log is named: by the hub's host and the collection's token."""
    return f"{urlsplit(address()).netloc}{collection.path}"


def signing_key() -> Ed25519PrivateKey:
    """The hub's key for checkpoints: made once and kept in the data folder."""
    kept = kept_secret(current_app.extensions["settings"].folder("keys") / KEY_FILE, _made)
    return Ed25519PrivateKey.from_private_bytes(base64.b64decode(kept))


def _made() -> str:
    return base64.b64encode(Ed25519PrivateKey.generate().private_bytes_raw()).decode() + "\n"


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
