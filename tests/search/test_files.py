"""Posts are found by the names of their files, and by what their pictures show."""

from hub.content.actions import edit_post
from hub.content.files.hanging import FileChange
from hub.content.models import Post
from hub.core.carrying import drain
from hub.core.checks import run_checks
from hub.core.database import db, unit_of_work
from hub.questions.actions import answer
from tests.factories.files import picture, waiting


def again(row):
    return db.session.get_one(type(row), row.id)


def test_a_post_is_found_by_the_names_of_its_files_until_they_are_taken_away(site, client):
    plan = waiting(site.cat, "zither-schedule.pdf")
    bridge = waiting(site.cat, "bridge.png", picture())
    with unit_of_work():
        again(bridge).description = "An accordion on a bridge"
        post = answer(site.as_cat, again(site.question), "See", files=[again(plan), again(bridge)])
    drain()
    for words in ("zither", "zither-schedule.pdf", "accordion"):
        assert site.question.path in client.get(f"/search?q={words}").text, words
    with unit_of_work():
        edit_post(
            site.as_cat,
            db.session.get_one(Post, post.id),
            "See",
            files=FileChange(dropped=frozenset({plan.id})),
        )
    drain()
    assert site.question.path not in client.get("/search?q=zither").text
    assert site.question.path in client.get("/search?q=accordion").text
    assert all(not found for name, found in run_checks().items() if "search" in name or "index" in name)
