"""A mailbox that is read over IMAP.

A message is put away only after it is kept, so whatever breaks, it is met again, and kept once. It is moved
into a folder of its own; where the server lets us have none, it is marked as seen instead, and only unseen
ones are read.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError

# A server that says nothing for this long is taken for gone, in seconds.
PATIENCE = 30
# Where messages go that the hub has kept.
TAKEN = "Taken by the hub"


@dataclass(frozen=True)
class Place:
    """Which mailbox: imaps://user:password@host:port/FOLDER."""

    kind: str
    host: str
    port: int
    user: str
    password: str
    folder: str


def place(url: str) -> Place:
    parts = urlsplit(url)
    return Place(
        parts.scheme,
        parts.hostname or "localhost",
        parts.port or (993 if parts.scheme == "imaps" else 143),
        unquote(parts.username or ""),
        unquote(parts.password or ""),
        unquote(parts.path.strip("/")) or "INBOX",
    )


class Mailbox:
    def __init__(self, client: IMAPClient, folder: str) -> None:
        self._client = client
        self._folder = folder
        self._taken = self._own_folder()
        client.select_folder(folder)

    def waiting(self) -> list[int]:
        """The numbers (UIDs) of messages that were not put away, oldest first."""
        return sorted(self._client.search(["UNDELETED"] if self._taken else ["UNDELETED", "UNSEEN"]))

    def size(self, uid: int) -> int | None:
        """In bytes; None when it is gone."""
        size: int | None = self._part(uid, "RFC822.SIZE")
        return size

    def message(self, uid: int) -> bytes | None:
        """All of it, exactly; None when it is gone. Reading it does not mark it."""
        raw: bytes | None = self._part(uid, "BODY.PEEK[]")
        return raw

    def headers(self, uid: int) -> bytes | None:
        raw: bytes | None = self._part(uid, "BODY.PEEK[HEADER]")
        return raw

    def put_away(self, uid: int) -> None:
        if self._taken is None:
            self._client.add_flags([uid], [b"\\Seen"])
        elif self._client.has_capability("MOVE"):
            self._client.move([uid], self._taken)
        else:
            self._client.copy([uid], self._taken)
            self._client.add_flags([uid], [b"\\Deleted"])
            if self._client.has_capability("UIDPLUS"):
                self._client.uid_expunge([uid])

    def _part(self, uid: int, what: str) -> Any:
        found = self._client.fetch([uid], [what]).get(uid, {})
        return found.get(what.replace(".PEEK", "").encode())

    def _own_folder(self) -> str | None:
        """The folder for what was taken, made when missing; None where we may have none."""
        for name in (TAKEN, f"INBOX.{TAKEN}", f"INBOX/{TAKEN}"):
            with suppress(IMAPClientError):
                if not self._client.folder_exists(name):
                    self._client.create_folder(name)
                return name
        return None


@contextmanager
def opened(url: str) -> Iterator[Mailbox]:
    """Raises OSError or IMAPClientError."""
    where = place(url)
    client = IMAPClient(where.host, where.port, ssl=where.kind == "imaps", timeout=PATIENCE)
    try:
        if where.kind == "imap+starttls":
            client.starttls()
        client.login(where.user, where.password)
        yield Mailbox(client, where.folder)
    finally:
        with suppress(OSError, IMAPClientError):
            client.logout()
