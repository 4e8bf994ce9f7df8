"""How far people have read, noted while they read and written a little later, in a transaction of its own.

A page that is read must not write. Marks are collected in the process and written together by a thread
that runs only while there is something to write; a process that dies forgets a few marks, nothing else.
"""

from threading import Lock, Thread
from time import sleep

from flask import Flask, current_app
from sqlalchemy.exc import SQLAlchemyError

from hub.core.database import db, unit_of_work
from hub.core.policy import Actor

from .actions.following import write_marks
from .models import Item

# Seconds that marks wait for company: one write for many pages read.
PAUSE = 2.0

_lock = Lock()
_waiting: dict[tuple[int, int], int] = {}
_running = False


def note_read(actor: Actor, item: Item, position: int) -> None:
    """The actor has the item before them, up to this position."""
    global _running  # noqa: PLW0603
    if actor.person_id is None:
        return
    key = (actor.person_id, item.id)
    with _lock:
        _waiting[key] = max(position, _waiting.get(key, 0))
        start = not _running and not current_app.testing
        _running = _running or start
    if start:
        Thread(target=_write_later, args=(current_app._get_current_object(),), daemon=True).start()  # type: ignore[attr-defined]


def write_noted() -> int:
    """Write the marks that wait; how many there were."""
    with _lock:
        marks = dict(_waiting)
        _waiting.clear()
    if marks:
        with unit_of_work():
            write_marks(marks)
    return len(marks)


def _write_later(app: Flask) -> None:
    global _running  # noqa: PLW0603
    while True:
        sleep(PAUSE)
        with app.app_context():
            try:
                write_noted()
            except SQLAlchemyError:
                db.session.rollback()  # an item or a person that is gone; marks are not worth more
        with _lock:
            if not _waiting:
                _running = False
                return
