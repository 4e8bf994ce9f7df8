"""How a message leaves: over SMTP, or into a mail folder while no mail server is set."""

import os
import smtplib
import ssl
from contextlib import suppress
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from flask import Flask

# A mail server that says nothing for this long is taken for gone, in seconds.
PATIENCE = 30


class NotAccepted(Exception):
    """The other side certainly did not take the message. Permanent: it never will."""

    def __init__(self, problem: str, *, permanent: bool) -> None:
        super().__init__(problem)
        self.permanent = permanent


class Unknown(Exception):
    """The line broke when the message was on its way: nobody can know whether it was taken."""


class Delivery(Protocol):
    def deliver(self, message: EmailMessage, token: str) -> None:
        """Hand the message over. Raises NotAccepted or Unknown."""

    def accepted(self, token: str) -> bool | None:
        """Whether a message of that token was handed over earlier; None when nobody can know."""


class Folder:
    """Messages as files named by their token: writing one twice is writing it once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def deliver(self, message: EmailMessage, token: str) -> None:
        unfinished = self.folder / f".{token}.part"
        with unfinished.open("wb") as file:
            file.write(message.as_bytes(policy=policy.SMTP))
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(self.folder / f"{token}.eml")

    def accepted(self, token: str) -> bool:
        return (self.folder / f"{token}.eml").exists()

    def messages(self) -> list[tuple[str, EmailMessage]]:
        """Every message with its token, newest first."""
        files = sorted(self.folder.glob("*.eml"), key=lambda file: file.stat().st_mtime, reverse=True)
        return [(file.stem, message_from_bytes(file.read_bytes(), policy=policy.default)) for file in files]


class Smtp:
    """A real mail server. Every step has its answer; only a line that breaks within DATA leaves doubt."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.kind = parts.scheme
        self.host = parts.hostname or "localhost"
        self.port = parts.port or {"smtps": 465, "smtp+starttls": 587}.get(parts.scheme, 25)
        self.user = unquote(parts.username or "")
        self.password = unquote(parts.password or "")

    def accepted(self, token: str) -> None:
        return None

    def deliver(self, message: EmailMessage, token: str) -> None:
        try:
            server = self._connect()
        except (OSError, smtplib.SMTPException) as problem:
            raise NotAccepted(f"No connection to the mail server: {problem}", permanent=False) from problem
        try:
            self._hand_over(server, message)
        finally:
            with suppress(OSError, smtplib.SMTPException):
                server.quit()

    def _connect(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        if self.kind == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(self.host, self.port, timeout=PATIENCE, context=context)
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=PATIENCE)
            if self.kind == "smtp+starttls":
                server.starttls(context=context)
        server.ehlo_or_helo_if_needed()
        if self.user:
            server.login(self.user, self.password)
        return server

    def _hand_over(self, server: smtplib.SMTP, message: EmailMessage) -> None:
        sender, recipient = message["From"].addresses[0].addr_spec, message["To"].addresses[0].addr_spec
        try:
            self._expect(server.mail(sender))
            self._expect(server.rcpt(recipient))
        except (OSError, smtplib.SMTPException) as problem:
            raise NotAccepted(str(problem), permanent=False) from problem
        try:
            answer = server.data(message.as_bytes(policy=policy.SMTP))
        except smtplib.SMTPDataError as problem:
            self._expect((problem.smtp_code, problem.smtp_error))
        except (OSError, smtplib.SMTPException) as problem:
            raise Unknown(f"The connection broke while the message was sent: {problem}") from problem
        else:
            self._expect(answer)

    @staticmethod
    def _expect(answer: tuple[int, bytes | str]) -> None:
        code, text = answer
        if not 200 <= code < 300:
            said = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
            raise NotAccepted(f"{code} {said}", permanent=code >= 500)


def delivery(app: Flask) -> Delivery:
    """The adapter that the settings ask for."""
    settings = app.extensions["settings"]
    url = settings.mail_url.get_secret_value()
    return Smtp(url) if url else Folder(settings.folder("mail"))
