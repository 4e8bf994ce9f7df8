"""Anybody can check a bag with the script that lies in it: no hub, no package."""

import shutil
import subprocess
import sys
import zipfile

import pytest

from hub.archive.proof.models import LogCheckpoint
from hub.core.database import db

from .conftest import filled, made, path_of


@pytest.fixture
def bag(kept, tmp_path):
    found = made(filled(kept))
    with zipfile.ZipFile(path_of(found)) as packed:
        packed.extractall(tmp_path / "out")
    (folder,) = (tmp_path / "out").iterdir()
    return folder


def check(bag, *more):
    script = bag / "data" / "log" / "check-bag.py"
    # Isolated: no package, nothing of the hub.
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(script), *more],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_what_holds_holds_also_against_a_checkpoint_held_elsewhere(bag, tmp_path):
    code, said = check(bag)
    assert code == 0, said
    assert "Everything holds" in said
    held = tmp_path / "held.txt"
    held.write_text(db.session.query(LogCheckpoint).one().note)
    code, said = check(bag, str(bag), "--checkpoint", str(held))
    assert (code, "is the same" in said) == (0, True), said


def agree(bag):
    """Make the manifest agree with what was changed, as a forger would."""
    import hashlib

    lines = (bag / "manifest-sha256.txt").read_text().splitlines()
    names = [line.partition("  ")[2] for line in lines]
    new = [f"{hashlib.sha256((bag / name).read_bytes()).hexdigest()}  {name}\n" for name in names]
    (bag / "manifest-sha256.txt").write_text("".join(new))


@pytest.mark.parametrize("forged", [False, True])
@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("data/record/posts.jsonl", lambda was: was.replace("Wrong channel", "Right channel")),
        ("data/log/entries.jsonl", lambda was: was.replace("deleted", "delated")),
        ("data/log/entries.jsonl", lambda was: "".join(was.splitlines(keepends=True)[1:])),
        ("data/log/checkpoint.txt", lambda was: was.replace("\n", "\n1", 1)),
    ],
)
def test_what_was_changed_is_named(bag, name, change, forged):
    path = bag / name
    path.write_text(change(path.read_text()))
    if forged:
        agree(bag)
    code, said = check(bag)
    assert code == 1, said
    assert forged or name in said
    assert not forged or "entry" in said or "checkpoint" in said


def test_what_is_no_bag_is_said_to_be_none(bag):
    shutil.rmtree(bag / "data" / "record")
    assert check(bag)[0] == 2
    (bag / "data" / "log" / "checkpoint.txt").write_text("nothing")
    assert check(bag)[0] == 2
