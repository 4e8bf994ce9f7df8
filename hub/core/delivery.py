"""How a message leaves: over SMTP, or into a mail folder while no mail server is set (`notify`: a third way).

Both ask, at the last instant at which nothing was handed over, whether they may go on (`about_to`). Over SMTP
that instant is after the whole text and before the single dot that ends it: whatever breaks earlier was
certainly not sent, and may be tried again; only what breaks between the dot and its answer is in doubt.
"""

import os
import re
import smtplib
import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from flask import Flask

from .carrying import at_rest
from .message import Outgoing

# A mail server that says nothing for this long is taken for gone, in seconds. A job's lease outlasts it.
PATIENCE = 30
# After the whole message servers may scan it before they answer, in seconds (RFC 5321 grants ten minutes).
PATIENCE_AFTER_TEXT = 300

_TOO_FAST = re.compile(r"4\d\d[ -]4\.7\.")

AboutTo = Callable[[], bool]


# Steps at which a message may be refused. Of these two is told apart whom the answer is about.
CONNECTING, RECIPIENT = "connecting", "RCPT"


class NotAccepted(Exception):
    """The other side certainly did not take the message. Permanent: it never will. step: at which it said so,
    as SMTP calls it."""

    def __init__(self, problem: str, *, permanent: bool, step: str = "") -> None:
        super().__init__(problem)
        self.permanent = permanent
        self.step = step

    @property
    def is_of_the_address(self) -> bool:
        """Whether it is this address that will never take mail."""
        return self.permanent and self.step == RECIPIENT

    @property
    def is_of_the_server(self) -> bool:
        """Whether our own mail server takes nothing from anybody at the moment."""
        return not self.permanent and (self.step == CONNECTING or str(self).startswith("421"))

    @property
    def asks_for_patience(self) -> bool:
        """Whether a provider says that mail comes too fast (RFC 3463: 4.7.x is policy)."""
        return not self.permanent and bool(_TOO_FAST.match(str(self)))


class Unknown(Exception):
    """The line broke when the message was on its way: nobody can know whether it was taken. may_be_asked: the
    other side can tell later."""

    def __init__(self, problem: str, *, may_be_asked: bool = False) -> None:
        super().__init__(problem)
        self.may_be_asked = may_be_asked


class Delivery(Protocol):
    def connect(self) -> None:
        """Be ready to take a message. Raises NotAccepted."""

    def deliver(self, message: Outgoing, about_to: AboutTo) -> bool:
        """Hand the message over; False, and nothing was, when `about_to` said no.
        Raises NotAccepted or Unknown."""

    def accepted(self, token: str) -> bool | None:
        """Whether a message of that token was handed over earlier; None when nobody can know. Raises
        NotAccepted when the other side cannot be asked now."""


class Folder:
    """Messages as files named by their token: writing one twice is writing it once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def connect(self) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def deliver(self, message: Outgoing, about_to: AboutTo) -> bool:
        unfinished = self.folder / f".{message.token}.part"
        with unfinished.open("wb") as file:
            file.write(message.raw)
            file.flush()
            os.fsync(file.fileno())
        if not about_to():
            unfinished.unlink(missing_ok=True)
            return False
        unfinished.replace(self.folder / f"{message.token}.eml")
        return True

    def accepted(self, token: str) -> bool:
        return (self.folder / f"{token}.eml").exists()

    def messages(self, most: int | None = None) -> list[tuple[str, EmailMessage]]:
        """Messages with their tokens, newest first."""
        files = sorted(self.folder.glob("*.eml"), key=lambda file: file.stat().st_mtime_ns, reverse=True)
        return [(file.stem, _read(file)) for file in files[:most]]

    def forget(self, before: datetime) -> None:
        """Delete what was written before, also what was begun and never finished."""
        for file in self.folder.glob("*"):
            if file.stat().st_mtime < before.timestamp():
                file.unlink(missing_ok=True)

    def message(self, token: str) -> EmailMessage | None:
        """The message of that token, if it was handed over."""
        file = self.folder / f"{token}.eml"
        return _read(file) if token.isalnum() and file.is_file() else None


def _read(file: Path) -> EmailMessage:
    return message_from_bytes(file.read_bytes(), policy=policy.default)


class Smtp:
    """A real mail server. Its connection is kept from one message to the next, until the worker rests."""

    _kept = threading.local()

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.url = url
        self.kind = parts.scheme
        self.host = parts.hostname or "localhost"
        self.port = parts.port or {"smtps": 465, "smtp+starttls": 587}.get(parts.scheme, 25)
        self.user = unquote(parts.username or "")
        self.password = unquote(parts.password or "")

    def accepted(self, token: str) -> None:
        return None

    def connect(self) -> None:
        if self._still_there():
            return
        self.hang_up()
        try:
            self._kept.server = self._dial()
            self._kept.url = self.url
        except smtplib.SMTPAuthenticationError as problem:
            raise NotAccepted(
                f"The mail server refused the hub's sign-in: {problem}", permanent=False, step=CONNECTING
            ) from problem
        except (OSError, smtplib.SMTPException) as problem:
            raise NotAccepted(
                f"No connection to the mail server: {problem}", permanent=False, step=CONNECTING
            ) from problem

    def _still_there(self) -> bool:
        server = getattr(self._kept, "server", None)
        if server is None or self._kept.url != self.url:
            return False
        try:
            return bool(server.rset()[0] == 250)
        except (OSError, smtplib.SMTPException):
            return False

    @classmethod
    def hang_up(cls) -> None:
        """End this thread's connection, if it has one."""
        server = cls._kept.__dict__.pop("server", None)
        if server is not None:
            with suppress(OSError, smtplib.SMTPException):
                server.quit()

    @classmethod
    def _drop(cls) -> None:
        """End it without a word: the text that was begun must not be ended."""
        server = cls._kept.__dict__.pop("server", None)
        if server is not None:
            server.close()

    def _dial(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        if self.kind == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(self.host, self.port, timeout=PATIENCE, context=context)
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=PATIENCE)
            if self.kind == "smtp+starttls":
                server.starttls(context=context)
        _at_once(server.sock)
        server.ehlo_or_helo_if_needed()
        if self.user:
            server.login(self.user, self.password)
        return server

    def deliver(self, message: Outgoing, about_to: AboutTo) -> bool:
        server: smtplib.SMTP = self._kept.server
        try:
            self._hand_over_text(server, message)
        except NotAccepted:
            raise
        except (OSError, smtplib.SMTPException) as problem:
            self._drop()
            raise NotAccepted(
                f"The connection to the mail server broke: {problem}", permanent=False
            ) from problem
        except BaseException:
            self._drop()
            raise
        try:
            going_on = about_to()
        except BaseException:
            self._drop()
            raise
        if not going_on:
            self._drop()
            return False
        self._end(server)
        return True

    def _hand_over_text(self, server: smtplib.SMTP, message: Outgoing) -> None:
        """Everything up to the dot. Nothing of it counts until the dot."""
        options = []
        if not message.recipient.isascii():
            if not server.has_extn("smtputf8"):
                raise NotAccepted("The mail server cannot send to such an address.", permanent=True)
            options = ["SMTPUTF8", "BODY=8BITMIME"]
        _expect("MAIL", server.mail(message.sender, options))
        _expect(RECIPIENT, server.rcpt(message.recipient))
        _expect("DATA", server.docmd("DATA"), 354)
        server.send(smtplib._quote_periods(message.raw))  # type: ignore[attr-defined]
        if not message.raw.endswith(b"\r\n"):
            server.send(b"\r\n")

    def _end(self, server: smtplib.SMTP) -> None:
        """The dot, and its answer."""
        try:
            if server.sock is not None:
                server.sock.settimeout(PATIENCE_AFTER_TEXT)
            server.send(b".\r\n")
            answer = server.getreply()
            if server.sock is not None:
                server.sock.settimeout(PATIENCE)
        except (OSError, smtplib.SMTPException) as problem:
            self._drop()
            raise Unknown(f"The connection broke while the message was sent: {problem}") from problem
        if not 200 <= answer[0] < 600:
            self._drop()
            raise Unknown(f"The mail server answered something that is no answer: {answer[0]}")
        _expect("text", answer)


def _at_once(line: socket.socket | None) -> None:
    """What is said goes out at once. Else the dot waits until the other side has acknowledged the text, which
    it puts off: 40 milliseconds for each message."""
    if line is not None:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _expect(step: str, answer: tuple[int, bytes | str], *wanted: int) -> None:
    """Raises NotAccepted for any other answer: 5xx is permanent, everything else may be tried again."""
    code, text = answer
    if code in wanted or (not wanted and 200 <= code < 300):
        return
    said = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    raise NotAccepted(f"{code} {said}", permanent=500 <= code < 600, step=step)


at_rest(Smtp.hang_up)


def delivery(app: Flask) -> Delivery:
    """The adapter that the settings ask for."""
    settings = app.extensions["settings"]
    url = settings.mail_url.get_secret_value()
    if url.startswith("notify"):
        from .notify import Notify  # it stands on this module

        return Notify(url)
    return Smtp(url) if url else Folder(settings.folder("mail"))
