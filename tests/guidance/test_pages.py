"""Guidance in a browser: read like a printed page, edited together, published by moderators."""

from datetime import date, timedelta

import pytest

from hub.core import clock
from hub.core.database import unit_of_work
from hub.guidance import actions
from tests.budget import queries
from tests.factories.content import form_on
from tests.factories.people import sign_in

from .conftest import TEXT, held, send

WORDING = {"title": "Keeping chats", "summary": "What to keep."}
LONG = "## What to keep\n\nDecisions.\n\n## How long\n\nAs the decision.\n\n## Who decides\n\nYou."


def published(world, source=TEXT, review_by=None, **words):
    with unit_of_work():
        page = actions.start_guidance(
            world.as_bob, world.group, words.pop("title", "Keeping chats"), "What to keep.", source, **words
        )
        actions.publish(world.as_ann, page, world.bob, review_by or clock.now().date() + timedelta(days=365))
    return page


@pytest.fixture
def ann(client, world):
    return sign_in(client, world.ann)


@pytest.fixture
def cat(client, world):
    return sign_in(client, world.cat)


class TestReading:
    def test_a_page_says_who_checked_it_when_and_until_when(self, client, world):
        page = published(world)
        text = client.get(page.path).text
        assert "Keeping chats" in text and "What to keep." in text and "Second line." in text
        assert "Checked by" in text and "Ann" in text and "next check by" in text and "Bob" in text
        assert "not legal advice" in text

    def test_a_long_page_begins_with_its_contents(self, client, world):
        text = client.get(published(world, LONG).path).text
        assert "On this page" in text and ">How long</a>" in text
        assert "On this page" not in client.get(published(world).path).text

    def test_sources_are_named_and_linked(self, client, world):
        page = published(
            world, sources=[("The 2011 Act", "https://www.legislation.gov.uk/asp/2011/12"), ("Memo", "")]
        )
        text = client.get(page.path).text
        assert 'href="https://www.legislation.gov.uk/asp/2011/12"' in text and "<li>Memo</li>" in text

    def test_where_it_applies_and_the_day_of_the_law_are_told(self, client, world):
        text = client.get(published(world, applies_to="scotland", law_date=date(2025, 1, 10)).path).text
        assert "Scotland" in text and "10 January 2025" in text

    def test_an_overdue_page_says_so_above_its_text_before_any_job_ran(self, client, world):
        page = published(world, review_by=clock.now().date() + timedelta(days=10))
        with clock.at(clock.now() + timedelta(days=12)):
            text = client.get(page.path).text
        assert "overdue" in text
        assert text.index("This page is overdue") < text.index("Second line.")

    def test_a_draft_does_not_exist_for_others(self, client, world, page):
        assert client.get(page.path).status_code == 404
        sign_in(client, world.dan)
        assert client.get(page.path).status_code == 404

    def test_readers_see_nothing_of_what_waits(self, client, world):
        page = published(world)
        with unit_of_work():
            actions.revise(world.as_cat, page, source="Secret plan.", title="Another title")
        text = client.get(page.path).text
        assert "Secret plan" not in text and "Another title" not in text and "Changes wait" not in text
        for path in (
            "/history",
            "/history/2",
            "/history/1..2",
            "/edit",
            "/publication",
            "/check",
            "/successor",
        ):
            assert client.get(page.path + path).status_code == 404

    def test_what_was_superseded_leads_to_what_took_its_place(self, client, world):
        old, new = published(world), published(world, title="Chats, anew")
        with unit_of_work():
            actions.supersede(world.as_ann, old, new)
        text = client.get(old.path).text
        assert "taken the place" in text and f'href="{new.path}"' in text


class TestWriting:
    def test_a_member_starts_a_draft(self, cat, world):
        sent = send(
            cat,
            "/groups/rims/guidance/new",
            title="Keeping chats",
            summary="What to keep.",
            text="Everything.",
            sources="The Act https://example.org/act\nA memo",
            applies_to="",
        )
        assert sent.status_code == 303
        text = cat.get(sent.location).text
        assert "This is a draft" in text and "A memo" in text

    def test_what_is_missing_is_told_beside_the_field_and_the_rest_is_kept(self, cat, world):
        sent = send(cat, "/groups/rims/guidance/new", title="Keeping chats", summary="", text="Everything.")
        assert sent.status_code == 422
        assert "Say in one sentence" in sent.text and "Everything." in sent.text

    def test_a_preview_saves_nothing(self, cat, world, page):
        sent = send(
            cat, page.path + "/edit", title="Keeping chats", summary="S.", text="**New**", preview="1"
        )
        assert sent.status_code == 200 and "<strong>New</strong>" in sent.text
        assert held(page).newest_number == 1

    def test_an_edit_is_a_revision_with_a_note(self, cat, world, page):
        sent = send(
            cat, page.path + "/edit", title="Keeping chats", summary="S.", text="New.", note="Why not"
        )
        assert sent.status_code == 303
        text = cat.get(page.path + "/history").text
        assert "Why not" in text and "Cat" in text

    def test_the_same_edit_sent_twice_is_one_revision(self, cat, world, page):
        hidden = form_on(cat.get(page.path + "/edit"), page.path + "/edit")
        for _again in range(2):
            sent = cat.post(
                page.path + "/edit",
                data={**hidden, "title": "Keeping chats", "summary": "S.", "text": "New."},
            )
            assert sent.status_code == 303
        assert held(page).newest_number == 2

    def test_a_clash_shows_both_and_can_be_settled(self, cat, world, page):
        hidden = form_on(cat.get(page.path + "/edit"), page.path + "/edit")
        with unit_of_work():
            actions.revise(world.as_bob, page, source=TEXT.replace("First", "Bob's"), applies_to="uk")
        mine = {**WORDING, "text": TEXT.replace("First", "Cat's")}
        clash = cat.post(page.path + "/edit", data={**hidden, **mine})
        assert clash.status_code == 409
        assert "Bob's line." in clash.text.replace("&#39;", "'") and "Cat's line." in clash.text.replace(
            "&#39;", "'"
        )
        assert held(page).newest_number == 2
        again = form_on(clash, page.path + "/edit")
        marked = {**again, **mine, "text": f"[What you wrote]\n{TEXT}", "applies_to": "uk"}
        assert cat.post(page.path + "/edit", data=marked).status_code == 422
        settled = cat.post(page.path + "/edit", data={**again, **mine, "applies_to": "uk"})
        assert settled.status_code == 303
        assert held(page).newest_number == 3 and held(page).item.applies_to == "uk"

    def test_a_draft_of_an_edit_is_kept_on_the_server(self, cat, world, page):
        send(cat, page.path + "/edit", title="Later", summary="S.", text="Unfinished", keep="1")
        assert "Unfinished" in cat.get(page.path + "/edit").text
        assert held(page).newest_number == 1

    def test_nobody_from_outside_writes(self, client, world, page):
        sign_in(client, world.dan)
        assert client.get("/groups/rims/guidance/new").status_code == 404
        assert client.post(page.path + "/edit", data={"text": "x"}).status_code in (400, 404)


class TestHistory:
    def test_two_revisions_are_compared_word_by_word(self, cat, world, page):
        with unit_of_work():
            actions.revise(world.as_bob, page, source=TEXT.replace("Second", "Better"), applies_to="uk")
        text = cat.get(page.path + "/history?from=2&to=1", follow_redirects=True).text
        assert "<del>Second </del>" in text and "<ins>Better </ins>" in text
        assert "Where it applies" in text

    def test_an_earlier_wording_can_be_brought_back(self, cat, world, page):
        with unit_of_work():
            actions.revise(world.as_bob, page, source="Worse.")
        sent = send(cat, page.path + "/history/1", page.path + "/history/1/return")
        assert sent.status_code == 303
        assert "Second line." in cat.get(page.path).text

    @pytest.mark.parametrize("path", ["/history/9", "/history/1..9", "/history/99999999999999", "/history/0"])
    def test_a_revision_that_never_was_is_not_found(self, cat, world, page, path):
        assert cat.get(page.path + path).status_code == 404


class TestPublishing:
    def test_a_member_asks_and_a_moderator_publishes(self, client, world, page):
        sign_in(client, world.cat)
        assert send(client, page.path, page.path + "/review").status_code == 303
        assert "have been asked" in client.get(page.path).text
        sign_in(client, world.ann)
        sent = send(client, page.path + "/publication", owner="bob", review_by=_in(100))
        assert sent.status_code == 303
        assert held(page).published_number == 1

    def test_the_moderator_sees_what_changes_for_readers(self, ann, world):
        page = published(world)
        with unit_of_work():
            actions.revise(world.as_cat, page, source=TEXT.replace("Second", "Better"), applies_to="uk")
        text = ann.get(page.path + "/publication").text
        assert "What changes for readers" in text and "<ins>Better </ins>" in text
        assert "Where it applies" in text and "the UK" in text
        assert "Changes wait" in ann.get(page.path).text

    @pytest.mark.parametrize("fields", [{"owner": "dan"}, {"review_by": "2001-01-01"}, {"review_by": "soon"}])
    def test_a_wrong_owner_or_day_is_told_beside_the_field(self, ann, world, page, fields):
        sent = send(ann, page.path + "/publication", **{"owner": "bob", "review_by": _in(100), **fields})
        assert sent.status_code == 422
        assert held(page).published_number is None

    def test_it_can_be_given_back_with_a_reason(self, ann, world, page):
        with unit_of_work():
            actions.send_for_review(world.as_cat, page)
        sent = send(ann, page.path + "/publication", page.path + "/return", reason="Which law?")
        assert sent.status_code == 303
        assert held(page).item.state == "draft"

    def test_a_moderator_checks_it_or_doubts_it(self, ann, world):
        page = published(world)
        assert (
            send(ann, page.path + "/check", page.path + "/doubt", reason="The Act changed.").status_code
            == 303
        )
        assert "The Act changed." in ann.get(page.path).text
        assert send(ann, page.path + "/check", review_by=_in(30)).status_code == 303
        assert "The Act changed." not in ann.get(page.path).text

    def test_another_page_takes_its_place(self, ann, world):
        old, new = published(world), published(world, title="Chats, anew")
        sent = send(ann, old.path + "/successor", by=str(new.number))
        assert sent.status_code == 303
        assert held(old).superseded_by_id == new.id


def _in(days: int) -> str:
    return (clock.now().date() + timedelta(days=days)).isoformat()


class TestLists:
    def test_a_list_shows_what_is_published_and_how_it_stands(self, client, world, page):
        published(world, title="Published page")
        for path in ("/guidance", "/groups/rims/guidance"):
            text = client.get(path).text
            assert "Published page" in text and "Checked" in text and "Keeping chats" not in text

    def test_members_find_drafts_and_what_is_due(self, cat, world, page):
        due = published(world, title="Due page", review_by=clock.now().date() + timedelta(days=3))
        with clock.at(clock.now() + timedelta(days=5)):
            text = cat.get("/guidance?list=due").text
        assert due.title in text and "Overdue" in text
        assert "Keeping chats" in cat.get("/guidance?list=drafts").text

    def test_visitors_find_no_drafts(self, client, world, page):
        assert "Keeping chats" not in client.get("/guidance?list=drafts").text

    def test_an_empty_list_says_what_belongs_there(self, client, world):
        assert "grows from good answers" in client.get("/groups/rims/guidance").text


class TestSpeed:
    def test_a_page_costs_the_same_however_long_its_history(self, client, world, ann):
        page = published(world)
        with queries() as few:
            ann.get(page.path)
        with unit_of_work():
            for number in range(12):
                actions.revise(world.as_cat, page, source=f"Text {number}")
        with queries() as many:
            ann.get(page.path)
        assert many.count <= few.count <= 16, many

    def test_a_list_of_many_costs_what_a_list_of_few_costs(self, client, world):
        for number in range(3):
            published(world, title=f"Page {number}")
        with queries() as few:
            client.get("/groups/rims/guidance")
        for number in range(12):
            published(world, title=f"More {number}")
        with queries() as many:
            client.get("/groups/rims/guidance")
        assert many.count == few.count <= 8, many
