"""`make bench`: the hub as it runs, with 2,000 items and 40,000 posts, beside a bare Flask page of 20
posts from one query, on the same server with as many processes; both are measured in turns."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode
from uuid import uuid4

from flask import Flask
from flask_wtf.csrf import generate_csrf
from sqlalchemy import func, select

from hub.accounts.models import Person
from hub.content.models import DISCUSSION, GUIDANCE, QUESTION, Item, Post
from hub.core.database import db
from hub.core.policy import MEMBER
from hub.core.settings import Settings
from hub.core.supervisor import web_command
from hub.factory import create_app
from hub.groups.models import PUBLIC, Group, Membership
from tests.bench import bare
from tests.bench.load import Measured, gets, gets_anew, measure
from tests.running import ROOT, RunningHub, free_port

ITEMS, POSTS = 2_000, 40_000
# How long each page is loaded. Longer says little more; the ratio is taken within each turn.
SECONDS = float(os.environ.get("BENCH_SECONDS", "5"))
# Until templates are compiled and what is kept has been made, in each process. In seconds.
WARMING = 8
TURNS = int(os.environ.get("BENCH_TURNS", "3"))


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        hub = RunningHub(data)
        _say(f"filling a hub with {ITEMS:,} items and {POSTS:,} posts ...")
        hub.plain_command("upgrade")
        hub.plain_command("seed")
        hub.plain_command("seed", "--bulk", str(ITEMS), str(POSTS))
        with hub, _bare(Path(folder), data) as plain:
            _report(hub, plain, _pages(hub))


class _Bare:
    """The bare page, served as the hub is."""

    def __init__(self, database: Path) -> None:
        self.port = free_port()
        command = web_command(Settings(port=self.port))
        command[command.index("app:app")] = "tests.bench.bare:app"
        environment = {**os.environ, "BARE_DATABASE": str(database)}
        self._process = subprocess.Popen(command, cwd=ROOT, env=environment)

    def __enter__(self) -> "_Bare":
        time.sleep(3)
        return self

    def __exit__(self, *_problem: object) -> None:
        self._process.terminate()
        self._process.wait(20)


def _bare(folder: Path, data: Path) -> _Bare:
    database = folder / "bare.db"
    with create_app(Settings(data=data)).app_context():
        html = db.session.scalars(select(Post.html).order_by(Post.id.desc()).limit(1)).one()
    bare.fill(database, html)
    return _Bare(database)


def _pages(hub: RunningHub) -> dict[str, Iterator[bytes]]:
    """The requests of each page, by what it is called in the report."""
    app = create_app(Settings(data=hub.data))
    app.testing = True
    with app.app_context():
        group = _busiest_group()
        talks = _paths(group, DISCUSSION, replies=19)
        questions, guidance = _paths(group, QUESTION), _paths(group, GUIDANCE)
        reader = db.session.scalars(
            select(Person)
            .join(Membership)
            .where(Membership.group_id == group.id, Membership.role == MEMBER, Person.active)
            .order_by(Person.id)
        ).first()
        cookie, token = _session(app, reader)
        searches = [
            f"/search?q={words}" for words in ("retention", "social+media", "record+schedule", "council")
        ]
        visited = {
            "front page": ["/"],
            "group": [group.path],
            "discussion, anonymous": talks,
            "question": questions,
            "guidance": guidance,
            "search": searches,
        }
        return {
            **{name: gets(paths) for name, paths in visited.items()},
            # As long as nothing is written, visitors are given what was kept. Here they are not.
            **{f"{name}, anew": gets_anew(paths) for name, paths in visited.items()},
            "discussion, signed in": gets(talks, cookie),
            "posting a reply": _replies(talks, cookie, token),
        }


def _busiest_group() -> Group:
    """The public group with the most items."""
    return db.session.scalars(
        select(Group)
        .join(Item)
        .where(Group.visibility == PUBLIC)
        .group_by(Group.id)
        .order_by(func.count().desc())
        .limit(1)
    ).one()


def _paths(group: Group, kind: str, replies: int = 0) -> list[str]:
    """Some pages of that kind in the group, with at least so many replies, readable by all."""
    found = db.session.scalars(
        select(Item)
        .where(Item.group_id == group.id, Item.kind == kind, Item.reply_count >= replies)
        .where(Item.published_at.is_not(None), Item.withdrawn_at.is_(None), Item.closed_at.is_(None))
        .order_by(Item.id.desc())
        .limit(40)
    )
    return [item.path for item in found]


def _session(app: Flask, reader: Person) -> tuple[str, str]:
    """The cookie of somebody who is signed in, and a form token that is good with it."""
    with app.test_request_context(environ_base={"REMOTE_ADDR": "127.0.0.1"}):
        from flask import session

        token = generate_csrf()
        session["_user_id"], session["_fresh"] = reader.fs_uniquifier, True
        session["_id"] = app.login_manager._session_identifier_generator()  # type: ignore[attr-defined]
        signer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
        return f"session={signer.dumps(dict(session))}", token


def _replies(talks: list[str], cookie: str, token: str) -> Iterator[bytes]:
    number = 0
    while True:
        number += 1
        fields = {"csrf_token": token, "sent_token": str(uuid4()), "text": f"A reply, number {number}."}
        body = urlencode(fields).encode()
        head = [
            f"POST {talks[number % len(talks)]}/replies HTTP/1.1",
            "Host: localhost",
            f"Cookie: {cookie}",
            "Content-Type: application/x-www-form-urlencoded",
            f"Content-Length: {len(body)}",
        ]
        yield "\r\n".join([*head, "", ""]).encode() + body


def _report(hub: RunningHub, plain: _Bare, pages: dict[str, Iterator[bytes]]) -> None:
    here, there = ("127.0.0.1", hub.port), ("127.0.0.1", plain.port)
    bare_pages = gets([f"/{number}" for number in range(0, 2_000, 50)])
    for requests in pages.values():
        measure(here, requests, WARMING)
    measure(there, bare_pages, WARMING)
    print(f"{'page':28}{'req/s':>9}{'p50 ms':>9}{'p99 ms':>9}{'bytes':>9}{'failed':>8}{'ratio to bare':>15}")
    for name, requests in pages.items():
        turns = [
            (measure(here, requests, SECONDS), measure(there, bare_pages, SECONDS)) for _ in range(TURNS)
        ]
        middle = sorted(turns, key=lambda turn: turn[0].per_second / turn[1].per_second)[TURNS // 2]
        print(_line(name, middle[0], middle[0].per_second / middle[1].per_second))
        last = middle[1]
    print(_line("bare Flask, 20 posts", last, 1.0))
    print(f"memory of all the hub's processes: {hub.memory() / 1e6:,.0f} MB (shared pages counted in each)")


def _line(name: str, found: Measured, ratio: float) -> str:
    return (
        f"{name:28}{found.per_second:9.0f}{found.p50:9.1f}{found.p99:9.1f}{found.size:9,}"
        f"{found.failures:8}{ratio:15.2f}"
    )


def _say(text: str) -> None:
    print(text, file=sys.stderr)


if __name__ == "__main__":
    main()
