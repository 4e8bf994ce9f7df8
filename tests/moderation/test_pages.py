"""Reporting without an account, and the desk where nothing waits that cannot be acted on."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from hub.core import clock
from hub.core.carrying import drain
from hub.core.database import db, unit_of_work
from hub.core.mail import Mail
from hub.core.policy import ANYBODY
from hub.moderation import actions
from hub.moderation.models import Report
from tests.budget import queries
from tests.factories.content import form_on, question
from tests.factories.groups import group, member
from tests.factories.people import administrator, sign_in


def reports():
    db.session.expire_all()
    return db.session.scalars(select(Report).order_by(Report.id)).all()


def send_report(client, page, **fields):
    hidden = form_on(client.get("/report", query_string={"page": page}), "/report")
    return client.post(
        "/report", data={**hidden, "page": page, "why": "private", "text": "Look.", "email": "", **fields}
    )


@pytest.fixture
def made(world, talk):
    with unit_of_work():
        return actions.report(ANYBODY, talk.answer.path, "private", "My home!", "jean@example.org")


@pytest.fixture
def ann(client, world):
    return sign_in(client, world.ann)


def act(client, path, **fields):
    """Send the form of a report's page that goes to `path`."""
    page = client.get(path.rsplit("/", 1)[0])
    return client.post(path, data={**form_on(page, path), **fields})


class TestReporting:
    def test_every_page_leads_to_it_with_its_own_address(self, client, world):
        assert 'href="/report?page=/about/privacy"' in client.get("/about/privacy").text

    def test_a_visitor_reports_and_is_thanked(self, client, world, talk):
        sent = send_report(client, talk.answer.path, email="jean@example.org")
        assert (sent.status_code, sent.location) == (303, "/report/thanks")
        assert "Thank you" in client.get("/report/thanks").text
        (made,) = reports()
        assert (made.post_id, made.text, made.reporter_address) == (
            talk.answer.id,
            "Look.",
            "jean@example.org",
        )

    def test_a_member_is_not_asked_for_an_address(self, client, world, talk):
        sign_in(client, world.bob)
        assert "your own address" in client.get("/report").text
        send_report(client, talk.question.path, email="other@example.org")
        (made,) = reports()
        assert (made.reporter_id, made.reporter_address) == (world.bob.id, "")

    def test_what_may_not_be_seen_and_what_is_not_there_are_answered_alike(self, client, world, talk):
        with unit_of_work():
            db.session.merge(world.group).visibility = "hidden"
        for address in (talk.question.path, talk.question.path.replace("rims", "nope")):
            form = client.get("/report", query_string={"page": address})
            assert "How long" not in form.text
            sent = send_report(client, address)
            assert (sent.status_code, sent.location) == (303, "/report/thanks")
        assert [made.group_id for made in reports()] == [None, None]

    def test_what_is_to_be_mended_is_told_beside_the_field(self, client, world):
        sent = send_report(client, "/", why="", email="nobody")
        assert sent.status_code == 422
        assert "Choose what comes nearest" in sent.text and "name@example.org" in sent.text
        assert "Look." in sent.text and reports() == []

    def test_the_same_form_sent_twice_is_one_report(self, client, world):
        hidden = form_on(client.get("/report"), "/report")
        for _again in range(2):
            client.post("/report", data={**hidden, "page": "/", "why": "wrong", "email": ""})
        assert len(reports()) == 1

    def test_a_flood_is_stopped_before_it_buries_the_desk(self, client, world):
        answers = [send_report(client, "/").status_code for _each in range(12)]
        assert answers[:10] == [303] * 10 and set(answers[10:]) == {429}


class TestTheDesk:
    def test_is_for_moderators_and_administrators(self, client, world):
        assert client.get("/desk").status_code == 404
        assert sign_in(client, world.bob).get("/desk").status_code == 404
        assert sign_in(client, world.ann).get("/desk").status_code == 200
        assert sign_in(client, administrator()).get("/desk").status_code == 200

    def test_is_in_the_menu_of_those(self, client, world):
        assert 'href="/desk"' not in sign_in(client, world.bob).get("/about/privacy").text
        assert 'href="/desk"' in sign_in(client, world.ann).get("/about/privacy").text

    def test_an_empty_one_says_what_comes_there(self, ann):
        assert "Nothing waits" in ann.get("/desk").text

    def test_a_report_can_be_acted_on_from_its_row(self, ann, made):
        text = ann.get("/desk").text
        assert "Cat" in text and "How long?" in text and "My home!" in text
        assert f'action="/desk/reports/{made.token}/withdrawal"' in text
        hidden = form_on(ann.get("/desk"), f"/desk/reports/{made.token}/withdrawal")
        assert ann.post(f"/desk/reports/{made.token}/withdrawal", data=hidden).status_code == 303
        assert reports()[0].withdrawn
        assert "Out of sight" in ann.get("/desk").text

    def test_who_reported_is_not_told(self, client, world, ann, talk):
        with unit_of_work():
            made = actions.report(world.bob.as_actor(), talk.answer.path, "abuse", "Rude.")
        for path in ("/desk", f"/desk/reports/{made.token}"):
            assert not re.search(r"\bBob\b(?!'s question)", client.get(path).text)

    def test_other_groups_reports_are_not_there(self, client, world, made):
        stranger = member(None, group(), "moderator")
        sign_in(client, stranger)
        assert "My home!" not in client.get("/desk").text
        assert client.get(f"/desk/reports/{made.token}").status_code == 404
        assert client.get("/desk?group=rims").status_code == 404

    def test_questions_that_nobody_answered_for_a_week_wait_too(self, ann, world):
        with clock.at(clock.now() - timedelta(days=8)):
            question(world.bob, world.group, "Does anybody know?")
        question(world.bob, world.group, "Asked just now?")
        text = ann.get("/desk").text
        assert "Does anybody know?" in text and "Asked just now?" not in text

    def test_administrators_find_what_is_in_no_group(self, client, world):
        with unit_of_work():
            made = actions.report(ANYBODY, "/about/privacy", "wrong", "Old.")
        sign_in(client, administrator())
        assert "Old." in client.get("/desk").text
        path = f"/desk/reports/{made.token}/decision"
        assert act(client, path, decision="removed", reason="Rewritten.").status_code == 303
        assert reports()[0].reason == "Rewritten."

    def test_many_reports_cost_as_many_queries_as_few(self, ann, world, talk):
        def more(times):
            with unit_of_work():
                for number in range(times):
                    actions.report(ANYBODY, f"/groups/rims/nothing/{number}{times}", "wrong", "x")

        more(3)
        with queries() as few:
            ann.get("/desk")
        more(15)
        with queries() as many:
            ann.get("/desk")
        assert many.count == few.count <= 14, many


class TestDeciding:
    def test_what_was_written_is_there_to_judge_also_of_a_whole_item(self, ann, talk, made):
        assert "4 High Street" in ann.get(f"/desk/reports/{made.token}").text
        with unit_of_work():
            of_all = actions.report(ANYBODY, talk.question.path, "wrong", "All of it.")
        assert "Asking for chats." in ann.get(f"/desk/reports/{of_all.token}").text

    def test_what_was_reported_is_named_and_one_click_away(self, ann, talk, made):
        page = ann.get(f"/desk/reports/{made.token}").text
        assert f">Post {talk.answer.position} of: How long?</a>" in page

    def test_the_log_names_what_was_reported(self, ann, talk):
        with unit_of_work():
            of_all = actions.report(ANYBODY, talk.question.path, "wrong", "All of it.")
        act(ann, f"/desk/reports/{of_all.token}/decision", decision="kept", reason="It is right.")
        log = ann.get("/desk/log").text
        assert f'<a href="{talk.question.path}">How long?</a>' in log
        assert f">{talk.question.path}<" not in log

    def test_a_decision_needs_a_reason(self, ann, made):
        sent = act(ann, f"/desk/reports/{made.token}/decision", decision="removed", reason=" ")
        assert sent.status_code == 422 and "Give your reason" in sent.text
        assert reports()[0].waiting

    def test_it_is_logged_answered_and_off_the_desk(self, ann, world, talk, made):
        path = f"/desk/reports/{made.token}/decision"
        assert act(ann, path, decision="removed", reason="It names a home.").status_code == 303
        assert "My home!" not in ann.get("/desk").text
        log = ann.get("/desk/log").text
        assert "Ann" in log and "It names a home." in log and "out of sight" in log
        drain()
        about_reports = Mail.purpose.startswith("report.")
        found = select(Mail.to_address, Mail.state).where(about_reports).order_by(Mail.to_address)
        sent = db.session.execute(found).all()
        assert [tuple(row) for row in sent] == [(world.cat.email, "sent"), ("jean@example.org", "sent")]

    def test_letters_give_the_reason_and_not_the_reporter(self, app, ann, world, made):
        with unit_of_work():
            actions.withdraw_reported(world.as_ann, made)
        drain()
        act(ann, f"/desk/reports/{made.token}/decision", decision="kept", reason="It is an office.")
        drain()
        letters = {
            str(message["Subject"]): message.get_body(("plain",)).get_content() for message in _kept_mail(app)
        }
        assert set(letters) == {
            "What you wrote is out of sight while it is looked at",
            "What you wrote can be read again",
            "What was decided about your report",
        }
        told = [text for subject, text in letters.items() if "out of sight" not in subject]
        assert all("It is an office." in text for text in told)
        assert not any("My home!" in text or "jean" in text for text in letters.values())

    def test_a_decided_report_says_what_was_decided(self, ann, world, made):
        with unit_of_work():
            actions.decide(world.as_ann, made, "kept", "It is an office.")
        text = ann.get(f"/desk/reports/{made.token}").text
        assert "It stands" in text and "It is an office." in text and "<form" not in text.split("<main")[1]

    def test_the_second_of_two_moderators_is_told(self, ann, world, made):
        path = f"/desk/reports/{made.token}/decision"
        hidden = form_on(ann.get(path.rsplit("/", 1)[0]), path)
        with unit_of_work():
            actions.decide(world.as_ann, made, "kept", "It is an office.")
        sent = ann.post(path, data={**hidden, "decision": "removed", "reason": "It names a home."})
        assert sent.status_code == 422 and "It names a home." in sent.text
        assert reports()[0].decision == "kept"


def _kept_mail(app):
    from hub.core.delivery import delivery

    # Other tests' letters lie in the same folder.
    mine = set(db.session.scalars(select(Mail.token).where(Mail.purpose.startswith("report."))))
    return [message for token, message in delivery(app).messages() if token in mine]


class TestWithdrawingWhatOneComesAcross:
    def test_a_moderator_withdraws_at_once_and_gives_a_reason_afterwards(self, ann, world, talk):
        token = form_on(ann.get("/desk/log"), "/sign-out")
        sent = ann.post("/desk/withdrawals", data={**token, "about": talk.answer.path})
        (made,) = reports()
        assert sent.location == f"/desk/reports/{made.token}" and made.withdrawn

    def test_nobody_withdraws_elsewhere(self, client, world, talk):
        sign_in(client, member(None, group(), "moderator"))
        token = form_on(client.get("/desk/log"), "/sign-out")
        for about in (talk.answer.path, "/nonsense", ""):
            sent = client.post("/desk/withdrawals", data={**token, "about": about})
            assert sent.status_code == 404
        assert reports() == []


def test_the_log_is_the_groups_own(client, world, made):
    with unit_of_work():
        actions.decide(world.as_ann, made, "kept", "It is an office.")
    sign_in(client, member(None, group(), "moderator"))
    assert "It is an office." not in client.get("/desk/log").text
    sign_in(client, administrator())
    assert "It is an office." not in client.get("/desk/log").text
