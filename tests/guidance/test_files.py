"""Files of guidance: the group sees those of its drafts, readers those of what is published."""

from datetime import date

import pytest
from sqlalchemy import select

from hub.content.files.hanging import FileChange
from hub.content.models import Item, Post, Revision, StoredFile
from hub.core.checks import run_checks
from hub.core.database import db, unit_of_work
from hub.groups.models import Group
from hub.guidance.actions import guidance_from_answer, publish, revert_to, revise, start_guidance
from hub.questions.actions import answer
from tests.factories.content import form_on, question
from tests.factories.files import PDF, upload, waiting
from tests.factories.people import sign_in
from tests.factories.worlds import world

__all__ = ["world"]


def again(row):
    return db.session.get_one(type(row), row.id)


@pytest.fixture
def page(world) -> Item:
    file = waiting(world.bob, "first.pdf")
    with unit_of_work():
        group = db.session.get_one(Group, world.group.id)
        return start_guidance(world.as_bob, group, "Plans", "Keep them.", "Words", files=[again(file)])


def published(world, page) -> None:
    with unit_of_work():
        publish(world.as_ann, again(page), world.ann, date(2027, 3, 1))


def path_of(page, name: str) -> str:
    db.session.rollback()
    file = db.session.scalars(select(StoredFile).where(StoredFile.name == name)).one()
    return f"{page.path}/files/{file.token}"


def statuses(client, world, path: str) -> list[int]:
    """To a visitor, to somebody of no group, to a member."""
    client.delete_cookie("session")
    found = [client.get(path).status_code]
    return found + [sign_in(client, one).get(path).status_code for one in (world.dan, world.cat)]


def test_files_of_a_draft_are_the_groups_own_until_it_is_published(client, world, page):
    path = path_of(page, "first.pdf")
    assert statuses(client, world, path) == [404, 404, 200]
    published(world, page)
    assert statuses(client, world, page.path) == [200, 200, 200]
    assert statuses(client, world, path) == [200, 200, 200]
    client.delete_cookie("session")
    assert "first.pdf" in client.get(page.path).text


def test_readers_see_the_files_of_the_published_revision_while_another_is_written(client, world, page):
    published(world, page)
    first, second = again_named("first.pdf"), waiting(world.cat, "second.pdf", PDF + b"2")
    with unit_of_work():
        change = FileChange((again(second),), frozenset({first.id}))
        revise(world.as_cat, again(page), source="Words", files=change)
    old, new = path_of(page, "first.pdf"), path_of(page, "second.pdf")
    assert statuses(client, world, old) == [200, 200, 200]
    assert statuses(client, world, new) == [404, 404, 200]
    client.delete_cookie("session")
    assert "second.pdf" not in client.get(page.path).text
    sign_in(client, world.ann)
    assert "second.pdf" in client.get(f"{page.path}/publication").text
    assert "second.pdf" in client.get(f"{page.path}/history/2").text
    published(world, page)
    assert statuses(client, world, old) == [404, 404, 404]
    assert statuses(client, world, new) == [200, 200, 200]
    assert run_checks()["files of posts"] == []
    with unit_of_work():
        revert_to(world.as_ann, again(page), 1)
    published(world, page)
    assert statuses(client, world, old) == [200, 200, 200]


def again_named(name: str) -> StoredFile:
    return db.session.scalars(select(StoredFile).where(StoredFile.name == name)).one()


def test_two_who_edit_at_once_keep_each_others_files(world, page):
    first = again_named("first.pdf")
    one, two = waiting(world.bob, "one.pdf", PDF + b"1"), waiting(world.cat, "two.pdf", PDF + b"2")
    for actor, change in (
        (world.as_bob, FileChange((one,), frozenset({first.id}))),
        (world.as_cat, FileChange((two,))),
    ):
        with unit_of_work():
            mine = FileChange(tuple(again(file) for file in change.added), change.dropped)
            revise(actor, again(page), source="Words", files=mine, based_on=1)
    newest = select(Revision).join(Post, Post.id == Revision.post_id).where(Post.item_id == page.id)
    last = db.session.scalars(newest.order_by(Revision.number.desc())).first()
    assert [file.name for file in last.files] == ["one.pdf", "two.pdf"]


def test_files_of_an_answer_come_along_when_it_becomes_guidance(client, world):
    file = waiting(world.cat, "schedule.pdf")
    asked = question(world.bob, world.group)
    with unit_of_work():
        post = answer(world.as_cat, again(asked), "Six years, see the schedule.", files=[again(file)])
        made = guidance_from_answer(world.as_ann, post, summary="Six years.")
    (copy,) = db.session.scalars(select(StoredFile).where(StoredFile.item_id == made.id))
    assert (copy.name, copy.sha256) == (file.name, file.sha256) and copy.token != file.token
    assert statuses(client, world, f"{made.path}/files/{copy.token}") == [404, 404, 200]
    assert statuses(client, world, f"{asked.path}/files/{file.token}") == [200, 200, 200]


def test_files_are_added_and_taken_away_on_the_pages(client, world, page):
    sign_in(client, world.cat)
    edit = f"{page.path}/edit"
    shown = client.get(edit)
    first = again_named("first.pdf")
    fields = {"title": "Plans", "summary": "Keep them.", "text": "Words", "applies_to": ""}
    sent = {
        **form_on(shown, edit),
        **fields,
        "drop_file": first.token,
        "files": [upload("new.pdf", PDF + b"n")],
    }
    assert client.post(edit, data=sent).status_code == 303
    page_now = client.get(page.path).text
    assert "new.pdf" in page_now and "first.pdf" not in page_now
    assert "first.pdf" in client.get(f"{page.path}/history/1..2").text


def test_a_clash_of_words_loses_no_file_and_changes_nothing_yet(client, world, page):
    with unit_of_work():
        revise(world.as_bob, again(page), source="Bob's words")
    sign_in(client, world.cat)
    edit = f"{page.path}/edit"
    fields = {"title": "Plans", "summary": "Keep them.", "text": "Cat's words", "applies_to": ""}
    mine = {"base": "1", "files": [upload("cats.pdf", PDF + b"c")]}
    sent = {**form_on(client.get(edit), edit), **fields, **mine}
    clash = client.post(edit, data=sent)
    assert clash.status_code == 409 and "cats.pdf" in clash.text
    assert "cats.pdf" not in client.get(page.path).text
    solved = {**form_on(clash, edit), **fields, "text": "Both of our words"}
    assert client.post(edit, data=solved).status_code == 303
    page_now = client.get(page.path).text
    assert "cats.pdf" in page_now and "first.pdf" in page_now
