"""A mailbox for tests: it speaks IMAP (RFC 3501, with MOVE and UIDPLUS) over a real socket, and can be told
to misbehave."""

import re
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Stored:
    uid: int
    raw: bytes
    flags: set[str] = field(default_factory=set)


class MailboxServer(socketserver.ThreadingTCPServer):
    """dies_at: a command ("FETCH", "MOVE") before whose answer the connection breaks. refuses: commands that
    are answered with NO. capabilities: what it says that it can."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.folders: dict[str, list[Stored]] = {"INBOX": []}
        self.capabilities = "IMAP4rev1 MOVE UIDPLUS"
        self.dies_at: str | None = None
        self.refuses: set[str] = set()
        self.said: list[str] = []
        self.next_uid = 7

    @property
    def url(self) -> str:
        return f"imap://hub%40example.org:secret@127.0.0.1:{self.server_address[1]}/INBOX"

    def deliver(self, raw: bytes, folder: str = "INBOX") -> Stored:
        stored = Stored(self.next_uid, raw)
        self.next_uid += 1
        self.folders[folder].append(stored)
        return stored

    def in_folder(self, name: str) -> list[bytes]:
        return [stored.raw for stored in self.folders.get(name, [])]


class _Dies(Exception):
    pass


class _Conversation(socketserver.StreamRequestHandler):
    server: MailboxServer
    selected = "INBOX"

    def handle(self) -> None:
        self._write("* OK ready")
        try:
            while line := self.rfile.readline():
                tag, _space, command = line.decode().strip().partition(" ")
                self.server.said.append(command)
                self._answer(tag, command)
        except (_Dies, OSError):
            return

    def _write(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")

    def _answer(self, tag: str, command: str) -> None:
        words = command.split(" ")
        verb = words[1].upper() if words[0].upper() == "UID" else words[0].upper()
        if self.server.dies_at == verb:
            raise _Dies
        if verb in self.server.refuses:
            self._write(f"{tag} NO not here")
            return
        act = getattr(self, f"_{verb.lower()}", None)
        if act is not None:
            act(command)
        self._write(f"{tag} OK done")
        if verb == "LOGOUT":
            raise _Dies

    def _capability(self, _command: str) -> None:
        self._write(f"* CAPABILITY {self.server.capabilities}")

    def _list(self, command: str) -> None:
        asked = re.findall(r'"([^"]*)"|(\S+)$', command)[-1]
        if (name := asked[0] or asked[1]) in self.server.folders:
            self._write(f'* LIST () "/" "{name}"')

    def _create(self, command: str) -> None:
        self.server.folders[_last(command)] = []

    def _select(self, command: str) -> None:
        self.selected = _last(command)
        self._write(f"* {len(self._here)} EXISTS")

    @property
    def _here(self) -> list[Stored]:
        return self.server.folders[self.selected]

    def _search(self, command: str) -> None:
        unseen = "UNSEEN" in command
        found = [one for one in self._here if "\\Deleted" not in one.flags]
        found = [one for one in found if not (unseen and "\\Seen" in one.flags)]
        self._write("* SEARCH" + "".join(f" {one.uid}" for one in found))

    def _meant(self, command: str) -> list[Stored]:
        uid = int(command.split(" ")[2])
        return [one for one in self._here if one.uid == uid]

    def _fetch(self, command: str) -> None:
        for one in self._meant(command):
            number = self._here.index(one) + 1
            if "RFC822.SIZE" in command:
                self._write(f"* {number} FETCH (UID {one.uid} RFC822.SIZE {len(one.raw)})")
                continue
            part, name = one.raw, "BODY[]"
            if "HEADER" in command:
                part, name = one.raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n", "BODY[HEADER]"
            self.wfile.write(f"* {number} FETCH (UID {one.uid} {name} {{{len(part)}}}\r\n".encode())
            self.wfile.write(part + b")\r\n")

    def _store(self, command: str) -> None:
        for one in self._meant(command):
            one.flags.update(re.findall(r"\\\w+", command))

    def _copy(self, command: str) -> None:
        for one in self._meant(command):
            self.server.deliver(one.raw, _last(command))

    def _move(self, command: str) -> None:
        for one in self._meant(command):
            self._copy(command)
            self._here.remove(one)

    def _expunge(self, command: str) -> None:
        for one in self._meant(command):
            if "\\Deleted" in one.flags:
                self._here.remove(one)


def _last(command: str) -> str:
    quoted = re.search(r'"([^"]*)"$', command)
    return quoted.group(1) if quoted else command.rsplit(" ", maxsplit=1)[-1]


@contextmanager
def mailbox_server() -> Iterator[MailboxServer]:
    with MailboxServer() as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield server
        server.shutdown()
