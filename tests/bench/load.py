"""A small load generator: some connections kept alive, one request at a time on each."""

import selectors
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count, cycle

CONNECTIONS = 16
CHUNK = 262_144

Request = Callable[[], bytes]


@dataclass(frozen=True)
class Measured:
    """What one run showed. Times in milliseconds, size in bytes (of one whole response)."""

    requests: int
    per_second: float
    p50: float
    p99: float
    size: int
    failures: int


class _Line:
    """One connection with the answer that is arriving on it."""

    def __init__(self, address: tuple[str, int]) -> None:
        self.address = address
        self.connect()

    def connect(self) -> None:
        self.socket = socket.create_connection(self.address)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = b""
        self.expected: int | None = None

    def send(self, request: bytes) -> None:
        self.buffer, self.expected = b"", None
        self.began = time.perf_counter()
        self.socket.sendall(request)

    def receive(self) -> bool:
        """Read what has arrived; whether the answer is whole."""
        arrived = self.socket.recv(CHUNK)
        if not arrived:
            raise ConnectionError("closed")
        self.buffer += arrived
        if self.expected is None and (end := self.buffer.find(b"\r\n\r\n")) >= 0:
            length = 0
            for line in self.buffer[:end].split(b"\r\n")[1:]:
                name, _, value = line.partition(b":")
                if name.lower() == b"content-length":
                    length = int(value)
            self.expected = end + 4 + length
        return self.expected is not None and len(self.buffer) >= self.expected


def measure(address: tuple[str, int], requests: Iterator[bytes], seconds: float) -> Measured:
    """Keep all connections busy for so many seconds. An answer of 400 or more counts as a failure."""
    selector = selectors.DefaultSelector()
    lines = [_Line(address) for _ in range(CONNECTIONS)]
    for line in lines:
        selector.register(line.socket, selectors.EVENT_READ, line)
        line.send(next(requests))
    times: list[float] = []
    size = failures = 0
    began = time.perf_counter()
    while time.perf_counter() - began < seconds:
        for key, _ in selector.select(timeout=1):
            line: _Line = key.data
            try:
                whole = line.receive()
            except ConnectionError:  # the server ends a connection now and then
                selector.unregister(line.socket)
                line.connect()
                selector.register(line.socket, selectors.EVENT_READ, line)
                line.send(next(requests))
                continue
            if whole:
                times.append(time.perf_counter() - line.began)
                size = len(line.buffer)
                failures += line.buffer[9:10] not in b"23"
                line.send(next(requests))
    took = time.perf_counter() - began
    if not times:
        raise RuntimeError(f"Nothing was answered within {seconds} seconds.")
    for line in lines:
        line.socket.close()
    times.sort()
    return Measured(
        requests=len(times),
        per_second=len(times) / took,
        p50=times[len(times) // 2] * 1000,
        p99=times[min(len(times) - 1, int(len(times) * 0.99))] * 1000,
        size=size,
        failures=failures,
    )


def gets(paths: list[str], cookie: str = "") -> Iterator[bytes]:
    """GET requests for the paths, round and round."""
    return cycle([_get(path, f"Cookie: {cookie}" if cookie else "") for path in paths])


def gets_anew(paths: list[str]) -> Iterator[bytes]:
    """The same, each unlike any before it, so that the hub gives no answer that it has kept."""
    return (
        _get(path, f"Accept-Language: en, x-{number}")
        for number, path in zip(count(), cycle(paths), strict=False)
    )


def _get(path: str, more: str) -> bytes:
    lines = [
        f"GET {path} HTTP/1.1",
        "Host: localhost",
        "Accept: text/html",
        *([more] if more else []),
        "",
        "",
    ]
    return "\r\n".join(lines).encode()
