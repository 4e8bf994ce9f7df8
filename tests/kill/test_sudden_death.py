"""kill -9 in the middle of posting, importing and sending.

What was acknowledged is there, nothing is doubled, `hub check` is clean, and a backup taken meanwhile
restores to what was there.
"""

import sqlite3
import threading
import time
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import select

from hub.archive.actions import keep_upload, queue_import, start_import
from hub.archive.models import ArchivedPost, Collection, Import, Keeper, PostVersion
from hub.content.models import Item, Post
from hub.core.database import db, unit_of_work
from hub.core.mail import DROPPED, SENT, UNCERTAIN
from hub.core.policy import OWNER
from hub.subscriptions.actions import choose, own_subscriber
from hub.subscriptions.models import DAILY
from tests.chance import chance
from tests.factories.archived import collection
from tests.factories.content import discussion
from tests.factories.groups import group, member
from tests.factories.people import PASSWORD, actor_of, person
from tests.factories.x_archive import big_archive
from tests.kill.conftest import inside
from tests.running import RunningHub, Visitor
from tests.smtp import MailServer, mail_server

pytestmark = pytest.mark.xdist_group("kills")

often = pytest.mark.parametrize(
    "kills", [pytest.param(2, id="2-times"), pytest.param(20, id="20-times", marks=pytest.mark.soak)]
)
# Kills fall anywhere in what goes on.
moments = chance("when it is killed")
WRITERS = 3
POSTS = 2_500  # the generated archive's: every hundredth is an edited version of the one before
EDITS = POSTS // 100
# Else the outbox is empty only when all notices of what was written have left, 120 a minute to a domain.
AT_ANY_PACE = {"mail_per_minute": "0", "mail_per_minute_to_a_domain": "0"}
MAILS_A_KILL = 5  # enough that there is something left to send at the next


def wait_until(true, seconds: float, what: str) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"{what} did not happen within {seconds} seconds"
        time.sleep(0.2)


def check_is_clean(hub: RunningHub) -> None:
    """Once the worker has done what was waiting."""

    def drained() -> bool:
        return not ask(hub.data, "SELECT 1 FROM job WHERE finished_at IS NULL AND failed_at IS NULL LIMIT 1")

    wait_until(drained, 180, "the outbox being drained")
    result = hub.command("check", check=False)
    assert result["status"] == 0, result


def ask(data: Path, statement: str) -> list[tuple]:
    """A look into the database from beside, as cheap as looking gets."""
    with sqlite3.connect(f"file:{data / 'hub.db'}?mode=ro", uri=True, timeout=20) as connection:
        return connection.execute(statement).fetchall()


class Writer(threading.Thread):
    """Somebody who writes replies, and sends a form again when no answer came, as people do."""

    def __init__(self, hub: RunningHub, email: str, path: str, name: str) -> None:
        super().__init__(daemon=True)
        self.visitor, self.path, self.label = Visitor(hub), path, name
        self.visitor.sign_in(email, PASSWORD)
        self.acknowledged: list[str] = []
        self.enough = threading.Event()
        self.problem: Exception | None = None

    def run(self) -> None:
        number = 0
        while not self.enough.is_set():
            number += 1
            text = f"reply {number} of {self.label}"
            try:
                if self._write(text):
                    self.acknowledged.append(text)
            except AssertionError as problem:
                self.problem = problem
                return

    def _write(self, text: str) -> bool:
        fields = None
        patience = time.monotonic() + 150
        while time.monotonic() < patience:
            try:
                fields = fields or self.visitor.form(self.path, f"{self.path}/replies")
                status, where = self.visitor.post(f"{self.path}/replies", {**fields, "text": text})
            except OSError:
                time.sleep(0.2)
                continue
            if status == 200 and "replies" not in where:
                return True
            assert status >= 500, f"{status} at {where}"
        raise AssertionError("the hub never came back")


@often
def test_posting_while_the_web_processes_are_killed(data: Path, run, kills):
    with inside(data):
        where = group(slug="talk")
        people = [member(person(password=PASSWORD), where, OWNER) for _ in range(WRITERS)]
        path = discussion(people[0], where).path
        emails = [someone.email for someone in people]
    hub = run(data, **AT_ANY_PACE)
    writers = [Writer(hub, email, path, f"writer {number}") for number, email in enumerate(emails)]
    for writer in writers:
        writer.start()
    backup, before_backup = data.parent / "hub.zip", []
    for kill in range(kills):
        _wait_for_an_answer(writers)  # who dies while starting interrupts nothing
        time.sleep(moments.uniform(0.1, 1.5))
        hub.kill("web" if kill % 2 == 0 else "worker")
        if kill == 1:
            before_backup = [text for writer in writers for text in writer.acknowledged]
            hub.command("backup", str(backup))
    _wait_for_an_answer(writers)
    for writer in writers:
        writer.enough.set()
    for writer in writers:
        writer.join(150)
        assert writer.problem is None
    check_is_clean(hub)
    acknowledged = {text for writer in writers for text in writer.acknowledged}
    assert len(acknowledged) > kills
    _each_is_there_once(data, acknowledged)
    restored = _restored(hub, backup)
    assert set(before_backup) <= restored <= acknowledged


def _wait_for_an_answer(writers: list[Writer]) -> None:
    """The pause before what died young is started again grows to half a minute."""
    before = sum(len(writer.acknowledged) for writer in writers)
    wait_until(lambda: sum(len(writer.acknowledged) for writer in writers) > before, 120, "an answer")


def _each_is_there_once(data: Path, acknowledged: set[str]) -> None:
    with inside(data):
        there = Counter(db.session.scalars(select(Post.source).where(Post.position > 1)))
        count = db.session.scalars(select(Item.reply_count)).one()
    assert acknowledged <= there.keys(), f"lost: {acknowledged - there.keys()}"
    assert there.most_common(1)[0][1] == 1, f"doubled: {there.most_common(3)}"
    assert count == there.total()


def _restored(hub: RunningHub, backup: Path) -> set[str]:
    other = RunningHub(hub.data.parent / "restored")
    other.command("restore", str(backup))
    with inside(other.data):
        return set(db.session.scalars(select(Post.source).where(Post.position > 1)))


@often
def test_importing_while_the_worker_is_killed(data: Path, run, kills, tmp_path):
    archive = big_archive(POSTS).write(tmp_path / "archive.zip")
    with inside(data):
        collection(person())
    hub = run(data)
    _upload(data, archive)
    for _ in range(kills):
        time.sleep(moments.uniform(0.2, 1.2))
        hub.kill("worker")
        ((revealed, read),) = ask(data, "SELECT revealed_at, read FROM archive_import")
        assert revealed is None or read == POSTS  # all of it, or nothing that anybody sees
    wait_until(lambda: ask(data, "SELECT revealed_at FROM archive_import") != [(None,)], 240, "the import")
    check_is_clean(hub)
    with inside(data):
        assert len(db.session.scalars(select(ArchivedPost.id)).all()) == POSTS - EDITS
        assert len(db.session.scalars(select(PostVersion.id)).all()) == POSTS
        done = db.session.scalars(select(Import)).one()
        assert (done.state, done.read, done.new) == ("done", POSTS, POSTS - EDITS)


def _upload(data: Path, archive: Path) -> None:
    """What the upload page does: the bytes are at rest before the import exists."""
    with inside(data), archive.open("rb") as stream:
        upload = keep_upload(stream)
        with unit_of_work():
            keeper = db.session.scalars(select(Keeper)).one().person
            into = db.session.scalars(select(Collection)).one()
            queue_import(start_import(actor_of(keeper), into, archive.name, upload))


@pytest.mark.parametrize(
    "kills",
    [pytest.param(10, id="10-times"), pytest.param(200, id="200-times", marks=pytest.mark.soak)],
)
def test_sending_digests_while_sender_and_worker_are_killed(data: Path, run, kills):
    """At every step of claiming, composing and sending: of each subscriber and window there is one mail in
    the mailbox, or one that is marked uncertain, and none twice."""
    subscribers = MAILS_A_KILL * kills
    with mail_server() as server:
        server.slow = 0.05
        with inside(data):
            _subscribe(subscribers)
        hub = run(data, mail_url=server.url, **AT_ANY_PACE)
        tomorrow = time.strftime("%Y-%m-%dT08:30", time.gmtime(time.time() + 86_400))
        struck: Counter[str] = Counter()
        for kill in range(kills):
            sender = threading.Thread(
                target=lambda: hub.command("digest", "send", "--at", tomorrow, check=False), daemon=True
            )
            sender.start()
            _wait_until_something_is_sent(data, server, kill)
            time.sleep(moments.uniform(0.0, 0.4))
            struck.update(state for (state,) in ask(data, "SELECT state FROM mail WHERE purpose = 'digest'"))
            hub.kill("worker")
            hub.kill("command")
            sender.join(120)
        hub.command("digest", "send", "--at", tomorrow, check=False)
        wait_until(lambda: _settled(data), 480, "every mail being settled")
        check_is_clean(hub)
        received = Counter(str(message["To"]) for message in server.messages())
    states = dict(ask(data, "SELECT to_address, state FROM mail WHERE purpose = 'digest'"))
    assert len(states) == subscribers
    for address, state in states.items():
        assert state in {SENT, UNCERTAIN}, f"{address}: {state}"
        assert received[address] <= 1, f"{address} got {received[address]}"
        assert received[address] == 1 or state == UNCERTAIN, f"{address} got nothing"
    marked = Counter(states.values())
    arrived = sum(received[address] for address, state in states.items() if state == UNCERTAIN)
    print(f"\n{kills} kills; when they fell, mails were: {dict(struck)}")
    print(
        f"{subscribers} subscribers: {dict(marked)}; of the uncertain {arrived} had arrived; none came twice"
    )


def _subscribe(subscribers: int) -> None:
    where = group(slug="talk")
    for reader in [member(None, where) for _ in range(subscribers)]:
        with unit_of_work():
            choose(own_subscriber(db.session.merge(reader)), where, DAILY)
    discussion(member(None, where, OWNER), where, "News for all")


def _wait_until_something_is_sent(data: Path, server: MailServer, kill: int) -> None:
    """Kills fall into the sending, as long as there is something to send; every fifth falls anywhere."""
    begun, deadline = server.texts_begun, time.monotonic() + 60
    if kill % 5 == 4:
        time.sleep(moments.uniform(0, 4))
        return
    while time.monotonic() < deadline and server.texts_begun == begun:
        if ask(data, "SELECT 1 FROM mail") and _settled(data):
            return
        time.sleep(0.1)


def _settled(data: Path) -> bool:
    states = {state for (state,) in ask(data, "SELECT state FROM mail")}
    return bool(states) and states <= {SENT, UNCERTAIN, DROPPED}
