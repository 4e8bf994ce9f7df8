"""An LMTP server (RFC 2033): a mail server on the same machine or network hands mail over to the hub.

Each recipient gets an answer of its own, and a good one only when the message is kept.
"""

import asyncio
import signal
from contextlib import suppress
from pathlib import Path

import structlog
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import Envelope, Session
from flask import Flask

from hub.core.addressing import tag_of

from . import models
from .receiving import TooLarge, keep, largest

log = structlog.get_logger(__name__)

# Mail programs write longer lines than the 998 characters that are allowed.
LONGEST_LINE = 1024 * 1024
# The first words of the two answers that aiosmtpd gives once, however many recipients wait for theirs.
ONE_FOR_ALL = ("552 ", "500 Line too long")


class Server(LMTP):
    """aiosmtpd's, with an answer for each recipient also when the text was refused as a whole."""

    line_length_limit = LONGEST_LINE

    async def push(self, status: str | bytes) -> None:  # type: ignore[override]
        waiting = len(self.envelope.rcpt_tos) if self.envelope is not None else 0
        if isinstance(status, str) and status.startswith(ONE_FOR_ALL) and waiting > 1:
            status = "\r\n".join([status] * waiting)
        await super().push(status)


class Receiver:
    """What the server asks."""

    def __init__(self, app: Flask) -> None:
        self.app = app

    async def handle_RCPT(
        self, _server: LMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        with self.app.app_context():
            known = tag_of(address) is not None
        if not known:
            return "550 5.1.1 The hub has no such address"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, _server: LMTP, _session: Session, envelope: Envelope) -> str:
        answers = await asyncio.to_thread(self._keep, envelope)
        return "\r\n".join(answers)

    def _keep(self, envelope: Envelope) -> list[str]:
        raw, sender = bytes(envelope.original_content or b""), envelope.mail_from or ""
        return [self._keep_for(recipient, raw, sender) for recipient in envelope.rcpt_tos]

    def _keep_for(self, recipient: str, raw: bytes, sender: str) -> str:
        with self.app.app_context():
            try:
                keep(raw, models.LMTP, recipient=recipient, sender=sender)
            except TooLarge:
                return "552 5.3.4 The message is too large"
            except Exception:
                log.exception("inbox.not_kept", how="lmtp")
                return "451 4.3.0 The hub cannot take this now, try again later"
        return "250 2.0.0 Kept"


async def listen(app: Flask, where: str) -> asyncio.Server:
    """Serve on host:port, or on a socket of that path."""
    with app.app_context():
        limit = largest()

    def server() -> Server:
        return Server(Receiver(app), data_size_limit=limit, enable_SMTPUTF8=True, hostname="hub", ident="hub")

    loop = asyncio.get_running_loop()
    if not where.startswith("/"):
        host, _colon, port = where.rpartition(":")
        return await loop.create_server(server, host.strip("[]"), int(port))
    path = Path(where)
    with suppress(FileNotFoundError):
        path.unlink()  # left behind by a server that was killed
    listening = await loop.create_unix_server(server, where)
    path.chmod(0o660)  # the mail server gets in through the folder's group
    return listening


def serve(app: Flask, where: str) -> None:
    """Serve until told to stop (SIGTERM or SIGINT)."""
    asyncio.run(_serve(app, where))


async def _serve(app: Flask, where: str) -> None:
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    listening = await listen(app, where)
    log.info("inbox.listening", where=where)
    await stopped.wait()
    listening.close()
