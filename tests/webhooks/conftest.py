"""The small community, and another system that takes messages over HTTP."""

import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from tests.factories.worlds import world

__all__ = ["world"]


@dataclass
class OtherSystem:
    """What another system got, and what it answers."""

    address: str = ""
    answers: int = 200
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    @property
    def messages(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _headers, body in self.got]


@pytest.fixture
def other(app, monkeypatch):
    """A real server on this machine, which the hub may speak to as one of its own network."""
    system = OtherSystem()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            system.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(system.answers)
            if system.answers == 302:
                self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    host = f"127.0.0.1:{server.server_port}"
    system.address = f"http://{host}/hook"
    settings = app.extensions["settings"].model_copy(update={"fetch_also": host})
    monkeypatch.setitem(app.extensions, "settings", settings)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield system
    server.shutdown()
    server.server_close()
