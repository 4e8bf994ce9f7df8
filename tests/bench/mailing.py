"""One weekly run of digests: so many subscribers in 50 groups, claimed, composed and handed over SMTP, beside
merely rendering the same templates with the same words.

`python -m tests.bench.mailing`; BENCH_SUBSCRIBERS says how many (100,000 is what the hub is made for).
"""

import multiprocessing
import os
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import render_template
from sqlalchemy import func, insert, select

from hub.accounts.models import Person
from hub.core import clock, letters
from hub.core.carrying import drain
from hub.core.database import db, unit_of_work
from hub.core.mail import Mail, compose
from hub.core.settings import Settings
from hub.digests import composing
from hub.digests.claiming import claim_due
from hub.digests.texts import texts
from hub.discussions.actions import reply, start_discussion
from hub.factory import create_app
from hub.groups.models import Membership
from hub.questions.actions import answer, ask_question
from hub.subscriptions.models import Subscriber, Subscription
from tests.budget import counted
from tests.factories.groups import group, member
from tests.factories.people import actor_of
from tests.smtp import MailServer

SUBSCRIBERS = int(os.environ.get("BENCH_SUBSCRIBERS", "3000"))
GROUPS, DOMAINS = 50, 400
# What happens in a group in a week; each subscriber has chosen this many groups.
TALKS, QUESTIONS, ANSWERS, CHOSEN = 2, 2, 1, 2
WRITTEN = datetime(2026, 11, 18, 12, tzinfo=UTC)
DUE = datetime(2026, 11, 23, 7, tzinfo=UTC)
LOT = 10_000
TEXT = "We keep what our channels said for six years, and ask the archive after that. " * 4


class _Sink(MailServer):
    """Takes everything, keeps nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.taken = _Nothing()
        self.envelopes = _Nothing()


class _Nothing(list):  # type: ignore[type-arg]
    def append(self, _one: Any) -> None:
        return


def _serve(port: Any) -> None:
    with _Sink() as server:
        port.send(server.server_address[1])
        server.serve_forever(0.5)


@contextmanager
def _sink() -> Iterator[str]:
    """A mail server in a process of its own, so that what it costs is not counted."""
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(there,), daemon=True)
    process.start()
    yield f"smtp://127.0.0.1:{here.recv()}"
    process.terminate()


def _fill(subscribers: int) -> None:
    with clock.at(WRITTEN - timedelta(days=2)):
        groups = [group(f"Group {number}", slug=f"group-{number}") for number in range(GROUPS)]
        writers = [member(None, one) for one in groups]
    with unit_of_work() as session:
        for first in range(0, subscribers, LOT):
            ids = range(first, min(first + LOT, subscribers))
            session.execute(insert(Person), [_person(number) for number in ids])
            session.execute(insert(Subscriber), [_subscriber(number) for number in ids])
            for choice in range(CHOSEN):
                chosen = [(number, groups[(number + choice * 7) % GROUPS].id) for number in ids]
                session.execute(insert(Membership), [_membership(*one) for one in chosen])
                session.execute(insert(Subscription), [_subscription(*one) for one in chosen])
    with clock.at(WRITTEN):
        for one, writer in zip(groups, writers, strict=True):
            _write(actor_of(writer), one)
        drain(kinds=["activity>content.tasks.number_activities"])


def _person(number: int) -> dict[str, Any]:
    return {
        "id": 1000 + number,
        "email": f"reader{number}@d{number % DOMAINS}.example",
        "handle": f"reader{number}",
        "name": f"Reader {number}",
        "fs_uniquifier": f"reader {number}",
        "confirmed_at": WRITTEN,
    }


def _subscriber(number: int) -> dict[str, Any]:
    return {"id": 1000 + number, "person_id": 1000 + number, "token": f"token{number:019}"}


def _membership(number: int, group_id: int) -> dict[str, Any]:
    return {"person_id": 1000 + number, "group_id": group_id}


def _subscription(number: int, group_id: int) -> dict[str, Any]:
    return {
        "subscriber_id": 1000 + number,
        "group_id": group_id,
        "frequency": "weekly",
        "next_due_at": DUE,
        "last_number": 0,
    }


def _write(actor: Any, where: Any) -> None:
    with unit_of_work():
        for number in range(TALKS):
            item = start_discussion(actor, where, f"Discussion {number} of {where.name}", TEXT)
            reply(actor, item, TEXT)
        for number in range(QUESTIONS):
            item = ask_question(actor, where, f"Question {number} of {where.name}?", TEXT)
            for _ in range(ANSWERS if number else 0):
                answer(actor, item, TEXT)


class _Watch:
    """Seconds of this process's CPU and of the clock, and its memory in MB."""

    def __init__(self) -> None:
        self.cpu, self.wall = time.process_time(), time.perf_counter()

    def __str__(self) -> str:
        return f"{self.cpu_spent:8.1f} s CPU {time.perf_counter() - self.wall:8.1f} s"

    @property
    def cpu_spent(self) -> float:
        return time.process_time() - self.cpu


def _memory() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 1e6


def main(subscribers: int = SUBSCRIBERS) -> None:
    with tempfile.TemporaryDirectory() as folder, _sink() as url:
        app = create_app(
            Settings(
                data=Path(folder) / "data", mail_url=url, mail_per_minute=0, mail_per_minute_to_a_domain=0
            )
        )
        app.testing = True
        with app.app_context():
            db.create_all()
            print(f"filling a hub with {subscribers:,} subscribers in {GROUPS} groups ...", file=sys.stderr)
            _fill(subscribers)
            with clock.at(DUE):
                _run(subscribers)


def _run(subscribers: int) -> None:
    rendering = _merely_rendering()
    claiming = _Watch()
    with counted() as claimed:
        claims = sum(1 for _ in claim_due(DUE))
    db.session.rollback()
    print(f"claiming  {claims:8,} {claiming}   {claimed[0] / claims:6.1f} queries each")
    claim_cost = claiming.cpu_spent / claims
    sending = _Watch()
    done, piece = 0, max(subscribers // 5, 1)
    while True:
        with counted() as sent:
            now = drain(piece, kinds=["mail.send"])
        if not now:
            break
        done += now
        print(f"sending   {done:8,} {sending}   {sent[0] / now:6.1f} queries each   {_memory():6.0f} MB")
    db.session.rollback()
    states = dict(db.session.execute(select(Mail.state, func.count()).group_by(Mail.state)).all())
    each = sending.cpu_spent / done
    print(states)
    print(f"composed and sent: {1 / each:,.0f} per second of CPU, claimed too {1 / (each + claim_cost):,.0f}")
    print(f"merely rendering the same templates: {1 / rendering:,.0f} a second of CPU")
    print(f"ratio: {rendering / each:.2f}; claiming too: {rendering / (each + claim_cost):.2f}")


def _merely_rendering(times: int = 200) -> float:
    """Seconds of CPU for the texts of one digest, from words that are there already; styles not set in."""
    words: list[tuple[str, dict[str, Any]]] = []
    real = composing.letter

    def keep(message: str, *, locale: str = "en_GB", headers: Any = None, **about: Any) -> Any:
        words.append((message, about))
        return real(message, locale=locale, headers=headers, **about)

    composing.letter = keep
    try:
        first = next(iter(claim_due(DUE)))
        row = db.session.get_one(Mail, first.mail_ids[0])
        email = compose(row)
        message, about = words[0]
        hub = "http://localhost"
        parts = ("subject.txt", "body.txt", "body.html")
        about["texts"] = texts(lambda _key, made: made())  # nothing of it kept from another
        size = len(email.html or "")
        with letters.force_locale("en_GB"):
            watch = _Watch()
            for _ in range(times):
                for part in parts:
                    render_template(f"email/{message}/{part}", hub=hub, **about)
            spent = watch.cpu_spent / times
        print(
            f"a digest: {size:,} bytes of HTML, {len(email.text):,} of text; rendered in {spent * 1e3:.1f} ms"
        )
        return spent
    finally:
        composing.letter = real
        db.session.rollback()


if __name__ == "__main__":
    main()
