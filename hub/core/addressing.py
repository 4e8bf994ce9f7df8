"""Addresses at which the hub gets mail: one pattern whose star stands for what a message is about.

`hub+*@example.org` is one mailbox with plus-addressing, `*@hub.example.org` a domain of its own. What stands
for the star is a *tag*. A signed tag, `reply-<token>-<signature>`, can only have been mailed by this hub.
Everything is in small letters: mail servers may change capitals before the @.
"""

import hashlib
import hmac

from flask import current_app

from .database import TOKEN_ALPHABET

# Letters of the signature: 28 to the 16th power is 77 bits, and a guess costs a whole message.
SIGNED_WITH = 16
# RFC 5321 allows no more before the @.
LONGEST_LOCAL = 64


def mail_comes_in() -> bool:
    """Whether the hub has addresses of its own."""
    return bool(_pattern())


def address_with(tag: str) -> str:
    """The hub's address of that tag. Raises ValueError when there is none, or when it would be too long."""
    local, _at, domain = _pattern().partition("@")
    if not domain:
        raise ValueError("No address for mail that comes in is set (HUB_MAIL_IN_ADDRESS).")
    local = local.replace("*", tag.lower())
    if len(local) > LONGEST_LOCAL:
        raise ValueError(f"No address can be made of {tag!r}: it is too long.")
    return f"{local}@{domain}"


def tag_of(address: str) -> str | None:
    """What stands for the star in an address; None when it is not one of the hub's."""
    before, _star, after = _pattern().partition("*")
    address = address.strip().strip("<>").lower()
    if not after or not address.startswith(before) or not address.endswith(after):
        return None
    return address[len(before) : len(address) - len(after)] or None


def signed_address(purpose: str, token: str) -> str:
    """An address that only this hub can have made, for one row's token. purpose: letters only."""
    return address_with(f"{purpose}-{token}-{_signature(purpose, token)}")


def signed_token(purpose: str, address: str) -> str | None:
    """The token in an address that was signed for this purpose; None when it was not."""
    said, _dash, rest = (tag_of(address) or "").partition("-")
    token, _dash, signature = rest.rpartition("-")
    if said != purpose or not token or not hmac.compare_digest(signature, _signature(purpose, token)):
        return None
    return token


def _pattern() -> str:
    return str(current_app.extensions["settings"].mail_in_pattern)


def _signature(purpose: str, token: str) -> str:
    key = current_app.config["SECRET_KEY"].encode()
    made = hmac.digest(key, f"address:{purpose}:{token}".encode(), hashlib.sha256)
    return "".join(TOKEN_ALPHABET[byte % len(TOKEN_ALPHABET)] for byte in made[:SIGNED_WITH])
