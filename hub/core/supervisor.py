"""One parent for the web processes and the worker: whichever dies is started again."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType

import structlog

from .settings import Settings

log = structlog.get_logger(__name__)

ROOT = Path(__file__).resolve().parent.parent.parent
# A child that dies at once, again and again, is not restarted faster than this, in seconds.
PAUSE = 1.0
# How long children may finish what they do when the hub is stopped, in seconds.
GRACE = 20
PR_SET_PDEATHSIG = 1


def run(settings: Settings) -> None:
    """Serve until told to stop (SIGTERM or SIGINT), then stop the children and wait for them."""
    commands = {"web": web_command(settings), "worker": [sys.executable, "-m", "hub", "worker"]}
    children = {name: _start(command) for name, command in commands.items()}
    stopping = False

    def stop(_signal: int, _frame: FrameType | None) -> None:
        nonlocal stopping
        stopping = True

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    while not stopping:
        for name, child in children.items():
            if child.poll() is not None and not stopping:
                log.warning("supervisor.restart", child=name, status=child.returncode)
                time.sleep(PAUSE)
                children[name] = _start(commands[name])
        time.sleep(0.2)
    _stop(list(children.values()))


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
