"""What only a browser can tell of the look: accessible, and readable at 320 pixels, in light and in dark."""

import pytest

from hub.core.addressees import HARD, Failure, note_failure
from hub.core.database import unit_of_work
from hub.core.mail_days import DELIVERED, count
from tests.factories.groups import group
from tests.factories.people import administrator, sign_in
from tests.looking import NARROWEST, barriers, too_wide

from .conftest import HOST

PAGES = [
    "/",
    "/appearance",
    "/about/privacy",
    "/ask",
    "/nowhere",
    "/gallery",
    "/about/edit",
    "/about/terms/edit",
    "/proof",
    "/collections/sealed",
    "/admin/sealed",
    "/feeds",
    "/me/feeds",
    "/admin/deliveries/health",
]


@pytest.fixture
def reader(client):
    group("Records and information management Scotland", summary="Ask, compare, and write it down. " * 5)
    with unit_of_work():
        count(DELIVERED, "somebody@a-council-with-a-long-name.example", 12_345)
        note_failure("somebody@example.org", Failure(HARD, "550 5.1.1 <somebody@example.org>: no such user"))
    return sign_in(client, administrator())


@pytest.mark.parametrize(("scheme", "paths"), [("light", PAGES), ("dark", ["/gallery", "/"])])
def test_axe_finds_nothing(reader, browse, scheme, paths):
    page = browse(reader, paths[0], scheme=scheme)
    for path in paths:
        page.goto(HOST + path)
        assert barriers(page) == ""


def test_axe_finds_nothing_on_a_visitors_page(client, browse):
    assert barriers(browse(client, "/")) == ""


def test_nothing_is_wider_than_the_narrowest_screen(reader, browse):
    page = browse(reader, "/", width=NARROWEST)
    for path in PAGES:
        page.goto(HOST + path)
        assert too_wide(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= NARROWEST, path


def test_no_request_leaves_for_another_host(reader, browse):
    assert browse(reader, "/gallery").strangers == []


def test_the_skip_link_comes_first_and_is_seen(client, browse):
    page = browse(client, "/")
    page.keyboard.press("Tab")
    link = page.locator(":focus")
    assert link.get_attribute("href") == "#main"
    assert link.bounding_box()["y"] >= 0


def test_dark_is_dark_without_scripts(client, browse):
    def paper(scheme):
        page = browse(client, "/", scheme=scheme, scripts=False)
        return page.evaluate("getComputedStyle(document.body).backgroundColor")

    assert paper("light") == "rgb(251, 249, 243)"
    assert paper("dark") == "rgb(23, 22, 20)"


def test_on_paper_it_is_light_whatever_is_chosen(client, browse):
    page = browse(client, "/about/terms", scheme="dark")
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate("getComputedStyle(document.querySelector('h1')).color") == "rgb(0, 0, 0)"


def test_my_menu_opens_without_scripts(reader, browse):
    page = browse(reader, "/about/terms", scripts=False)
    page.locator(".me summary").click()
    assert page.locator(".me button", has_text="Sign out").is_visible()


def test_recent_moments_say_how_long_ago_they_were(reader, browse):
    page = browse(reader, "/gallery")
    page.evaluate(
        """() => { const time = document.createElement("time");
            time.dateTime = new Date(Date.now() - 2 * 3600 * 1000).toISOString(); time.id = "recent";
            document.body.append(time); }"""
    )
    script = page.locator('script[src*="page.js"]').get_attribute("src")
    page.evaluate("address => import(address + '&again')", script)
    assert page.locator("#recent").get_attribute("data-ago") == "2 hours ago"
