"""Whatever somebody gives as the address of what they report, it leads nobody astray and tells nothing."""

from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import html
from sqlalchemy import select

from hub.accounts.sign_in import local_path
from hub.core.database import db, unit_of_work
from hub.core.keyed import without_key
from hub.core.policy import ANYBODY
from hub.moderation import actions
from hub.moderation.models import Report
from hub.moderation.subjects import LONGEST_ADDRESS, find
from tests.conftest import DATABASES
from tests.factories.content import form_on
from tests.factories.people import administrator, sign_in

ELSEWHERE = [
    "//evil.example/groups",
    "/\\evil.example",
    "\\\\evil.example",
    "////evil.example",
    "http:////evil.example/x",
    "http://x//evil.example",
    "https://evil.example/about/privacy",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)//",
    "data:text/html,<script>alert(1)</script>",
    '"><script>alert(1)</script>',
    '/about/privacy?"onmouseover="alert(1)',
    "/%2F/evil.example",
    "/\t/evil.example",
    "https://[evil",
    "../../desk",
]


def reported(client, page: str) -> Report:
    hidden = form_on(client.get("/report"), "/report")
    sent = client.post("/report", data={**hidden, "page": page, "why": "other", "text": "", "email": ""})
    assert (sent.status_code, sent.location) == (303, "/report/thanks")
    db.session.expire_all()
    return db.session.scalars(select(Report).order_by(Report.id.desc())).first()


def assert_harmless(page) -> None:
    """Every link stays on the hub, and nothing that was given runs."""
    assert page.status_code == 200
    tree = html.fromstring(page.text)
    leading_away = [link for link in tree.xpath("//a/@href") if not (link[0] == "#" or local_path(link))]
    assert leading_away == []
    assert "<script>alert" not in page.text and not tree.xpath("//@onmouseover")


@pytest.mark.parametrize("page", ELSEWHERE)
def test_no_link_made_of_it_leaves_the_hub_or_acts(client, world, page):
    assert_harmless(client.get("/report", query_string={"page": page}))
    made = reported(client, page)
    chief = administrator()
    sign_in(client, chief)
    for path in ("/desk", f"/desk/reports/{made.token}"):
        assert_harmless(client.get(path))
    with unit_of_work():
        actions.decide(chief.as_actor(), db.session.get_one(Report, made.id), "kept", "Nothing to see.")
    for path in ("/desk/log", f"/desk/reports/{made.token}"):
        assert_harmless(client.get(path))


@pytest.mark.parametrize("app", DATABASES, indirect=True)
@pytest.mark.parametrize(
    "page", ["/groups/\x00/x", "/people/\ud800", "/groups/rims/questions/١", "/evidence/\x00"]
)
def test_what_no_database_keeps_is_kept_all_the_same(app, world, page):
    with unit_of_work():
        made = actions.report(ANYBODY, page, "other", "")
        assert actions.withdraw_now(world.as_ann, page) is None
    assert made.item_id is None and "\x00" not in made.about


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(st.text(), st.text(alphabet="/\\:?#@[]%.ab1 ", max_size=60)))
def test_any_text_is_an_address_at_most(app, address):
    subject = find(ANYBODY, without_key(address))
    assert not subject.can_be_withdrawn and subject.person is None and subject.group_id is None
    assert len(subject.address) <= LONGEST_ADDRESS


class TestWhatIsPrivate:
    def test_what_one_may_not_see_is_answered_like_what_is_not_there(self, client, world, talk):
        with unit_of_work():
            db.session.merge(world.group).visibility = "hidden"
        there = [talk.question.path, talk.answer.path, world.group.path, f"{world.group.path}/members"]
        for path in there:
            absent = path.replace("rims", "none")
            told = [client.get("/report", query_string={"page": page}) for page in (path, absent)]
            texts = [answer.text.replace("none", "rims").replace(quote("none"), "rims") for answer in told]
            assert html_without_tokens(texts[0]) == html_without_tokens(texts[1])
            kept = [reported(client, page) for page in (path, absent)]
            assert [(made.group_id, made.item_id, made.person_id) for made in kept] == [
                (None, None, None)
            ] * 2

    def test_somebodys_own_pages_are_only_an_address(self, client, world):
        sign_in(client, world.bob)
        for page in ("/settings", "/desk", "/admin/mail", "/notices"):
            assert reported(client, page).about == page

    def test_the_desk_and_others_reports_are_not_opened_by_reporting_them(self, client, world, talk):
        made = reported(client, talk.answer.path)
        again = reported(client, f"/desk/reports/{made.token}")
        assert (again.group_id, again.item_id) == (None, None)
        assert "Ask Jean" not in client.get(f"/report?page=/desk/reports/{made.token}").text


def html_without_tokens(text: str) -> str:
    tree = html.fromstring(text)
    for field in tree.xpath("//input[@type='hidden']"):
        field.set("value", "")
    return html.tostring(tree, encoding="unicode")


class TestMailedKeys:
    KEYS = (
        "/confirm/{}",
        "/recover/{}",
        "/me/email/{}",
        "/invitations/{}",
        "/mail/confirm/{}",
        "/mail/choices/{}",
        "/mail/leave/{}",
        "/mail/notices/{}",
        "/mail/at-once/{}",
        "/mail/digest/{}",
    )
    # No page stands there: one takes what a page sends, the other is for programs.
    NO_PAGES = ("/mail/choices-of-notices/{}", "/feeds/private/{}")

    @pytest.mark.parametrize("place", KEYS)
    def test_no_page_passes_its_key_on(self, client, place):
        page = client.get(place.format("S3CRETKEY"))
        assert f'href="/report?page={place.removesuffix("/{}")}"' in page.text

    @pytest.mark.parametrize("place", KEYS)
    @pytest.mark.parametrize(
        "form", ["{}", "https://hub.example.org{}", "{}/", "{}?next=/x#y", "//{}", "{}%2E", "http://x/{}"]
    )
    def test_no_report_keeps_one(self, client, place, form):
        made = reported(client, form.format(place.format("S3CRETKEY")))
        assert "S3CRET" not in made.about
        assert "S3CRET" not in client.get(f"/report?page={place.format('S3CRETKEY')}").text

    def test_other_addresses_stay_whole(self, client, world):
        for page in ("/about/privacy", "/groups/rims/questions/7?post=2#post-2", "/nothing/here"):
            assert without_key(page) == page
        assert 'href="/report?page=/about/privacy"' in client.get("/about/privacy").text

    @pytest.mark.parametrize("place", KEYS)
    def test_it_is_kept_nowhere_and_told_to_nobody(self, client, place):
        answer = client.get(place.format("S3CRETKEY"))
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cache-Control"] == "no-store"

    def test_the_key_of_a_private_feed_is_cut_off_too(self, client):
        assert "S3CRET" not in reported(client, "/feeds/private/S3CRETKEY.atom").about

    def test_every_address_with_a_key_is_declared(self, app):
        keyed = {
            str(rule)
            for rule in app.url_map.iter_rules()
            if getattr(app.view_functions[rule.endpoint], "address_is_key", False)
        }
        assert {rule.partition("<")[0] for rule in keyed} == {
            place.removesuffix("{}") for place in (*self.KEYS, *self.NO_PAGES)
        }
        mailed = {str(rule) for rule in app.url_map.iter_rules() if "<link>" in str(rule)}
        assert mailed <= keyed


def test_a_member_of_another_group_learns_nothing_either(client, world, talk):
    with unit_of_work():
        db.session.merge(world.group).visibility = "hidden"
    sign_in(client, world.dan)
    assert "How long" not in client.get("/report", query_string={"page": talk.question.path}).text
