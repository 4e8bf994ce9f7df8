"""The frame: the same on every page, nothing personal for visitors, light or dark by choice."""

import html
import re

import pytest

from tests.factories.content import form_on
from tests.factories.groups import group, member
from tests.factories.people import administrator, person, sign_in

WORDS = ("questions", "discussions", "guidance", "examples", "groups")


def choose(client, theme):
    tokens = form_on(client.get("/appearance"))
    return client.post("/appearance", data={**tokens, "theme": theme})


def test_every_page_has_search_navigation_and_a_way_to_report_it(client):
    page = client.get("/about/terms").text
    assert 'action="/search"' in page
    for word in WORDS:
        assert f'href="/{word}"' in page
    assert 'href="/report?page=/about/terms"' in page
    assert 'href="#main"' in page


def test_a_visitors_page_sets_no_cookie_and_is_the_same_for_all(app, client):
    first, second = client.get("/about/terms"), app.test_client().get("/about/terms")
    assert "Set-Cookie" not in first.headers
    assert first.data == second.data


def test_static_files_are_asked_for_by_their_content(client):
    page = client.get("/about/terms").text
    for sheet in ("tokens", "type", "frame", "components", "evidence"):
        address = page.split(f"/static/css/{sheet}.css?v=")[1].split('"')[0]
        assert len(address) == 8
        assert client.get(f"/static/css/{sheet}.css?v={address}").status_code == 200


def test_pages_are_as_the_device_is_set_until_one_chooses(client):
    assert "data-theme" not in client.get("/").text
    assert choose(client, "dark").status_code == 303
    assert '<html lang="en" data-theme="dark">' in client.get("/").text
    choose(client, "system")
    assert "data-theme" not in client.get("/").text


def test_a_cookie_that_is_not_ours_changes_nothing(client):
    client.set_cookie("theme", '"><script>')
    assert "data-theme" not in client.get("/").text


def test_a_member_signs_out_by_a_button(client):
    page = sign_in(client, person("Ailsa Grant")).get("/about/terms").text
    assert "Ailsa" in page
    assert '<form method="post" action="/sign-out">' in page


def test_asking_leads_to_the_only_group_one_is_in_with_what_was_typed(client):
    asker = person()
    of = group()
    member(asker, of)
    answer = sign_in(client, asker).get("/ask?q=Who+keeps+tweets%3F")
    assert answer.status_code == 302
    assert answer.location == f"{of.path}/questions/new?title=Who+keeps+tweets%3F"


def test_asking_offers_a_choice_of_groups_and_to_a_visitor_how_to_begin(app, client):
    asker = person()
    for of in (group("First"), group("Second")):
        member(asker, of)
    assert "Sign in" in client.get("/ask?q=Tweets").text
    page = sign_in(app.test_client(), asker).get("/ask?q=Tweets").text
    assert "In which group?" in page
    assert "First" in page
    assert "Second" in page


def frame_links(page):
    """Addresses in the header and the footer of a page."""
    head, foot = page.split("</header>")[0], page.split("<footer")[1]
    return sorted(set(re.findall(r'<a[^>]* href="(/[^"]*)"', head + foot)))


@pytest.mark.parametrize("who", ["visitor", "member", "moderator", "administrator"])
def test_every_link_of_the_frame_leads_somewhere(client, who):
    of = group()
    if who == "administrator":
        sign_in(client, administrator())
    elif who != "visitor":
        sign_in(client, member(None, of, who))
    for place in ("/about/terms", of.path):
        for address in frame_links(client.get(place).text):
            assert client.get(html.unescape(address)).status_code in {200, 302}, address
