"""A composed e-mail, and the form in which it travels."""

import re
from base64 import encodebytes
from binascii import b2a_qp
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.errors import HeaderParseError, MessageError
from email.headerregistry import Address
from email.policy import EmailPolicy
from email.utils import format_datetime
from functools import lru_cache
from typing import Any

# Longer subjects are cut by mail programs anyway.
LONGEST_SUBJECT = 180

# What stands before the @ without quoting, in any script.
PLAIN_LOCAL = re.compile(r"[^\s\x00-\x20\x7f@,;:<>()\[\]\\\"]{1,64}")

# Its row's token, whatever its Message-ID is: what comes back brings it along.
OWN_TOKEN = "X-Hub-Message"

# Lines that are one long word: folding would turn them into encoded words, which nobody reads as links.
WHOLE_LINES = frozenset({"message-id", "in-reply-to", "references", "list-id", "list-unsubscribe"})


class CannotBeWritten(ValueError):
    """The message or its address is not one that mail can carry; trying again would not help."""


@dataclass(frozen=True)
class Email:
    """A composed message, without its recipient."""

    subject: str
    text: str
    html: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    # Whom it is from, at the hub's own address; empty: the hub itself.
    sender_name: str = ""
    # What other messages name it by, before the @; empty: its row's token.
    message_id: str = ""
    # Whether it answers a message of theirs: then nobody is told when it cannot be delivered (RFC 3834).
    answers: bool = False
    # What must be written in the very transaction in which handing it over begins.
    begun: Callable[[], None] | None = None


@dataclass(frozen=True)
class Outgoing:
    """A message as it is handed over: its envelope, the very bytes that travel, and what they were written
    from."""

    token: str
    sender: str
    recipient: str
    raw: bytes
    email: Email
    to_many: bool = False


class _Travelling(EmailPolicy):
    """The standard library's SMTP policy, in seven bits, that leaves links in headers whole."""

    def fold(self, name: str, value: Any) -> str:
        if name.lower() in WHOLE_LINES:
            return f"{name}: {value}{self.linesep}"
        return super().fold(name, value)

    def fold_binary(self, name: str, value: Any) -> bytes:
        if name.lower() in WHOLE_LINES:
            return self.fold(name, value).encode("ascii")
        return super().fold_binary(name, value)


TRAVELLING = _Travelling(linesep="\r\n", cte_type="7bit", utf8=False)
TRAVELLING_IN_UTF8 = TRAVELLING.clone(utf8=True)

# A header that needs no folding and no encoding; lines that every mail program shows whole.
AS_IT_IS = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?")
LONGEST_LINE = 78


def address(written: str, name: str = "") -> Address:
    """One address. Its domain travels in ASCII. Raises CannotBeWritten."""
    local, _at, domain = written.strip().rpartition("@")
    if not PLAIN_LOCAL.fullmatch(local):
        raise CannotBeWritten("This address cannot be written to: it is not one.")
    try:
        found = Address(name, local, domain.encode("idna").decode("ascii"))
        if not found.domain or Address(addr_spec=f"x@{found.domain}").domain != found.domain:
            raise ValueError("its domain is not one")
    except (ValueError, IndexError, HeaderParseError) as problem:
        raise CannotBeWritten(f"This address cannot be written to: {problem}") from problem
    return found


def written(email: Email, *, sender: Address, to: str, token: str, at: datetime) -> bytes:
    """The message as it travels. Raises CannotBeWritten, also for line breaks in headers."""
    recipient = address(to)
    policy = TRAVELLING if recipient.addr_spec.isascii() else TRAVELLING_IN_UTF8
    try:
        headers: dict[str, Any] = {
            "From": sender,
            "To": recipient,
            "Subject": _one_line(email.subject),
            "Date": format_datetime(at),
            "Message-ID": f"<{email.message_id or token}@{sender.domain}>",
            OWN_TOKEN: token,
            "Auto-Submitted": "auto-replied" if email.answers else "auto-generated",
            **email.headers,
            "MIME-Version": "1.0",
        }
        head = b"".join(_line(policy, name, value) for name, value in headers.items())
        return head + _body(email, token)
    except (ValueError, UnicodeError, MessageError) as problem:
        raise CannotBeWritten(f"This message cannot be written: {problem}") from problem


def _line(policy: EmailPolicy, name: str, value: str | Address) -> bytes:
    """A header as it travels. The standard library takes a millisecond for what most often stays as it is."""
    words = value if isinstance(value, str) else "" if value.display_name else value.addr_spec
    line = f"{name}: {words}"
    if AS_IT_IS.fullmatch(words) and "=?" not in words and len(line) <= LONGEST_LINE:
        return f"{line}\r\n".encode()
    if isinstance(value, Address):
        return _address_line(policy.utf8, name, value.display_name, value.username, value.domain)
    return _folded(policy, name, value)


@lru_cache(maxsize=64)
def _address_line(utf8: bool, name: str, *of: str) -> bytes:
    """Most messages are from the same few."""
    return _folded(TRAVELLING_IN_UTF8 if utf8 else TRAVELLING, name, Address(*of))


def _folded(policy: EmailPolicy, name: str, value: str | Address) -> bytes:
    return policy.fold_binary(*policy.header_store_parse(name, value))


def _body(email: Email, token: str) -> bytes:
    """Its content headers, and what follows them."""
    text = _part("plain", email.text)
    if not email.html:
        return text
    html, mark = _part("html", email.html), f"--=_{token}".encode()
    head = f'Content-Type: multipart/alternative; boundary="=_{token}"'.encode()
    # The line break before a mark belongs to the mark.
    return b"\r\n".join([head, b"", mark, text, mark, html, mark + b"--", b""])


def _part(subtype: str, text: str) -> bytes:
    """One form of the text: as it is where all programs can read it; else encoded, as short as it gets."""
    lines = text.encode().splitlines()
    raw = b"\r\n".join(lines) + b"\r\n"
    encoding = "7bit"
    if not raw.isascii() or max(map(len, lines), default=0) > LONGEST_LINE:
        quoted, coded = b2a_qp(raw, istext=True), encodebytes(raw).replace(b"\n", b"\r\n")
        encoding, raw = min(("quoted-printable", quoted), ("base64", coded), key=lambda one: len(one[1]))
    head = f'Content-Type: text/{subtype}; charset="utf-8"\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n'
    return head.encode() + raw


def _one_line(subject: str) -> str:
    line = " ".join(subject.split())
    return line if len(line) <= LONGEST_SUBJECT else f"{line[: LONGEST_SUBJECT - 1]}…"
