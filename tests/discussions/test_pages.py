"""Pages of discussions: read by any number, written by members, nothing lost on the way."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from hub.content import actions, reading
from hub.content.models import Draft, Item, ReadMark
from hub.content.reading import write_noted
from hub.core import clock
from hub.core.database import db, unit_of_work
from hub.core.fragments import fragments
from hub.core.pages import day
from hub.discussions.actions import reply
from tests.budget import queries
from tests.factories.content import discussion, form_on, fresh, topic
from tests.factories.groups import group
from tests.factories.people import sign_in


@pytest.fixture
def talk(world):
    return discussion(world.bob, world.group, "Shared drives", "Who **owns** them?")


@pytest.fixture
def bob(client, world):
    return sign_in(client, world.bob)


def replies(world, talk, number):
    with unit_of_work():
        return [reply(world.as_cat, talk, f"Reply number {count + 2}") for count in range(number)]


class TestReading:
    def test_anybody_reads_a_public_groups_discussion(self, client, talk):
        page = client.get(talk.path)
        assert page.status_code == 200
        assert "<strong>owns</strong>" in page.text
        assert "Members of the group reply." in page.text

    def test_members_talk_is_for_members(self, client, world, app):
        listed = group("Listed", slug="listed", visibility="listed")
        from tests.factories.groups import member

        member(world.bob, listed)
        hidden = discussion(world.bob, listed, "Quiet words")
        assert client.get(hidden.path).status_code == 404
        assert "Quiet words" not in client.get("/discussions").text
        assert "Quiet words" not in client.get("/groups/listed/discussions").text
        assert client.get(f"/groups/listed/discussions/{hidden.number + 1}").status_code == 404
        assert "Quiet words" in sign_in(client, world.bob).get(hidden.path).text

    def test_every_post_has_a_number_and_an_address(self, client, world, talk):
        replies(world, talk, 2)
        page = client.get(talk.path).text
        assert 'id="post-3"' in page
        assert f'href="{talk.path}?post=3#post-3"' in page

    def test_twenty_posts_a_page_and_the_address_of_a_post_leads_to_its_page(self, client, world, talk):
        replies(world, talk, 44)
        page = client.get(f"{talk.path}?post=42").text
        assert re.findall(r'<article class="post" id="post-(\d+)"', page) == ["41", "42", "43", "44", "45"]
        assert "Posts 41 to 45 of 45" in page
        assert f'href="{talk.path}?post=21"' in page

    @pytest.mark.parametrize("asked", ["0", "-3", "x", "99999", "9" * 40, "²"])
    def test_a_number_that_leads_nowhere_still_shows_the_discussion(self, client, talk, asked):
        assert client.get(talk.path, query_string={"post": asked}).status_code == 200

    @pytest.mark.parametrize(
        "path",
        [
            "/groups/rims/discussions/99",
            "/groups/none/discussions/1",
            "/groups/rims/questions/1",
            "/groups/rims/discussions/99999999999999999999",
        ],
    )
    def test_what_is_not_there_is_not_found(self, client, talk, path):
        assert client.get(path).status_code == 404

    def test_a_withdrawn_reply_is_gone_but_for_its_author_and_moderators(self, client, world, talk):
        posts = replies(world, talk, 2)
        client.get(talk.path)  # so that pieces are kept
        with unit_of_work():
            actions.withdraw(world.as_ann, posts[0])
        shown = client.get(talk.path).text
        assert "Reply number 2" not in shown and "A post is out of sight" in shown
        assert "Reply number 2" not in sign_in(client, world.bob).get(talk.path).text
        for person in (world.cat, world.ann):
            page = sign_in(client, person).get(talk.path).text
            assert "Reply number 2" in page and "Withdrawn:" in page

    def test_a_visitor_who_has_the_page_is_told_that_it_is_the_same(self, client, world, talk):
        first = client.get(talk.path)
        again = client.get(talk.path, headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")
        replies(world, talk, 1)
        assert client.get(talk.path, headers={"If-None-Match": first.headers["ETag"]}).status_code == 200

    def test_pages_of_somebody_signed_in_are_kept_nowhere(self, bob, talk):
        assert bob.get(talk.path).headers["Cache-Control"] == "no-store"


class TestUnread:
    def test_reading_marks_as_read_a_little_later_and_never_in_the_request(
        self, bob, world, talk, monkeypatch
    ):
        monkeypatch.setattr(reading, "_waiting", {})  # what earlier tests read
        replies(world, talk, 2)
        bob.get(talk.path)
        assert db.session.get(ReadMark, (world.bob.id, talk.id)) is None
        write_noted()
        assert db.session.get(ReadMark, (world.bob.id, talk.id)).position == 3

    def test_one_jumps_to_the_first_unread(self, bob, world, talk):
        replies(world, talk, 25)
        with unit_of_work():
            actions.mark_read(world.as_bob, talk, 22)
        assert f'href="{talk.path}?post=23#post-23"' in bob.get(talk.path).text
        assert "New since you were here" in bob.get(f"{talk.path}?post=23").text

    def test_lists_mark_what_is_unread_to_members_only(self, client, world, talk):
        replies(world, talk, 1)
        assert "Unread:" not in client.get("/discussions").text
        assert "Unread:" not in sign_in(client, world.dan).get("/discussions").text
        assert "Unread:" in sign_in(client, world.ann).get("/discussions").text
        with unit_of_work():
            actions.mark_read(world.as_ann, talk, 2)
        assert "Unread:" not in client.get("/discussions").text


class TestReplying:
    def test_a_reply_is_sent_once_however_often_its_form_is(self, bob, talk):
        form = form_on(bob.get(talk.path), f"{talk.path}/replies")
        first = bob.post(f"{talk.path}/replies", data={**form, "text": "It is ours."})
        again = bob.post(f"{talk.path}/replies", data={**form, "text": "It is ours."})
        assert first.status_code == again.status_code == 303
        assert first.location == again.location == f"{talk.path}?post=2#post-2"
        assert fresh(talk).reply_count == 1

    def test_an_empty_reply_is_refused_beside_the_field(self, bob, talk):
        page = bob.post(f"{talk.path}/replies", data={**form_on(bob.get(talk.path)), "text": " \n "})
        assert page.status_code == 422
        assert "Write something first." in page.text

    def test_a_reply_that_is_too_long_is_refused_and_kept(self, bob, talk):
        page = bob.post(
            f"{talk.path}/replies", data={**form_on(bob.get(talk.path)), "text": "word " * 12_000}
        )
        assert page.status_code == 422
        assert "longer than one post can be" in page.text
        assert "word word word" in page.text

    def test_a_preview_sends_nothing(self, bob, talk):
        form = form_on(bob.get(talk.path), f"{talk.path}/replies")
        page = bob.post(f"{talk.path}/replies", data={**form, "text": "It is *ours*.", "preview": "1"})
        assert page.status_code == 200
        assert "It is <em>ours</em>." in page.text and "It is *ours*." in page.text
        assert fresh(talk).reply_count == 0

    def test_what_is_not_finished_can_be_kept_and_is_there_next_time(self, bob, world, talk):
        form = form_on(bob.get(talk.path), f"{talk.path}/replies")
        kept = bob.post(f"{talk.path}/replies", data={**form, "text": "It is…", "keep": "1"})
        assert kept.status_code == 303
        page = bob.get(talk.path)
        assert "It is…</textarea>" in page.text and "You began this on" in page.text
        bob.post(
            f"{talk.path}/replies", data={**form_on(page, f"{talk.path}/replies"), "text": "It is ours."}
        )
        assert db.session.scalars(select(Draft)).all() == []

    def test_a_post_is_quoted_into_the_box_without_a_script(self, bob, world, talk):
        replies(world, talk, 1)
        page = bob.get(f"{talk.path}?quote=2").text
        assert "&gt; **@cat** wrote in #2:\n&gt;\n&gt; Reply number 2" in page

    def test_who_is_not_a_member_cannot_reply_and_gets_back_what_they_typed(self, client, world, talk):
        dan = sign_in(client, world.dan)
        page = dan.post(f"{talk.path}/replies", data={**form_on(dan.get("/")), "text": "Let me in"})
        assert page.status_code == 404
        assert "Let me in" in page.text

    def test_a_session_that_ended_loses_nothing(self, client, world, talk):
        form = form_on(sign_in(client, world.bob).get(talk.path), f"{talk.path}/replies")
        with client.session_transaction() as session:
            session.clear()
        page = client.post(f"{talk.path}/replies", data={**form, "text": "My long answer"})
        assert page.status_code == 400
        assert "My long answer" in page.text and "Send it again" in page.text
        # Signed in again, the page that was given is sent as it stands.
        sign_in(client, world.bob)
        again = {**form_on(client.get(talk.path), f"{talk.path}/replies"), "text": "My long answer"}
        assert client.post(f"{talk.path}/replies", data=again).status_code == 303

    def test_who_comes_after_it_was_closed_is_told_so_and_keeps_their_words(self, bob, world, talk):
        form = form_on(bob.get(talk.path), f"{talk.path}/replies")
        with unit_of_work():
            actions.close_item(world.as_ann, talk)
        page = bob.post(f"{talk.path}/replies", data={**form, "text": "Too late"})
        assert page.status_code == 422
        assert "closed to new posts while you wrote" in page.text and "Too late" in page.text
        assert "This discussion is closed" in bob.get(talk.path).text


class TestStarting:
    def test_a_member_starts_one_filed_under_topics(self, bob, world):
        topic("Social media", world.group)
        form = form_on(bob.get("/groups/rims/discussions/new"), "/groups/rims/discussions/new")
        sent = bob.post(
            "/groups/rims/discussions/new",
            data={
                **form,
                "title": "Who owns  what?",
                "text": "Tell me.",
                "topics": "social-media",
                "applies_to": "scotland",
                "law_date": "2024-03-03",
            },
        )
        assert sent.status_code == 303
        item = db.session.scalars(select(Item)).one()
        assert (item.title, item.applies_to, str(item.law_date)) == (
            "Who owns what?",
            "scotland",
            "2024-03-03",
        )
        assert [each.slug for each in item.topics] == ["social-media"]

    def test_a_consultation_says_until_when_replies_are_wanted(self, bob, world):
        address = "/groups/rims/discussions/new"
        asked = {"title": "What is missing?", "text": "Tell me.", "applies_to": ""}
        asked["replies_by"] = "2020-01-01"
        page = bob.post(address, data={**form_on(bob.get(address), address), **asked})
        assert page.status_code == 422 and "Choose a day that is still to come." in page.text
        last = clock.now().date() + timedelta(days=20)
        sent = bob.post(address, data={**form_on(page, address), **asked, "replies_by": str(last)})
        talk = db.session.scalars(select(Item)).one()
        assert (sent.status_code, talk.replies_by) == (303, last)
        for shown in (talk.path, "/groups/rims/discussions"):
            assert f"Consultation until {day(last)}</span>" in bob.get(shown).text
        edit = f"{talk.path}/edit"
        assert f'value="{last}"' in bob.get(edit).text
        form = form_on(bob.get(edit), edit)
        bob.post(edit, data={**form, "title": talk.title, "applies_to": "", "replies_by": ""})
        assert "Consultation" not in bob.get(talk.path).text

    def test_what_is_wrong_is_said_and_what_was_typed_is_kept(self, bob):
        form = form_on(bob.get("/groups/rims/discussions/new"), "/groups/rims/discussions/new")
        page = bob.post("/groups/rims/discussions/new", data={**form, "title": "Hm", "text": "Kept text"})
        assert page.status_code == 422
        assert "at least 5 characters" in page.text and "Kept text</textarea>" in page.text

    def test_only_members(self, client, world):
        assert client.get("/groups/rims/discussions/new").status_code == 404
        assert sign_in(client, world.dan).get("/groups/rims/discussions/new").status_code == 404

    def test_an_unfinished_one_is_kept_with_its_topics(self, bob, world):
        topic("Social media", world.group)
        form = form_on(bob.get("/groups/rims/discussions/new"), "/groups/rims/discussions/new")
        bob.post(
            "/groups/rims/discussions/new",
            data={**form, "title": "Half", "topics": "social-media", "keep": "1"},
        )
        page = bob.get("/groups/rims/discussions/new").text
        assert 'value="Half"' in page
        assert re.search(r'<input[^>]*checked[^>]*value="social-media"', page)


class TestLists:
    def test_by_topic(self, client, world):
        media = topic("Social media", world.group)
        discussion(world.bob, world.group, "On posts", topics=[media])
        discussion(world.bob, world.group, "On paper")
        page = client.get("/discussions?topic=social-media").text
        assert "On posts" in page and "On paper" not in page
        assert client.get("/discussions?topic=none").status_code == 404

    def test_page_after_page_without_gaps(self, client, world):
        for number in range(35):
            discussion(world.bob, world.group, f"Talk {number:02}")
        first = client.get("/groups/rims/discussions").text
        older = re.search(r'href="(/groups/rims/discussions\?after=[^"]+)"', first).group(1)
        second = client.get(older).text
        seen = re.findall(r">(Talk \d\d)<", first) + re.findall(r">(Talk \d\d)<", second)
        assert seen == [f"Talk {number:02}" for number in reversed(range(35))]

    def test_an_empty_list_offers_to_begin(self, bob):
        assert "Start a discussion" in bob.get("/groups/rims/discussions").text


class TestCost:
    def test_a_list_of_thirty_costs_what_a_list_of_three_costs(self, bob, world):
        costs = []
        for count in (3, 27):
            for number in range(count):
                discussion(
                    world.bob,
                    world.group,
                    f"Talk {number}",
                    topics=[topic(f"Topic {count} {number}", world.group)],
                )
            with queries() as sent:
                bob.get("/discussions")
            costs.append(sent.count)
        assert costs[0] == costs[1] <= 7

    def test_a_page_of_twenty_posts_costs_few_queries_the_last_as_few_as_the_first(self, client, world, talk):
        replies(world, talk, 60)
        for path in (talk.path, f"{talk.path}?post=61"):
            client.get("/")
            fragments.forget()
            with queries() as sent:
                client.get(path)
            assert sent.count <= 6, sent
            with queries() as sent:
                client.get(path)
            assert sent.count <= 4, sent

    def test_signed_in_it_costs_as_little(self, bob, world, talk):
        replies(world, talk, 30)
        bob.get(talk.path)
        with queries() as sent:
            bob.get(talk.path)
        assert sent.count <= 7, sent
