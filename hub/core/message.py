"""A composed e-mail, and the form in which it travels."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.errors import HeaderParseError, MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from email.utils import format_datetime
from typing import Any

# Longer subjects are cut by mail programs anyway.
LONGEST_SUBJECT = 180

# What stands before the @ without quoting, in any script; and no encoded word, which is read as another's.
PLAIN_LOCAL = re.compile(r"(?!.*=\?)[^\s\x00-\x20\x7f@,;:<>()\[\]\\\"]{1,64}")

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
    """The standard library's SMTP policy, in seven bits, that leaves links in headers whole, and begins each
    header on the line of its name: some programs show a subject that begins below as none."""

    def fold(self, name: str, value: Any) -> str:
        if name.lower() in WHOLE_LINES:
            return f"{name}: {value}{self.linesep}"
        return super().fold(name, value).replace(f"{name}:{self.linesep} ", f"{name}: ", 1)

    def fold_binary(self, name: str, value: Any) -> bytes:
        return self.fold(name, value).encode("utf-8" if self.utf8 else "ascii", "surrogateescape")


TRAVELLING = _Travelling(linesep="\r\n", cte_type="7bit", utf8=False, content_manager=SMTP.content_manager)


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
    policy = TRAVELLING if recipient.addr_spec.isascii() else TRAVELLING.clone(utf8=True)
    message = EmailMessage(policy=policy)
    try:
        message["From"] = sender
        message["To"] = recipient
        message["Subject"] = _one_line(email.subject)
        message["Date"] = format_datetime(at)
        message["Message-ID"] = f"<{email.message_id or token}@{sender.domain}>"
        message[OWN_TOKEN] = token
        message["Auto-Submitted"] = "auto-replied" if email.answers else "auto-generated"
        for header, value in email.headers.items():
            message[header] = value
        message.set_content(email.text)
        if email.html:
            message.add_alternative(email.html, subtype="html")
        return message.as_bytes()
    except (ValueError, UnicodeError, MessageError) as problem:
        raise CannotBeWritten(f"This message cannot be written: {problem}") from problem


def _one_line(subject: str) -> str:
    line = " ".join(subject.split())
    return line if len(line) <= LONGEST_SUBJECT else f"{line[: LONGEST_SUBJECT - 1]}…"
