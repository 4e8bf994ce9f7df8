"""Several processes at one verification: it is made of questions that need nothing of one another.

They are forked, so that they begin at once and know what the one that forks them knows. What has threads must
not fork: the worker carries verifications out in its own process (and leaves the other cores to those who
wait for a page); a command has the machine to itself.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from typing import Any, NamedTuple, Protocol

from hub.core import collecting
from hub.core.database import db


class Question(NamedTuple):
    """What is asked: the name of a function, its arguments, and who is given what it returns."""

    name: str
    arguments: tuple[Any, ...]
    tell: Callable[[Any], None]


Answerers = Mapping[str, Callable[..., Any]]


class Ask(Protocol):
    """Has each question answered. Answers may come in any order."""

    def __call__(self, questions: Iterable[Question], answerers: Answerers) -> None: ...


class Died(RuntimeError):
    """A process of the crew ended before its work did."""


def alone(questions: Iterable[Question], answerers: Answerers) -> None:
    """In this process, one after the other."""
    for one in questions:
        one.tell(answerers[one.name](*one.arguments))


def on_all_cores(questions: Iterable[Question], answerers: Answerers) -> None:
    """By as many processes as there are cores. For commands."""
    count = os.cpu_count() or 1
    if count == 1 or threading.active_count() > 1 or not hasattr(os, "fork"):
        alone(questions, answerers)
        return
    db.session.remove()
    db.engine.dispose()  # connections are not shared between processes
    crew = _Crew(count, answerers)
    try:
        crew.ask(questions)
    finally:
        crew.dismiss()


class _Crew:
    # So many questions lie before each process: none waits for the next one to be thought of.
    AHEAD = 2

    def __init__(self, count: int, answerers: Answerers):
        context: Any = multiprocessing.get_context("fork")
        self._asked: dict[Connection, deque[Question]] = {}
        self._processes = []
        for _number in range(count):
            ours, theirs = context.Pipe()
            not_theirs = [*self._asked, ours]
            process = context.Process(target=_answer, args=(theirs, not_theirs, answerers), daemon=True)
            process.start()
            theirs.close()
            self._asked[ours] = deque()
            self._processes.append(process)

    def ask(self, questions: Iterable[Question]) -> None:
        waiting = iter(questions)
        for _round in range(self.AHEAD):
            for connection in self._asked:
                self._ask_next(connection, waiting)
        while busy := [connection for connection, asked in self._asked.items() if asked]:
            for connection in wait(busy):
                assert isinstance(connection, Connection)
                self._hear(connection)
                self._ask_next(connection, waiting)

    def _ask_next(self, connection: Connection, waiting: Any) -> None:
        question = next(waiting, None)
        if question is not None:
            connection.send((question.name, question.arguments))
            self._asked[connection].append(question)

    def _hear(self, connection: Connection) -> None:
        try:
            answer, problem = connection.recv()
        except (EOFError, ConnectionError) as end:
            raise Died(
                "A process of the verification was stopped from outside; nothing was changed. Verify again."
            ) from end
        question = self._asked[connection].popleft()
        if problem is not None:
            raise problem
        question.tell(answer)

    def dismiss(self) -> None:
        """Whatever they are at: they only read."""
        for connection in self._asked:
            connection.close()
        for process in self._processes:
            process.terminate()
            process.join()


def _answer(asked: Connection, not_ours: Sequence[Connection], answerers: Answerers) -> None:
    """Answer what is asked until nobody asks any more (also when whoever asked was killed)."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to all; whoever asks ends it for the others
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    for connection in not_ours:
        connection.close()
    with collecting.rarely(), suppress(EOFError, ConnectionError):
        while True:
            name, arguments = asked.recv()
            try:
                answer = answerers[name](*arguments), None
            except Exception as problem:
                answer = None, RuntimeError(repr(problem))
            asked.send(answer)
    db.session.remove()
