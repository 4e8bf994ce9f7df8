"""A hub to be killed: populated in this process, then run for real in others."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import close_all_sessions

from hub.core.database import db
from hub.core.settings import Settings
from hub.factory import create_app
from tests.running import RunningHub


@contextmanager
def inside(data: Path) -> Iterator[Flask]:
    """The hub of that folder in this process: to fill it before it runs, or look into it afterwards."""
    app = create_app(Settings(data=data))
    app.testing = True  # it rings no bell
    with app.app_context():
        db.create_all()
        yield app
        close_all_sessions()
        db.engine.dispose()


@pytest.fixture
def data(quick_folder) -> Path:
    """Whatever is killed, the system and its memory are not."""
    return quick_folder("killed") / "data"


@pytest.fixture
def run():
    """Starts hubs, and stops them whatever happens."""
    hubs: list[RunningHub] = []

    def start(folder: Path, **settings: str) -> RunningHub:
        hub = RunningHub(folder, **settings)
        hubs.append(hub)
        hub.start()
        return hub

    yield start
    for hub in hubs:
        hub.stop()
