"""Keeping what comes in: committed before whoever brought it is told that it was taken."""

import hashlib
import zlib
from dataclasses import dataclass

from flask import current_app
from sqlalchemy.dialects import postgresql, sqlite

from hub.core import clock
from hub.core.database import db, new_token, unit_of_work
from hub.core.jobs import enqueue
from hub.core.settings import MEBIBYTE

from .models import WAITING, Incoming
from .reading import header, headers_of, hub_addresses, return_path

SORT = "inbox.sort"
TOO_LARGE = "too_large"

# A message with several of the largest attachments, as they travel (a third longer).
ATTACHMENTS = 3


class TooLarge(ValueError):
    """The hub takes no messages of that size."""


@dataclass(frozen=True)
class Kept:
    """new: whether it was not brought before."""

    incoming_id: int | None
    new: bool


def largest() -> int:
    """The largest message that is taken, in bytes."""
    return ATTACHMENTS * int(current_app.extensions["settings"].attachment_limit_mb) * MEBIBYTE


def keep(raw: bytes, how: str, *, recipient: str = "", sender: str | None = None) -> Kept:
    """Keep a message and have it sorted; committed when this returns. Bringing it again changes nothing.

    recipient, sender: the envelope's, where whoever brings it knows them; else its headers say.
    Raises TooLarge; any other error means that it was not kept and has to be brought again.
    """
    if len(raw) > largest():
        raise TooLarge(f"The message has {len(raw)} bytes; at most {largest()} are taken.")
    return _write(raw, how, recipient, sender)


def note_too_large(headers: bytes, size: int, how: str) -> Kept:
    """Say that a message was left where it is; of it, only the headers are kept, and its sender is told.
    size: in bytes."""
    problem = f"The message has {size} bytes; at most {largest()} are taken."
    return _write(headers, how, "", None, kind=TOO_LARGE, problem=problem)


def _write(
    raw: bytes, how: str, recipient: str, sender: str | None, *, kind: str = "", problem: str = ""
) -> Kept:
    headers = headers_of(raw)
    sender = sender if sender is not None else return_path(headers)
    message_id = header(headers, "Message-ID")
    recipients = [recipient.strip().strip("<>").lower()] if recipient else hub_addresses(headers)
    values = {
        "token": new_token(),
        "fingerprint": _fingerprint(message_id, recipients, raw),
        "message_id": _storable(message_id)[:300],
        "how": how,
        "recipients": [_storable(one) for one in recipients],
        "sender": _storable(sender).strip("<> ")[:320] if sender is not None else None,
        "received_at": clock.now(),
        "compressed": zlib.compress(raw),
        "state": WAITING,
        "kind": kind,
        "problem": problem,
    }
    with unit_of_work() as session:
        dialect = postgresql if db.engine.dialect.name == "postgresql" else sqlite
        made = session.execute(
            dialect.insert(Incoming).values(values).on_conflict_do_nothing().returning(Incoming.id)
        ).scalar_one_or_none()
        if made is not None:
            enqueue(SORT, key=f"{SORT}:{made}", incoming_id=made)
    return Kept(made, made is not None)


def _fingerprint(message_id: str, recipients: list[str], raw: bytes) -> str:
    """The text counts too: who knows an earlier Message-ID must not be able to have a message passed over.
    The headers do not: each server on the way adds its own."""
    text = raw.partition(b"\r\n\r\n")[2] or raw.partition(b"\n\n")[2] or raw
    parts = (message_id.encode("utf-8", "replace"), ",".join(recipients).encode("utf-8", "replace"), text)
    return hashlib.sha256(b"\0".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()


def _storable(text: str) -> str:
    """Without what databases refuse: NUL and halves of characters."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()
