"""Reads a large upload in a process of its own: the next posts are read while the last ones are written.

The process is a program (`python -m`), not a fork: a worker has threads, and what has threads must not fork.
It is told where the upload is and which adapter reads it, and sends its records in pieces. It is a few pieces
ahead at most, and ends when nobody hears it any more, also when whoever started it was killed.
"""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import islice
from pathlib import Path
from queue import Queue
from threading import Thread
from typing import Any, BinaryIO

from hub.archive.adapters import LAY_ASIDE, Adapter
from hub.archive.adapters.base import Record
from hub.archive.sources import Source, open_source
from hub.core import collecting

# Bytes of an upload from which on it is worth while: to start the process takes a second.
WORTH_IT = 2 * 1024 * 1024
# Records in a piece, and pieces that may wait: some megabytes.
IN_A_PIECE = 500
WAITING = 4


class Stopped(RuntimeError):
    """The process that reads ended before the upload did: somebody stopped it, or memory ran out."""


@contextmanager
def reading(adapter: Adapter, source: Source, path: Path, name: str) -> Iterator[Iterator[Record]]:
    """What `adapter` reads from the upload at `path`, opened as `source`. Raises as it does, and Stopped."""
    if path.stat().st_size < WORTH_IT or isinstance(adapter, LAY_ASIDE):
        yield adapter.read(source)
        return
    with subprocess.Popen(
        [sys.executable, "-m", __name__], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin and process.stdout
        try:
            pickle.dump((adapter, path, name), process.stdin)
            process.stdin.close()
            yield _heard(process.stdout)
        finally:
            process.kill()


def _heard(pipe: Any) -> Iterator[Record]:
    while True:
        try:
            piece, problem = pickle.load(pipe)
        except (EOFError, pickle.UnpicklingError) as end:
            raise Stopped("The process that reads the upload was stopped from outside.") from end
        yield from piece
        if problem is not None:
            raise problem
        if not piece:
            return


# In the process that reads.


def _tell(asked: BinaryIO, pipe: int) -> None:
    adapter, path, name = pickle.load(asked)
    waiting: Queue[bytes | None] = Queue(WAITING)
    sender = Thread(target=_send, args=(waiting, pipe), daemon=True)
    sender.start()
    with collecting.rarely():
        for piece in _pieces(adapter, path, name):
            waiting.put(pickle.dumps(piece, pickle.HIGHEST_PROTOCOL))
    waiting.put(None)
    sender.join()


def _pieces(adapter: Adapter, path: Path, name: str) -> Iterator[tuple[list[Record], Exception | None]]:
    """The last one is empty, or says what the adapter raised."""
    try:
        with closing(open_source(path, name)) as source:
            records = adapter.read(source)
            while piece := list(islice(records, IN_A_PIECE)):
                yield piece, None
        yield [], None
    except Exception as problem:
        yield [], problem


def _send(waiting: Queue[bytes | None], pipe: int) -> None:
    try:
        while (piece := waiting.get()) is not None:
            left = memoryview(piece)
            while left:
                left = left[os.write(pipe, left) :]
    except OSError:
        os._exit(1)  # nobody hears us: whoever reads on reads for nothing


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to both; whoever hears us ends us
    # What an adapter prints by mistake must not get between the records.
    pipe = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    _tell(sys.stdin.buffer, pipe)
