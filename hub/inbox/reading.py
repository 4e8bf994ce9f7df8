"""What a message says, read without trusting it: headers may be broken, missing, or there several times."""

import email
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage, Message
from email.parser import BytesHeaderParser
from email.utils import getaddresses, parseaddr

from hub.core.addressing import tag_of

from .models import Incoming

# Where mail servers write for whom they put a message into a mailbox; else whom its sender named.
DELIVERED_TO = ("Delivered-To", "X-Original-To", "X-Delivered-To", "Envelope-To", "X-Envelope-To")
NAMED = ("To", "Cc", "Resent-To", "Resent-Cc")

_headers_alone = BytesHeaderParser(policy=policy.compat32)


class Unreadable(ValueError):
    """It is no message that can be taken apart."""


@dataclass(frozen=True)
class Arrived:
    """A message that is to be sorted."""

    incoming: Incoming
    message: EmailMessage

    @property
    def recipients(self) -> list[str]:
        """The hub's addresses that it is for."""
        return self.incoming.recipients

    def header(self, name: str) -> str:
        """The first header of that name in one line, or nothing."""
        return header(self.message, name)

    @property
    def from_address(self) -> str:
        """Whom it says it is from, in small letters. Anybody can write anything there."""
        return parseaddr(self.header("From"))[1].lower()


def arrived(incoming: Incoming) -> Arrived:
    """Raises Unreadable."""
    try:
        return Arrived(incoming, email.message_from_bytes(incoming.raw or b"", policy=policy.default))
    except Exception as problem:  # the parser raises many kinds on what was made to break it
        raise Unreadable(f"The message cannot be taken apart: {problem!r}") from problem


def headers_of(raw: bytes) -> Message:
    """Only the headers, which are read however broken they are."""
    return _headers_alone.parsebytes(raw)


def header(message: Message, name: str) -> str:
    try:
        return " ".join(str(message.get(name, "")).split())
    except Exception:  # the same parser
        return ""


def hub_addresses(headers: Message) -> list[str]:
    """Which of the hub's addresses a message is for, as its headers say."""
    return _ours(headers, DELIVERED_TO) or _ours(headers, NAMED)


def return_path(headers: Message) -> str | None:
    """The envelope's sender, as the last mail server wrote it down: empty is nobody."""
    if "Return-Path" not in headers:
        return None
    return header(headers, "Return-Path").strip("<> ")[:320]


def _ours(headers: Message, names: tuple[str, ...]) -> list[str]:
    written = [str(value) for name in names for value in headers.get_all(name, [])]
    found = {one.strip().lower() for _name, one in getaddresses(written) if tag_of(one) is not None}
    return sorted(found)
