"""Files with posts: added, shown, saved, taken away; nothing that was fine is lost when something is not."""

import re
from io import BytesIO

import pytest
from PIL import Image
from sqlalchemy import select

from hub.content.actions import edit_post, withdraw
from hub.content.files.hanging import FileChange
from hub.content.files.storing import store
from hub.content.models import Draft, Item, Post, Revision, StoredFile
from hub.content.queries import opening_post
from hub.core.checks import run_checks
from hub.core.database import db, unit_of_work
from hub.core.settings import Settings
from tests.budget import queries
from tests.conftest import DATABASES
from tests.factories.content import discussion, form_on, fresh, question
from tests.factories.files import PDF, office, picture, upload, waiting
from tests.factories.people import actor_of, sign_in


def replies(item: Item) -> str:
    return f"{item.path}/replies"


def last_post(item: Item) -> Post:
    return db.session.scalars(
        select(Post).where(Post.item_id == item.id).order_by(Post.position.desc())
    ).first()


def files_of(post: Post) -> list[StoredFile]:
    revision = select(Revision).where(Revision.post_id == post.id, Revision.number == post.revision_number)
    return db.session.scalars(revision).one().files


def links(page) -> list[str]:
    return re.findall(r'href="([^"]+/files/\w+)"', page.text)


@pytest.fixture
def talk(place) -> Item:
    return discussion(place.ben, place.group, "Shared drives")


@pytest.fixture
def ann(client, place):
    return sign_in(client, place.ann)


@pytest.mark.parametrize("app", DATABASES, indirect=True)
def test_files_are_added_with_a_reply_and_read_by_whoever_reads_it(client, place, talk):
    sign_in(client, place.ann)
    hidden = form_on(client.get(talk.path), replies(talk))
    sent = {"text": "See the plan.", "files": [upload("Plan.pdf"), upload("figures.csv", b"a,b\n1,2\n")]}
    answered = client.post(replies(talk), data={**hidden, **sent})
    assert answered.status_code == 303
    client.delete_cookie("session")
    page = client.get(talk.path)
    assert "Plan.pdf" in page.text and "PDF, 6" in page.text and "CSV table, 8 B" in page.text
    (plan, table) = links(page)
    saved = client.get(plan)
    assert saved.data == PDF and saved.mimetype == "application/pdf"
    assert saved.headers["Content-Disposition"] == "attachment; filename=Plan.pdf"
    assert client.get(table).mimetype == "text/csv"
    assert run_checks()["files of posts"] == []


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("questions/new", {"title": "How long do we keep plans?"}),
        ("discussions/new", {"title": "Plans and drives"}),
        ("guidance/new", {"title": "Keeping plans", "summary": "Keep them."}),
    ],
)
def test_what_one_begins_can_have_files(ann, place, path, fields):
    start = f"{place.group.path}/{path}"
    hidden = form_on(ann.get(start), start)
    answered = ann.post(
        start, data={**hidden, **fields, "text": "Words", "applies_to": "", "files": [upload()]}
    )
    assert answered.status_code == 303
    assert [file.name for file in files_of(last_post(db.session.scalars(select(Item)).one()))] == ["plan.pdf"]
    assert "plan.pdf" in ann.get(answered.location).text


def test_an_answer_can_have_files_and_a_comment_has_none(ann, place):
    asked = question(place.ben, place.group)
    hidden = form_on(ann.get(asked.path), f"{asked.path}/answers")
    ann.post(f"{asked.path}/answers", data={**hidden, "text": "Six years.", "files": [upload()]})
    assert [file.name for file in files_of(last_post(asked))] == ["plan.pdf"]
    assert 'type="file"' not in ann.get(f"{asked.path}/posts/1/comments/new").text


def test_one_refused_file_loses_neither_the_words_nor_the_others(ann, place, talk):
    hidden = form_on(ann.get(talk.path), replies(talk))
    sent = {"text": "These words took an hour.", "files": [upload(), upload("tool.exe", b"MZ\x90\0" * 9)]}
    again = ann.post(replies(talk), data={**hidden, **sent})
    assert again.status_code == 422
    assert "These words took an hour." in again.text
    assert "“tool.exe” was not added. Files of this kind are not taken." in again.text
    assert "plan.pdf" in again.text and fresh(talk).reply_count == 0
    (file,) = db.session.scalars(select(StoredFile))
    hidden = form_on(again, replies(talk))
    assert hidden["file"] == file.token
    assert ann.post(replies(talk), data={**hidden, "text": sent["text"]}).status_code == 303
    assert files_of(last_post(talk)) == [fresh(file)]


def test_what_waits_is_there_when_one_comes_back_and_can_be_taken_away(ann, place, talk):
    hidden = form_on(ann.get(talk.path), replies(talk))
    ann.post(replies(talk), data={**hidden, "text": "", "files": [upload()]})
    back = ann.get(talk.path)
    assert "plan.pdf" in back.text
    (file,) = db.session.scalars(select(StoredFile))
    assert ann.get(f"/me/files/{file.token}").data == PDF
    hidden = form_on(back, replies(talk))
    ann.post(replies(talk), data={**hidden, "text": "Without it", "drop_file": file.token})
    assert files_of(last_post(talk)) == []
    assert "plan.pdf" not in ann.get(talk.path).text


def test_files_are_kept_with_what_is_kept_for_later_and_stay_through_a_preview(ann, place, talk):
    hidden = form_on(ann.get(talk.path), replies(talk))
    shown = ann.post(replies(talk), data={**hidden, "text": "Words", "preview": "1", "files": [upload()]})
    assert "Preview" in shown.text and "plan.pdf" in shown.text
    hidden = form_on(shown, replies(talk))
    ann.post(replies(talk), data={**hidden, "text": "Words", "keep": "1", "files": [upload("two.pdf")]})
    assert db.session.scalars(select(Draft)).one().fields == {"text": "Words"}
    back = ann.get(talk.path)
    assert "plan.pdf" in back.text and "two.pdf" in back.text


def test_nobody_else_sees_what_waits(client, place, talk):
    file = waiting(place.ann, place=replies(talk))
    for someone in (place.ben, place.zoe, place.mod):
        sign_in(client, someone)
        assert client.get(f"/me/files/{file.token}").status_code == 404
        assert client.get(f"{talk.path}/files/{file.token}").status_code == 404
    hidden = form_on(sign_in(client, place.ben).get(talk.path), replies(talk))
    client.post(replies(talk), data={**hidden, "text": "Mine", "file": file.token})
    assert files_of(last_post(talk)) == []
    with pytest.raises(PermissionError), unit_of_work():
        edit_post(actor_of(place.ben), opening_post(talk), "Words", files=FileChange((fresh(file),)))


def test_too_large_too_many_and_too_much_for_a_day(ann, app, place, talk, monkeypatch):
    small = Settings(
        **{**app.extensions["settings"].model_dump(), "attachment_limit_mb": 1, "attachments_per_post": 2,
           "attachments_a_day_mb": 2}
    )  # fmt: skip
    monkeypatch.setitem(app.extensions, "settings", small)
    large = b"Words. " * 120_000
    hidden = form_on(ann.get(talk.path), replies(talk))
    files = [upload("a.txt", b"x" * 1_100_000), upload("b.txt", large), upload("c.txt", large + b"c")]
    again = ann.post(replies(talk), data={**hidden, "text": "Words", "files": files}).text
    assert "“a.txt” was not added. It is larger than 1.0 MB." in again
    assert "“c.txt” was not added. A post can have up to 2 files." in again
    files = [upload("c.txt", large + b"c")]
    hidden = form_on(ann.get(talk.path), replies(talk))
    assert ann.post(replies(talk), data={**hidden, "text": "Words", "files": files}).status_code == 303
    hidden = form_on(ann.get(talk.path), replies(talk))
    full = ann.post(replies(talk), data={**hidden, "text": "Words", "files": [upload("d.txt", large + b"d")]})
    assert "You have added 2.0 MB of files since this time yesterday" in full.text


def test_a_picture_is_shown_and_must_be_described(ann, place, talk):
    hidden = form_on(ann.get(talk.path), replies(talk))
    sent = {"text": "Look", "files": [upload("bridge.png", picture(size=(2400, 1200)))]}
    again = ann.post(replies(talk), data={**hidden, **sent})
    assert "Say what “bridge.png” shows, for those who cannot see it." in again.text
    (file,) = db.session.scalars(select(StoredFile))
    hidden = form_on(again, replies(talk))
    said = {f"describe-{file.token}": 'The old bridge, "closed"'}
    assert ann.post(replies(talk), data={**hidden, "text": "Look", **said}).status_code == 303
    page = ann.get(talk.path)
    assert 'alt="The old bridge, &#34;closed&#34;" width="1200" height="600"' in page.text
    address = f"{talk.path}/files/{file.token}"
    small = ann.get(f"{address}/thumbnail")
    assert small.mimetype == "image/webp" and Image.open(BytesIO(small.data)).size == (1200, 600)
    whole = ann.get(address)
    assert whole.mimetype == "image/png" and whole.headers["Content-Disposition"].startswith("inline")


def test_a_picture_described_as_it_is_chosen_needs_no_second_step(ann, place, talk):
    hidden = form_on(ann.get(talk.path), replies(talk))
    files = [upload(), upload("bridge.png", picture())]
    sent = {"text": "Look", "files": files, "describe_new": ["", "The old bridge"]}
    assert ann.post(replies(talk), data={**hidden, **sent}).status_code == 303
    assert [file.description for file in files_of(last_post(talk))] == ["", "The old bridge"]


def test_whoever_edits_takes_files_away_and_adds_others_and_the_history_names_them(client, place, talk):
    sign_in(client, place.ben)
    edit = f"{talk.path}/posts/1/edit"
    client.post(edit, data={**form_on(client.get(edit), edit), "text": "Who owns them?", "files": [upload()]})
    (plan,) = files_of(fresh(opening_post(talk)))
    page = client.get(edit)
    assert "plan.pdf" in page.text
    changed = {"drop_file": plan.token, "files": [upload("new.docx", office())]}
    client.post(edit, data={**form_on(page, edit), "text": "Who owns them?", **changed})
    post = fresh(opening_post(talk))
    assert [file.name for file in files_of(post)] == ["new.docx"]
    assert (post.revision_number, post.file_count) == (3, 1)
    assert client.get(f"{talk.path}/files/{plan.token}").status_code == 404
    history = client.get(f"{talk.path}/posts/1/history").text
    assert history.count("plan.pdf") == 1 and history.count("new.docx") == 1


def test_changing_only_what_a_picture_shows_is_no_new_revision(client, place, talk):
    picture_file = waiting(place.ben, "bridge.png", picture(), "/p")
    with unit_of_work():
        edit_post(actor_of(place.ben), opening_post(talk), "Words", files=FileChange((picture_file,)))
    sign_in(client, place.ben)
    before, edit = client.get(talk.path).text, f"{talk.path}/posts/1/edit"
    assert "What it shows" in before
    said = {f"describe-{picture_file.token}": "The new bridge", "text": "Words"}
    client.post(edit, data={**form_on(client.get(edit), edit), **said, "preview": "1"})
    assert "The new bridge" not in client.get(talk.path).text
    client.post(edit, data={**form_on(client.get(edit), edit), **said})
    assert "The new bridge" in client.get(talk.path).text
    assert fresh(opening_post(talk)).revision_number == 2


def test_withdrawing_a_post_takes_its_files_out_of_sight(client, place, talk):
    sign_in(client, place.ann)
    hidden = form_on(client.get(talk.path), replies(talk))
    client.post(replies(talk), data={**hidden, "text": "See", "files": [upload()]})
    (path,) = links(client.get(talk.path))
    with unit_of_work():
        withdraw(actor_of(place.mod), last_post(talk))
    assert client.get(path).status_code == 200  # its author's
    for someone in (None, place.ben, place.zoe):
        client.delete_cookie("session")
        if someone:
            sign_in(client, someone)
        assert client.get(path).status_code == 404
        assert client.get(f"{path}/thumbnail").status_code == 404


def test_files_are_no_longer_read_when_the_group_is_closed_and_only_under_their_own_item(client, place, talk):
    sign_in(client, place.ann)
    hidden = form_on(client.get(talk.path), replies(talk))
    client.post(replies(talk), data={**hidden, "text": "See", "files": [upload()]})
    (path,) = links(client.get(talk.path))
    other = discussion(place.ben, place.group, "Something else")
    assert client.get(path.replace(talk.path, other.path)).status_code == 404
    client.delete_cookie("session")
    assert client.get(path).status_code == 200
    with unit_of_work():
        fresh(place.group).visibility = "hidden"
    assert client.get(path).status_code == 404


def test_how_files_are_sent(client, place, talk):
    sign_in(client, place.ann)
    hidden = form_on(client.get(talk.path), replies(talk))
    client.post(replies(talk), data={**hidden, "text": "See", "files": [upload("Lá – plan.pdf")]})
    (path,) = links(client.get(talk.path))
    answered = client.get(path)
    assert answered.headers["X-Content-Type-Options"] == "nosniff"
    assert answered.headers["Content-Security-Policy"].strip() == "default-src 'none'; sandbox"
    assert answered.headers["Cache-Control"] == "no-store"
    assert "filename*=UTF-8''L%C3%A1" in answered.headers["Content-Disposition"]
    client.delete_cookie("session")
    opened = client.get(path)
    assert opened.headers["Cache-Control"] == "private, no-cache" and opened.headers["ETag"]
    assert client.get(path, headers={"If-None-Match": opened.headers["ETag"]}).status_code == 304
    part = client.get(path, headers={"Range": "bytes=0-3"})
    assert (part.status_code, part.data) == (206, b"%PDF")


def test_a_page_costs_one_query_for_all_of_its_files_and_none_without(client, place, talk):
    def cost() -> int:
        with queries() as sent:
            assert client.get(talk.path).status_code == 200
        return sent.count

    def write(files: int) -> None:
        sign_in(client, place.ann)
        hidden = form_on(client.get(talk.path), replies(talk))
        sent = [upload(f"{number}.txt", b"%d" % number) for number in range(files)]
        client.post(replies(talk), data={**hidden, "text": "See", "files": sent})
        client.delete_cookie("session")

    write(0)
    none = cost()
    write(1)
    one = cost()
    for _post in range(3):
        write(5)
    assert (one - none, cost() - none) == (1, 1)


def test_the_same_file_sent_twice_is_there_once(ann, place, talk):
    hidden = form_on(ann.get(talk.path), replies(talk))
    again = ann.post(replies(talk), data={**hidden, "text": "", "files": [upload(), upload()]})
    hidden = form_on(again, replies(talk))
    ann.post(replies(talk), data={**hidden, "text": "Words", "files": [upload()]})
    assert [file.name for file in files_of(last_post(talk))] == ["plan.pdf"]
    assert len(store().files()) == 1
