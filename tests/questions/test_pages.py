"""Pages of questions: asked in a minute, answered by members, the accepted answer first."""

import re

import pytest
from sqlalchemy import select

from hub.content import actions as content
from hub.core.database import db, unit_of_work
from hub.core.fragments import fragments
from hub.questions.actions import accept_answer, answer, comment
from hub.questions.models import Question
from tests.budget import queries
from tests.factories.content import form_on, fresh, question, topic
from tests.factories.groups import group, member
from tests.factories.people import sign_in


@pytest.fixture
def asked(world):
    return question(world.bob, world.group, "How long do we keep posts?", "Ours are on *X*.")


@pytest.fixture
def bob(client, world):
    return sign_in(client, world.bob)


def answers(world, asked, number, by=None):
    with unit_of_work():
        return [answer(by or world.as_cat, asked, f"Answer number {count + 1}") for count in range(number)]


def order(page):
    return [
        int(position) for position in re.findall(r'<article class="post[^"]*" id="post-(\d+)"', page.text)
    ]


class TestReading:
    def test_the_question_then_the_accepted_answer_then_the_most_useful(self, client, world, asked):
        _first, second, third = answers(world, asked, 3)
        with unit_of_work():
            content.set_vote(world.as_ann, third, True)
            accept_answer(world.as_bob, second, "Our auditor agreed")
        page = client.get(asked.path)
        assert order(page) == [1, 3, 4, 2]
        assert "The asker chose it." in page.text and "Their reason: Our auditor agreed" in page.text

    def test_comments_stand_under_what_they_are_about(self, client, world, asked):
        (one,) = answers(world, asked, 1)
        with unit_of_work():
            comment(world.as_bob, one, "Which law?")
        page = client.get(asked.path).text
        assert page.index("Answer number 1") < page.index("Which law?")
        assert '<li id="post-3">' in page

    def test_a_new_answer_and_a_new_choice_are_seen_at_once(self, client, world, asked):
        client.get(asked.path)
        (one,) = answers(world, asked, 1)
        assert "Answer number 1" in client.get(asked.path).text
        with unit_of_work():
            accept_answer(world.as_bob, one)
        assert "Accepted answer" in client.get(asked.path).text

    def test_a_withdrawn_answer_is_gone_but_for_its_author_and_moderators(self, client, world, asked):
        one, _two = answers(world, asked, 2)
        with unit_of_work():
            content.withdraw(world.as_ann, one)
        assert order(client.get(asked.path)) == [1, 3]
        assert "A post is out of sight" in client.get(asked.path).text
        assert order(sign_in(client, world.bob).get(asked.path)) == [1, 3]
        assert order(sign_in(client, world.cat).get(asked.path)) == [1, 2, 3]

    def test_many_answers_are_paged_and_each_can_be_linked(self, client, world, asked):
        posts = answers(world, asked, 45)
        with unit_of_work():
            comment(world.as_bob, posts[-1], "Late remark")
            content.set_vote(world.as_bob, posts[30], True)
        first = client.get(asked.path)
        assert order(first) == [1, 32, *range(2, 21)]
        onward = re.search(r'href="([^"]+\?from=[^"]+)"', first.text).group(1)
        assert order(client.get(onward)) == list(range(21, 32)) + list(range(33, 42))
        assert order(client.get(f"{asked.path}?post=46"))[0] == 46
        assert order(client.get(f"{asked.path}?post=47"))[0] == 46  # the answer that this comment is under

    @pytest.mark.parametrize(
        "asked_for", ["post=x", "post=900", "from=x", "from=9.9", "from=-1.2", "from=²."]
    )
    def test_a_place_that_leads_nowhere_still_shows_the_question(self, client, asked, asked_for):
        assert client.get(f"{asked.path}?{asked_for}").status_code == 200


class TestAsking:
    def test_a_question_from_the_front_page_keeps_its_words(self, bob):
        page = bob.get("/ask?q=How long do we keep posts?", follow_redirects=True)
        assert page.request.path == "/groups/rims/questions/new"
        assert 'value="How long do we keep posts?"' in page.text

    def test_a_member_asks_and_says_where_it_applies(self, bob, world):
        topic("Social media", world.group)
        at = "/groups/rims/questions/new"
        form = form_on(bob.get(at), at)
        typed = {
            "title": "How long?",
            "text": "Our posts.",
            "topics": "social-media",
            "applies_to": "scotland",
        }
        sent = [bob.post(at, data={**form, **typed}) for _ in range(2)]
        assert [each.location for each in sent] == ["/groups/rims/questions/1"] * 2
        page = bob.get(sent[0].location).text
        assert "Applies in" in page and "Scotland" in page and "Social media" in page
        assert len(db.session.scalars(select(Question)).all()) == 1

    def test_what_is_wrong_is_said_beside_the_field_and_nothing_is_lost(self, bob):
        at = "/groups/rims/questions/new"
        typed = {"title": "?", "text": "Our posts.", "law_date": "yesterday", "applies_to": "mars"}
        page = bob.post(at, data={**form_on(bob.get(at), at), **typed})
        assert page.status_code == 422
        assert "at least 5 characters" in page.text and "Our posts.</textarea>" in page.text

    def test_a_visitor_is_not_shown_the_form(self, client, world):
        assert client.get("/groups/rims/questions/new").status_code == 404


class TestAnswering:
    def test_the_answer_box_stands_at_the_end_always_open(self, bob, world, asked):
        answers(world, asked, 30)
        page = bob.get(asked.path).text
        assert page.index("More answers") < page.index('action="/groups/rims/questions/1/answers"')

    def test_an_answer_sent_twice_is_one(self, bob, asked):
        at = f"{asked.path}/answers"
        form = form_on(bob.get(asked.path), at)
        for _ in range(2):
            assert bob.post(at, data={**form, "text": "Six years."}).location == f"{asked.path}?post=2#post-2"
        assert fresh(asked).reply_count == 1

    def test_a_comment_is_short(self, bob, asked):
        at = f"{asked.path}/posts/1/comments/new"
        form = form_on(bob.get(at), at)
        assert "up to 2000 characters" in bob.post(at, data={**form, "text": "x" * 2001}).text
        assert bob.post(at, data={**form, "text": "Which?"}).location == f"{asked.path}?post=2#post-2"

    def test_visitors_and_strangers_cannot(self, client, world, asked):
        for at in (f"{asked.path}/posts/1/comments/new", f"{asked.path}/posts/1/acceptance"):
            assert client.get(at).status_code == 404
            assert sign_in(client, world.dan).get(at).status_code == 404


class TestAccepting:
    def test_the_asker_accepts_with_a_reason_and_can_take_it_back(self, bob, world, asked):
        answers(world, asked, 1)
        at = f"{asked.path}/posts/2/acceptance"
        assert f'href="{at}"' in bob.get(asked.path).text
        form = form_on(bob.get(at), at)
        assert bob.post(at, data={**form, "reason": "It worked"}).status_code == 303
        assert "Their reason: It worked" in bob.get(asked.path).text
        form = form_on(bob.get(at), at)
        assert bob.post(at, data={**form, "accept": "0"}).status_code == 303
        assert "Accepted answer" not in bob.get(asked.path).text

    def test_nobody_else_is_offered_or_allowed_it(self, client, world, asked):
        answers(world, asked, 1)
        at = f"{asked.path}/posts/2/acceptance"
        for person in (world.ann, world.cat, world.dan):
            signed_in = sign_in(client, person)
            assert f'href="{at}"' not in signed_in.get(asked.path).text
            assert signed_in.get(at).status_code == 404
            assert signed_in.post(at, data=form_on(signed_in.get("/"))).status_code == 404

    def test_only_answers_are_accepted(self, bob, asked):
        assert bob.get(f"{asked.path}/posts/1/acceptance").status_code == 404


class TestLists:
    def test_waiting_answered_and_all(self, client, world):
        question(world.bob, world.group, "Not answered yet")
        answered = question(world.bob, world.group, "Answered well")
        (one,) = answers(world, answered, 1)
        with unit_of_work():
            accept_answer(world.as_bob, one)

        def titles(state):
            page = client.get(f"/groups/rims/questions?state={state}").text
            return {title for title in ("Not answered yet", "Answered well") if title in page}

        assert titles("waiting") == {"Not answered yet"}
        assert titles("answered") == {"Answered well"}
        assert titles("") == titles("nonsense") == {"Not answered yet", "Answered well"}


class TestListsOfMembersTalk:
    @pytest.fixture
    def closed(self, world):
        records = group("Records", slug="records", visibility="part_open")
        member(world.bob, records)
        question(world.bob, records, "Quiet words")
        return records

    @pytest.mark.parametrize("place", ["questions", "discussions", "guidance", "examples"])
    def test_a_visitor_is_told_that_members_see_more_and_how_to_join(self, client, closed, place):
        page = client.get(f"/groups/records/{place}").text
        assert "Nothing here is open to everybody." in page
        assert "Members of this group see more" in page
        assert 'href="/register?next=/groups/records/join"' in page
        assert "here yet" not in page

    def test_nobody_is_told_that_members_questions_are_answered_or_missing(self, client, closed):
        page = client.get("/groups/records/questions?state=waiting").text
        assert "Nothing here is open to everybody." in page
        assert "has at least one" not in page

    def test_somebody_who_signed_in_is_shown_the_way_in(self, client, world, closed):
        page = sign_in(client, world.cat).get("/groups/records/questions").text
        assert 'href="/groups/records/join"' in page
        assert "/register" not in page

    def test_where_joining_is_by_invitation_a_member_is_shown_where_to_sign_in(self, client):
        group("Board", slug="board", visibility="listed", joining="by_invitation")
        page = client.get("/groups/board/discussions").text
        assert "Joining is by invitation." in page
        assert 'href="/sign-in?next=/groups/board/discussions"' in page

    def test_members_of_an_empty_group_are_told_that_it_is_empty(self, client, world):
        member(world.bob, group("New", slug="new", visibility="part_open"))
        page = sign_in(client, world.bob).get("/groups/new/questions").text
        assert "No questions here yet." in page
        assert "see more" not in page


class TestCost:
    def test_a_list_of_thirty_costs_what_a_list_of_three_costs(self, bob, world):
        costs = []
        for count in (3, 27):
            for number in range(count):
                question(world.bob, world.group, f"Question {number}")
            with queries() as sent:
                bob.get("/questions")
            costs.append(sent.count)
        assert costs[0] == costs[1] <= 7

    def test_a_question_costs_few_queries_however_many_answers(self, client, world, asked):
        for more in (1, 20):
            for post in answers(world, asked, more):
                with unit_of_work():
                    comment(world.as_bob, post, "And?")
            fragments.forget()
            with queries() as sent:
                client.get(asked.path)
            assert sent.count <= 10, sent
            with queries() as sent:
                client.get(asked.path)
            assert sent.count <= 5, sent
