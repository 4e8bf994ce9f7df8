"""Each day the head of every log that has grown is signed, and given to whoever holds it outside."""

from __future__ import annotations

import http.server
import json
import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import current_app
from sqlalchemy import select, update

from hub.archive.models import ArchivedPost, PostVersion
from hub.archive.proof import checkpoints, log_keys, notes, stamping
from hub.archive.proof.cli import checkpoints_command, verify_command
from hub.archive.proof.models import LogCheckpoint, LogKey
from hub.archive.proof.tree import tree_of
from hub.core import carrying, jobs
from hub.core.database import db, unit_of_work
from hub.core.pages import machine_time, moment_with_zone
from tests.archive.conftest import count
from tests.archive.proof.conftest import faults, sealed, some_posts
from tests.conftest import DATABASES
from tests.factories.people import sign_in
from tests.factories.x_archive import XArchive
from tests.mail import sent_mail, text_of

both = pytest.mark.parametrize("app", DATABASES, indirect=True)


def sign() -> None:
    with unit_of_work():
        jobs.enqueue("archive.sign")
    carrying.drain(kinds=["archive.sign", "archive.stamp", "mail.send"])


@pytest.fixture
def settings(app, monkeypatch):
    """Set settings of the running hub, for one test."""

    def change(**values: str) -> None:
        changed = app.extensions["settings"].model_copy(update=values)
        monkeypatch.setitem(app.extensions, "settings", changed)

    return change


@both
def test_the_days_job_seals_and_signs_what_is_new_once(kept):
    sealed(kept)
    sign()
    sign()
    (made,) = checkpoints.all_of()
    note = notes.read(made.note)
    assert note.origin == f"localhost{kept.collection.path}"
    assert (note.size, note.root) == (made.size, tree_of(kept.collection.id).root(made.size))
    (key,) = log_keys.known_keys()
    assert note.signed_by(key.public)


def test_a_note_is_as_the_specification_has_it():
    """C2SP: three lines, an empty one, an em dash, the key's name, 4 bytes of it before 64 of Ed25519."""
    key = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    note = notes.write("hub.example/collections/abc", 7, bytes(32), key)
    assert note.split("\n")[:4] == ["hub.example/collections/abc", "7", "A" * 43 + "=", ""]
    assert note.split("\n")[4].startswith("\u2014 hub.example/collections/abc ")
    read = notes.read(note)
    assert len(read.signatures[0][1]) == 68
    assert read.signed_by(key.public_key().public_bytes_raw())
    assert not notes.read(note.replace("\n7\n", "\n8\n")).signed_by(key.public_key().public_bytes_raw())
    assert notes.verifier_key("a", key.public_key().public_bytes_raw()).count("+") >= 2


@pytest.mark.parametrize(
    "wrong", ["", "x", "a\nb\nc\n\n\u2014 a AAAA\n", "a\n1\n!!\n\n\u2014 a AAAA\n", "a\n1\nAAAA\n\nno dash\n"]
)
def test_what_is_no_checkpoint_is_not_taken_for_one(wrong):
    with pytest.raises(notes.NotANote):
        notes.read_many(wrong)


def test_the_key_is_made_once_and_closed_to_others(log, app):
    path = app.extensions["settings"].folder("keys") / log_keys.KEY_FILE
    assert path.stat().st_mode & 0o777 == 0o600
    assert log_keys.signing_key().private_bytes_raw() == log_keys.signing_key().private_bytes_raw()
    assert count(LogKey) == 1


def test_a_changed_key_is_recorded_and_the_earlier_checkpoints_still_hold(log, app, monkeypatch):
    other = Ed25519PrivateKey.generate()
    sealed(log, _more())
    monkeypatch.setattr(log_keys, "signing_key", lambda: other)
    checkpoints.make(log.collection.id)
    assert count(LogKey) == 2
    assert faults(log) == []


def _more() -> XArchive:
    more = some_posts("2024-07-01T09:00")
    more.post("A later word", at="2024-06-15T10:00")
    return more


def test_witnesses_get_the_days_checkpoints_by_mail(kept, settings):
    settings(witnesses="archive@elsewhere.example, clerk@court.example")
    sealed(kept)
    sign()
    (made,) = checkpoints.all_of()
    messages = {message["To"]: message for _token, message in sent_mail()}
    assert set(messages) == {"archive@elsewhere.example", "clerk@court.example"}
    for message in messages.values():
        between = text_of(message).split("-" * 60)[1]
        (held,) = notes.read_many(between.strip())
        assert (held.size, held.root) == (made.size, made.root)
        assert faults(kept, held) == []


def test_exported_checkpoints_are_read_again_as_they_were(log, tmp_path, app):
    sealed(log, _more())
    checkpoints.make(log.collection.id)
    file = tmp_path / "held.txt"
    told = app.test_cli_runner().invoke(checkpoints_command, [str(file)])
    assert "2 checkpoint(s) of 1 collection(s)" in told.output
    assert [one.size for one in notes.read_many(file.read_text())] == [
        one.size for one in checkpoints.all_of()
    ]


def test_the_command_tells_whether_all_is_as_it_was_sealed(log, tmp_path, app):
    log.tampered = True
    held = tmp_path / "held.txt"
    runner = app.test_cli_runner()
    runner.invoke(checkpoints_command, [str(held)])
    told = runner.invoke(verify_command, ["--checkpoint", str(held)])
    assert told.exit_code == 0
    assert "all as it was sealed" in told.output
    with unit_of_work():
        db.session.execute(update(PostVersion).values(text="Something else"))
    told = runner.invoke(verify_command, ["--json", "--collection", log.collection.name])
    assert told.exit_code == 1
    (result,) = json.loads(told.output)["collections"]
    assert result["fault_count"] == 6
    assert "its words" in result["faults"][0]


def test_a_checkpoint_of_a_collection_that_is_not_here_is_told_of(log, tmp_path, app):
    strange = tmp_path / "strange.txt"
    strange.write_text(notes.write("localhost/collections/zzz", 3, bytes(32), log_keys.signing_key()))
    told = app.test_cli_runner().invoke(verify_command, ["--checkpoint", str(strange)])
    assert told.exit_code == 1
    assert "not of a collection of this hub" in told.output


# Time stamps.


class Authority(http.server.BaseHTTPRequestHandler):
    """A real time-stamping authority behind a small server: `openssl ts -reply`."""

    folder: Path

    def do_POST(self) -> None:
        query, reply = self.folder / "query.tsq", self.folder / "reply.tsr"
        query.write_bytes(self.rfile.read(int(self.headers["Content-Length"])))
        subprocess.run(
            ["openssl", "ts", "-reply", "-config", "tsa.cnf", "-queryfile", query, "-out", reply],
            cwd=self.folder, check=True, capture_output=True,
        )  # fmt: skip
        body = reply.read_bytes()
        self.send_response(200)
        self.send_header("Content-Type", "application/timestamp-reply")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


CONFIG = """
[tsa]
default_tsa = one
[one]
serial = serial
signer_cert = tsa.pem
signer_key = tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha512
ess_cert_id_alg = sha256
"""


@pytest.fixture(scope="module")
def authority(tmp_path_factory) -> Iterator[tuple[str, Path]]:
    """The address of an authority, and its root certificate."""
    if shutil.which("openssl") is None:
        pytest.skip("No openssl here.")
    folder = tmp_path_factory.mktemp("tsa")
    (folder / "tsa.cnf").write_text(CONFIG)
    (folder / "serial").write_text("01")
    (folder / "tsa.ext").write_text(
        "extendedKeyUsage=critical,timeStamping\nkeyUsage=critical,digitalSignature\n"
    )
    for command in (
        "req -x509 -newkey rsa:2048 -nodes -keyout root.key -out root.pem -subj /CN=Root -days 3650",
        "req -newkey rsa:2048 -nodes -keyout tsa.key -out tsa.csr -subj /CN=Authority",
        "x509 -req -in tsa.csr -CA root.pem -CAkey root.key -CAcreateserial -out tsa.pem -days 3650 "
        "-extfile tsa.ext",
    ):
        subprocess.run(["openssl", *command.split()], cwd=folder, check=True, capture_output=True)
    handler = type("Here", (Authority,), {"folder": folder})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/", folder / "root.pem"
    server.shutdown()


def test_a_checkpoint_is_time_stamped_and_the_stamp_checked(kept, settings, authority):
    kept.tampered = True
    url, root = authority
    settings(timestamp_url=url, timestamp_roots=str(root))
    sealed(kept)
    sign()
    (made,) = checkpoints.all_of()
    assert made.stamped_at is not None
    assert stamping.is_of(made.timestamp, made.note)
    assert not stamping.is_of(made.timestamp, made.note.replace("localhost", "elsewhere"))
    assert faults(kept) == []
    with unit_of_work():
        other = made.timestamp[:-1] + bytes([made.timestamp[-1] ^ 1])
        db.session.execute(update(LogCheckpoint).values(timestamp=other))
    assert any("time stamp" in one for one in faults(kept))


def test_pages_and_commands_say_which_authority_saw_a_checkpoint_and_when(
    kept, settings, authority, client, tmp_path
):
    url, root = authority
    settings(timestamp_url=url, timestamp_roots=str(root))
    sealed(kept)
    sign()
    (made,) = checkpoints.all_of()
    told = f"“Authority” put a time stamp on it on {moment_with_zone(made.stamped_at)} (RFC 3161)."
    sign_in(client, kept.person)
    assert told in client.get(f"{kept.collection.path}/verify").text
    post = db.session.scalars(select(ArchivedPost)).first()
    assert told in client.get(f"{post.path}/check").text
    written = current_app.test_cli_runner().invoke(checkpoints_command, [str(tmp_path / "all.txt")])
    assert f"1 time-stamped by Authority, the last on {machine_time(made.stamped_at)}." in written.output


def test_a_checkpoint_that_waits_for_its_stamp_says_so(kept, settings, client):
    settings(timestamp_url="http://127.0.0.1:9/")
    sealed(kept)
    checkpoints.make(kept.collection.id)
    sign_in(client, kept.person)
    assert "It has no time stamp yet" in client.get(f"{kept.collection.path}/verify").text


OTHER = "req -x509 -newkey rsa:2048 -nodes -keyout o.key -out o.pem -subj /CN=Other"


def test_a_stamp_that_rests_on_other_certificates_is_not_taken(kept, settings, authority, tmp_path):
    url, _root = authority
    subprocess.run(["openssl", *OTHER.split()], cwd=tmp_path, check=True, capture_output=True)
    settings(timestamp_url=url, timestamp_roots=str(tmp_path / "o.pem"))
    with pytest.raises(stamping.NotStamped, match="does not hold"):
        stamping.ask("a note\n")


def test_an_authority_that_does_not_answer_is_asked_again_later(kept, settings):
    settings(timestamp_url="http://127.0.0.1:9/")
    sealed(kept)
    sign()
    job = db.session.scalars(select(jobs.Job).where(jobs.Job.kind == "archive.stamp")).one()
    assert job.open
    assert "cannot be reached" in job.error
    assert faults(kept) == []
