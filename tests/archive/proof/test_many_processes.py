"""A verification is carried out by as many processes as there are cores, and finds what one finds."""

from __future__ import annotations

import os
import signal

import pytest
from sqlalchemy import text

from hub.archive.proof import chain, crew
from hub.archive.proof.crew import Died, Question, alone, on_all_cores
from hub.archive.proof.log import Log, log_of
from hub.archive.proof.tree import TILE_WIDTH
from hub.archive.proof.whole import verify
from hub.core.database import db, unit_of_work
from tests.archive.proof.conftest import sealed
from tests.conftest import DATABASES
from tests.factories.x_archive import big_archive

# Entries of a piece, so that some hundreds make three of them, the last not whole.
WIDTH = TILE_WIDTH
POSTS = 2 * WIDTH + 100


@pytest.fixture(autouse=True)
def two_cores(monkeypatch):
    """Whatever the machine has, and though the process of the tests has threads."""
    monkeypatch.setattr(crew.os, "cpu_count", lambda: 2)
    monkeypatch.setattr(crew.threading, "active_count", lambda: 1)


def both_ways(log: Log) -> tuple:
    """(count, faults in words, entries) as one process has it; the same as two have it."""
    db.session.rollback()
    found = [verify(log, ask=ask) for ask in (alone, on_all_cores)]
    return tuple((one.count, [str(fault) for fault in one.faults], one.size) for one in found)


@pytest.mark.parametrize("app", DATABASES, indirect=True)
def test_two_processes_find_what_one_finds(kept, monkeypatch):
    monkeypatch.setattr(chain, "WIDTH", WIDTH)
    kept.tampered = True
    sealed(kept, big_archive(POSTS))
    log = log_of(kept.collection)
    one, two = both_ways(log)
    assert one == two
    assert one[:2] == (0, [])
    last = one[2] - 1
    with unit_of_work() as session:
        for change in (
            "UPDATE post_version SET text = 'Another' WHERE id % 90 = 0",
            f"UPDATE log_entry SET commitment = link WHERE seq IN (0, {WIDTH - 1}, {WIDTH}, {last})",
            f"DELETE FROM log_entry WHERE seq BETWEEN {2 * WIDTH - 3} AND {2 * WIDTH + 2}",
            "UPDATE source_slice SET sha256 = 'ab' WHERE id = 5",
            "UPDATE log_tile SET hash = (SELECT link FROM log_entry WHERE seq = 5) WHERE level = 1",
        ):
            session.execute(text(change))
    one, two = both_ways(log)
    assert one == two
    told = " ".join(one[1])
    assert f"Entries {2 * WIDTH - 3} to {2 * WIDTH + 2} are missing" in told
    assert f"Entries {WIDTH - 1} to {WIDTH} do not follow" in told
    assert f"Entry {last} " in told


def test_answers_go_to_whoever_asked_and_a_problem_ends_it(app):
    heard: list[tuple[int, int]] = []
    questions = [Question("square", (n,), lambda found, n=n: heard.append((n, found))) for n in range(20)]
    with app.app_context():
        on_all_cores(questions, {"square": lambda n: n * n})
        assert sorted(heard) == [(n, n * n) for n in range(20)]
        with pytest.raises(RuntimeError, match="ZeroDivisionError"):
            on_all_cores(questions, {"square": lambda n: 1 // (n - 7)})


def test_a_process_that_is_killed_is_told_of_and_nothing_hangs(app):
    questions = [Question("die", (), lambda _found: None)]
    with app.app_context(), pytest.raises(Died, match="Verify again"):
        on_all_cores(questions, {"die": lambda: os.kill(os.getpid(), signal.SIGKILL)})


def test_whoever_stops_it_leaves_no_process_behind(app):
    """Ctrl-C while answers come in."""
    processes: set[int] = set()

    def stop(found: int) -> None:
        processes.add(found)
        if len(processes) == 2:
            raise KeyboardInterrupt

    questions = (Question("who", (), stop) for _number in range(10_000))
    with app.app_context(), pytest.raises(KeyboardInterrupt):
        on_all_cores(questions, {"who": os.getpid})
    for process in processes:
        with pytest.raises(ProcessLookupError):
            os.kill(process, 0)


def test_what_has_threads_does_not_fork(app, monkeypatch):
    """The worker and the web server have some: there it goes on in the process that it began in."""
    monkeypatch.setattr(crew.threading, "active_count", lambda: 2)
    heard: list[int] = []
    with app.app_context():
        on_all_cores([Question("who", (), heard.append)], {"who": os.getpid})
    assert heard == [os.getpid()]
