"""A mail server for tests: it speaks SMTP over a real socket, and can be told to misbehave at any step."""

import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage


class MailServer(socketserver.ThreadingTCPServer):
    """answers: what to say instead at a step ("greeting", "MAIL", "RCPT", "DATA", "end"); dies_at: the step
    at which the connection breaks; slow: seconds to wait before the answer to the end of the text."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.answers: dict[str, str] = {}
        self.dies_at: str | None = None
        self.slow = 0.0
        self.taken: list[bytes] = []
        self.envelopes: list[tuple[str, str]] = []
        self.connections = 0
        self.texts_begun = 0

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.server_address[1]}"

    def messages(self) -> list[EmailMessage]:
        return [message_from_bytes(raw, policy=policy.default) for raw in self.taken]


class _Dies(Exception):
    pass


class _Conversation(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        self.server.connections += 1
        try:
            self._say("greeting", "220 ready")
            while line := self.rfile.readline():
                self._take(line.decode("utf-8", "replace").strip())
        except (_Dies, OSError):
            return

    def _say(self, step: str, usual: str) -> bool:
        if self.server.dies_at == step:
            raise _Dies
        answer = self.server.answers.get(step, usual)
        self.wfile.write(answer.encode() + b"\r\n")
        return answer == usual

    def _take(self, line: str) -> None:
        verb = line.split(":", maxsplit=1)[0].split(maxsplit=1)[0].upper() if line else ""
        if verb == "EHLO":
            self.wfile.write(b"250-localhost\r\n250 8BITMIME\r\n")
        elif verb == "MAIL":
            self.sender = line.split(":", 1)[1].split(maxsplit=1)[0]
            self._say("MAIL", "250 ok")
        elif verb == "RCPT":
            if self._say("RCPT", "250 ok"):
                self.server.envelopes.append((self.sender, line.split(":", 1)[1].split(maxsplit=1)[0]))
        elif verb == "DATA":
            if self._say("DATA", "354 go on"):
                self._take_text()
        elif verb == "QUIT":
            self.wfile.write(b"221 bye\r\n")
            raise _Dies
        else:
            self.wfile.write(b"250 ok\r\n")

    def _take_text(self) -> None:
        self.server.texts_begun += 1
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            if not line or self.server.dies_at == "text":
                raise _Dies
            lines.append(line[1:] if line.startswith(b".") else line)
        if self.server.dies_at == "end":
            raise _Dies  # nobody can know whether it was taken
        if self.server.slow:
            time.sleep(self.server.slow)
        if self.server.answers.get("end", "250").startswith("250"):
            self.server.taken.append(b"".join(lines))
        self._say("end", "250 taken")


@contextmanager
def mail_server() -> Iterator[MailServer]:
    with MailServer() as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield server
        server.shutdown()
