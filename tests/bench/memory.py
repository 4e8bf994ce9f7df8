"""How much memory a command takes, with the processes that it begins."""

from __future__ import annotations

import subprocess
import time
from contextlib import suppress
from pathlib import Path

SECONDS_BETWEEN_LOOKS = 0.2


def worst_memory(process: subprocess.Popen) -> float:
    """Until it has ended: of all its processes at their worst, in MB. Pages that they share count once."""
    worst = 0.0
    while process.poll() is None:
        worst = max(worst, _memory(process.pid))
        time.sleep(SECONDS_BETWEEN_LOOKS)
    return worst


def _memory(pid: int) -> float:
    kilobytes = 0
    with suppress(OSError):  # they come and go
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        for one in (pid, *children):
            told = Path(f"/proc/{one}/smaps_rollup").read_text()
            kilobytes += int(told.split("\nPss:")[1].split()[0])
    return kilobytes / 1024
