"""Signed addresses for replies: one for each person and post. A message is answered by replying to it.

An address is one encrypted block, so it tells no numbers, and is short enough for what may stand before an @.
Within the block stands a signature that depends on the subscriber's token: a new token revokes all addresses.
"""

import base64
import hashlib
import hmac
import re

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from flask import current_app
from sqlalchemy import select

from hub.accounts.models import Person
from hub.content.models import DISCUSSION, QUESTION, Post
from hub.core.addressing import address_with, mail_comes_in, tag_of
from hub.core.database import db
from hub.core.policy import can
from hub.subscriptions.models import Subscriber
from hub.subscriptions.replying import takes_replies

PURPOSE = "reply-"
# What was signed, or is near to it: a group may be called "Reply to requests", and has an address, too.
LOOKS_SIGNED = re.compile(r"reply-[a-z0-9]{20,}")
# Bytes of each number, and of the signature. A guess costs a whole message and is right once in 2 to the
# 48th; and its sender would have to be the person's own address.
NUMBER, SIGNATURE = 5, 6


@takes_replies
def reply_address(person: Person, post: Post) -> str | None:
    """Where this person answers this post; None where no mail comes in, where they may not answer, where a
    message cannot say so, or before they were made a subscriber, whose token is what revokes it."""
    if not mail_comes_in() or not current_app.extensions["settings"].mail_has_headers:
        return None
    if post.item.kind not in {QUESTION, DISCUSSION}:
        return None
    token = db.session.scalar(select(Subscriber.token).where(Subscriber.person_id == person.id))
    if token is None or not can(person.as_actor(), "item.contribute", post.item):
        return None
    return signed(person.id, post.id, token)


def signed(person_id: int, post_id: int, token: str) -> str | None:
    """The address that names both; None when the hub's own part of its addresses leaves no room for it."""
    names = person_id.to_bytes(NUMBER, "big") + post_id.to_bytes(NUMBER, "big")
    block = _cipher().encryptor().update(names + _signature(names, token))
    try:
        return address_with(PURPOSE + base64.b32encode(block).decode().rstrip("=").lower())
    except ValueError:
        return None


def is_reply_address(address: str) -> bool:
    """Whether it was made to look like one; signed or not."""
    return LOOKS_SIGNED.fullmatch(tag_of(address) or "") is not None


def read_reply_address(address: str) -> tuple[Subscriber, int] | None:
    """Whose it is, and the id of the post that they answer; None when it was not signed, or was revoked."""
    code = (tag_of(address) or "").removeprefix(PURPOSE).upper()
    try:
        block = base64.b32decode(code + "=" * (-len(code) % 8))
    except ValueError:
        return None
    if not is_reply_address(address) or len(block) != 2 * NUMBER + SIGNATURE:
        return None
    opened = _cipher().decryptor().update(block)
    names, signature = opened[: 2 * NUMBER], opened[2 * NUMBER :]
    person_id, post_id = (int.from_bytes(part, "big") for part in (names[:NUMBER], names[NUMBER:]))
    subscriber = db.session.scalar(select(Subscriber).where(Subscriber.person_id == person_id))
    if subscriber is None or not hmac.compare_digest(signature, _signature(names, subscriber.token)):
        return None
    return subscriber, post_id


def _signature(names: bytes, token: str) -> bytes:
    return hmac.digest(_key("signature"), names + token.encode(), hashlib.sha256)[:SIGNATURE]


def _cipher() -> Cipher[modes.ECB]:
    """One block is all that is ever encrypted: there is nothing to chain."""
    return Cipher(algorithms.AES(_key("block")), modes.ECB())


def _key(part: str) -> bytes:
    secret = current_app.config["SECRET_KEY"].encode()
    return hmac.digest(secret, f"reply addresses: {part}".encode(), hashlib.sha256)
