"""A post is read in its conversation: what it answers, what answers it, from whichever import, and whose."""

import json

import pytest

from hub.archive import conversation as rules
from hub.archive.conversation import conversation_of
from hub.archive.filters import Filters
from hub.archive.models import ArchivedPost
from hub.archive.queries import list_posts
from hub.core.database import db
from tests.archive.test_captures import page, v2
from tests.archive.test_pages import text
from tests.budget import queries
from tests.conftest import DATABASES
from tests.factories.people import sign_in
from tests.factories.x_archive import XArchive

pytestmark = pytest.mark.parametrize("app", DATABASES, indirect=True)


def reply_of(other: str, post_id: str, text: str) -> dict:
    return v2(post_id, text, referenced_tweets=[{"type": "replied_to", "id": other}])


def observe(kept, *posts) -> None:
    path = kept.folder / f"capture-{posts[0]['id']}.jsonl"
    path.write_text(json.dumps(page(*posts)))
    kept.bring_in(path)


@pytest.fixture
def talk(kept):
    """A notice in the account's export; an answer observed before it came in, which the account answers."""
    archive = XArchive()
    notice = archive.post("The bridge is shut", at="2024-02-05T09:00")
    later = archive.edit(notice, "The bridge is shut until noon", at="2024-02-05T09:10")
    observe(kept, reply_of(later["id_str"], "1700000000000000001", "Until when?"))
    archive.post("Until noon", at="2024-02-05T10:00", reply_to={"id_str": "1700000000000000001"})
    kept.bring_in(archive)
    observe(kept, reply_of(notice["id_str"], "1700000000000000002", "And the ford?"))
    db.session.expire_all()
    return kept


def post_of(kept, words: str) -> ArchivedPost:
    return next(
        row.post for row in list_posts(kept.actor, kept.collection, Filters()).rows if words in row.shown.text
    )


def told(turns) -> list[tuple[str, int, bool]]:
    return [(turn.row.shown.text, turn.level, turn.own) for turn in turns]


def test_answers_stand_under_what_they_answer_from_whichever_import_they_came(talk):
    shown = conversation_of(post_of(talk, "shut"))
    assert shown.above == ()
    assert told(shown.below) == [
        ("And the ford?", 1, False),
        ("Until when?", 1, False),
        ("Until noon", 2, True),
    ] or told(shown.below) == [
        ("Until when?", 1, False),
        ("Until noon", 2, True),
        ("And the ford?", 1, False),
    ]


def test_what_a_post_answers_stands_above_it_to_the_beginning(talk):
    shown = conversation_of(post_of(talk, "Until noon"))
    assert told(shown.above) == [("The bridge is shut until noon", 0, True), ("Until when?", 0, False)]
    assert shown.below == ()
    assert shown.beyond == ""


def test_what_is_answered_and_not_held_is_named_by_its_number(kept):
    observe(kept, reply_of("1699999999999999999", "1700000000000000001", "Says who?"))
    shown = conversation_of(post_of(kept, "Says who?"))
    assert (shown.above, shown.beyond) == ((), "1699999999999999999")


def test_answers_in_a_ring_end(kept):
    observe(
        kept,
        reply_of("1700000000000000002", "1700000000000000001", "One"),
        reply_of("1700000000000000001", "1700000000000000002", "Two"),
    )
    shown = conversation_of(post_of(kept, "One"))
    assert [turn.row.shown.text for turn in shown.above] == ["Two"]


def test_a_long_conversation_is_cut_and_says_so_and_asks_no_more_for_it(kept, client, monkeypatch):
    monkeypatch.setattr(rules, "MOST_BELOW", 5)
    archive = XArchive()
    first = archive.post("First", at="2024-02-05T09:00")
    for number in range(9):
        archive.post(f"Answer {number}", at=f"2024-02-05T1{number}:00", reply_to=first)
    kept.bring_in(archive)
    post = post_of(kept, "First")
    shown = conversation_of(post)
    assert (len(shown.below), shown.more_below) == (5, True)
    browser = sign_in(client, kept.person)
    browser.get(post.path)
    with queries() as sent:
        page = text(browser.get(post.path))
    assert "There are more answers than are shown" in page
    assert sent.count <= 26, sent


def test_the_page_marks_whose_each_turn_is(talk, client):
    page = text(sign_in(client, talk.person).get(post_of(talk, "shut").path))
    assert "own account" in page
    assert "Private person" in page
    assert "observed from outside" in page
