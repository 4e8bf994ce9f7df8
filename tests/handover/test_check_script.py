"""Anybody can check a bag with the script that lies in it: no hub, no package."""

import ast
import json
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


def changed_record(bag, change):
    """Change the first line of the record that has what is to be changed, as a forger would."""
    path = bag / "data" / "record" / "posts.jsonl"
    posts = [json.loads(line) for line in path.read_text().splitlines()]
    assert any(change(post) for post in posts)
    path.write_text("".join(json.dumps(post, ensure_ascii=False) + "\n" for post in posts))
    agree(bag)


def earlier(moment):
    return "2001" + moment[4:]


def deleted_earlier(post):
    found = [event for event in post["events"] if event["kind"] == "deleted"]
    return [event.update(at=earlier(event["at"])) for event in found]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (deleted_earlier, "about at"),
        (lambda post: [post["events"][0].update(told_by="watch")], "about told_by"),
        (lambda post: [post.update(posted_at=earlier(post["posted_at"]))], "post posted_at"),
        (lambda post: [post.update(url="https://x.com/other/status/1")], "post url"),
        (lambda post: [post["sightings"][0].update(account="7")], "author account"),
        (lambda post: [post["sightings"][0].update(evidence="capture")], "bytes evidence"),
        (lambda post: [post["versions"][0].update(written_at=None)], "said written_at"),
        (lambda post: [post["versions"][0]["details"].update(title="Forged")], "said details"),
        (lambda post: [one.update(alt_text="A tunnel") for each in post["versions"] for one in each["media"]],
         "picture or film"),
        (lambda post: [post["events"][0].update(version=None)], "said"),
    ],
)  # fmt: skip
def test_every_fact_of_the_record_is_held_against_what_was_sealed(bag, change, said):
    changed_record(bag, change)
    code, told = check(bag)
    assert code == 1, told
    assert said in told


def test_the_scripts_need_no_newer_python_than_they_say(bag):
    """What the standard library has since 3.9 or later fails at once with whoever has an older one."""
    for name in ("check-bag.py", "check-proof.py"):
        tree = ast.parse((bag / "data" / "log" / name).read_text(), feature_version=(3, 8))
        used = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        used |= {
            one.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for one in node.names
        }
        assert not used & {"UTC", "removeprefix", "removesuffix", "bit_count", "pairwise", "file_digest"}


def test_what_is_no_bag_is_said_to_be_none(bag):
    shutil.rmtree(bag / "data" / "record")
    assert check(bag)[0] == 2
    (bag / "data" / "log" / "checkpoint.txt").write_text("nothing")
    assert check(bag)[0] == 2
