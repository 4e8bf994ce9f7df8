"""One parent for the web processes and the worker: whichever dies is started again."""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

import structlog

from .settings import Settings

log = structlog.get_logger(__name__)

ROOT = Path(__file__).resolve().parent.parent.parent
# The first pause before a child is started again; it doubles while the child keeps dying young. In seconds.
PAUSE = 0.5
LONGEST_PAUSE = 30.0
# Who lived this long did not die of how it was started.
OF_AGE = 60.0
# How long children may finish what they do when the hub is stopped, in seconds.
GRACE = 20
PR_SET_PDEATHSIG = 1


class PortTaken(Exception):
    """Something else listens where the hub should."""


@dataclass
class Child:
    """One process under the parent, started again when it dies."""

    name: str
    command: list[str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    pause: float = PAUSE
    resting_until: float = 0.0

    def see_to(self) -> None:
        """Start it if it is not there and has rested."""
        now = time.monotonic()
        if self.process is not None and self.process.poll() is not None:
            log.warning("supervisor.died", child=self.name, status=self.process.returncode)
            self.pause = PAUSE if now - self.started > OF_AGE else min(self.pause * 2, LONGEST_PAUSE)
            self.resting_until = now + self.pause
            self.process = None
        if self.process is None and now >= self.resting_until:
            self.process = _start(self.command)
            self.started = now


def run(settings: Settings) -> None:
    """Serve until told to stop (SIGTERM or SIGINT), then stop the children and wait for them.

    Raises PortTaken before anything is started.
    """
    _refuse_a_taken_port(settings)
    children = children_of(settings)
    stopping = False

    def stop(_signal: int, _frame: FrameType | None) -> None:
        nonlocal stopping
        stopping = True

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    while not stopping:
        for child in children:
            child.see_to()
        time.sleep(0.2)
    _stop([child.process for child in children if child.process is not None])


def children_of(settings: Settings) -> list[Child]:
    """Who serves pages, who carries out jobs, and, where it is asked for, who takes mail in."""
    hub = [sys.executable, "-m", "hub"]
    children = [Child("web", web_command(settings)), Child("worker", [*hub, "worker"])]
    return [*children, Child("lmtp", [*hub, "mail", "listen"])] if settings.lmtp else children


def _refuse_a_taken_port(settings: Settings) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as problem:
            raise PortTaken(
                f"Something else uses port {settings.port} on {settings.host}. Stop it, or choose another: "
                f"HUB_PORT={settings.port + 1} hub run"
            ) from problem


def web_command(settings: Settings) -> list[str]:
    """gunicorn, with what the settings ask for and nothing written outside the data folder."""
    return [
        sys.executable,
        "-m",
        "gunicorn",
        "app:app",
        f"--bind={settings.host}:{settings.port}",
        f"--workers={settings.web_processes}",
        "--worker-class=gthread",
        "--threads=4",
        "--timeout=120",
        "--graceful-timeout=15",
        "--max-requests=20000",
        "--max-requests-jitter=2000",
        "--log-level=warning",
        "--preload",  # what every process holds is held once
        "--no-control-socket",
    ]


def _start(command: list[str]) -> subprocess.Popen[bytes]:
    # The parent runs no threads, so code between fork and exec is safe.
    return subprocess.Popen(command, cwd=ROOT, start_new_session=True, preexec_fn=_end_with_parent)  # noqa: PLW1509


def _end_with_parent() -> None:
    """On Linux a child is told when its parent dies, also when the parent could not tell it."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _stop(children: list[subprocess.Popen[bytes]]) -> None:
    for child in children:
        if child.poll() is None:
            child.terminate()
    deadline = time.monotonic() + GRACE
    for child in children:
        try:
            child.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
