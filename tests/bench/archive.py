"""How fast evidence comes in, is sealed and is verified: a large X archive in one import, without and with
pictures, and the log over it. `python -m tests.bench.archive`; also part of `make bench`.

BENCH_LOG_EVENTS=1000000 has the log go over a million events: takes some minutes, and 5 GB of disk."""

from __future__ import annotations

import math
import multiprocessing
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from sqlalchemy import select

from hub.archive.models import Collection, Import
from hub.archive.proof import checkpoints, sealing
from hub.core.database import db
from hub.core.settings import Settings
from hub.factory import create_app
from tests.bench.importers import _environment, _hub, _import
from tests.bench.memory import worst_memory
from tests.bench.multiplied import multiply
from tests.factories.x_archive import XArchive, big_archive, png
from tests.running import ROOT

# The hub promises 200,000 posts in one import, and a million events of one log verified in under a minute.
POSTS = int(os.environ.get("BENCH_ARCHIVE_POSTS", "200000"))
# At least as many; what one import brought is multiplied until it is enough.
EVENTS = int(os.environ.get("BENCH_LOG_EVENTS", "200000"))
# Every so many posts one has a picture.
PICTURES_EVERY = 200
# Late enough that all of them have numbers that X gives.
MADE_AT = "2026-06-01T09:{:02}"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        _hub(data, "upgrade")
        _hub(data, "seed")
        print(f"{'one import':<34}{'posts':>9}{'seconds':>9}{'posts/s':>9}{'peak MB':>9}")
        for label, pictures in (("X archive", False), ("X archive, with pictures", True)):
            path = _written(Path(folder) / "x.zip", POSTS, "1", pictures=pictures)
            told, peak = _import(data, path, label)
            _line(label, told["read"], told["seconds"], f"{peak:>9.0f}")
        _multiply(data)
        print(f"{'the log':<34}{'entries':>9}{'seconds':>9}{'per s':>9}{'cpu s':>9}{'peak MB':>9}")
        _line("sealing", *_in_a_process(data, "seal"))
        entries, _seconds = _in_a_process(data, "size")
        seconds, cpu, peak = _verified(data)
        _line("hub verify", entries, seconds, f"{cpu:>9.1f}{peak:>9.0f}")


def _multiply(data: Path) -> None:
    with create_app(Settings(data=data)).app_context():
        found = db.session.scalars(
            select(Import.id)
            .join(Collection, Collection.id == Import.collection_id)
            .where(Collection.name == "X archive")
        ).one()
        db.session.remove()
        db.engine.dispose()
    multiply(data / "hub.db", found, max(0, math.ceil(EVENTS / POSTS) - 1))


def _verified(data: Path) -> tuple[float, float, float]:
    """Seconds, processor seconds of all processes, and the memory of all at their worst, in MB (pages that
    they share are counted once)."""
    began, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
    process = subprocess.Popen(
        [sys.executable, "-m", "hub", "verify", "--collection", "X archive", "--json"],
        cwd=ROOT, env=_environment(data), stdout=subprocess.DEVNULL,
    )  # fmt: skip
    peak = worst_memory(process)
    if process.returncode != 0:
        raise SystemExit("The log does not verify.")
    seconds, after = time.monotonic() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    return seconds, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, peak


def _line(label: str, count: int, seconds: float, rest: str = "") -> None:
    print(f"{label:<34}{count:>9,}{seconds:>9.1f}{count / max(seconds, 0.001):>9,.0f}{rest}", flush=True)


def _written(path: Path, count: int, account: str, *, pictures: bool = False) -> Path:
    """The archive, made in a process of its own: it is held in memory until it is written."""
    context = multiprocessing.get_context("fork")
    process = context.Process(target=_write, args=(path, count, account, pictures))
    process.start()
    process.join()
    return path


def _write(path: Path, count: int, account: str, pictures: bool) -> None:
    made_at = MADE_AT.format(int(account))  # another minute, so that no two archives share a number
    archive: XArchive = big_archive(count, account_id=account, handle=f"channel{account}", made_at=made_at)
    if pictures:
        for number, row in enumerate(archive.tweets[::PICTURES_EVERY]):
            archive.picture(row["tweet"], png(64, 64, (number % 256, number // 256 % 256, 90)))
    archive.write(path)


def _in_a_process(data: Path, what: str) -> tuple[int, float]:
    command = [sys.executable, "-m", "tests.bench.archive", what, str(data)]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    count, seconds = done.stdout.split()[-2:]
    return int(count), float(seconds)


def _carry_out(what: str, data: Path) -> None:
    with create_app(Settings(data=data)).app_context():
        found = db.session.scalars(select(Collection).where(Collection.name == "X archive")).one()
        began = time.monotonic()
        if what == "seal":
            count = sealing.seal(found.id)
            checkpoints.make(found.id)
        else:
            count = checkpoints.last_of(found.id).size
        print(count, time.monotonic() - began)


if __name__ == "__main__":
    if len(sys.argv) == 3:
        _carry_out(sys.argv[1], Path(sys.argv[2]))
    else:
        main()
