"""Several people at the same instant, each in a thread and a transaction of their own."""

from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

from flask import Flask

from hub.core.database import db, unit_of_work

# Seconds after which a race that hangs is a failure.
PATIENCE = 30


def race(app: Flask, *runners: tuple[Callable[[], Any], Callable[[Any], Any]]) -> list[Any]:
    """Each runner is (load, act): all load what they act on before any of them acts, where the database lets
    them (SQLite has one writer from its first statement on). Gives what each act gave, or its exception."""
    beginning, loaded = Barrier(len(runners)), Barrier(len(runners))
    results: list[Any] = [None] * len(runners)

    def run(number: int, load: Callable[[], Any], act: Callable[[Any], Any]) -> None:
        with app.app_context():
            beginning.wait(PATIENCE)
            try:
                with unit_of_work():
                    subject = load()
                    if db.engine.dialect.name == "postgresql":
                        loaded.wait(PATIENCE)
                    results[number] = act(subject)
            except Exception as problem:
                results[number] = problem
            finally:
                db.session.remove()

    threads = [Thread(target=run, args=(number, *runner)) for number, runner in enumerate(runners)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    db.session.rollback()
    return results
