"""Asking for a hand-over, following it, fetching its files: as a keeper does it in a browser."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from hub.archive.models import ArchivedPost, PostVersion
from hub.core import carrying, clock
from hub.core.audit import AuditEntry
from hub.core.database import db, unit_of_work
from hub.handover import actions, choosing, making, store
from hub.handover.models import DISCLOSURE, DONE, GONE, HandOver
from tests.archive.conftest import count, make_kept
from tests.budget import queries
from tests.factories.people import actor_of, person, sign_in
from tests.factories.x_archive import XArchive
from tests.mail import the_mail

from .conftest import filled, made, member, path_of


def carry_out():
    carrying.drain(kinds={"hand_over.make"})
    db.session.rollback()


@pytest.fixture
def shelf(kept):
    return filled(kept)


def address(kept, rest=""):
    return f"{kept.collection.path}/hand-overs{rest}"


def test_from_the_collection_to_the_downloaded_bag(shelf, browser):
    assert f'href="{address(shelf)}"' in browser.get(shelf.collection.path).text
    told = {"posts": "whole", "format": "bag", "recipient": "The archive", "reason": "A move"}
    page = browser.submit(address(shelf), told)
    assert page.status_code == 303
    shown = browser.get(page.location).text
    assert "waiting for its turn" in shown
    carry_out()
    shown = browser.get(page.location).text
    assert "Ready" in shown
    found = db.session.scalars(select(HandOver)).one()
    answer = browser.get(f"{page.location}/files/{found.files[0]['name']}")
    assert answer.data == path_of(found).read_bytes()
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "The archive" in browser.get(address(shelf)).text


def test_what_a_search_finds_is_handed_over(shelf, browser):
    page = browser.get(address(shelf, "?q=bridge"))
    assert "All that this search finds (1 post)" in page.text
    answer = browser.submit(address(shelf, "?q=bridge"), {"posts": "found", "format": "bag", "reason": "x"})
    carry_out()
    found = db.session.scalars(select(HandOver)).one()
    assert (found.state, found.posts) == (DONE, 1)
    assert b"bridge" in member(found, "data/record/posts.jsonl")
    assert "bridge" in browser.get(answer.location).text


def test_what_was_searched_for_is_said_in_words(shelf, browser):
    answer = browser.submit(
        address(shelf, "?q=schools&from=2024-01-01"), {"posts": "found", "format": "tables", "reason": "x"}
    )
    page = browser.get(answer.location).text
    assert "what a search finds: “schools”, From 1 January 2024" in page
    assert "q=schools" not in page


def test_whoever_redacts_sees_platform_and_version(shelf, browser):
    answer = browser.submit(address(shelf), {"posts": "whole", "format": "disclosure", "reason": "FOI 7"})
    page = browser.get(f"{answer.location}/redactions").text
    assert "X (formerly Twitter)</h3>" in page
    assert page.index("Version 1 of 2") < page.index("Version 2 of 2")


def test_posts_that_are_ticked_are_handed_over_and_none_is_refused(shelf, browser):
    told = {"posts": "chosen", "format": "tables", "reason": "x"}
    assert browser.submit(address(shelf), told).status_code == 422
    token = db.session.scalars(select(ArchivedPost.token)).first()
    assert browser.submit(address(shelf), told | {"post": [token]}).status_code == 303
    carry_out()
    assert db.session.scalars(select(HandOver.posts)).all() == [1]


def test_a_certificate_from_a_posts_page(shelf, browser):
    post = db.session.scalars(select(ArchivedPost)).first()
    assert f"{post.path}/certificate" in browser.get(post.path).text
    answer = browser.submit(f"{post.path}/certificate", {"reason": "A tribunal"})
    carry_out()
    assert "certificate.pdf" in browser.get(answer.location).text
    assert "What this certificate does not say" in browser.get(f"{answer.location}/paper").text


def test_a_disclosure_is_redacted_before_it_is_made(shelf, browser):
    answer = browser.submit(address(shelf), {"posts": "whole", "format": "disclosure", "reason": "FOI 1"})
    assert "Go on redacting" in browser.get(answer.location).text
    carry_out()
    found = db.session.scalars(select(HandOver)).one()
    assert (found.state, found.files) == ("draft", [])
    page = f"{answer.location}/redactions"
    wrong = browser.submit(
        page, {"words": "not there at all", "exemption": "s.38"}, button="Take these words out"
    )
    assert wrong.status_code == 422
    assert "stand in none of the posts" in wrong.text
    done = browser.submit(
        page, {"words": "WRONG  channel", "exemption": "s.38"}, button="Take these words out"
    )
    assert done.status_code == 303
    shown = browser.get(page).text
    assert "[Redacted: s.38]" in shown
    assert "Wrong channel" not in shown.partition("The posts")[2]
    browser.submit(page, {"exemption": "s.38(1)(b)"}, button="Make this disclosure")
    carry_out()
    db.session.rollback()
    found = db.session.get(HandOver, found.id, populate_existing=True)
    assert found.state == DONE
    assert browser.get(page).status_code == 404


def test_what_was_taken_out_can_be_shown_again(shelf, browser):
    answer = browser.submit(address(shelf), {"posts": "whole", "format": "disclosure", "reason": "FOI 1"})
    page = f"{answer.location}/redactions"
    browser.submit(page, {"words": "Wrong channel", "exemption": "s.38"}, button="Take these words out")
    browser.submit(page, {}, button="Show “Wrong channel” again")
    assert "[Redacted" not in browser.get(page).text.replace("[Redacted: a picture", "")
    browser.submit(page, {"exemption": "s.36"}, button="Leave it out")
    assert "this post is left out. s.36" in browser.get(page).text


def test_only_whoever_asked_gets_the_files(shelf, client):
    found = made(shelf)
    other = person("Second", handle="second")
    with unit_of_work():
        from hub.archive import actions as archive_actions
        from hub.archive.models import Collection

        archive_actions.add_keeper(shelf.actor, db.session.get_one(Collection, shelf.collection.id), "second")
    second = sign_in(client, other)
    assert "Its files are for whoever asked for it" in second.get(found.path).text
    assert second.get(f"{found.path}/files/{found.files[0]['name']}").status_code == 404
    assert second.post(f"{found.path}/stop").status_code in (400, 404)


def test_who_does_not_keep_the_collection_sees_nothing_of_it(shelf, client):
    found = made(shelf)
    stranger = sign_in(client, person("Stranger", handle="stranger"))
    for path in ("", f"/files/{found.files[0]['name']}", "/paper", "/redactions"):
        assert stranger.get(found.path + path).status_code == 404
    assert stranger.get(address(shelf)).status_code == 404


def test_files_of_another_name_are_not_found(shelf, browser):
    found = made(shelf)
    for name in ("paper.json", "..%2f..%2fhub.db", "%2e%2e/%2e%2e/hub.db", "x"):
        assert browser.get(f"{found.path}/files/{name}").status_code == 404


def test_who_no_longer_keeps_the_collection_gets_nothing(shelf, tmp_path):
    other = make_kept(tmp_path, "other")
    with unit_of_work():
        asked = actions.hand_over(shelf.actor, shelf.collection, "bag", choosing.WHOLE, reason="x")
        asked.person_id = other.person.id
        number = asked.id
    making.make(number)
    found = db.session.get(HandOver, number, populate_existing=True)
    assert (found.state, found.problem, found.files) == ("failed", "not_yours", [])


def test_it_can_be_stopped_and_leaves_nothing(shelf, browser, monkeypatch):
    monkeypatch.setattr(making, "SECONDS_BETWEEN_SIGNS", 0)
    answer = browser.submit(address(shelf), {"posts": "whole", "format": "bag", "reason": "x"})
    browser.submit(answer.location, {}, button="Stop this hand-over")
    carry_out()
    found = db.session.scalars(select(HandOver)).one()
    assert found.state == "stopped"
    assert not (store.all_folders() / found.token).exists()
    assert "Nothing of it was kept" in browser.get(answer.location).text


def test_its_files_are_deleted_after_some_days(shelf, browser):
    found = made(shelf)
    with time_machine.travel(clock.now() + timedelta(days=8)):
        with unit_of_work():
            from hub.handover.tasks import sweep

            sweep()
        db.session.rollback()
        assert db.session.get(HandOver, found.id, populate_existing=True).state == GONE
        assert not list(store.all_folders().iterdir())
    assert "Its files are deleted" in browser.get(found.path).text


def guarded(shelf):
    """The collection gets an approver."""
    approver = person("Press Office", handle="press")
    with unit_of_work() as session:
        from hub.archive.models import Collection

        session.get_one(Collection, shelf.collection.id).approver_id = approver.id
    return approver


def test_nothing_leaves_without_the_approver(shelf, browser, client):
    post = db.session.scalars(select(ArchivedPost)).first()
    assert "Make the certificate" in browser.get(f"{post.path}/certificate").text
    approver = guarded(shelf)
    assert "Make the certificate" not in browser.get(f"{post.path}/certificate").text
    answer = browser.submit(address(shelf), {"posts": "whole", "format": "tables", "reason": "A move"})
    assert "Waiting for the approver" in browser.get(answer.location).text
    carry_out()
    assert db.session.scalars(select(HandOver.state)).one() == "asked"
    carrying.drain()
    assert the_mail(approver.email)
    db.session.rollback()
    from hub.archive.approvals.actions import decide
    from hub.archive.approvals.models import Approval

    with unit_of_work():
        decide(actor_of(approver), db.session.scalars(select(Approval)).one(), approve=True)
    carry_out()
    assert db.session.scalars(select(HandOver.state)).one() == DONE
    assert count(AuditEntry, AuditEntry.action == "hand_over.made") == 1


def test_a_redacted_disclosure_waits_for_the_approver_too(shelf):
    guarded(shelf)
    db.session.expire_all()
    with unit_of_work():
        asked = actions.hand_over(
            shelf.actor, db.session.merge(shelf.collection), DISCLOSURE, choosing.WHOLE, reason="x"
        )
        assert asked.state == "draft"
        actions.finish(shelf.actor, asked, "s.38")
        assert asked.state == "asked"


def test_the_approver_reads_what_would_leave_for_whom_and_what_is_taken_out(shelf, client):
    approver = guarded(shelf)
    db.session.expire_all()
    with unit_of_work():
        collection = db.session.merge(shelf.collection)
        asked = actions.hand_over(
            shelf.actor, collection, DISCLOSURE, choosing.WHOLE, recipient="Jo Requester", reason="FOI 7"
        )
        actions.redact(shelf.actor, asked, "passage", "the bridge", "FOISA s.39(1)")
        actions.finish(shelf.actor, asked, "FOISA s.38")
    from hub.archive.approvals.models import Approval

    sign_in(client, approver)
    page = client.get(db.session.scalars(select(Approval)).one().path).text
    for said in ("Jo Requester", "A disclosure: redacted", "FOISA s.39(1)", "left out: FOISA s.38"):
        assert said in page
    assert "“the bridge”" in page
    assert "<mark>The bridge</mark> 🙃 at Strathtay" in page


def test_the_approver_of_a_bag_reads_that_nothing_in_it_is_masked(shelf, browser, client):
    approver = guarded(shelf)
    browser.submit(address(shelf), {"posts": "whole", "format": "bag", "reason": "A move"})
    from hub.archive.approvals.models import Approval

    sign_in(client, approver)
    page = client.get(db.session.scalars(select(Approval)).one().path).text
    assert "the whole collection" in page
    assert "nothing is masked" in page


def test_a_post_that_comes_in_while_a_disclosure_is_redacted_is_not_disclosed(shelf, browser):
    answer = browser.submit(address(shelf), {"posts": "whole", "format": "disclosure", "reason": "FOI 7"})
    archive = XArchive()
    archive.made_at = archive.made_at.replace(month=10)
    archive.post("Nobody has read this yet", at="2024-09-03T10:00")
    shelf.bring_in(archive)
    page = browser.get(f"{answer.location}/redactions").text
    assert "Nobody has read this yet" not in page
    browser.submit(f"{answer.location}/redactions", {}, button="Make this disclosure")
    carry_out()
    found = db.session.scalars(select(HandOver)).one()
    assert found.state == DONE
    table = path_of(found, 0).read_text("utf-8-sig")
    assert "Only in the first export" in table
    assert "Nobody has read this yet" not in table
    assert "the whole collection" in browser.get(answer.location).text


def test_the_page_costs_the_same_however_many_posts_there_are(shelf, browser):
    browser.get(address(shelf))
    with queries() as few:
        browser.get(address(shelf))
    for _ in range(3):
        made(shelf, "tables")
    with queries() as more:
        browser.get(address(shelf))
    assert more.count <= few.count + 1, more


def test_hostile_words_are_only_words(shelf, browser):
    with unit_of_work() as session:
        for version in session.scalars(select(PostVersion)):
            version.text = "<script>alert(1)</script> #panic()"
    answer = browser.submit(address(shelf), {"posts": "whole", "format": "disclosure", "reason": "<b>x</b>"})
    assert "<script>alert" not in browser.get(f"{answer.location}/redactions").text
    browser.submit(f"{answer.location}/redactions", {"exemption": "<i>s</i>"}, button="Make this disclosure")
    carry_out()
    found = db.session.scalars(select(HandOver)).one()
    page = path_of(found, 1).read_text()
    assert "<script>" not in page
    assert "<i>s</i>" not in page
