"""A proof is checked without the hub: by one script that needs Python alone, and that tells when it does not
hold."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select

import hub
from hub.archive.models import ArchivedPost, PostVersion, Sighting, SourceSlice
from hub.archive.proof import checkpoints, log_keys, notes, proofs, sealing
from hub.archive.proof.proofs import Shown
from hub.core.database import db
from tests.archive.proof.conftest import sealed
from tests.factories.x_archive import XArchive, big_archive

SCRIPT = Path(hub.__file__).parent / "static" / "check-proof.py"


def check(folder: Path, proof: dict, *options: str) -> subprocess.CompletedProcess:
    """Run the script on a proof: alone, in isolated mode."""
    path = folder / "proof.json"
    path.write_text(json.dumps(proof))
    command = [sys.executable, "-I", "-S", str(SCRIPT), str(path), *options]
    return subprocess.run(command, check=False, capture_output=True, text=True, timeout=60, cwd=folder)


def the_post(words: str = "Our new bridge") -> ArchivedPost:
    version = db.session.scalars(select(PostVersion).where(PostVersion.text.startswith(words))).one()
    return db.session.get_one(ArchivedPost, version.post_id)


@pytest.fixture
def proof(log) -> dict:
    return json.loads(json.dumps(proofs.proof_for_keepers(the_post(), "http://localhost/a-post")))


def test_a_whole_proof_holds(proof, tmp_path):
    told = check(tmp_path, proof)
    assert told.returncode == 0, told.stdout + told.stderr
    assert "Everything holds" in told.stdout
    assert "Our new bridge" in told.stdout


def test_a_proof_holds_although_the_hub_has_moved_to_another_host(log, tmp_path, monkeypatch):
    held = tmp_path / "held.txt"
    held.write_text(checkpoints.in_one_file(checkpoints.all_of()))
    monkeypatch.setattr(log_keys, "address", lambda: "https://moved.example.org")
    proof = proofs.proof_for_keepers(the_post(), "https://moved.example.org/a-post")
    told = check(tmp_path, proof, "--checkpoint", "held.txt")
    assert told.returncode == 0, told.stdout


def test_the_bytes_that_were_downloaded_beside_it(proof, log, tmp_path):
    sighting = db.session.scalars(select(Sighting).where(Sighting.post_id == the_post().id)).first()
    raw = db.session.scalar(select(SourceSlice.raw).where(SourceSlice.id == sighting.slice_id))
    (tmp_path / "original.json").write_bytes(raw)
    assert check(tmp_path, proof, "--bytes", "original.json").returncode == 0
    (tmp_path / "original.json").write_bytes(raw + b" ")
    told = check(tmp_path, proof, "--bytes", "original.json")
    assert told.returncode == 1
    assert "original.json" in told.stdout


def test_a_checkpoint_held_elsewhere(proof, log, tmp_path):
    held = tmp_path / "held.txt"
    held.write_text(checkpoints.in_one_file(checkpoints.all_of()))
    assert check(tmp_path, proof, "--checkpoint", "held.txt").returncode == 0
    origin = log_keys.origin_of(log.collection)
    held.write_text(
        notes.write(origin, notes.read(proof["checkpoint"]).size, bytes(32), log_keys.signing_key())
    )
    told = check(tmp_path, proof, "--checkpoint", "held.txt")
    assert told.returncode == 1
    assert "another head" in told.stdout


def test_a_key_from_elsewhere(proof, log, tmp_path):
    (key,) = log_keys.known_keys()
    assert check(tmp_path, proof, "--key", proof["public_keys"][0]).returncode == 0
    assert check(tmp_path, proof, "--key", notes.verifier_key(proof["origin"], key.public)).returncode == 0
    other = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    assert check(tmp_path, proof, "--key", proofs._base64(other)).returncode == 1


def test_what_is_not_signed_yet_holds_and_is_called_not_anchored(kept, tmp_path):
    sealed(kept)
    told = check(tmp_path, proofs.proof_for_keepers(the_post(), "http://localhost/a-post"))
    assert told.returncode == 3
    assert "not all of it is anchored" in told.stdout


def test_in_a_large_log_too(log, tmp_path):
    log.bring_in(big_archive(900, account_id="2", handle="other"))
    sealing.seal(log.collection.id)
    checkpoints.make(log.collection.id)
    for words in ("Our new bridge", "Notice 300:", "Notice 870:"):
        told = check(tmp_path, proofs.proof_for_keepers(the_post(words), "http://localhost/a-post"))
        assert told.returncode == 0, told.stdout


def alterations(proof: dict) -> Iterator[tuple[str, dict]]:
    """Each field of a proof changed for itself, with its name."""
    for path in _leaves(proof, ()):
        if path[0] in {"format", "of", "made_at", "checkpoint_made_at", "timestamp"}:
            continue  # said about the proof; what they say is not part of it
        changed = copy.deepcopy(proof)
        holder = changed
        for step in path[:-1]:
            holder = holder[step]
        holder[path[-1]] = _other(holder[path[-1]])
        yield "/".join(str(step) for step in path), changed


def _leaves(value, path):
    if isinstance(value, dict | list):
        for key, one in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _leaves(one, (*path, key))
    else:
        yield path


def _other(value):
    if isinstance(value, int):
        return value + 1
    middle = len(value) // 2
    letter = value[middle]
    return value[:middle] + ("1" if letter == "0" else "0") + value[middle + 1 :]


def test_each_altered_field_makes_it_fail(proof, tmp_path):
    names = []
    for name, changed in alterations(proof):
        names.append(name)
        told = check(tmp_path, changed)
        assert told.returncode in {1, 2}, (name, told.stdout)
        assert "Everything holds" not in told.stdout
    assert len(names) > 20


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": "something else"}', "null", "\xff"])
def test_what_is_no_proof_is_said_to_be_none(text, tmp_path):
    (tmp_path / "proof.json").write_text(text, encoding="latin-1")
    command = [sys.executable, "-I", str(SCRIPT), "proof.json"]
    told = subprocess.run(command, check=False, capture_output=True, text=True, cwd=tmp_path, timeout=60)
    assert told.returncode == 2
    assert "cannot be checked" in told.stdout
    assert told.stderr == ""


def test_of_a_masked_post_nothing_is_opened_that_tells_whose_it_is(log, tmp_path):
    entry = proofs.entries_of(the_post())[0]
    proof = proofs.make(
        log.collection,
        [Shown(entry, ("about", "bytes", "words"))],
        "http://localhost/evidence",
        ["Something else"],
    )
    text = json.dumps(proof)
    post = the_post()
    for secret in ("strathtay", "Strathtay", "830012345", post.platform_id, post.token, "archive.zip"):
        assert secret not in text
    assert proof["texts"] == []
    told = check(tmp_path, proof)
    assert told.returncode == 0
    assert "parts are not shown to you" in told.stdout


def test_it_says_what_was_sealed_and_not_only_what_the_file_calls_itself(proof, tmp_path):
    """The address on top is nobody's statement: whoever passes a proof on could have written another."""
    proof["of"] = "http://localhost/another-post\n  holds     that\x1b[2J"
    told = check(tmp_path, proof)
    first, *others = told.stdout.splitlines()
    assert "not sealed" in first and "another-post" in first and "\x1b" not in told.stdout
    assert not any(line.startswith("  holds     that") for line in others)
    post = the_post()
    for sealed_words in (post.platform_id, post.url, "Strathtay Council", "@strathtay"):
        assert sealed_words in told.stdout


def test_a_proof_of_which_nothing_is_left_to_read_does_not_say_that_all_holds(proof, tmp_path):
    for entry in proof["entries"]:
        entry["parts"] = []
    proof["texts"] = []
    told = check(tmp_path, proof)
    assert told.returncode == 0
    assert "Everything holds" not in told.stdout
    assert "was erased lawfully" in told.stdout and "as the hub says" in told.stdout


def test_words_that_a_screen_cannot_show_stop_nothing(log, tmp_path):
    """Windows writes into files in the letters of western Europe."""
    archive = XArchive(account_id="3", handle="gaidhlig", name="Gàidhlig")
    archive.post("Drochaid ùr 🌉 мост", at="2024-03-01T09:00")
    log.bring_in(archive)
    sealing.seal(log.collection.id)
    checkpoints.make(log.collection.id)
    (tmp_path / "proof.json").write_text(
        json.dumps(proofs.proof_for_keepers(the_post("Drochaid"), "http://a"))
    )
    command = [sys.executable, str(SCRIPT), "proof.json"]
    for letters in ("cp1252", "ascii"):
        told = subprocess.run(command, check=False, capture_output=True, cwd=tmp_path, timeout=60,
                              env={"PYTHONIOENCODING": letters, "PYTHONUTF8": "0"})  # fmt: skip
        assert told.returncode == 0, told.stdout + told.stderr
        assert b"Everything holds" in told.stdout


@pytest.mark.parametrize("seconds", [10**30, -(10**18)])
def test_moments_that_no_calendar_has_are_no_proof(proof, tmp_path, seconds):
    proof["entries"][0]["at"] = seconds
    told = check(tmp_path, proof)
    assert (told.returncode in {1, 2}, told.stderr) == (True, "")


def test_a_file_that_is_nested_without_end_is_no_proof(tmp_path):
    (tmp_path / "proof.json").write_text("[" * 200_000)
    command = [sys.executable, "-I", str(SCRIPT), "proof.json"]
    told = subprocess.run(command, check=False, capture_output=True, text=True, cwd=tmp_path, timeout=60)
    assert (told.returncode, told.stderr) == (2, "")


def test_known_signatures(tmp_path):
    """RFC 8032, 7.1: tests 1 to 3, by the script's own arithmetic."""
    code = f"""
import runpy
script = runpy.run_path({str(SCRIPT)!r}, run_name="script")
vectors = [
    ("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
     "d25bf5f0595bbe24655141438e7a100b"),
    ("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
     "387b2eaeb4302aeeb00d291612bb0c00"),
    ("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc659"
     "4a7c15e9716ed28dc027beceea1ec40a"),
]
for public, message, signature in vectors:
    public, message, signature = (bytes.fromhex(one) for one in (public, message, signature))
    assert script["signed"](public, message, signature)
    assert not script["signed"](public, message + b"x", signature)
    assert not script["signed"](public, message, signature[:-1] + bytes([signature[-1] ^ 1]))
    assert not script["signed"](public, message, signature[:32] + bytes(32))
"""
    command = [sys.executable, "-I", "-c", code]
    told = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)
    assert told.returncode == 0, told.stderr
