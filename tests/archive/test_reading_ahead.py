"""A large upload is read in a process of its own, and comes in as if it were not."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from hub.archive.adapters import recognise
from hub.archive.importing import ahead, reader
from hub.archive.sources import Unreadable, open_source
from tests.archive.conftest import carry_through
from tests.factories.x_archive import XArchive, big_archive, png

# More records than may wait: it is never done before somebody takes some.
MANY = (ahead.WAITING + 4) * ahead.IN_A_PIECE


@pytest.fixture(autouse=True)
def any_size(monkeypatch):
    monkeypatch.setattr(ahead, "WORTH_IT", 0)


@pytest.fixture
def archive() -> XArchive:
    """More than one piece of records, of every kind."""
    archive = big_archive(2 * ahead.IN_A_PIECE)
    archive.picture(archive.tweets[0]["tweet"], png())
    archive.edit(archive.tweets[1]["tweet"], "Schools are closed today and tomorrow.", at="2024-01-16T07:20")
    archive.long_post("The consultation on the town centre opens today. " * 12, "2024-04-01T12:00")
    archive.deleted_header("2024-02-01T10:00", "2024-02-01T10:05")
    archive.renamed("strathtay", "strathtaycouncil", "2024-03-01T10:00")
    return archive


def told(path: Path) -> list:
    source = open_source(path)
    with ahead.reading(recognise(source), source, path, path.name) as records:
        found = list(records)
    source.close()
    return found


def test_the_records_are_those_that_the_adapter_reads(archive, tmp_path):
    path = archive.write(tmp_path / "x.zip")
    source = open_source(path)
    assert told(path) == list(recognise(source).read(source))


def test_what_cannot_be_read_is_told_as_ever(tmp_path):
    archive = XArchive()
    path = archive.write(tmp_path / "x.zip")
    source = open_source(path)
    adapter = recognise(source)
    path.write_bytes(b"")
    with pytest.raises(Unreadable) as told, ahead.reading(adapter, source, path, path.name) as records:
        list(records)
    assert told.value.reason == "empty"


def test_an_import_counts_each_row_once_wherever_the_pieces_are_cut(kept):
    """A deleted post and its deletion are one row of the export, and may come in two pieces."""
    archive = XArchive()
    for _number in range(ahead.IN_A_PIECE):
        archive.deleted_post("Wrong channel, sorry", "2024-02-01T10:00", "2024-02-01T10:05")
    of_records = len(told(archive.write(kept.folder / "archive.zip")))
    assert of_records > 2 * ahead.IN_A_PIECE
    for posts in (0, 1):
        done = kept.bring_in(archive)
        assert (done.state, done.read) == ("done", ahead.IN_A_PIECE + posts)
        archive.post("One more, before them", "2024-01-01T10:00")


def test_its_reading_is_stopped_when_the_import_is(kept, archive, monkeypatch):
    """Whether somebody cancels it or something goes wrong while it is written."""
    begun = []
    started = subprocess.Popen

    def remember(*arguments, **named):
        begun.append(started(*arguments, **named))
        return begun[-1]

    monkeypatch.setattr(ahead.subprocess, "Popen", remember)

    def fails(*_):
        raise OSError("no space left on device")

    monkeypatch.setattr(reader.batch_media, "store", fails)
    found = kept.begin(archive.write(kept.folder / "archive.zip"))
    with pytest.raises(OSError, match="no space"):
        reader.run(found.id)
    assert [one.poll() is not None for one in begun] == [True]


def test_somebody_stops_the_process_that_reads_and_the_import_is_carried_through_later(kept):
    stopped = []

    def stop(found):
        if not stopped:
            stopped.append(reading_processes())
            for one in stopped[0]:
                os.kill(one, signal.SIGKILL)

    found = kept.begin(big_archive(MANY).write(kept.folder / "archive.zip"))
    with pytest.raises(ahead.Stopped):
        reader.run(found.id, tell=stop)
    assert len(stopped[0]) == 1
    done = carry_through(found)
    assert (done.state, done.read) == ("done", MANY)


def reading_processes() -> list[int]:
    """That this process began."""
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    named = {int(one): Path(f"/proc/{one}/cmdline").read_bytes() for one in children}
    return [one for one, command in named.items() if ahead.__name__.encode() in command]


READS_A_LITTLE = """
import sys
from pathlib import Path
from hub.archive.adapters import recognise
from hub.archive.importing import ahead
from hub.archive.sources import open_source

ahead.WORTH_IT = 0
path = Path(sys.argv[1])
source = open_source(path)
with ahead.reading(recognise(source), source, path, path.name) as records:
    next(records)
    print("reads", flush=True)
    sys.stdin.read()
"""


def test_it_ends_when_whoever_began_it_is_killed(tmp_path):
    path = big_archive(MANY).write(tmp_path / "x.zip")
    process = subprocess.Popen(
        [sys.executable, "-c", READS_A_LITTLE, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdout.readline() == b"reads\n"
    (child,) = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    process.kill()
    process.communicate()
    for _ in range(100):
        if not Path(f"/proc/{child}").exists():
            return
        time.sleep(0.1)
    pytest.fail("It reads on, and nobody hears it.")


def test_what_reads_knows_nothing_of_the_database():
    """Nor does it spend memory and time on it."""
    asked = f"import sys, {ahead.__name__}; print('sqlalchemy' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert said.stdout == "False\n"
