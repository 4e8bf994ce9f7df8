"""Anybody can report; a moderator's click withdraws at once; the decision is logged and answered."""

import pytest
from sqlalchemy import select

from hub.content.actions import NotPermitted
from hub.content.models import Item, Post
from hub.core.audit import AuditEntry
from hub.core.database import db, unit_of_work
from hub.core.errors import Refused
from hub.core.mail import Mail
from hub.core.policy import ANYBODY, visible
from hub.moderation import actions
from hub.moderation.models import KEPT, REMOVED, Report
from hub.moderation.queries import count_reports, waiting_reports
from tests.conftest import DATABASES
from tests.factories.groups import group, member
from tests.factories.people import actor_of, administrator

pytestmark = pytest.mark.parametrize("app", DATABASES, indirect=True)


@pytest.fixture
def made(world, talk):
    """A visitor's report of Cat's answer."""
    with unit_of_work():
        return actions.report(ANYBODY, talk.answer.path, "private", "My address!", "jean@example.org")


def fresh(row):
    db.session.expire_all()
    return db.session.get(type(row), row.id)


def sees(actor, row) -> bool:
    model = type(row)
    return db.session.scalar(select(model.id).where(model.id == row.id, visible(model, actor))) is not None


def mails() -> list[tuple[str, str]]:
    rows = db.session.execute(select(Mail.purpose, Mail.to_address).order_by(Mail.id))
    return [(purpose, address) for purpose, address in rows]


class TestReporting:
    def test_a_visitor_reports_a_post_by_its_address(self, world, talk, made):
        assert (made.post_id, made.item_id, made.group_id) == (
            talk.answer.id,
            talk.question.id,
            world.group.id,
        )
        assert made.about == talk.answer.path

    @pytest.mark.parametrize("ending", ["", "/history", "?post=1", "#post-1", "#post-99", "#nonsense"])
    def test_an_address_of_a_question_leads_to_the_question(self, world, talk, ending):
        with unit_of_work():
            made = actions.report(ANYBODY, talk.question.path + ending, "wrong", "")
        assert (made.item_id, made.post_id, made.about) == (talk.question.id, None, talk.question.path)

    def test_a_whole_address_copied_from_the_browser_does(self, world, talk):
        with unit_of_work():
            made = actions.report(ANYBODY, "https://hub.example.org" + talk.question.path, "wrong", "")
        assert made.item_id == talk.question.id

    @pytest.mark.parametrize(
        "address", ["", "/", "nonsense", "/groups/none/questions/7", "//[", "/groups/x/questions/" + "9" * 30]
    )
    def test_what_does_not_exist_is_an_address_for_the_administrators(self, world, address):
        with unit_of_work():
            made = actions.report(ANYBODY, address, "other", "It is broken.")
        assert (made.item_id, made.group_id) == (None, None)

    def test_what_may_not_be_seen_is_only_an_address_too(self, world, talk):
        with unit_of_work():
            db.session.merge(world.group).visibility = "hidden"
            made = actions.report(world.as_dan, talk.question.path, "other", "I guessed this.")
        assert (made.item_id, made.group_id, made.about) == (None, None, talk.question.path)

    def test_reports_are_seen_by_the_groups_moderators_only(self, world, made):
        other = actor_of(member(None, group(), "moderator"))
        chief = actor_of(administrator())
        assert sees(world.as_ann, made)
        assert not any(sees(actor, made) for actor in (ANYBODY, world.as_bob, other, chief))

    def test_administrators_see_what_is_in_no_group(self, world):
        chief = actor_of(administrator())
        with unit_of_work():
            made = actions.report(ANYBODY, "/about/privacy", "wrong", "Out of date.")
        assert sees(chief, made)
        assert not sees(world.as_ann, made)

    def test_many_reports_of_one_thing_are_one_row_of_the_desk(self, world, talk, made):
        with unit_of_work():
            actions.report(world.as_bob, talk.answer.path, "private", "Me too.")
            actions.report(world.as_bob, talk.question.path, "wrong", "")
        rows = waiting_reports(world.as_ann, [world.group.id])
        assert [(row.report.id, row.number) for row in rows] == [(made.id, 2), (made.id + 2, 1)]
        assert count_reports(world.as_ann, [world.group.id]) == 2
        assert waiting_reports(world.as_bob, [world.group.id]) == []


class TestWithdrawing:
    def test_one_click_takes_it_out_of_sight_and_can_be_undone(self, world, talk, made):
        with unit_of_work():
            actions.withdraw_reported(world.as_ann, made)
        assert not sees(ANYBODY, talk.answer) and sees(world.as_ann, talk.answer)
        with unit_of_work():
            actions.put_back(world.as_ann, made)
        assert sees(ANYBODY, talk.answer)
        assert fresh(made).waiting

    def test_a_question_goes_with_everything_under_it(self, world, talk):
        with unit_of_work():
            made = actions.report(ANYBODY, talk.question.path, "wrong", "")
            actions.withdraw_reported(world.as_ann, made)
        assert not sees(ANYBODY, talk.question) and not sees(ANYBODY, talk.answer)

    def test_its_author_is_told_once(self, world, made):
        for _again in range(2):
            with unit_of_work():
                actions.withdraw_reported(world.as_ann, made)
        assert mails() == [("report.withdrawn", world.cat.email)]

    def test_only_the_groups_moderators_do_it(self, world, made):
        for actor in (ANYBODY, world.as_bob, world.as_dan):
            with pytest.raises(NotPermitted), unit_of_work():
                actions.withdraw_reported(actor, made)

    def test_an_address_cannot_be_withdrawn(self, world):
        chief = actor_of(administrator())
        with unit_of_work():
            made = actions.report(ANYBODY, "/about/privacy", "wrong", "")
        with pytest.raises(Refused), unit_of_work():
            actions.withdraw_reported(chief, made)


class TestDeciding:
    def test_removed_stays_out_of_sight_and_everybody_concerned_is_told(self, world, talk, made):
        with unit_of_work():
            actions.decide(world.as_ann, made, REMOVED, "It names somebody's home.")
        assert not sees(ANYBODY, talk.answer)
        assert fresh(made).decision == REMOVED
        assert sorted(mails()) == [
            ("report.answer", "jean@example.org"),
            ("report.decided", world.cat.email),
        ]

    def test_kept_puts_back_what_was_withdrawn(self, world, talk, made):
        with unit_of_work():
            actions.withdraw_reported(world.as_ann, made)
            actions.decide(world.as_ann, made, KEPT, "It is a public office.")
        assert sees(ANYBODY, talk.answer)
        assert ("report.decided", world.cat.email) in mails()

    def test_an_author_whose_words_never_went_out_of_sight_is_not_troubled(self, world, made):
        with unit_of_work():
            actions.decide(world.as_ann, made, KEPT, "It is a public office.")
        assert mails() == [("report.answer", "jean@example.org")]

    def test_it_settles_every_report_of_the_same_thing(self, world, talk, made):
        with unit_of_work():
            actions.report(world.as_bob, talk.answer.path, "private", "")
            other = actions.report(world.as_bob, talk.question.path, "wrong", "")
            actions.decide(world.as_ann, made, REMOVED, "It names somebody's home.")
        decided = db.session.scalars(select(Report.id).where(Report.decision == REMOVED)).all()
        assert decided == [made.id, made.id + 1]
        assert ("report.answer", world.bob.email) in mails()
        assert fresh(other).waiting

    def test_it_is_logged_with_its_reason(self, world, made):
        with unit_of_work():
            actions.decide(world.as_ann, made, REMOVED, "It names somebody's home.")
        logged = db.session.execute(select(AuditEntry.action, AuditEntry.reason, AuditEntry.group_id)).all()
        assert ("report.removed", "It names somebody's home.", world.group.id) in [
            tuple(row) for row in logged
        ]

    def test_two_moderators_do_not_decide_against_each_other(self, world, made):
        with unit_of_work():
            actions.decide(world.as_ann, made, REMOVED, "It names somebody's home.")
        with pytest.raises(Refused), unit_of_work():
            actions.decide(world.as_ann, made, KEPT, "No.")
        assert fresh(made).decision == REMOVED

    def test_only_the_groups_moderators_decide(self, world, made):
        for actor in (ANYBODY, world.as_bob, world.as_dan):
            with pytest.raises(NotPermitted), unit_of_work():
                actions.decide(actor, made, KEPT, "Fine.")


def test_consequences_for_others_are_told_by_events(world, talk, made, monkeypatch):
    told = []
    monkeypatch.setattr(
        "hub.content.actions.moderating.emit", lambda event, **payload: told.append((event, payload))
    )
    with unit_of_work():
        actions.withdraw_reported(world.as_ann, made)
        actions.decide(world.as_ann, made, KEPT, "Fine.")
    ids = {"post_id": talk.answer.id, "item_id": talk.question.id}
    assert told == [("post.withdrawn", ids), ("post.restored", ids)]
    assert db.session.get(Item, talk.question.id).withdrawn_at is None
    assert db.session.get(Post, talk.answer.id).withdrawn_at is None
