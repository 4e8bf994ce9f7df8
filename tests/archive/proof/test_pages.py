"""Keepers see on pages what is sealed, anchored and verified, and take proofs and checkpoints away."""

from __future__ import annotations

import json
from html import unescape

import pytest
from sqlalchemy import select, update

from hub.archive.models import PostVersion
from hub.archive.proof import log_keys, notes, sealing
from hub.archive.proof.cli import verify_command
from hub.core import carrying, jobs
from hub.core.database import db, unit_of_work
from tests.archive.proof.conftest import sealed, some_posts
from tests.archive.proof.test_proofs import SCRIPT, check, the_post
from tests.factories.people import administrator, person, sign_in

VERIFYING = ["archive.verify", "archive.verify_all"]


@pytest.fixture
def keeper(client, log):
    return sign_in(client, log.person)


def change_words(words: str = "Something else") -> None:
    with unit_of_work():
        db.session.execute(
            update(PostVersion).where(PostVersion.text.startswith("Our new bridge")).values(text=words)
        )


def test_a_posts_page_says_that_it_is_sealed_and_anchored(keeper, log):
    page = keeper.get(the_post().path).text
    assert "is sealed in the collection" in page
    assert "anchored by the checkpoint of" in page


def test_what_is_newer_than_the_checkpoint_is_not_yet_anchored(client, kept):
    sealed(kept)
    browser = sign_in(client, kept.person)
    assert "not yet anchored" in browser.get(the_post().path).text
    assert "not yet anchored" in browser.get(f"{the_post().path}/check").text


def test_what_came_in_just_now_is_said_not_to_be_sealed(client, kept):
    kept.bring_in(some_posts())
    assert "not sealed in the collection" in sign_in(client, kept.person).get(the_post().path).text


def test_one_post_that_was_changed_is_told_of_and_others_are_not(keeper, log):
    log.tampered = True
    path, other = the_post().path, the_post("The library").path
    change_words()
    page = keeper.get(f"{path}/check").text
    assert "1 fault was found" in page
    assert "its words" in page
    assert "Everything is as it was sealed" in keeper.get(f"{other}/check").text


def test_the_command_checks_one_post_in_the_words_of_its_page(keeper, log, app):
    log.tampered = True
    post, runner = the_post(), app.test_cli_runner()
    path = post.path
    told = runner.invoke(verify_command, ["--post", f"http://localhost{path}?from=search"])
    page = keeper.get(f"{path}/check").text
    assert told.exit_code == 0
    for words in ("Everything is as it was sealed", "It is anchored by the checkpoint of", "Exact bytes"):
        assert words in told.output
        assert words in page
    change_words()
    told = runner.invoke(verify_command, ["--post", path, "--json"])
    assert told.exit_code == 1
    result = json.loads(told.output)
    page = unescape(keeper.get(f"{path}/check").text)
    assert result["verdict"] in page
    assert result["faults"]
    assert all(fault in page for fault in result["faults"])


def test_the_command_says_when_an_address_is_of_no_post(log, app):
    for address, says in (
        ("/groups/records", "is no address of a post"),
        (f"{log.collection.path}/posts/zzz", "There is no post 'zzz'"),
    ):
        told = app.test_cli_runner().invoke(verify_command, ["--post", address])
        assert told.exit_code == 1
        assert says in told.output


def test_the_proof_that_is_downloaded_holds(keeper, log, tmp_path):
    answer = keeper.get(f"{the_post().path}/proof")
    assert "attachment" in answer.headers["Content-Disposition"]
    told = check(tmp_path, json.loads(answer.text))
    assert told.returncode == 0, told.stdout


def test_the_script_is_served_and_is_the_one_that_is_tested(client, app):
    page = client.get("/proof").text
    address = page.split('download="check-proof.py"')[0].rsplit('href="', 1)[1].split('"')[0]
    assert client.get(address).data == SCRIPT.read_bytes()


def test_anybody_sees_the_key(client, log):
    (key,) = log_keys.known_keys()
    assert log_keys.in_base64(key.public) in client.get("/proof").text


def test_a_collection_is_verified_when_a_keeper_asks(keeper, log):
    path = f"{log.collection.path}/verify"
    assert "has not been verified yet" in keeper.get(path).text
    keeper.submit(path, {}, button="Verify now")
    assert "The log is being verified" in keeper.get(path).text
    carrying.drain(kinds=VERIFYING)
    page = keeper.get(path).text
    assert "Everything is as it was sealed" in page
    assert "7 entries" in page


def test_each_day_every_collection_is_verified_and_faults_are_shown(keeper, log):
    log.tampered = True
    change_words()
    before = log.collection.version
    with unit_of_work():
        jobs.enqueue("archive.verify_all")
    carrying.drain(kinds=VERIFYING)
    page = keeper.get(f"{log.collection.path}/verify").text
    assert "1 fault was found" in page
    assert the_post("Something else").path in page
    assert "changed after it was sealed" in keeper.get(log.collection.path).text
    db.session.refresh(log.collection)
    assert log.collection.version > before  # cards are made anew, and say so


def test_once_it_is_mended_it_verifies_again(keeper, log):
    (words,) = db.session.scalars(
        select(PostVersion.text).where(PostVersion.text.startswith("Our new bridge"))
    ).all()
    for text in ("Our new bridge, or not", words):
        change_words(text)
        with unit_of_work():
            jobs.enqueue("archive.verify_all")
        carrying.drain(kinds=VERIFYING)
    assert "Everything is as it was sealed" in keeper.get(f"{log.collection.path}/verify").text


def test_keepers_download_their_checkpoints_and_administrators_all(client, app, log):
    keeper = sign_in(client, log.person)
    (note,) = notes.read_many(keeper.get(f"{log.collection.path}/checkpoints").text)
    assert note.collection_token == log.collection.token
    assert keeper.get("/checkpoints").status_code == 404
    other = sign_in(app.test_client(), administrator())
    assert notes.read_many(other.get("/checkpoints").text) == [note]


def test_nobody_else_sees_any_of_it(client, app, log):
    stranger = sign_in(client, person("Somebody"))
    for path in (
        f"{log.collection.path}/verify",
        f"{log.collection.path}/checkpoints",
        f"{the_post().path}/check",
        f"{the_post().path}/proof",
    ):
        assert stranger.get(path).status_code == 404
        assert app.test_client().get(path).status_code in {302, 404}


def test_the_posts_page_says_so_once_more_was_sealed(keeper, log):
    path = the_post("The library").path
    log.bring_in(some_posts("2024-07-01T09:00"))
    assert "waits to be sealed" in keeper.get(path).text
    sealing.seal(log.collection.id)
    assert "to be sealed" not in keeper.get(path).text
