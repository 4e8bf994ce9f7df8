"""A lawful erasure reaches whatever repeats the words: nothing in the hub says them any more."""

import base64
import json
import subprocess
import zlib

import pytest
from flask import current_app
from sqlalchemy import select

from hub.archive.approvals.actions import decide
from hub.archive.approvals.models import Approval
from hub.archive.models import ArchivedPost, Collection, Keeper
from hub.archive.retention import disposing
from hub.archive.retention.choosing import chosen
from hub.archive.retention.reaching import _Wanted
from hub.content.actions import add_post, edit_post
from hub.content.models import ANSWER, Item, Post, Revision
from hub.core.carrying import drain
from hub.core.database import Base, db, unit_of_work
from hub.core.delivery import delivery
from hub.core.mail import Mail, post_mail
from hub.core.policy import ANYBODY
from hub.examples.mailed import shown_in_mail
from hub.examples.queries import chosen as chosen_to_attach
from hub.moderation.actions import report
from tests.archive.test_pages import text
from tests.conftest import DATABASES
from tests.factories.content import fresh
from tests.factories.people import actor_of, person

# As the archive in the scene says it.
WORDS = "Schools are closed today and tomorrow."


@pytest.fixture
def second(scene):
    other = person("Second Keeper", handle="second")
    with unit_of_work():
        db.session.add(Keeper(collection_id=scene.collection.id, person_id=other.id))
    db.session.expire_all()
    return other


@pytest.fixture
def repeated(scene, second):
    """An example of the post, with the words in its caption, in an answer and its revisions, and a report."""
    example = scene.attach("Schools", caption=f"It said “{WORDS}”, and was edited")
    with unit_of_work():
        item = db.session.get_one(Item, scene.item.id)
        said = "They wrote:\n\n> Schools are closed\n> today and tomorrow.\n\nKeep it & <b>file</b> it."
        answer = add_post(actor_of(scene.member), item, ANSWER, said)
    with unit_of_work():
        edit_post(actor_of(scene.member), db.session.get_one(Post, answer.id), f"It said: {WORDS} Keep it.")
        report(ANYBODY, scene.item.path, "private", f"Who wrote “{WORDS}”?")
    drain()
    return example


def erase(scene, second) -> None:
    with unit_of_work():
        actor, collection = actor_of(scene.keeper), db.session.get_one(Collection, scene.collection.id)
        post = scene.choice("Schools").post
        made = disposing.propose_erasure(
            actor,
            collection,
            chosen(actor, collection, {"post": post.token}),
            authority="DPA 12",
            reason="Asked",
        )
    by = actor_of(second)
    with unit_of_work():
        decide(by, db.session.get_one(Approval, made.approval_id), approve=True)
    drain()
    db.session.rollback()


def rows_that_say(words: str) -> list[str]:
    found = []
    for table in Base.metadata.sorted_tables:
        for row in db.session.execute(select(table)):
            if words in json.dumps([str(cell) for cell in row], ensure_ascii=False):
                found.append(table.name)
    return found


def files_that_say(words: str) -> list[str]:
    """Asked of another process: one that reads the files of its own SQLite database loses its locks on them
    when it closes them, and what others then write may pass it by (SQLite, "How to corrupt", 2.2)."""
    folder = str(current_app.extensions["settings"].folder("."))
    looked = subprocess.run(
        ["grep", "-rlaF", "-e", words, folder], capture_output=True, text=True, check=False
    )
    assert looked.returncode in {0, 1}, looked.stderr
    return looked.stdout.splitlines()


@pytest.mark.parametrize("app", DATABASES, indirect=True)
def test_no_table_says_the_words_any_more(scene, second, repeated):
    assert set(rows_that_say("today and tomorrow")) >= {
        "example",
        "post",
        "revision",
        "report",
        "post_version",
    }
    erase(scene, second)
    assert rows_that_say("today and tomorrow") == []


def test_no_file_of_the_data_folder_says_them_either(scene, second, repeated):
    assert files_that_say("today and tomorrow") != []
    erase(scene, second)
    assert files_that_say("today and tomorrow") == []


def test_what_else_people_wrote_stays(scene, second, repeated):
    erase(scene, second)
    sources = db.session.scalars(select(Revision.source)).all()
    assert any("Keep it & <b>file</b> it." in source for source in sources)
    answer = db.session.scalars(select(Post).where(Post.kind == ANSWER)).one()
    assert "[erased]" in answer.html
    assert "Keep it." in answer.html


def test_the_card_and_the_evidence_say_that_it_is_gone(client, scene, second, repeated):
    erase(scene, second)
    for path in (scene.item.path, repeated.path):
        page = text(client.get(path))
        assert "disposed of or erased by law" in page
        assert "today and tomorrow" not in page
    assert fresh(repeated).caption == ""
    assert text(client.get("/search?q=%22closed+today+and+tomorrow%22")).count("[erased]") == 0


def test_mail_that_the_hub_keeps_goes_with_the_words(scene, second, repeated):
    folder = delivery(current_app)
    message = (
        b"From: a@example.org\nTo: b@example.org\nSubject: A digest\nDate: Sun, 22 Nov 2026 10:00:00 +0000\n"
    )
    (folder.folder / "bcdfghjkmnpq.eml").write_bytes(message + b"\nSchools are closed\ntoday and tomorrow.\n")
    (folder.folder / "zcdfghjkmnpq.eml").write_bytes(message + b"\nSomething else.\n")
    erase(scene, second)
    assert not (folder.folder / "bcdfghjkmnpq.eml").exists()
    assert (folder.folder / "zcdfghjkmnpq.eml").exists()


def test_the_kept_bytes_of_a_digest_that_says_it_go_too(scene, second):
    head = b"From: a@example.org\r\nSubject: News\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    with unit_of_work():
        for key, said in {"told": WORDS.encode(), "other": b"Something else."}.items():
            post_mail("digest", "a@example.org", key=key)
            row = db.session.scalars(select(Mail).where(Mail.key == key)).one()
            row.state, row.kept = "sent", zlib.compress(head + base64.b64encode(said))
    erase(scene, second)
    db.session.rollback()
    assert db.session.scalars(select(Mail.key).where(Mail.kept.is_not(None))).all() == ["other"]


def test_copies_in_which_somebody_is_masked_are_found_too():
    wanted = _Wanted.of("Thank you @jane_doe for telling us of the broken lamp https://t.co/1")
    for copy in (
        "Thank you @jane_doe for telling us of the broken lamp",
        "“Thank you [somebody] for telling us\n> of the broken lamp”",
        "<p>Thank you <em>a private person</em> for telling us of<br>the broken lamp</p>",
    ):
        assert wanted.stands_in(copy), copy
    assert not wanted.stands_in("Thank you for telling us")
    assert _Wanted.of("@a @b @c thanks everybody so") is None


def test_short_words_that_anybody_may_say_are_left_alone(scene, second):
    with unit_of_work():
        item = db.session.get_one(Item, scene.item.id)
        add_post(actor_of(scene.member), item, ANSWER, "Wrong channel, sorry")
        actor, collection = actor_of(scene.keeper), db.session.get_one(Collection, scene.collection.id)
        post = scene.choice("Wrong channel").post
        made = disposing.propose_erasure(
            actor,
            collection,
            chosen(actor, collection, {"post": post.token}),
            authority="DPA 12",
            reason="Asked",
        )
    by = actor_of(second)
    with unit_of_work():
        decide(by, db.session.get_one(Approval, made.approval_id), approve=True)
    drain()
    assert db.session.scalars(select(Post.source).where(Post.kind == ANSWER)).one() == "Wrong channel, sorry"
    assert db.session.scalar(select(ArchivedPost.erased_at).where(ArchivedPost.id == post.id)) is not None


def test_what_is_erased_is_neither_attached_again_nor_mailed(scene, second, repeated):
    ref = scene.choice("Schools").ref
    erase(scene, second)
    assert chosen_to_attach(actor_of(scene.keeper), [ref]) == []
    assert shown_in_mail([repeated.id]) == {}
