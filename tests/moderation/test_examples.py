"""An example that somebody reports goes out of sight with one click, and comes back if it stands."""

import pytest
from sqlalchemy import select

from hub.content.models import Item, Post
from hub.core.carrying import drain
from hub.core.database import db, unit_of_work
from hub.core.delivery import delivery
from hub.core.mail import Mail
from hub.core.policy import ANYBODY
from hub.examples.actions import detach
from hub.moderation import actions
from hub.moderation.models import REMOVED, Report
from tests.budget import queries
from tests.factories.content import form_on
from tests.factories.groups import group, member
from tests.factories.people import actor_of, sign_in

WORDS = "Wrong channel, sorry"


@pytest.fixture
def example(scene):
    made = scene.attach("Wrong channel", caption="A post that was taken back")
    drain()
    return made


@pytest.fixture
def made(example):
    with unit_of_work():
        return actions.report(ANYBODY, example.path, "private", "My child!", "jean@example.org")


@pytest.fixture
def moderator(client, scene):
    return sign_in(client, scene.moderator)


def fresh(row):
    db.session.rollback()
    return db.session.get_one(type(row), row.id, populate_existing=True)


def click(client, page: str, path: str, **fields):
    """Send the form of a page that goes to `path`."""
    return client.post(path, data={**form_on(client.get(page), path), **fields})


class TestReporting:
    def test_its_card_and_its_evidence_page_lead_to_a_report_of_it(self, client, scene, example):
        for page in (scene.item.path, example.path):
            assert f'href="/report?page={example.path}"' in client.get(page).text
        assert "You report an example in" in client.get(f"/report?page={example.path}").text

    @pytest.mark.parametrize("ending", ["", "?x=1", "#top", "/removal"])
    def test_it_waits_for_the_groups_moderators(self, scene, example, ending):
        with unit_of_work():
            made = actions.report(ANYBODY, example.path + ending, "private", "")
        assert (made.example_id, made.group_id, made.about) == (example.id, scene.group.id, example.path)

    @pytest.mark.parametrize("address", ["/evidence/", "/evidence/nothing", "/evidence/" + "x" * 300])
    def test_an_evidence_page_that_is_not_there_is_only_an_address(self, scene, address):
        with unit_of_work():
            made = actions.report(ANYBODY, address, "private", "")
        assert (made.example_id, made.group_id) == (None, None)

    def test_one_that_may_not_be_seen_is_only_an_address_too(self, scene, example):
        with unit_of_work():
            db.session.merge(scene.group).visibility = "hidden"
            made = actions.report(ANYBODY, example.path, "private", "")
        assert (made.example_id, made.group_id, made.about) == (None, None, example.path)


class TestWithdrawing:
    def test_one_click_on_the_desk_takes_it_off_every_page(self, client, moderator, scene, example, made):
        place = f"/desk/reports/{made.token}/withdrawal"
        assert click(moderator, "/desk", place, withdraw="1").status_code == 303
        slip = moderator.get(scene.item.path).text
        assert WORDS not in slip and slip.count("An example stood here") == 1
        moderator.post("/sign-out", data=form_on(moderator.get("/"), "/sign-out"))
        for page in (scene.item.path, "/examples", "/groups/records/examples", "/"):
            assert WORDS not in client.get(page).text, page
        assert "An example stood here" in client.get(scene.item.path).text
        assert client.get(example.path).status_code == 404

    def test_a_page_that_was_kept_for_readers_shows_it_gone_and_back(self, client, scene, example, made):
        read = lambda: client.get(scene.item.path).text  # noqa: E731
        assert WORDS in read()
        for turn, shown in ((actions.withdraw_reported, False), (actions.put_back, True)):
            with unit_of_work():
                turn(actor_of(scene.moderator), fresh(made))
            assert (WORDS in read()) is shown

    def test_the_search_follows(self, client, scene, example, made):
        assert example.path in client.get("/search?q=wrong+channel").text
        for turn, shown in ((actions.withdraw_reported, False), (actions.put_back, True)):
            with unit_of_work():
                turn(actor_of(scene.moderator), fresh(made))
            drain()
            assert (example.path in client.get("/search?q=wrong+channel").text) is shown

    def test_the_post_that_it_stands_under_stays(self, scene, example, made):
        with unit_of_work():
            actions.withdraw_reported(actor_of(scene.moderator), made)
        assert fresh(scene.item).withdrawn_at is None and fresh(scene.post).withdrawn_at is None

    def test_moderators_see_what_they_decide_about(self, moderator, scene, example, made):
        with unit_of_work():
            actions.withdraw_reported(actor_of(scene.moderator), made)
        for page in (f"/desk/reports/{made.token}", example.path):
            assert WORDS in moderator.get(page).text, page

    def test_a_moderator_who_comes_across_it_withdraws_it_there(self, moderator, scene, example):
        sent = click(moderator, example.path, "/desk/withdrawals", about=example.path)
        (made,) = db.session.scalars(select(Report)).all()
        assert sent.location == f"/desk/reports/{made.token}" and made.withdrawn
        assert "Decide about it" in moderator.get(example.path).text

    def test_other_groups_moderators_do_not(self, client, scene, example):
        sign_in(client, member(None, group(), "moderator"))
        assert "/desk/withdrawals" not in client.get(example.path).text
        token = form_on(client.get("/desk/log"), "/sign-out")
        assert client.post("/desk/withdrawals", data={**token, "about": example.path}).status_code == 404


class TestDeciding:
    def test_it_is_logged_and_all_concerned_are_told(self, moderator, scene, example, made):
        with unit_of_work():
            actions.withdraw_reported(actor_of(scene.moderator), made)
        drain()
        page = f"/desk/reports/{made.token}"
        click(moderator, page, f"{page}/decision", decision="removed", reason="It shows a child.")
        assert fresh(example).withdrawn_at is not None
        drain()
        told = _letters(moderator.application)
        assert set(told) == {
            (scene.keeper.email, "The example that you attached is out of sight while it is looked at"),
            (scene.keeper.email, "The example that you attached stays out of sight"),
            ("jean@example.org", "What was decided about your report"),
        }
        assert not any("My child!" in text or "still read it" in text for text in told.values())
        log = moderator.get("/desk/log").text
        assert "withdrew an example in" in log and f'href="{example.path}"' in log
        assert "It shows a child." in log

    def test_one_that_stands_is_put_back(self, moderator, scene, example, made):
        with unit_of_work():
            actions.withdraw_reported(actor_of(scene.moderator), made)
        page = f"/desk/reports/{made.token}"
        click(moderator, page, f"{page}/decision", decision="kept", reason="It is an office.")
        assert fresh(example).withdrawn_at is None

    def test_one_that_was_taken_away_meanwhile_leaves_a_report_that_can_be_decided(
        self, moderator, scene, example, made
    ):
        with unit_of_work():
            detach(actor_of(scene.keeper), db.session.merge(example))
        db.session.expire_all()
        assert moderator.get("/desk").status_code == 200
        assert "Something was done about it" in moderator.get(f"/desk/reports/{made.token}").text
        with unit_of_work():
            actions.decide(actor_of(scene.moderator), fresh(made), REMOVED, "Gone already.")
        gone = (Item.withdrawn_at.is_not(None), Post.withdrawn_at.is_not(None))
        assert db.session.scalar(select(Item.id).where(gone[0])) is None
        assert db.session.scalar(select(Post.id).where(gone[1])) is None


def test_many_reported_examples_cost_the_desk_as_many_queries_as_one(moderator, scene, example, made):
    moderator.get("/desk")
    with queries() as few:
        moderator.get("/desk")
    for _each in range(4):
        another = scene.attach("Thank you")
        with unit_of_work():
            actions.report(ANYBODY, another.path, "private", "")
    with queries() as many:
        moderator.get("/desk")
    assert many.count == few.count, many


def _letters(app) -> dict[tuple[str, str], str]:
    about_reports = select(Mail.token).where(Mail.purpose.startswith("report."))
    mine = set(db.session.scalars(about_reports))
    return {
        (str(message["To"]), str(message["Subject"])): message.get_body(("plain",)).get_content()
        for token, message in delivery(app).messages()
        if token in mine
    }
