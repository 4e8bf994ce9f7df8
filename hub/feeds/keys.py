"""Keys of private feeds: each opens one feed, and only its hash is kept."""

import secrets
from hashlib import sha256

# As hard to guess as the keys that sign sessions.
BYTES = 32
# What is hashed begins with what the key is for, so that no hash of something else is one of ours.
PURPOSE = b"hub private feed\n"


def new_key() -> str:
    return secrets.token_urlsafe(BYTES)


def hash_of(key: str) -> str:
    return sha256(PURPOSE + key.encode()).hexdigest()
