"""The fetching itself: one request, or a chain of redirects, within bounds."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from flask import current_app
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError, NewConnectionError, SSLError
from urllib3.exceptions import TimeoutError as TimedOut

from hub.core.settings import MEBIBYTE, Settings
from hub.core.urls import joined

from .addresses import Resolve, Target, resolve, target_of
from .refusing import NotFetched

MOST_REDIRECTS = 5
REDIRECTS = frozenset({301, 302, 303, 307, 308})
CHUNK = 64 * 1024
# Whole answers of watched addresses are some hundred kilobytes; a page with its pictures is not fetched.
LARGEST = 8 * MEBIBYTE
SECONDS = 20.0
SECONDS_OF_SILENCE = 5.0


@dataclass(frozen=True)
class Fetched:
    """An answer. `address`: where it came from in the end. `headers`: names in lower case."""

    address: str
    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Fetcher:
    """`also`: hosts of the own network that may be fetched ("host:port"). `agent`: who asks."""

    on: bool = True
    also: frozenset[str] = frozenset()
    agent: str = "KnowledgeHub"
    largest: int = LARGEST
    seconds: float = SECONDS
    find: Resolve = field(default=resolve)

    def get(self, address: str, headers: Mapping[str, str] | None = None) -> Fetched:
        """Fetch an address, redirects followed. Any status is an answer; raises NotFetched for none."""
        target = self.judge(address)
        ends = time.monotonic() + self.seconds
        for _ in range(MOST_REDIRECTS + 1):
            found = self._once(target, headers or {}, ends)
            onward = found.headers.get("location") if found.status in REDIRECTS else None
            if not onward:
                return found
            following = target_of(joined(target.address, onward) or onward, self.also, self.find)
            if target.scheme == "https" and following.scheme != "https":
                raise NotFetched("to_plain_http")
            target = following
        raise NotFetched("too_many_redirects")

    def post(self, address: str, body: bytes, headers: Mapping[str, str] | None = None) -> Fetched:
        """Send something to an address. A redirect is an answer: what is signed for one is for no other."""
        target = self.judge(address)
        return self._once(target, headers or {}, time.monotonic() + self.seconds, body)

    def judge(self, address: str) -> Target:
        """Whether an address may be asked now, without asking it. Raises NotFetched with the reason."""
        if not self.on:
            raise NotFetched("off")
        return target_of(address, self.also, self.find)

    def is_own(self, address: str) -> bool:
        """Whether it is of the hub's own network, and may be asked without TLS."""
        return urlsplit(address).netloc.lower() in self.also

    def _once(
        self, target: Target, headers: Mapping[str, str], ends: float, body: bytes | None = None
    ) -> Fetched:
        connection = _connection(target)
        clock: threading.Timer | None = None
        try:
            connection.connect()
            clock = _cut_off(connection.sock, ends)
            found = self._read(connection, target, headers, body)
        except (ssl.SSLError, SSLError) as error:
            raise NotFetched("certificate", target.host) from error
        except (HTTPError, OSError, ValueError) as error:
            slow = isinstance(error, TimeoutError | TimedOut) and not isinstance(error, NewConnectionError)
            late = slow or time.monotonic() >= ends
            raise NotFetched("too_slow" if late else "unreachable", target.host) from error
        else:
            if time.monotonic() >= ends:  # hung up in the middle, which can look like an end
                raise NotFetched("too_slow", target.host)
            return found
        finally:
            if clock:
                clock.cancel()
            connection.close()

    def _read(
        self, connection: HTTPConnection, target: Target, headers: Mapping[str, str], body: bytes | None
    ) -> Fetched:
        sent = {
            "Host": target.host_header,
            "User-Agent": self.agent,
            "Accept-Encoding": "identity",
            **headers,
        }
        method = "GET" if body is None else "POST"
        connection.request(method, target.path, body=body, headers=sent, preload_content=False)
        answer = connection.getresponse()
        named = {name.lower(): value for name, value in answer.headers.items()}
        if named.get("content-encoding", "identity").lower() != "identity":
            raise NotFetched("encoded", target.host)
        parts, size = [], 0
        while part := answer.read(CHUNK, decode_content=False):
            size += len(part)
            if size > self.largest:
                raise NotFetched("too_large", str(self.largest // MEBIBYTE))
            parts.append(part)
        return Fetched(target.address, answer.status, named, b"".join(parts))


def _connection(target: Target) -> HTTPConnection:
    """A connection to the address that was judged, which must prove to be the host that was asked for."""
    if target.scheme == "http":
        return HTTPConnection(target.ip, target.port, timeout=SECONDS_OF_SILENCE)
    return HTTPSConnection(
        target.ip,
        target.port,
        timeout=SECONDS_OF_SILENCE,
        server_hostname=target.host,
        assert_hostname=target.host,
        ssl_context=ssl.create_default_context(),
    )


def _cut_off(sock: socket.socket, ends: float) -> threading.Timer:
    """Hang up when the time is over: a server that gives a byte now and then is late for no single read."""

    def hang_up() -> None:
        with contextlib.suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)

    clock = threading.Timer(max(0.0, ends - time.monotonic()), hang_up)
    clock.daemon = True
    clock.start()
    return clock


def installed_fetcher() -> Fetcher:
    """The fetcher as the settings want it."""
    settings: Settings = current_app.extensions["settings"]
    return Fetcher(
        on=settings.fetching == "on",
        also=frozenset(one.strip().lower() for one in settings.fetch_also.split(",") if one.strip()),
        agent=f"KnowledgeHub (+{settings.address})",
    )
