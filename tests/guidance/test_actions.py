"""A guidance page grows from answers, loses no edit, and stays true: the actions behind its pages."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import select

from hub.content import actions as content
from hub.content.actions import NotPermitted
from hub.content.models import ANSWER, QUESTION, Activity, Item, Link, Post, Revision
from hub.core import clock
from hub.core.audit import AuditEntry
from hub.core.database import db, unit_of_work
from hub.core.errors import Refused
from hub.core.jobs import Job
from hub.core.policy import ANYBODY, can, visible
from hub.guidance import actions
from hub.guidance.actions import Meanwhile
from hub.guidance.models import Credit
from hub.guidance.tasks import notice_due
from tests.conftest import DATABASES
from tests.factories.content import topic as a_topic

from .conftest import TEXT, held

pytestmark = pytest.mark.parametrize("app", DATABASES, indirect=True)


def in_a_year() -> date:
    return clock.now().date() + timedelta(days=365)


def shown(item) -> Post:
    db.session.expire_all()
    return db.session.scalars(select(Post).where(Post.item_id == item.id, Post.position == 1)).one()


def sees(actor, item) -> bool:
    return db.session.scalar(select(Item.id).where(Item.id == item.id, visible(Item, actor))) is not None


def publish(world, page, **values):
    with unit_of_work():
        return actions.publish(world.as_ann, page, world.bob, values.pop("review_by", in_a_year()), **values)


@pytest.fixture
def answered(world):
    """A question of Bob's about the law in Scotland, with Cat's answer."""
    topic = a_topic("Retention", world.group)
    with unit_of_work():
        question = content.start_item(
            world.as_bob,
            world.group,
            QUESTION,
            "How long do we keep chats?",
            "Asking for a council.",
            topics=[db.session.merge(topic)],
            applies_to="scotland",
            law_date=date(2025, 1, 10),
        )
        answer = content.add_post(world.as_cat, question, ANSWER, "As long as **the decision** they hold.")
    return SimpleNamespace(question=question, answer=answer, topic=topic)


class TestADraft:
    def test_is_seen_by_the_group_and_by_nobody_else(self, world, page):
        assert sees(world.as_ann, page) and sees(world.as_cat, page)
        assert not sees(world.as_dan, page) and not sees(ANYBODY, page)

    def test_is_no_news(self, page):
        assert db.session.scalars(select(Activity)).all() == []

    def test_is_edited_by_every_member_and_shows_the_newest(self, world, page):
        with unit_of_work():
            actions.revise(world.as_cat, page, source="Better.", note="Shorter")
        assert (shown(page).source, shown(page).html) == ("Better.", "<p>Better.</p>")
        assert held(page).newest_number == 2

    def test_is_edited_by_nobody_else(self, world, page):
        with pytest.raises(NotPermitted), unit_of_work():
            actions.revise(world.as_dan, page, source="Mine.")

    def test_is_not_edited_round_its_revisions(self, world, page):
        assert not can(world.as_ann, "post.edit", shown(page))
        assert not can(world.as_ann, "item.edit", page)

    def test_an_edit_that_changes_nothing_makes_no_revision(self, world, page):
        with unit_of_work():
            actions.revise(world.as_cat, page, title="Keeping  chats ", source=TEXT)
        assert held(page).newest_number == 1


class TestFromAnAnswer:
    def test_it_begins_with_the_answers_words_topics_place_and_law(self, world, answered):
        with unit_of_work():
            page = actions.guidance_from_answer(world.as_ann, answered.answer)
        assert shown(page).source == "As long as **the decision** they hold."
        assert (page.title, page.state, page.published_at) == (
            "How long do we keep chats?",
            "draft",
            None,
        )
        assert (page.applies_to, page.law_date) == ("scotland", date(2025, 1, 10))
        assert [topic.name for topic in page.topics] == ["Retention"]

    def test_the_question_leads_to_it_and_both_authors_are_credited_as_they_were(self, world, answered):
        with unit_of_work():
            page = actions.guidance_from_answer(world.as_ann, answered.answer)
        link = db.session.scalars(select(Link)).one()
        assert (link.kind, link.from_item_id, link.to_item_id, link.from_post_id) == (
            "became",
            answered.question.id,
            page.id,
            answered.answer.id,
        )
        credits = db.session.scalars(select(Credit).order_by(Credit.handle)).all()
        assert [(credit.part, credit.byline["name"]) for credit in credits] == [
            ("asked", "Bob"),
            ("answered", "Cat"),
        ]

    def test_asking_twice_makes_one_page(self, world, answered):
        with unit_of_work():
            first = actions.guidance_from_answer(world.as_ann, answered.answer)
        with unit_of_work():
            second = actions.guidance_from_answer(world.as_ann, answered.answer)
        assert first.id == second.id

    def test_only_moderators_do_it(self, world, answered):
        with pytest.raises(NotPermitted), unit_of_work():
            actions.guidance_from_answer(world.as_cat, answered.answer)


class TestTwoWhoEditAtOnce:
    def test_changes_of_different_lines_are_brought_together(self, world, page):
        with unit_of_work():
            actions.revise(world.as_bob, page, source=TEXT.replace("First", "FIRST"), based_on=1)
        with unit_of_work():
            actions.revise(
                world.as_cat, page, source=TEXT.replace("Third", "THIRD"), title="Keep chats", based_on=1
            )
        assert shown(page).source == "FIRST line.\n\nSecond line.\n\nTHIRD line."
        assert held(page).item.title == "Keep chats"

    def test_changes_of_one_line_are_both_given_back_and_nothing_is_saved(self, world, page):
        with unit_of_work():
            actions.revise(world.as_bob, page, source=TEXT.replace("First", "Bob's"), based_on=1)
        with pytest.raises(Meanwhile) as clash, unit_of_work():
            actions.revise(world.as_cat, page, source=TEXT.replace("First", "Cat's"), based_on=1)
        assert "Bob's line." in clash.value.met.wording.source
        assert "Cat's line." in clash.value.met.wording.source
        assert held(page).newest_number == 2

    def test_two_titles_clash_too(self, world, page):
        with unit_of_work():
            actions.revise(world.as_bob, page, title="Bob's title", based_on=1)
        with pytest.raises(Meanwhile) as clash, unit_of_work():
            actions.revise(world.as_cat, page, title="Cat's title", based_on=1)
        assert clash.value.met.conflicts == ("title",)

    def test_one_who_began_from_an_old_revision_puts_nothing_back(self, world, page):
        with unit_of_work():
            actions.revise(world.as_bob, page, applies_to="scotland", based_on=1)
        with unit_of_work():
            actions.revise(world.as_cat, page, applies_to="", summary="New summary.", based_on=1)
        assert (held(page).item.applies_to, held(page).item.summary) == ("scotland", "New summary.")


class TestPublishing:
    def test_anyone_reads_it_where_the_group_is_open_in_part(self, world, page):
        with unit_of_work():
            db.session.merge(world.group).visibility = "part_open"
        assert not sees(ANYBODY, page)
        publish(world, page)
        assert sees(ANYBODY, page)

    def test_it_says_who_answers_for_it_who_checked_it_and_until_when(self, world, page):
        publish(world, page)
        row = held(page)
        assert (row.owner_id, row.checked_byline["name"], row.review_by) == (
            world.bob.id,
            "Ann",
            in_a_year(),
        )
        assert (row.item.state, row.published_number) == ("published", 1)
        assert list(db.session.scalars(select(Activity.kind))) == ["published"]
        assert db.session.scalars(select(AuditEntry.action)).all() == ["guidance.published"]

    def test_only_moderators_publish(self, world, page):
        with pytest.raises(NotPermitted), unit_of_work():
            actions.publish(world.as_bob, page, world.bob, in_a_year())

    def test_the_owner_is_a_member(self, world, page):
        with pytest.raises(Refused), unit_of_work():
            actions.publish(world.as_ann, page, world.dan, in_a_year())

    @pytest.mark.parametrize("days", [-1, 0, 4000])
    def test_the_next_check_lies_ahead_and_not_too_far(self, world, page, days):
        with pytest.raises(Refused), unit_of_work():
            actions.publish(world.as_ann, page, world.bob, clock.now().date() + timedelta(days=days))

    def test_readers_go_on_seeing_what_was_published(self, world, page):
        publish(world, page)
        with unit_of_work():
            actions.revise(world.as_cat, page, source="Not yet.", title="Not yet", applies_to="uk")
        item = held(page).item
        assert (shown(page).source, item.title, item.applies_to) == (TEXT, "Keeping chats", "")
        publish(world, page)
        assert (shown(page).source, held(page).item.title, held(page).item.applies_to) == (
            "Not yet.",
            "Not yet",
            "uk",
        )

    def test_what_was_saved_while_the_moderator_read_is_not_published_unread(self, world, page):
        with unit_of_work():
            actions.revise(world.as_cat, page, source="Slipped in.")
        with pytest.raises(Refused), unit_of_work():
            actions.publish(world.as_ann, page, world.bob, in_a_year(), number=1)
        assert held(page).published_number is None


class TestReview:
    def test_a_draft_sent_for_review_waits_for_the_moderators(self, world, page):
        with unit_of_work():
            actions.send_for_review(world.as_cat, page)
        assert (held(page).asked_number, held(page).item.state) == (1, "in_review")

    def test_what_is_edited_after_that_waits_with_it(self, world, page):
        with unit_of_work():
            actions.send_for_review(world.as_cat, page)
            actions.revise(world.as_bob, page, source="Better.")
        assert (held(page).asked_number, held(page).item.state) == (2, "in_review")

    def test_changes_of_a_published_page_wait_while_it_stays_published(self, world, page):
        publish(world, page)
        with unit_of_work():
            actions.revise(world.as_cat, page, source="Better.")
            actions.send_for_review(world.as_cat, page)
        assert (held(page).asked_number, held(page).item.state) == (2, "published")

    def test_what_is_published_already_need_not_be_reviewed(self, world, page):
        publish(world, page)
        with pytest.raises(Refused), unit_of_work():
            actions.send_for_review(world.as_cat, page)

    def test_a_moderator_gives_it_back(self, world, page):
        with unit_of_work():
            actions.send_for_review(world.as_cat, page)
            actions.return_to_draft(world.as_ann, page, "Say which law.")
        assert (held(page).asked_number, held(page).item.state) == (None, "draft")


class TestGoingBack:
    def test_an_earlier_wording_becomes_a_new_revision(self, world, page):
        with unit_of_work():
            actions.revise(world.as_cat, page, source="Worse.")
            actions.revert_to(world.as_bob, page, 1)
        assert shown(page).source == TEXT
        numbers = db.session.scalars(select(Revision.number).order_by(Revision.number)).all()
        assert numbers == [1, 2, 3]

    def test_there_is_no_going_back_to_what_never_was(self, world, page):
        with pytest.raises(Refused), unit_of_work():
            actions.revert_to(world.as_bob, page, 9)


class TestStayingTrue:
    def at_review(self, page, days=0):
        day = held(page).review_by + timedelta(days=days)
        return clock.at(clock.now().replace(year=day.year, month=day.month, day=day.day))

    def test_on_its_day_it_needs_review_once_and_the_owner_is_to_be_told(self, world, page, monkeypatch):
        told = []
        monkeypatch.setattr(
            "hub.guidance.actions.publishing.emit",
            lambda event, **payload: told.append((event, payload.get("person_id"))),
        )
        publish(world, page)
        told.clear()
        for _again in range(2):
            with self.at_review(page), unit_of_work():
                notice_due()
        assert held(page).item.state == "needs_review"
        assert told == [("guidance.needs_review", world.bob.id)]

    def test_the_day_before_nothing_happens(self, world, page):
        publish(world, page)
        with self.at_review(page, days=-1), unit_of_work():
            notice_due()
        assert held(page).item.state == "published"

    def test_it_is_overdue_when_the_day_has_passed(self, world, page):
        publish(world, page)
        due = held(page).review_by
        assert not held(page).overdue(due)
        assert held(page).overdue(due + timedelta(days=1))

    def test_its_owner_says_that_it_is_true_still(self, world, page):
        publish(world, page)
        with self.at_review(page), unit_of_work():
            notice_due()
            actions.mark_checked(world.as_bob, page, clock.now().date() + timedelta(days=100))
        assert (held(page).item.state, held(page).checked_byline["name"]) == ("published", "Bob")

    def test_other_members_do_not(self, world, page):
        publish(world, page)
        with pytest.raises(NotPermitted), unit_of_work():
            actions.mark_checked(world.as_cat, page, in_a_year())

    def test_it_can_be_said_at_once_that_it_is_no_longer_true(self, world, page):
        publish(world, page)
        with unit_of_work():
            actions.mark_needs_review(world.as_bob, page, "The Act changed.")
        assert held(page).item.state == "needs_review"

    def test_another_page_takes_its_place_and_is_linked(self, world, page):
        publish(world, page)
        with unit_of_work():
            newer = actions.start_guidance(world.as_ann, world.group, "Chats, anew", "Newer.", "Text")
        with pytest.raises(Refused), unit_of_work():
            actions.supersede(world.as_ann, page, newer)
        publish(world, newer)
        with unit_of_work():
            actions.supersede(world.as_ann, page, newer)
        assert (held(page).item.state, held(page).superseded_by_id) == ("superseded", newer.id)
        assert db.session.scalars(select(Link.kind)).all() == ["supersedes"]
        assert not held(page).overdue(date(2999, 1, 1))

    def test_no_page_takes_its_own_place(self, world, page):
        publish(world, page)
        with pytest.raises(Refused), unit_of_work():
            actions.supersede(world.as_ann, page, page)


def test_consequences_are_rows_of_the_same_transaction(world, page):
    with pytest.raises(RuntimeError), unit_of_work():
        actions.publish(world.as_ann, page, world.bob, in_a_year())
        raise RuntimeError
    assert held(page).published_number is None
    assert not db.session.scalars(select(Job).where(Job.kind.like("guidance.published%"))).all()
