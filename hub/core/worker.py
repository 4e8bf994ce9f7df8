"""The worker: huey rings the bell and keeps the time; the rows in the database are the work.

Web processes put a "wake" into huey after a commit that wrote jobs; each minute it also enqueues what is
scheduled. A lost bell costs a minute, never work.
"""

import logging
from typing import Any

from flask import Flask
from huey import Huey, PriorityRedisHuey, SqliteHuey, crontab
from huey.consumer import Consumer

from . import carrying, jobs, leases


def make_huey(app: Flask) -> Huey:
    """huey on its own small SQLite file, or on Redis where several machines share it."""
    settings = app.extensions["settings"]
    redis = settings.redis_url.get_secret_value()
    if redis:
        return PriorityRedisHuey("hub", url=redis)
    return SqliteHuey("hub", filename=str(settings.folder("jobs") / "bell.db"), fsync=False)


def init_app(app: Flask) -> None:
    """Connect the bell. It is not rung in tests, which drain by themselves."""
    huey = make_huey(app)
    app.extensions["huey"] = huey

    @huey.task()
    def wake() -> None:
        with app.app_context():
            carrying.drain()

    @huey.periodic_task(crontab(minute="*"))
    def tick() -> None:
        with app.app_context():
            jobs.enqueue_due()
            carrying.drain()

    def ring() -> None:
        if not app.testing:
            wake()

    jobs.wake_with(ring)


def run(app: Flask) -> None:
    """Serve jobs until told to stop. What an earlier worker left behind is taken up first."""
    logging.getLogger("huey").setLevel(logging.WARNING)
    settings = app.extensions["settings"]
    huey: Any = app.extensions["huey"]
    with app.app_context():
        leases.release_what_the_dead_held()
        jobs.enqueue_at_start()
        jobs.enqueue_due()
    app.extensions["huey"].flush()  # old bells: the first drain does their work
    jobs._wakers[0]()
    Consumer(huey, workers=settings.worker_threads, initial_delay=0.05, max_delay=0.5).run()
